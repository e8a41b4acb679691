//! What is wrong with a query or with its evaluation, and where.

use crate::Place;
use std::fmt;

/// A sentence about a place in a query, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What the sentence is about.
    pub place: Place,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What to write instead, where that is known.
    pub hint: Option<String>,
}

/// The most columns of a line that are quoted around an error.
const QUOTED_MAX: usize = 100;

impl Error {
    pub(crate) fn new(place: Place, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The line and the column of its first character in the query, both counted from one.
    pub fn position(&self, text: &str) -> (usize, usize) {
        let before = text.get(..self.place.start.min(text.len())).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        (line, column)
    }

    /// The message with its line, marked, and the hint: several lines for a terminal.
    pub fn render(&self, text: &str) -> String {
        let (line, column) = self.position(text);
        let quoted = text.lines().nth(line - 1).unwrap_or_default();
        let skipped = column.saturating_sub(QUOTED_MAX / 2);
        let shown: String = quoted.chars().skip(skipped).take(QUOTED_MAX).collect();
        let shown = shown.replace('\t', " ");
        let room = shown.chars().count().saturating_sub(column - 1 - skipped).max(1);
        let marked = self.place.of(text).lines().next().unwrap_or_default().chars().count();
        let marks = "^".repeat(marked.clamp(1, room));
        let indent = " ".repeat(column - 1 - skipped);
        let mut rendered =
            format!("{line}:{column}: {}\n  | {shown}\n  | {indent}{marks}", self.message);
        if let Some(hint) = &self.hint {
            rendered.push_str("\n  = ");
            rendered.push_str(hint);
        }
        rendered
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendered_error_points_at_its_place() {
        let text = "sum(\n  rte(x[5m])\n)";
        let error = Error::new(Place::new(7, 10), "unknown function `rte`").hint("`rate`?");
        assert_eq!(error.position(text), (2, 3));
        let expected = "2:3: unknown function `rte`\n  |   rte(x[5m])\n  |   ^^^\n  = `rate`?";
        assert_eq!(error.render(text), expected);
    }

    #[test]
    fn an_error_at_the_end_or_outside_renders_too() {
        let error = Error::new(Place::new(3, 3), "expected an expression");
        assert_eq!(error.render("1 +"), "1:4: expected an expression\n  | 1 +\n  |    ^");
        assert!(Error::new(Place::new(90, 99), "x").render("").contains("1:1: x"));
        let long = "é".repeat(5000);
        assert!(Error::new(Place::new(8000, 8002), "x").render(&long).len() < 500);
    }
}
