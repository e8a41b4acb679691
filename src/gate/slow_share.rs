//! The share of requests that are answered too late.

use clockwork::Span;

use super::{Bound, Bounds, Cells, Judge, Subject, SubjectDoc, Window};
use crate::document::{At, record};

record! {
    /// The share of requests answered too late.
    pub struct SlowShareDoc {
        /// The response time from which a request is slow.
        than: At<Span>,
        /// Whose requests.
        of: SubjectDoc = "new",
    }
}

/// Requests answered after more than a limit / all requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlowShare {
    /// Whose requests.
    pub of: Subject,
    /// The response time from which a request is slow.
    pub than: Span,
    /// What the share may be at most.
    pub bound: Bound,
}

impl Judge for SlowShare {
    fn of(&self) -> Subject {
        self.of
    }

    fn compares(&self) -> bool {
        self.bound.compares()
    }

    fn limit(&self) -> Option<f64> {
        Some(self.than.as_secs_f64())
    }

    fn upper(&self) -> Cells {
        Cells { beyond: true, ..Cells::default() }
    }

    fn can_fail(&self, bounds: &Bounds) -> bool {
        self.bound.within_reach(bounds.high.beyond, bounds.low.requests)
    }

    fn fails(&self, window: &Window) -> bool {
        let subject = window.of(self.of);
        self.bound.exceeded(subject.beyond, &subject, window.old.beyond, &window.old)
    }

    fn reading(&self, window: &Window) -> (f64, f64) {
        let subject = window.of(self.of);
        let value = subject.beyond as f64 / subject.requests as f64;
        (value, self.bound.value(window.old.beyond, &window.old))
    }
}
