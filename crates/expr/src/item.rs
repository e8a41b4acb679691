//! Values while they are evaluated: borrowed where they exist, shared where they are made.

mod list;
mod map;

use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

use crate::value::Value;

pub(crate) use list::List;
pub(crate) use map::{Map, is_same_key};

/// A value while it is evaluated.
#[derive(Clone, Debug)]
pub(crate) enum Item<'a> {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Text<'a>),
    List(List<'a>),
    Map(Map<'a>),
}

/// A text that exists already or has been made.
#[derive(Clone, Debug)]
pub(crate) enum Text<'a> {
    Given(&'a str),
    Made(Rc<str>),
}

/// How deep lists and maps that are made may lie in each other.
pub(crate) const NESTING_MAX: usize = 200;

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Text::Given(text) => text,
            Text::Made(text) => text,
        }
    }
}

impl<'a> Item<'a> {
    /// A value as it was given.
    pub(crate) fn of(value: &'a Value) -> Item<'a> {
        match value {
            Value::Nil => Item::Nil,
            Value::Bool(it) => Item::Bool(*it),
            Value::Int(it) => Item::Int(*it),
            Value::Float(it) => Item::Float(*it),
            Value::Text(it) => Item::Text(Text::Given(it)),
            Value::Floats(it) => Item::List(List::Floats(it)),
            Value::List(it) => Item::List(List::Values(it)),
            Value::Map(it) => Item::Map(Map::Values(it)),
        }
    }

    pub(crate) fn made(text: impl Into<Rc<str>>) -> Item<'a> {
        Item::Text(Text::Made(text.into()))
    }

    pub(crate) fn is_nil(&self) -> bool {
        matches!(self, Item::Nil | Item::List(List::Nothing))
    }

    /// As a float, if it is a number.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Item::Int(it) => Some(*it as f64),
            Item::Float(it) => Some(*it),
            _ => None,
        }
    }

    /// As an integer, if it is a number: a fraction is cut off.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Item::Int(it) => Some(*it),
            Item::Float(it) => Some(truncated(*it)),
            _ => None,
        }
    }

    /// How deep lists and maps lie in each other here.
    pub(crate) fn nesting(&self) -> usize {
        match self {
            Item::List(list) => list.nesting(),
            Item::Map(map) => map.nesting(),
            _ => 0,
        }
    }
}

/// A float to an integer as the usual processors do it: what does not fit is the least integer.
pub(crate) fn truncated(number: f64) -> i64 {
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number);
    if fits { number as i64 } else { i64::MIN }
}

impl fmt::Display for Item<'_> {
    /// What a message calls it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Item::Nil => "nil",
            Item::Bool(_) => "a bool",
            Item::Int(_) => "an int",
            Item::Float(_) => "a float",
            Item::Text(_) => "a string",
            Item::List(_) => "an array",
            Item::Map(_) => "a map",
        })
    }
}
