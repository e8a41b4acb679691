//! A rollout that waits for somebody's approval.

use chance::{Continuous, Law};
use clockwork::Span;

use super::{Evidence, People};

/// How people approve.
#[derive(Clone, Debug)]
pub struct Approver {
    /// Seconds of working hours until somebody has looked.
    pub wait: Law,
    /// Chance that a release that the metrics blame is approved all the same, 0 to 1.
    pub waves_through: f64,
    /// Chance that a release that the metrics do not blame is refused, 0 to 1.
    pub rejects: f64,
}

/// The answer to a request for approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approval {
    /// How long it takes, nights included.
    pub wait: Span,
    /// Whether the rollout may go on.
    pub approved: bool,
}

impl People {
    /// The answer to a request at this time since any midnight, from two uniforms: one for the
    /// wait, one for the answer. The smaller the second, the more is approved.
    pub fn approve(&self, time_of_day: Span, evidence: Evidence, u: [f64; 2]) -> Approval {
        let [wait, answer] = u;
        let work = Span::from_secs_f64(self.approver.wait.quantile(wait));
        let approved = match self.seen(evidence) {
            Evidence::Blames => answer < self.approver.waves_through,
            Evidence::Clears | Evidence::Unclear => answer < 1.0 - self.approver.rejects,
        };
        Approval { wait: self.hours.until_done(time_of_day, work), approved }
    }
}
