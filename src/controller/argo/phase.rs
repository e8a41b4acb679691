//! What is said of a measurement, a metric and a run.

use std::fmt;

/// What is said of a measurement, a metric and a run, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The condition held, or the limits were kept.
    Successful,
    /// It goes on.
    Running,
    /// Nothing was measured yet.
    Pending,
    /// Neither condition held.
    Inconclusive,
    /// There is no answer.
    Error,
    /// The condition did not hold, or did so too often.
    Failed,
}

impl Phase {
    /// Every phase, the best first.
    pub const ALL: [Phase; 6] = [
        Phase::Successful,
        Phase::Running,
        Phase::Pending,
        Phase::Inconclusive,
        Phase::Error,
        Phase::Failed,
    ];

    /// Whether nothing more comes.
    pub const fn is_completed(self) -> bool {
        !matches!(self, Phase::Running | Phase::Pending)
    }

    /// Whether a run is worse off with another phase. Source: `IsWorse`.
    pub fn is_worse(self, other: Phase) -> bool {
        other > self
    }

    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            Phase::Successful => "Successful",
            Phase::Running => "Running",
            Phase::Pending => "Pending",
            Phase::Inconclusive => "Inconclusive",
            Phase::Error => "Error",
            Phase::Failed => "Failed",
        }
    }

    /// Whether there is no answer.
    pub const fn is_error(self) -> bool {
        matches!(self, Phase::Error)
    }

    /// Whether a metric in this phase ends the run it belongs to.
    pub const fn ends_run(self) -> bool {
        matches!(self, Phase::Failed | Phase::Error | Phase::Inconclusive)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
