//! What functions take.

use std::fmt;

use crate::kind::{Kind, Storage};

/// What a function takes in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    Anything,
    Float,
    Int,
    Text,
    List(Storage),
}

impl Parameter {
    /// Whether a value of a type can be given.
    pub(crate) fn takes(self, kind: &Kind) -> bool {
        match self {
            Parameter::Anything => true,
            _ if kind.is_unknown() => true,
            Parameter::Float => kind.is_number(),
            Parameter::Int => kind.is_integer(),
            Parameter::Text => kind.is_text(),
            Parameter::List(wants) => matches!(kind, Kind::List(has, _) if *has == wants),
        }
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Parameter::Anything => "any value",
            Parameter::Float => "a float",
            Parameter::Int => "an int",
            Parameter::Text => "a string",
            Parameter::List(_) => "an array",
        })
    }
}
