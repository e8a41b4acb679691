//! Whose pods answer the requests, and how they change hands.

use clockwork::Instant;

use super::super::analysis::Strategy;
use super::super::kind::Kind;
use super::Delivery;
use crate::controller::kubernetes::Template;
use crate::units::Share;

/// Whose the pods of a workload are that Flagger does not scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hands {
    /// The canary has its own.
    Apart,
    /// The release is promoted, and the primary has yet to become what the canary is.
    Promised,
    /// The primary has those that the canary had.
    Changed,
}

impl Delivery<'_> {
    /// The share of the requests that reach the release, by what answers them: the canary those
    /// that are routed to it, the primary the others, each with all of its ready pods alike.
    pub(super) fn share(&self) -> Share {
        let whole = Share::ONE.parts();
        let is_matched = self.canary().analysis.strategy() == Strategy::AbTesting;
        let matches = if is_matched { self.plan.matched.parts() } else { whole };
        let direct = matches / 100 * u64::from(self.scheduler().routes.canary);
        let released = |requests: u64, [old, new]: [u32; 2]| match (old, new) {
            (_, 0) => 0,
            (0, _) => requests,
            _ => requests / u64::from(old + new) * u64::from(new),
        };
        let is_primary = self.hands == Hands::Changed;
        let ready = if is_primary { self.primary.ready } else { self.canary.ready };
        let canary = released(direct, ready);
        let primary = released(whole - direct, self.primary.ready);
        // Requests to a canary without any ready pod fail with it.
        let canary = if ready == [0; 2] { direct } else { canary };
        Share::from_parts(canary + primary).unwrap_or(Share::ONE)
    }

    /// The pods of the canary are the primary's from now on, where that is how such a workload is
    /// promoted.
    pub(super) fn hand_over(&mut self, kind: Kind) {
        if self.hands == Hands::Promised && self.plan.canary.target == kind {
            std::mem::swap(&mut self.primary, &mut self.canary);
            self.hands = Hands::Changed;
        }
    }

    /// The canary is to be of this template; where Flagger does not start it, somebody has.
    pub(super) fn renew(&mut self, template: Template, now: Instant) {
        let is_scaled = self.plan.canary.target.is_scaled();
        let replicas = self.primary.replicas();
        self.canary.update(now, |spec| {
            spec.template = template;
            if !is_scaled {
                spec.replicas = replicas;
            }
        });
        self.hands = Hands::Apart;
        self.twin.change(now);
    }
}
