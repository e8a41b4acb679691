//! What is wrong with a condition, and where.

use std::borrow::Cow;
use std::fmt;

/// A piece of the text of a condition, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub from: usize,
    /// The byte after the last.
    pub to: usize,
}

impl Span {
    /// From the beginning of one piece to the end of another.
    pub(crate) fn until(self, other: Span) -> Span {
        Span { from: self.from.min(other.from), to: self.to.max(other.to) }
    }
}

/// When a problem shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The text is no expression of the language, whatever the value.
    Syntax,
    /// The types do not fit the value at hand: the original refuses to compile it.
    Type,
    /// The types fit, and the evaluation fails.
    Run,
    /// The text is fine, and this implementation does not evaluate it.
    Unsupported,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Syntax => "syntax error",
            Self::Type => "type error",
            Self::Run => "evaluation error",
            Self::Unsupported => "not supported",
        })
    }
}

/// Why a condition has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// When it shows.
    pub kind: ProblemKind,
    /// Where in the text of the condition.
    pub span: Span,
    /// What is wrong.
    pub message: Cow<'static, str>,
    /// What to write instead, where that is known.
    pub help: Option<&'static str>,
}

impl Problem {
    pub(crate) fn new(
        kind: ProblemKind,
        span: Span,
        message: impl Into<Cow<'static, str>>,
    ) -> Problem {
        Problem { kind, span, message: message.into(), help: None }
    }

    pub(crate) fn helped(self, help: Option<&'static str>) -> Problem {
        Problem { help, ..self }
    }

    /// The problem with the line of the condition and a mark under the piece that is meant.
    pub fn pointing(&self, condition: &str) -> String {
        let from = floor(condition, self.span.from);
        let to = floor(condition, self.span.to).max(from);
        let before = &condition[..from];
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = condition[from..].find('\n').map_or(condition.len(), |at| from + at);
        let line = before.matches('\n').count() + 1;
        let column = before[start..].chars().count();
        let width = condition[from..to.min(end)].chars().count().max(1);
        let help = self.help.map(|help| format!("\n  help: {help}")).unwrap_or_default();
        format!(
            "{self} (line {line}, column {})\n  {}\n  {}{}{help}",
            column + 1,
            condition[start..end].replace('\t', " "),
            " ".repeat(column),
            "^".repeat(width)
        )
    }
}

/// The beginning of the character that a byte belongs to.
fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for Problem {}
