//! Static types: what is known of a value before it is there.

use std::fmt;

use crate::value::Shape;

/// What is known of a value before it is there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Nothing is known, because the expression has no type.
    Unknown,
    /// Nothing is known, because the container may hold anything. Everything is assignable to it.
    Anything,
    Nil,
    Bool,
    Int,
    /// An integer from `asInt`, which the original keeps apart from others.
    Wide,
    Float,
    Text,
    List(Storage, Box<Kind>),
    Map(Keys, Box<Kind>),
}

/// What a list can hold, whatever is known of its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Anything,
    Ints,
    Floats,
    Texts,
    /// Pairs of keys and values.
    Pairs,
}

/// What the keys of a map can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    Texts,
    Anything,
    /// Anything, and what a key has not is an empty list.
    Groups,
}

impl Kind {
    pub(crate) fn of(shape: Shape) -> Kind {
        match shape {
            Shape::Nil => Kind::Nil,
            Shape::Bool => Kind::Bool,
            Shape::Int => Kind::Int,
            Shape::Float => Kind::Float,
            Shape::Text => Kind::Text,
            Shape::Floats => Kind::List(Storage::Floats, Box::new(Kind::Float)),
            Shape::List => Kind::list(Kind::Anything),
            Shape::Map => Kind::map(),
        }
    }

    /// A list that can hold anything and is known to hold this.
    pub(crate) fn list(of: Kind) -> Kind {
        Kind::List(Storage::Anything, Box::new(of))
    }

    /// A list that can hold anything, and nothing is known of what it does.
    pub(crate) fn any_list() -> Kind {
        Kind::list(Kind::Anything)
    }

    pub(crate) fn map() -> Kind {
        Kind::Map(Keys::Texts, Box::new(Kind::Anything))
    }

    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Kind::Unknown | Kind::Anything)
    }

    pub(crate) fn is_integer(&self) -> bool {
        matches!(self, Kind::Int | Kind::Wide)
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Kind::Int | Kind::Wide | Kind::Float)
    }

    pub(crate) fn is_bool(&self) -> bool {
        *self == Kind::Bool
    }

    pub(crate) fn is_text(&self) -> bool {
        *self == Kind::Text
    }

    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Kind::List(..))
    }

    /// What is known of the elements of a list.
    pub(crate) fn element(&self) -> Kind {
        match self {
            Kind::List(_, of) => (**of).clone(),
            _ => Kind::Unknown,
        }
    }

    /// The type without what is known of elements that could be anything.
    pub(crate) fn bare(&self) -> Kind {
        match self {
            Kind::List(Storage::Anything, _) => Kind::any_list(),
            _ => self.clone(),
        }
    }

    /// Whether a value of this type can be put where the other is wanted.
    pub(crate) fn fits(&self, wanted: &Kind) -> bool {
        match (self, wanted) {
            (Kind::Unknown, _) | (_, Kind::Unknown) => false,
            (_, Kind::Anything) => true,
            (Kind::Anything | Kind::Nil, _) | (_, Kind::Nil) => false,
            (Kind::List(has, _), Kind::List(wants, _)) => has == wants,
            (Kind::Map(has, _), Kind::Map(wants, _)) => has == wants,
            _ => self == wanted,
        }
    }

    /// Whether the two can be asked to be equal.
    pub(crate) fn is_comparable(&self, other: &Kind) -> bool {
        self.is_unknown()
            || other.is_unknown()
            || *self == Kind::Nil
            || *other == Kind::Nil
            || (self.is_number() && other.is_number())
            || (self.is_list() && other.is_list())
            || self.fits(other)
    }

    /// Whether both are such, or could be: one of the two may be unknown, or both.
    pub(crate) fn may_both(&self, other: &Kind, is_such: impl Fn(&Kind) -> bool) -> bool {
        let may = |kind: &Kind| kind.is_unknown() || is_such(kind);
        may(self) && may(other)
    }

    /// The type of the sum of two numbers.
    pub(crate) fn promoted(&self, other: &Kind) -> Kind {
        if *self == Kind::Float || *other == Kind::Float { Kind::Float } else { Kind::Int }
    }

    /// Whether two literals of a list have the same type as far as the original looks.
    pub(crate) fn is_alike(&self, other: &Kind) -> bool {
        let alike = std::mem::discriminant(self) == std::mem::discriminant(other);
        alike || (self.is_unknown() && other.is_unknown())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Unknown | Kind::Anything => "an unknown value",
            Kind::Nil => "nil",
            Kind::Bool => "a bool",
            Kind::Int | Kind::Wide => "an int",
            Kind::Float => "a float",
            Kind::Text => "a string",
            Kind::List(Storage::Floats, _) => "an array of floats",
            Kind::List(Storage::Ints, _) => "an array of ints",
            Kind::List(Storage::Texts, _) => "an array of strings",
            Kind::List(..) => "an array",
            Kind::Map(..) => "a map",
        })
    }
}
