//! An alert of Prometheus as a judge: while it fires, every reading fails.

use super::{Bounds, Cells, Judge, Subject, Verdict, Window};

/// An alert. It is not a function of the counts of a window: whoever evaluates its rules asks
/// [`Alert::verdict`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Which of the scenario's alarms.
    pub alarm: usize,
}

impl Alert {
    /// What it says while it fires, and while it does not.
    pub fn verdict(is_firing: bool) -> Verdict {
        if is_firing { Verdict::Fail } else { Verdict::Pass }
    }
}

impl Judge for Alert {
    fn of(&self) -> Subject {
        Subject::All
    }

    fn upper(&self) -> Cells {
        Cells::default()
    }

    fn can_fail(&self, _: &Bounds) -> bool {
        true
    }

    /// Counts of a window alone never fire an alert.
    fn fails(&self, _: &Window) -> bool {
        false
    }

    /// Requests per second: whether an alert fires is no number.
    fn reading(&self, window: &Window) -> (f64, f64) {
        (window.of(Subject::All).requests as f64 / window.seconds, f64::INFINITY)
    }
}
