//! Whether a rollout makes progress, and whether it has not for too long.

use clockwork::Span;

/// What progress is seen by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Pods.
    pub replicas: u32,
    /// Pods of the new version.
    pub updated: u32,
    /// Ready pods.
    pub ready: u32,
    /// Available pods.
    pub available: u32,
    /// What the strategy has come to.
    pub strategy: Progressing,
}

/// What a strategy has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progressing {
    /// The versions of the two services.
    BlueGreen {
        /// Of the active service.
        active: String,
        /// Of the preview service.
        preview: String,
    },
    /// The steps of a canary.
    Canary {
        /// The stable version.
        stable: String,
        /// The current step.
        step: Option<usize>,
        /// A digest of the steps.
        steps: String,
    },
}

impl Default for Progressing {
    fn default() -> Self {
        Progressing::Canary { stable: String::new(), step: None, steps: String::new() }
    }
}

/// Whether a status has come further than another: pods of the new version have come or gone, old
/// ones have gone, more are ready or available, or the strategy has moved.
///
/// Source: `RolloutProgressing`.
pub fn has_progressed(before: &Status, after: &Status) -> bool {
    let old = |status: &Status| status.replicas.saturating_sub(status.updated);
    before.updated != after.updated
        || old(after) < old(before)
        || after.ready > before.ready
        || after.available > before.available
        || after.strategy != before.strategy
}

/// Whether a rollout has made no progress for too long. `reason` and `age` are those of its
/// condition of progress; a pause and an abort stop the clock. Source: `RolloutTimedOut`.
pub fn has_timed_out(condition: Option<(&str, Span)>, deadline: Span) -> bool {
    match condition {
        None | Some(("RolloutPaused" | "RolloutAborted", _)) => false,
        Some(("ProgressDeadlineExceeded", _)) => true,
        Some((_, age)) => age > deadline,
    }
}
