//! The share of requests that fail.

use super::{Bound, Bounds, Cells, Judge, Subject, SubjectDoc, Window};
use crate::document::record;

record! {
    /// The share of requests that fail.
    pub struct ErrorRateDoc {
        /// Whose requests.
        of: SubjectDoc = "new",
    }
}

/// Failed requests / all requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorRate {
    /// Whose requests.
    pub of: Subject,
    /// What it may be at most.
    pub bound: Bound,
}

impl Judge for ErrorRate {
    fn of(&self) -> Subject {
        self.of
    }

    fn compares(&self) -> bool {
        self.bound.compares()
    }

    fn upper(&self) -> Cells {
        Cells { failed: true, ..Cells::default() }
    }

    fn can_fail(&self, bounds: &Bounds) -> bool {
        self.bound.within_reach(bounds.high.failed, bounds.low.requests)
    }

    fn fails(&self, window: &Window) -> bool {
        let subject = window.of(self.of);
        self.bound.exceeded(subject.failed, &subject, window.old.failed, &window.old)
    }

    fn reading(&self, window: &Window) -> (f64, f64) {
        let subject = window.of(self.of);
        let value = subject.failed as f64 / subject.requests as f64;
        (value, self.bound.value(window.old.failed, &window.old))
    }
}
