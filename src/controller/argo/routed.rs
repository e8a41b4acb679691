//! Replicas of a canary whose traffic is routed.

use super::basic::Counts;
use super::steps::{Canary, Standing};
use super::threshold::Threshold;
use super::weights::{Wanted, Weights};

/// The versions of a rollout, as far as they exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Routed {
    /// The new version.
    pub new: Option<Counts>,
    /// The stable version.
    pub stable: Option<Counts>,
}

impl Routed {
    /// Replicas of the new and of the stable version. The stable version stays whole unless it is
    /// dynamic; then each version has the pods of the larger of the weight that it has and the
    /// weight that it shall have.
    ///
    /// Source: `CalculateReplicaCountsForTrafficRoutedCanary`.
    pub fn replicas(
        &self,
        canary: &Canary,
        standing: Standing,
        weights: Option<Weights>,
    ) -> (u32, u32) {
        let total = canary.replicas;
        let pods = |weight| replicas_for_weight(total, weight, canary.max_weight);
        let at_least = |count: u32| match canary.min_pods {
            Some(pods) if count > 0 && canary.version.caps_pods() => count.max(pods.min(total)),
            Some(pods) if count > 0 => count.max(pods),
            _ => count,
        };
        let wanted = Wanted::of(canary, standing, self.new, self.stable);
        let mut new = match wanted {
            Wanted::Replicas(replicas) => replicas,
            Wanted::Weight(weight) => at_least(pods(weight)),
        };
        if !canary.is_stable_dynamic {
            return (new, total);
        }
        let mut stable = pods(canary.max_weight.saturating_sub(wanted.weight()));
        if let Some(weights) = weights {
            stable = stable.max(pods(weights.stable));
            if standing.is_aborted {
                new = new.max(pods(weights.canary));
            }
        }
        (at_least(new), at_least(stable))
    }
}

/// Pods for a weight, rounded up. Source: `trafficWeightToReplicas`.
pub fn replicas_for_weight(replicas: u32, weight: u32, max_weight: u32) -> u32 {
    let product = u64::from(replicas) * u64::from(weight);
    u32::try_from(product.div_ceil(u64::from(max_weight.max(1)))).unwrap_or(u32::MAX)
}

/// Whether enough pods are available to carry a weight: those of the weight rounded down, or what
/// the threshold says is enough of them. Source: `checkReplicasAvailable`.
pub fn is_available_for(
    replicas: u32,
    version: Counts,
    weight: u32,
    max_weight: u32,
    threshold: Option<Threshold>,
) -> bool {
    let desired = u64::from(replicas) * u64::from(weight) / u64::from(max_weight.max(1));
    let desired = u32::try_from(desired).unwrap_or(u32::MAX);
    let is_met = |threshold| Threshold::is_met(Some(threshold), Some(version), desired);
    version.available >= desired || threshold.is_some_and(is_met)
}
