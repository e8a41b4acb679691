//! What a rule says of a place, and what a rule is.

use super::change::{Change, Edit};
use super::objects::Files;
use crate::document::{Label, Place, Problem, Severity, Sources};

/// How bad it is what a rule finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It cannot work: the controller refuses it, or the gate never or always acts.
    Error,
    /// It works otherwise than it reads.
    Warning,
    /// It works, at a price that is worth knowing.
    Note,
}

impl Level {
    /// `error`, `warning` or `note`.
    pub const fn as_str(self) -> &'static str {
        self.severity().as_str()
    }

    const fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Note => Severity::Note,
        }
    }
}

/// Something that can be wrong with a gate, and how it is found.
#[derive(Debug)]
pub struct Rule {
    /// Its name, such as `nan-is-failure`.
    pub id: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, in one line.
    pub title: &'static str,
    /// Why: the mechanism, the formula of the number, and the source.
    pub why: &'static str,
    /// A manifest that it finds.
    pub bad: &'static str,
    /// The same without the mistake.
    pub good: &'static str,
    pub(crate) check: fn(&Files<'_>) -> Vec<Finding>,
}

/// What a rule says of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where, and what is there; the first is the place that is meant.
    pub labels: Vec<Label>,
    /// What is wrong here, in one line.
    pub title: String,
    /// How much it is.
    pub number: String,
    /// What to write instead.
    pub fix: String,
    /// The changes that do it; none where only the author knows what is meant.
    pub(crate) changes: Vec<Change>,
}

impl Finding {
    /// A finding at a place: what is wrong, what is at the place, how much it is, and what to
    /// write instead.
    pub(crate) fn new(
        place: Place,
        title: impl Into<String>,
        label: impl Into<String>,
        number: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            labels: vec![Label { place, text: label.into() }],
            title: title.into(),
            number: number.into(),
            fix: fix.into(),
            changes: Vec::new(),
        }
    }

    /// Says which change of the text carries the fix out.
    pub(crate) fn by(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// The fix as changes of the files; none where people have to choose.
    pub fn edits(&self, sources: &Sources) -> Vec<Edit> {
        let edits = self.changes.iter().map(|change| change.edit(sources));
        edits.collect::<Option<Vec<_>>>().unwrap_or_default()
    }

    /// Says something of another place as well.
    pub(crate) fn and(mut self, place: Place, text: impl Into<String>) -> Self {
        self.labels.push(Label { place, text: text.into() });
        self
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        self.labels[0].place
    }

    /// The finding as a problem of its document.
    pub fn problem(&self, rule: &Rule) -> Problem {
        let problem = Problem::new(rule.level.severity(), rule.id, &self.title);
        let problem = self
            .labels
            .iter()
            .fold(problem, |problem, label| problem.at(label.place, label.text.as_str()));
        problem.note(&self.number).help(&self.fix)
    }
}
