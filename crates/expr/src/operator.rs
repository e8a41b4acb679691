//! Operators: how they are written and how tightly they bind.

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Not,
    Minus,
    Plus,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Pipe,
    Or,
    And,
    Equal,
    Unequal,
    Less,
    More,
    LessOrEqual,
    MoreOrEqual,
    In,
    Matches,
    Contains,
    StartsWith,
    EndsWith,
    Range,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Power,
    Coalesce,
}

use Binary::{
    Add, And, Coalesce, Contains, Divide, EndsWith, Equal, In, Less, LessOrEqual, Matches, Modulo,
    More, MoreOrEqual, Multiply, Or, Pipe, Power, Range, StartsWith, Subtract, Unequal,
};

/// Every way to write a binary operator, and how tightly it binds.
const BINARY: [(&str, Binary, u16); 25] = [
    ("|", Pipe, 0),
    ("or", Or, 10),
    ("||", Or, 10),
    ("and", And, 15),
    ("&&", And, 15),
    ("==", Equal, 20),
    ("!=", Unequal, 20),
    ("<", Less, 20),
    (">", More, 20),
    ("<=", LessOrEqual, 20),
    (">=", MoreOrEqual, 20),
    ("in", In, 20),
    ("matches", Matches, 20),
    ("contains", Contains, 20),
    ("startsWith", StartsWith, 20),
    ("endsWith", EndsWith, 20),
    ("..", Range, 25),
    ("+", Add, 30),
    ("-", Subtract, 30),
    ("*", Multiply, 60),
    ("/", Divide, 60),
    ("%", Modulo, 60),
    ("**", Power, 100),
    ("^", Power, 100),
    ("??", Coalesce, 500),
];

impl Unary {
    /// The operator that is written so, and how tightly it binds.
    pub(crate) fn written(sign: &str) -> Option<(Unary, u16)> {
        Some(match sign {
            "not" | "!" => (Unary::Not, 50),
            "-" => (Unary::Minus, 90),
            "+" => (Unary::Plus, 90),
            _ => return None,
        })
    }

    /// One way to write it.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Unary::Not => "!",
            Unary::Minus => "-",
            Unary::Plus => "+",
        }
    }
}

impl Binary {
    /// The operator that is written so, and how tightly it binds.
    pub(crate) fn written(sign: &str) -> Option<(Binary, u16)> {
        let found = BINARY.iter().find(|(written, ..)| *written == sign);
        found.map(|(_, operator, tightness)| (*operator, *tightness))
    }

    /// One way to write it.
    pub(crate) fn sign(self) -> &'static str {
        BINARY.iter().rfind(|(_, operator, _)| *operator == self).map_or("", |(sign, ..)| sign)
    }

    /// Whether `not` may stand before it.
    pub(crate) fn is_negatable(self) -> bool {
        matches!(self, In | Matches | Contains | StartsWith | EndsWith)
    }

    /// Whether it may be chained, as in `0 < x < 1`.
    pub(crate) fn is_comparison(self) -> bool {
        matches!(self, Less | More | LessOrEqual | MoreOrEqual)
    }

    pub(crate) fn is_right_associative(self) -> bool {
        self == Power
    }
}
