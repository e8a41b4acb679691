//! What every quantity can do: say what it expects, parse with a helpful refusal, and print.

use std::fmt::Display;

/// A value that is written as one text with its unit.
pub trait Quantity: Sized + Display + PartialOrd {
    /// The quantity with its article, as in "expected a share".
    const EXPECTED: &'static str;
    /// A typical text, to be copied.
    const EXAMPLE: &'static str;
    /// A regular expression that every accepted text matches; used by the JSON Schema.
    const PATTERN: &'static str;
    /// Whether a bare JSON integer is accepted as well.
    const BARE: bool = false;

    /// Reads the text, or says what is wrong with it and what to write instead.
    fn parse(text: &str) -> Result<Self, Rejection>;

    /// Whether it is nothing at all: no logarithm has it, and nothing waits that long.
    fn is_zero(&self) -> bool;
}

/// Why a text is not the quantity that was expected, and texts to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// What is wrong.
    pub reason: Reason,
    /// Corrected texts to copy, the likeliest first.
    pub instead: Vec<String>,
}

/// What is wrong with the text of a quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A number without its unit.
    Bare,
    /// Not the notation of this quantity; the sentence says where it departs.
    Unreadable(String),
    /// The notation is right and the value is impossible; the sentence says why.
    OutOfRange(String),
}

impl Rejection {
    /// A number was written without its unit.
    pub fn bare(instead: impl IntoIterator<Item = String>) -> Self {
        Self { reason: Reason::Bare, instead: instead.into_iter().collect() }
    }

    /// The text is not written as this quantity is.
    pub fn unreadable(what: impl Into<String>) -> Self {
        Self { reason: Reason::Unreadable(what.into()), instead: Vec::new() }
    }

    /// The value cannot be.
    pub fn out_of_range(what: impl Into<String>) -> Self {
        Self { reason: Reason::OutOfRange(what.into()), instead: Vec::new() }
    }

    /// Adds a corrected text to copy.
    pub fn or(mut self, instead: impl Into<String>) -> Self {
        self.instead.push(instead.into());
        self
    }
}
