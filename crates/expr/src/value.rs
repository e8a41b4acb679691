//! Values that a condition is asked about.

use std::collections::BTreeMap;

/// What a provider of measurements returned, with the types that its decoder gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing.
    Nil,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(String),
    /// Numbers, as a query for a vector returns them.
    Floats(Vec<f64>),
    /// Values of any types, as in JSON.
    List(Vec<Value>),
    /// Values by name, as in JSON.
    Map(BTreeMap<String, Value>),
}

/// The static type that a value gives to `result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing.
    Nil,
    /// A truth value.
    Bool,
    /// An integer.
    Int,
    /// A number.
    Float,
    /// A text.
    Text,
    /// Numbers.
    Floats,
    /// Values of any types.
    List,
    /// Values by name.
    Map,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Shape; 8] = [
        Shape::Nil,
        Shape::Bool,
        Shape::Int,
        Shape::Float,
        Shape::Text,
        Shape::Floats,
        Shape::List,
        Shape::Map,
    ];
}

impl Value {
    /// The static type that this value gives to `result`.
    pub fn shape(&self) -> Shape {
        match self {
            Value::Nil => Shape::Nil,
            Value::Bool(_) => Shape::Bool,
            Value::Int(_) => Shape::Int,
            Value::Float(_) => Shape::Float,
            Value::Text(_) => Shape::Text,
            Value::Floats(_) => Shape::Floats,
            Value::List(_) => Shape::List,
            Value::Map(_) => Shape::Map,
        }
    }

    /// A decoded JSON document: its numbers are floats, as most decoders without a schema do it.
    pub fn from_json(json: &serde_json::Value) -> Value {
        match json {
            serde_json::Value::Null => Value::Nil,
            serde_json::Value::Bool(it) => Value::Bool(*it),
            serde_json::Value::Number(it) => Value::Float(it.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(it) => Value::Text(it.clone()),
            serde_json::Value::Array(it) => Value::List(it.iter().map(Self::from_json).collect()),
            serde_json::Value::Object(it) => {
                let pairs = it.iter().map(|(name, value)| (name.clone(), Self::from_json(value)));
                Value::Map(pairs.collect())
            }
        }
    }
}
