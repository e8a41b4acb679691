//! Every problem of a run, in the order of the text.

use super::{Problem, Severity, Sources};

/// Every problem that was found, sorted by place, each once.
#[derive(Clone, Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// None yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a problem, unless the very same one is there.
    pub fn push(&mut self, problem: Problem) {
        let at = self.0.partition_point(|other| other.order(&problem).is_lt());
        if self.0.get(at) != Some(&problem) {
            self.0.insert(at, problem);
        }
    }

    /// Adds all of them.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = Problem>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    /// In the order of the text.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// How many.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether all is well.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them makes the document useless.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// The problems as data, in the order of the text.
    pub fn to_json(&self, sources: &Sources) -> serde_json::Value {
        self.0.iter().map(|problem| problem.to_json(sources)).collect()
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
