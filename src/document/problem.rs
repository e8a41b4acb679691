//! One thing that is wrong with a document, where, and what to do about it.

use std::cmp::Ordering;

use super::{Place, Sources};

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document cannot be used.
    Error,
    /// It can, and probably should not.
    Warning,
    /// It can, and there is something to know about it.
    Note,
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its code, such as `E0012`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub title: String,
    /// Where, the place to look at first before others.
    pub labels: Vec<Label>,
    /// What more is known of it, such as a number.
    pub notes: Vec<String>,
    /// What to do about it; each may have several lines.
    pub help: Vec<String>,
}

/// What is to be said about a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub place: Place,
    /// What is to be said about it.
    pub text: String,
}

impl Problem {
    /// A problem that makes the document useless.
    pub fn error(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, title)
    }

    /// A problem that can be lived with.
    pub fn warning(code: &'static str, title: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, title)
    }

    /// A problem as bad as that.
    pub fn new(severity: Severity, code: &'static str, title: impl Into<String>) -> Self {
        let title = title.into();
        Self { code, severity, title, labels: Vec::new(), notes: Vec::new(), help: Vec::new() }
    }

    /// Says something about a place; the first one is where the problem is.
    pub fn at(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { place, text: text.into() });
        self
    }

    /// Says what more is known of it.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do about it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Where it is: the place of the first label.
    pub fn place(&self) -> Option<Place> {
        self.labels.first().map(|label| label.place)
    }

    /// The problem as data, with lines and columns counted from one.
    pub fn to_json(&self, sources: &Sources) -> serde_json::Value {
        let labels: Vec<_> = self.labels.iter().map(|label| label.to_json(sources)).collect();
        let mut json = serde_json::json!({
            "code": self.code,
            "severity": self.severity.as_str(),
            "title": self.title,
            "labels": labels,
            "help": self.help,
        });
        if !self.notes.is_empty() {
            json["notes"] = self.notes.clone().into();
        }
        json
    }

    /// By place, then by code and title, so that problems read like the text.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let key = |problem: &Self| (problem.place(), problem.severity, problem.code);
        key(self).cmp(&key(other)).then_with(|| self.title.cmp(&other.title))
    }
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Label {
    fn to_json(&self, sources: &Sources) -> serde_json::Value {
        let source = sources.get(self.place.source);
        let (line, column) = source.line_column(self.place.start);
        let (end_line, end_column) = source.line_column(self.place.end);
        serde_json::json!({
            "source": source.name(),
            "line": line,
            "column": column,
            "endLine": end_line,
            "endColumn": end_column,
            "text": self.text,
        })
    }
}
