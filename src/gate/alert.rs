//! An alert of Prometheus as a judge: while it fires, every reading fails.

use super::{Asks, Verdict};

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

impl Asks for Alert {}
