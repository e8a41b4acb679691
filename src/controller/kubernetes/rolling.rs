//! One step of a rolling update: up, or else down.

use super::spec::Strategy;
use super::sync::Sync;

impl Sync<'_> {
    /// Brings the new ReplicaSet nearer to its size; whether it had to.
    ///
    /// Source: `reconcileNewReplicaSet` of the Deployment controller.
    pub(super) fn scale_up_new(&mut self) -> bool {
        let Some(new) = self.new else { return false };
        let (size, wanted) = (self.sets[new].replicas, self.goal());
        let next = if size < wanted { self.grown(size) } else { wanted };
        self.scale(new, next)
    }

    /// How large a new ReplicaSet of this size may become while the surge has room; all at once
    /// where nothing is rolled.
    ///
    /// Source: `NewRSNewReplicas` of the Deployment controller.
    pub(super) fn grown(&self, size: u32) -> u32 {
        if self.spec.strategy == Strategy::Recreate {
            return self.spec.replicas;
        }
        let room = self.most().saturating_sub(self.wanted);
        size + room.min(self.goal().saturating_sub(size))
    }

    /// Takes pods from old ReplicaSets: first those that are not available, then as many as are
    /// available beyond the minimum. New pods that are not available yet count as missing.
    ///
    /// Source: `reconcileOldReplicaSets` of the Deployment controller.
    pub(super) fn scale_down_old(&mut self) -> bool {
        let Some(new) = self.new else { return false };
        let all = self.wanted;
        if all == self.sets[new].replicas {
            return false;
        }
        let set = &self.sets[new];
        let missing = i64::from(set.replicas) - i64::from(set.status.available);
        let least = self.fenceposts.min_available(self.spec.replicas);
        let room = i64::from(all) - i64::from(least) - missing;
        let Ok(room @ 1..) = u32::try_from(room) else { return false };
        let spare = self.available().saturating_sub(least);
        let Some(cleaned) = self.clean_up_unhealthy(room) else { return false };
        cleaned + self.scale_down_healthy(spare) > 0
    }

    /// Takes at most so many old pods that are not available; how many it took.
    ///
    /// `None` when the status of an old ReplicaSet is behind its last scale-down, so that more of
    /// its pods are available than it wants: that is an internal error of the controller, and old
    /// ReplicaSets stay as they are until their own controller has caught up.
    pub(super) fn clean_up_unhealthy(&mut self, most: u32) -> Option<u32> {
        let mut done = 0;
        for place in 0.. {
            let Some(slot) = self.sets.at_age(place) else { break };
            if done >= most {
                break;
            }
            let set = &self.sets[slot];
            if !self.is_old(slot) || set.replicas == 0 || set.replicas == set.status.available {
                continue;
            }
            let unhealthy = set.replicas.checked_sub(set.status.available)?;
            let fewer = unhealthy.min(most - done).min(set.replicas - self.stays(slot));
            self.scale(slot, set.replicas - fewer);
            done += fewer;
        }
        Some(done)
    }

    /// Pods that are available, as far as the controller counts them: those that a ReplicaSet
    /// has although it wants none any more are none.
    pub(super) fn available(&self) -> u32 {
        let active = self.sets.in_slots().filter(|set| set.is_active());
        let idle = self.new.map(|new| &self.sets[new]).filter(|set| !set.is_active());
        active.chain(idle).map(|set| set.status.available).sum()
    }

    /// Takes so many old pods, the oldest ReplicaSet first; how many it took.
    pub(super) fn scale_down_healthy(&mut self, spare: u32) -> u32 {
        let mut done = 0;
        for place in 0.. {
            let Some(slot) = self.sets.at_age(place) else { break };
            if done >= spare {
                break;
            }
            if self.is_old(slot) {
                let size = self.sets[slot].replicas;
                let fewer = (size - self.stays(slot)).min(spare - done);
                self.scale(slot, size - fewer);
                done += fewer;
            }
        }
        done
    }
}
