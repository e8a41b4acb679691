//! What a metric has come to so far.

use super::phase::Phase;

/// Measurements of a metric by their outcome. They count over the whole run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Those that count: all but errors.
    pub count: u32,
    /// Successful ones.
    pub successful: u32,
    /// Failed ones.
    pub failed: u32,
    /// Inconclusive ones.
    pub inconclusive: u32,
    /// Errors.
    pub error: u32,
    /// Errors at the end, with nothing else between them.
    pub consecutive_error: u32,
    /// Successes at the end, with nothing else between them.
    pub consecutive_success: u32,
}

impl Counters {
    /// Counts a completed measurement; what is not completed changes nothing.
    ///
    /// Source: `runMeasurements`.
    pub const fn record(&mut self, phase: Phase) {
        let counter = match phase {
            Phase::Successful => &mut self.successful,
            Phase::Failed => &mut self.failed,
            Phase::Inconclusive => &mut self.inconclusive,
            Phase::Error => &mut self.error,
            Phase::Running | Phase::Pending => return,
        };
        *counter += 1;
        if matches!(phase, Phase::Error) {
            self.consecutive_error += 1;
        } else {
            self.count += 1;
            self.consecutive_error = 0;
        }
        self.consecutive_success =
            if matches!(phase, Phase::Successful) { self.consecutive_success + 1 } else { 0 };
    }
}
