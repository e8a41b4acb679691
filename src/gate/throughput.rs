//! How many requests arrive.

use super::{Bounds, Cells, Judge, Subject, SubjectDoc, Window};
use crate::document::record;
use crate::units::Rate;

record! {
    /// Requests per second.
    pub struct ThroughputDoc {
        /// Whose requests.
        of: SubjectDoc = "new",
    }
}

/// Requests per second of the window against a least rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Throughput {
    /// Whose requests.
    pub of: Subject,
    /// What the rate must be at least.
    pub under: Rate,
}

impl Judge for Throughput {
    fn of(&self) -> Subject {
        self.of
    }

    fn upper(&self) -> Cells {
        Cells::default()
    }

    fn can_fail(&self, bounds: &Bounds) -> bool {
        (bounds.low.requests as f64) < self.under.as_f64() * bounds.seconds
    }

    fn fails(&self, window: &Window) -> bool {
        (window.of(self.of).requests as f64) < self.under.as_f64() * window.seconds
    }

    fn reading(&self, window: &Window) -> (f64, f64) {
        (window.of(self.of).requests as f64 / window.seconds, self.under.as_f64())
    }
}
