//! The pods of an experiment: they run beside both versions while its step does, and get a weight
//! of their own if it says so.
//!
//! Source: `reconcileExperiments`, and `experiments/experiment.go` for what it waits for.

use clockwork::{Instant, Span};

use super::plan::Doing;
use super::saying::Saying;
use super::twin::{ComesBack, RELEASE, Twin, say};
use crate::controller::delivery::{Action, Cause, Pods, Seen};

/// How long pods of an experiment may take (`progressDeadlineSeconds` of an Experiment).
const DEADLINE: Span = Span::from_mins(10);

/// Pods that run beside both versions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tested {
    /// How many of each version.
    pub(super) pods: [u32; 2],
    /// The step that they are of.
    step: usize,
    /// Since when they are wanted.
    since: Option<Instant>,
    /// Whether all of them were there.
    pub(super) is_running: bool,
    /// The weight that they have of the release.
    pub(super) weight: u32,
}

impl Twin<'_> {
    /// What is seen of the pods that are not of an experiment.
    pub(super) fn without_tested(&self, seen: &Seen) -> Seen {
        let mut left = *seen;
        for (version, pods) in left.pods.iter_mut().enumerate() {
            if self.tested.pods[version] > 0 {
                let spec = self.sets[version].spec;
                *pods = Pods {
                    replicas: pods.replicas.min(spec),
                    ready: pods.ready.min(spec),
                    available: pods.available.min(spec),
                };
            }
        }
        left
    }

    /// Looks after the pods of the experiment of this step; whether it has to be looked at again.
    pub(super) fn tend_experiment(
        &mut self,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> bool {
        let is_over = self.is_stable() || self.is_aborted || self.is_promoted_in_full;
        let wanted = match self.doing() {
            _ if is_over || self.comes_back != ComesBack::No => None,
            Some(Doing::Experiment { pods, weight, .. }) => Some((pods, weight)),
            _ => None,
        };
        // Those of another experiment go first.
        let is_another = self.tested.pods != [0; 2] && self.tested.step != self.step;
        let (pods, weight) = wanted.filter(|_| !is_another).unwrap_or_default();
        if self.tested.pods != pods {
            let step = self.step;
            self.tested = Tested { pods, step, since: Some(now), ..Tested::default() };
            for version in 0..pods.len() {
                let pods = self.sets[version].spec + pods[version];
                actions.push(Action::Scale { version, pods });
            }
            actions.push(say(Saying::Tested(pods)));
            return true;
        }
        if wanted.is_none() {
            self.tested = Tested::default();
            return false;
        }
        if self.tested.is_running {
            return false;
        }
        let mains = self.without_tested(seen);
        let is_there = |version: usize| {
            let there = seen.pods[version].available - mains.pods[version].available;
            there >= pods[version]
        };
        if (0..pods.len()).all(is_there) {
            (self.tested.is_running, self.tested.weight) = (true, weight);
            return weight > 0;
        }
        if now > self.tested_until() {
            actions.push(say(Saying::Late));
            self.abort(Some(Cause::Deadline), actions);
            return true;
        }
        false
    }

    /// When its pods have to be there.
    fn tested_until(&self) -> Instant {
        self.tested.since.map_or(Instant::NEVER, |since| since + DEADLINE)
    }

    /// When it wants to be looked at for want of pods.
    pub(super) fn tested_wake(&self) -> Instant {
        if self.tested.is_running || self.tested.since.is_none() {
            return Instant::NEVER;
        }
        self.tested_until() + Span::from_micros(1)
    }

    /// The weight of the pods of an experiment that are of the release.
    pub(super) const fn tested_weight(&self) -> u32 {
        if self.new == RELEASE { self.tested.weight } else { 0 }
    }
}
