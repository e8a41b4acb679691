//! One step of a rollout that stops everything first.

use super::sync::Sync;

impl Sync<'_> {
    /// Scales every old ReplicaSet to nothing; whether any had pods.
    ///
    /// Source: `scaleDownOldReplicaSetsForRecreate` of the Deployment controller.
    pub(super) fn scale_down_all_old(&mut self) -> bool {
        let mut scaled = false;
        for place in 0.. {
            let Some(slot) = self.sets.at_age(place) else { break };
            scaled |= self.is_old(slot) && self.scale(slot, 0);
        }
        scaled
    }

    /// Whether an old ReplicaSet has pods, terminating ones included.
    ///
    /// Source: `oldPodsRunning` of the Deployment controller.
    pub(super) fn is_any_old_left(&self, has_pods: impl Fn(usize) -> bool) -> bool {
        let mut old = self.sets.by_age().filter(|&slot| self.is_old(slot));
        old.any(|slot| self.sets[slot].status.replicas > 0 || has_pods(slot))
    }

    /// Scales the new ReplicaSet to all pods at once.
    pub(super) fn scale_up_at_once(&mut self) -> bool {
        self.new.is_some_and(|new| self.scale(new, self.spec.replicas))
    }
}
