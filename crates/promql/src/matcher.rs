//! Conditions on the value of a label.

mod re2;

use regex::Regex;
use std::fmt;

/// A condition on the value of a label; a label that is absent has the empty value.
#[derive(Clone, Debug)]
pub struct Matcher {
    kind: MatchKind,
    value: String,
    regex: Option<Regex>,
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchKind {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`: the whole value matches an expression.
    Matches,
    /// `!~`: it does not.
    MatchesNot,
}

impl MatchKind {
    /// How it is written.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::MatchesNot => "!~",
        }
    }
}

impl Matcher {
    /// A condition; the sentence says what is wrong with a regular expression.
    pub fn new(kind: MatchKind, value: &str) -> Result<Self, String> {
        let is_regex = matches!(kind, MatchKind::Matches | MatchKind::MatchesNot);
        let regex = if is_regex { Some(re2::anchored(value)?) } else { None };
        Ok(Self { kind, value: value.to_owned(), regex })
    }

    /// How a value is compared.
    pub fn kind(&self) -> MatchKind {
        self.kind
    }

    /// What it is compared with, as it was written.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether a value meets the condition.
    pub fn is_met(&self, value: &str) -> bool {
        let matches = match &self.regex {
            Some(regex) => regex.is_match(value),
            None => self.value == value,
        };
        matches == matches!(self.kind, MatchKind::Equal | MatchKind::Matches)
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.kind.sign(), crate::print::Quoted(&self.value))
    }
}

/// A regular expression that has to match a whole text, as `label_replace` has it.
pub(crate) fn anchored(expression: &str) -> Result<Regex, String> {
    re2::anchored(expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_match_whole_values_and_absent_labels_are_empty() {
        let is_met = |kind, expression, value| {
            Matcher::new(kind, expression).expect("a matcher").is_met(value)
        };
        assert!(is_met(MatchKind::Matches, "5..", "503"));
        assert!(!is_met(MatchKind::Matches, "5", "503"));
        assert!(is_met(MatchKind::Matches, "a|b", "b"));
        assert!(!is_met(MatchKind::Matches, "a|b", "bb"));
        assert!(is_met(MatchKind::MatchesNot, "5.*", ""));
        assert!(is_met(MatchKind::Matches, ".*", "two\nlines"));
        assert!(is_met(MatchKind::NotEqual, "x", ""));
        assert!(Matcher::new(MatchKind::Matches, "(").is_err());
    }
}
