//! One sync of a Deployment: what all its parts share.

use super::action::Action;
use super::fenceposts::Fenceposts;
use super::replica_set::{ReplicaSet, ReplicaSets};
use super::spec::Spec;

/// One sync of a Deployment: what it reads and where it writes.
pub(super) struct Sync<'a> {
    pub(super) spec: &'a Spec,
    pub(super) fenceposts: Fenceposts,
    pub(super) sets: &'a mut ReplicaSets,
    /// The slot of the ReplicaSet with the template that is wanted.
    pub(super) new: Option<usize>,
    /// `status.replicas` of the Deployment, as stored.
    pub(super) replicas: u32,
    /// The sum of `spec.replicas` of the ReplicaSets.
    pub(super) wanted: u32,
    /// Room to work: slots and sizes.
    pub(super) sizes: &'a mut Vec<(usize, i64)>,
    pub(super) actions: &'a mut Vec<Action>,
    /// How many requests to the API server it has made.
    pub(super) writes: u32,
}

impl Sync<'_> {
    /// The pods that there may be: the replicas and the surge.
    pub(super) fn most(&self) -> u32 {
        self.spec.replicas.saturating_add(self.fenceposts.surge)
    }

    /// Whether a slot has an old ReplicaSet.
    pub(super) fn is_old(&self, slot: usize) -> bool {
        self.new != Some(slot)
    }

    /// Scales a ReplicaSet unless it has that size. Only then are its annotations renewed.
    pub(super) fn scale(&mut self, slot: usize, to: u32) -> bool {
        self.sets[slot].replicas != to && self.write(slot, to)
    }

    /// Writes size and annotations of a ReplicaSet where they differ; whether the size did.
    ///
    /// Source: `scaleReplicaSet` of the Deployment controller.
    pub(super) fn write(&mut self, slot: usize, to: u32) -> bool {
        let (desired, max) = (Some(self.spec.replicas), Some(self.most()));
        let set = &mut self.sets[slot];
        let from = set.replicas;
        if from == to && annotated(set, desired, max) {
            return false;
        }
        self.writes += 1;
        (set.replicas, set.desired_annotation, set.max_annotation) = (to, desired, max);
        if from != to {
            self.wanted = self.wanted - from + to;
            set.generation += 1;
            let template = set.template;
            self.actions.push(Action::ReplicaSetScaled { slot, template, from, to });
        }
        from != to
    }
}

fn annotated(set: &ReplicaSet, desired: Option<u32>, max: Option<u32>) -> bool {
    (set.desired_annotation, set.max_annotation) == (desired, max)
}
