//! ReplicaSets as the API server keeps them.

use super::spec::Template;

/// Pods of a ReplicaSet, as its status counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pods that are neither finished nor terminating.
    pub replicas: u32,
    /// Those of them that are ready.
    pub ready: u32,
    /// Those that have been ready for `minReadySeconds`.
    pub available: u32,
    /// Pods that were told to stop and are not gone.
    pub terminating: u32,
}

/// A ReplicaSet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaSet {
    /// What its pods run.
    pub template: Template,
    /// The whole second of the wall clock in which it was created.
    pub created: u64,
    /// `spec.replicas`: the pods that it shall have.
    pub replicas: u32,
    /// Its own `spec.minReadySeconds`; that of an old ReplicaSet is what it was.
    pub min_ready_seconds: u32,
    /// The revision of the Deployment that it was last.
    pub revision: u64,
    /// The annotation `desired-replicas`: the replicas of the Deployment when it was last scaled.
    pub desired_annotation: Option<u32>,
    /// The annotation `max-replicas`: the same with the surge.
    pub max_annotation: Option<u32>,
    /// Counts every change of its `spec`.
    pub generation: u32,
    /// The generation that its controller has seen.
    pub observed: u32,
    /// What its controller has written of its pods, which may be late.
    pub status: Counts,
}

impl ReplicaSet {
    /// A ReplicaSet without pods, annotations and revision.
    pub fn new(template: Template, created: u64) -> Self {
        Self {
            template,
            created,
            replicas: 0,
            min_ready_seconds: 0,
            revision: 0,
            desired_annotation: None,
            max_annotation: None,
            generation: 1,
            observed: 0,
            status: Counts::default(),
        }
    }

    /// Whether it shall have pods.
    pub fn is_active(&self) -> bool {
        self.replicas > 0
    }
}

/// All ReplicaSets of a Deployment. Each has a slot for life, and slots are used again.
#[derive(Clone, Debug, Default)]
pub struct ReplicaSets {
    /// A free slot has one of generation 0.
    slots: Vec<ReplicaSet>,
    by_age: Vec<usize>,
}

impl ReplicaSets {
    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.by_age.clear();
    }

    /// Where one is put, and that is its slot.
    pub fn insert(&mut self, set: ReplicaSet) -> usize {
        let free = self.slots.iter().position(|set| set.generation == 0);
        let slot = free.unwrap_or(self.slots.len());
        match self.slots.get_mut(slot) {
            Some(free) => *free = set,
            None => self.slots.push(set),
        }
        let age = (set.created, set.template);
        let place = self.by_age.iter().position(|&other| self.age(other) > age);
        self.by_age.insert(place.unwrap_or(self.by_age.len()), slot);
        slot
    }

    /// Takes one away.
    pub fn remove(&mut self, slot: usize) {
        self.slots[slot].generation = 0;
        self.by_age.retain(|&other| other != slot);
    }

    fn age(&self, slot: usize) -> (u64, Template) {
        (self[slot].created, self[slot].template)
    }

    /// The number of slots, in use or not.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// What is in each slot, in order.
    pub fn each_slot(&self) -> impl ExactSizeIterator<Item = Option<&ReplicaSet>> {
        self.slots.iter().map(|set| (set.generation > 0).then_some(set))
    }

    /// The ReplicaSet in a slot, if there is one.
    pub fn slot(&self, slot: usize) -> Option<&ReplicaSet> {
        self.slots.get(slot).filter(|set| set.generation > 0)
    }

    pub(super) fn slot_mut(&mut self, slot: usize) -> Option<&mut ReplicaSet> {
        self.slots.get_mut(slot).filter(|set| set.generation > 0)
    }

    /// The slots in use, the oldest ReplicaSet first; those of the same second by their names.
    pub fn by_age(&self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator + Clone {
        self.by_age.iter().copied()
    }

    /// The slot at a place in that order.
    pub fn at_age(&self, place: usize) -> Option<usize> {
        self.by_age.get(place).copied()
    }

    /// All of them, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &ReplicaSet> {
        self.by_age.iter().map(|&slot| &self[slot])
    }

    /// All of them, where their order does not matter.
    pub(super) fn in_slots(&self) -> impl Iterator<Item = &ReplicaSet> {
        self.slots.iter().filter(|set| set.generation > 0)
    }

    /// The slot of the oldest with this template.
    pub fn with_template(&self, template: Template) -> Option<usize> {
        self.by_age().find(|&slot| self[slot].template == template)
    }
}

impl std::ops::Index<usize> for ReplicaSets {
    type Output = ReplicaSet;

    fn index(&self, slot: usize) -> &ReplicaSet {
        &self.slots[slot]
    }
}

impl std::ops::IndexMut<usize> for ReplicaSets {
    fn index_mut(&mut self, slot: usize) -> &mut ReplicaSet {
        &mut self.slots[slot]
    }
}
