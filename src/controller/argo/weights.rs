//! Which weight is wanted, and whether the pods are there for it.

use super::basic::{Counts, approximate};
use super::routed::{Routed, replicas_for_weight};
use super::steps::{Canary, CanaryScale, Standing, Step};
use super::threshold::Threshold;

/// Weights that are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Of the new version.
    pub canary: u32,
    /// Of the stable version.
    pub stable: u32,
}

/// The weight of the new version that is wanted. After an abort with a dynamic stable version it
/// goes back step by step, as the stable version grows.
///
/// Source: `GetDesiredCanaryWeight`.
pub fn desired_weight(
    canary: &Canary,
    standing: Standing,
    new: Option<Counts>,
    stable: Option<Counts>,
) -> u32 {
    if standing.is_aborted && canary.is_routed && canary.is_stable_dynamic {
        return weight_on_abort(canary, new, stable);
    }
    canary.current_set_weight(standing)
}

/// The last weight of the steps that takes fewer pods than the new version still has to carry.
/// Where it is removed after a delay that is written, only what the stable version misses counts:
/// the new pods stay until the end, and would hold the weight up forever.
fn weight_on_abort(canary: &Canary, new: Option<Counts>, stable: Option<Counts>) -> u32 {
    let missing = stable.map_or(0, |stable| canary.replicas.saturating_sub(stable.available));
    let is_written = canary.abort_delay.is_explicit && canary.abort_delay.seconds.is_some();
    let is_delayed = is_written && canary.version.frees_aborts();
    let carried =
        if is_delayed { missing } else { missing.max(new.map_or(0, |new| new.available)) };
    let weights = canary.steps.iter().rev().filter_map(|step| match step {
        Step::SetWeight(weight) => Some(*weight),
        _ => None,
    });
    let pods = |weight| replicas_for_weight(canary.replicas, weight, canary.max_weight);
    weights.into_iter().find(|weight| pods(*weight) < carried).unwrap_or(0)
}

/// How the pods of the new version are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// So many pods.
    Replicas(u32),
    /// As many as this weight takes.
    Weight(u32),
}

impl Wanted {
    /// What is wanted of the new version: all of it where somebody has asked for full promotion
    /// or it is the stable one already. Source: `GetCanaryReplicasOrWeight`.
    pub fn of(
        canary: &Canary,
        standing: Standing,
        new: Option<Counts>,
        stable: Option<Counts>,
    ) -> Self {
        if standing.is_promoted_in_full || standing.is_stable {
            return Self::Weight(canary.max_weight);
        }
        match canary.scale(standing) {
            Some(CanaryScale::Replicas(replicas)) => Self::Replicas(replicas),
            Some(CanaryScale::Weight(weight)) => Self::Weight(weight),
            Some(CanaryScale::MatchTrafficWeight) | None => {
                Self::Weight(desired_weight(canary, standing, new, stable))
            }
        }
    }

    /// The weight; what is said in pods has none.
    pub const fn weight(self) -> u32 {
        match self {
            Self::Replicas(_) => 0,
            Self::Weight(weight) => weight,
        }
    }
}

/// What the question of arrived pods depends on beside the canary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtDesired {
    /// The pods that may be above, resolved.
    pub surge: u32,
    /// The new version.
    pub new: Counts,
    /// The stable version.
    pub stable: Counts,
    /// Pods of the stable version that exist, available or not (`status.replicas`).
    pub stable_replicas: u32,
    /// Available pods of still older versions.
    pub older_available: u32,
    /// The weights that are set, where traffic is routed and they are known.
    pub weights: Option<Weights>,
    /// How much of the new version is enough.
    pub threshold: Option<Threshold>,
}

impl AtDesired {
    /// Whether the pods are there for the current step: those of the new version available, those
    /// of the stable version created. Source: `AtDesiredReplicaCountsForCanary`.
    pub fn holds(&self, canary: &Canary, standing: Standing) -> bool {
        let (new, stable) = if canary.is_routed {
            let seen = Routed { new: Some(self.new), stable: Some(self.stable) };
            seen.replicas(canary, standing, self.weights)
        } else {
            let wanted = Wanted::of(canary, standing, Some(self.new), Some(self.stable));
            approximate(canary.replicas, wanted.weight(), self.surge, canary.max_weight)
        };
        let is_new_there = Threshold::is_met(self.threshold, Some(self.new), new);
        let is_stable_there = self.stable.spec == stable && self.stable_replicas == stable;
        let are_older_gone = canary.is_routed || self.older_available == 0;
        is_new_there && (is_stable_there || canary.is_stable_dynamic) && are_older_gone
    }
}
