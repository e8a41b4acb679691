//! Single steps of the Deployment controller, for a Deployment in any state.

use clockwork::Instant;

use super::action::Action;
use super::availability::WallClock;
use super::deployment::Deployment;
use super::progress::Status;
use super::replica_set::ReplicaSets;
use super::spec::Spec;

impl Deployment {
    /// A Deployment as somebody found it.
    pub fn stored(spec: Spec, replica_sets: ReplicaSets, status: Status) -> Self {
        let mut found = Self::new(spec, WallClock::default());
        (found.sets, found.status) = (replica_sets, status);
        found.find_new();
        found
    }

    /// The same with another status.
    pub fn with_status(self, status: Status) -> Self {
        let mut found = self;
        found.status = status;
        found
    }

    /// The part of a sync that scales the new ReplicaSet; whether it did.
    ///
    /// Source: `reconcileNewReplicaSet`.
    pub fn scale_up_new(&mut self, actions: &mut Vec<Action>) -> bool {
        self.begin(actions).scale_up_new()
    }

    /// The part of a sync that scales old ReplicaSets; whether it did.
    ///
    /// Source: `reconcileOldReplicaSets`.
    pub fn scale_down_old(&mut self, actions: &mut Vec<Action>) -> bool {
        self.begin(actions).scale_down_old()
    }

    /// The part of that which takes at most so many old pods that are not available; how many it
    /// took, and nothing when it gave up.
    ///
    /// Source: `cleanupUnhealthyReplicas`.
    pub fn clean_up_unhealthy(&mut self, most: u32, actions: &mut Vec<Action>) -> Option<u32> {
        self.begin(actions).clean_up_unhealthy(most)
    }

    /// The part of that which takes old pods beyond the minimum; how many.
    ///
    /// Source: `scaleDownOldReplicaSetsForRollingUpdate`.
    pub fn scale_down_healthy(&mut self, actions: &mut Vec<Action>) -> u32 {
        let least = self.fenceposts().min_available(self.spec().replicas);
        let mut sync = self.begin(actions);
        let spare = sync.available().saturating_sub(least);
        sync.scale_down_healthy(spare)
    }

    /// Whether the Deployment was scaled since its ReplicaSets were.
    ///
    /// Source: `isScalingEvent`.
    pub fn is_scaling_event(&mut self) -> bool {
        self.begin(&mut Vec::new()).is_scaling_event()
    }

    /// Whether it does nothing more before it is scaled to another size: a fault of upstream. The
    /// only ReplicaSet with pods has the size that is wanted, but from before the last scale, which
    /// the controller therefore never believes to be over.
    pub fn hangs(&mut self) -> bool {
        self.begin(&mut Vec::new()).hangs()
    }

    /// The part of a sync that shares a new size among ReplicaSets.
    ///
    /// Source: `scale`.
    pub fn scale_in_proportion(&mut self, actions: &mut Vec<Action>) {
        self.begin(actions).scale_in_proportion();
    }

    /// What a ReplicaSet in a slot gains or loses so that it keeps its share of the Deployment.
    ///
    /// Source: `getReplicaSetFraction`.
    pub fn fraction(&mut self, slot: usize) -> i64 {
        self.begin(&mut Vec::new()).fraction(slot)
    }

    /// How large a new ReplicaSet of this size may become, beside those that there are.
    ///
    /// Source: `NewRSNewReplicas`.
    pub fn grown(&mut self, size: u32) -> u32 {
        self.begin(&mut Vec::new()).grown(size)
    }

    /// Whether any old ReplicaSet has pods; `has_pods` says it of those in a slot, terminating
    /// ones included.
    ///
    /// Source: `oldPodsRunning`.
    pub fn is_any_old_left(&mut self, has_pods: impl Fn(usize) -> bool) -> bool {
        self.begin(&mut Vec::new()).is_any_old_left(has_pods)
    }

    /// The part of a sync that counts and judges a rollout; when it wants to look again, unless
    /// something happens before.
    ///
    /// Source: `syncRolloutStatus` and `requeueStuckDeployment`.
    pub fn judge(&mut self, now: Instant, actions: &mut Vec<Action>) -> Instant {
        self.look_again = Instant::NEVER;
        self.sync_status(now, true, actions);
        self.look_again
    }
}
