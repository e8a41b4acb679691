//! What a gate can see: counts of requests, by version, in a window of whole ticks.

use crate::planted::{self, Bug};

/// The counts of one version, or of both, in a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All requests.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Answered within the Apdex threshold T.
    pub fast: u64,
    /// Answered between T and 4 T.
    pub middle: u64,
    /// Answered after more than 4 T.
    pub slow: u64,
    /// Answered after more than the limit of the gate; failures have no response time.
    pub beyond: u64,
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            failed: self.failed + other.failed,
            fast: self.fast + other.fast,
            middle: self.middle + other.middle,
            slow: self.slow + other.slow,
            beyond: self.beyond + other.beyond,
        }
    }
}

/// A window of ticks as a gate reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Window {
    /// The running version.
    pub old: Tally,
    /// The release.
    pub new: Tally,
    /// How long it is, seconds.
    pub seconds: f64,
}

impl Window {
    /// The counts of one version or of both together.
    pub fn of(&self, subject: Subject) -> Tally {
        match subject {
            Subject::Old if planted::is(Bug::BaselineAndReleaseSwapped) => self.new,
            Subject::Old => self.old,
            Subject::New => self.new,
            Subject::All => self.old + self.new,
        }
    }
}

/// What is known of a window before its counts are: each field lies between the two.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    /// At least these; a field nobody bounded is zero.
    pub low: Tally,
    /// At most these; only what [`super::Judge::upper`] asked for is meant.
    pub high: Tally,
    /// How long the window is, seconds.
    pub seconds: f64,
}

/// Whose requests a metric reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// Those of the running version.
    Old,
    /// Those of the release.
    #[default]
    New,
    /// Both.
    All,
}

/// A set of kinds of requests.
#[expect(clippy::struct_excessive_bools, reason = "a set of four is four bits")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cells {
    /// Failures.
    pub failed: bool,
    /// Responses between T and 4 T.
    pub middle: bool,
    /// Responses after more than 4 T.
    pub slow: bool,
    /// Responses beyond the limit of the gate.
    pub beyond: bool,
}
