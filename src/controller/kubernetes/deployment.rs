//! A Deployment and its controller.

use clockwork::Instant;

use super::action::Action;
use super::availability::WallClock;
use super::fenceposts::Fenceposts;
use super::progress::{Reason, State, Status, changed};
use super::proportional::was_scaled;
use super::replica_set::{Counts, ReplicaSet, ReplicaSets};
use super::spec::{Kept, Spec, Strategy};
use super::sync::Sync;
use super::twin::Seen;

/// A Deployment with its ReplicaSets, as the API server keeps them.
#[derive(Clone, Debug)]
pub struct Deployment {
    spec: Spec,
    fenceposts: Fenceposts,
    pub(super) generation: u32,
    pub(super) status: Status,
    pub(super) sets: ReplicaSets,
    clock: WallClock,
    /// When a rollout without progress is looked at again.
    pub(super) look_again: Instant,
    /// The slot of the ReplicaSet with the template that is wanted.
    new: Option<usize>,
    sizes: Vec<(usize, i64)>,
}

impl Deployment {
    /// A Deployment that was just written: it has no ReplicaSet yet.
    pub fn new(spec: Spec, clock: WallClock) -> Self {
        Self {
            spec,
            fenceposts: spec.fenceposts(),
            generation: 1,
            status: Status::default(),
            sets: ReplicaSets::default(),
            clock,
            look_again: Instant::NEVER,
            new: None,
            sizes: Vec::new(),
        }
    }

    /// The clock from now on.
    pub(super) fn keep_time_by(&mut self, clock: WallClock) {
        self.clock = clock;
    }

    /// Begins again, complete for long.
    pub(super) fn begin_complete(&mut self, spec: Spec) {
        (self.spec, self.fenceposts) = (spec, spec.fenceposts());
        let n = spec.replicas;
        let pods = Counts { replicas: n, ready: n, available: n, terminating: 0 };
        self.sets.clear();
        let set = self.sets.insert(ReplicaSet {
            replicas: n,
            min_ready_seconds: spec.min_ready_seconds,
            revision: 1,
            desired_annotation: Some(n),
            max_annotation: Some(n.saturating_add(self.fenceposts.surge)),
            observed: 1,
            status: pods,
            ..ReplicaSet::new(spec.template, 0)
        });
        self.new = Some(set);
        let said = |reason| Some(changed(None, (State::True, reason), 0));
        self.status = Status {
            observed: 1,
            replicas: n,
            updated: n,
            ready: n,
            available: n,
            progressing: spec
                .progress_deadline_seconds
                .and_then(|_| said(Reason::NewReplicaSetAvailable)),
            available_condition: said(Reason::MinimumReplicasAvailable),
            ..Status::default()
        };
        (self.generation, self.look_again) = (1, Instant::NEVER);
    }

    /// What is wanted.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// What the strategy allows for these replicas.
    pub fn fenceposts(&self) -> Fenceposts {
        self.fenceposts
    }

    /// Counts every change of what is wanted.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// What the controller has written of it.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// Its ReplicaSets.
    pub fn replica_sets(&self) -> &ReplicaSets {
        &self.sets
    }

    /// The clock of its cluster.
    pub fn clock(&self) -> WallClock {
        self.clock
    }

    /// The slot of the ReplicaSet with the template that is wanted, if it exists.
    pub fn new_replica_set(&self) -> Option<usize> {
        self.new
    }

    /// Whether every pod is new and available, and no other is left.
    pub fn is_complete(&self) -> bool {
        self.status.is_done(&self.spec, self.generation)
    }

    /// Writes another spec; whether it differs.
    pub fn write(&mut self, spec: Spec) -> bool {
        let differs = self.spec != spec;
        if differs {
            self.generation += 1;
            (self.spec, self.fenceposts) = (spec, spec.fenceposts());
            self.find_new();
        }
        differs
    }

    pub(super) fn find_new(&mut self) {
        self.new = self.sets.with_template(self.spec.template);
    }

    /// Pods of old ReplicaSets that somebody has deleted come as new ones, where that is how they
    /// are replaced; whether any were.
    pub(super) fn let_go(&mut self, seen: &[Seen], actions: &mut Vec<Action>) -> bool {
        let mut any = false;
        for slot in 0..self.sets.slots() {
            if self.sets.slot(slot).is_some() {
                let pods = seen.get(slot).map_or(0, |seen| seen.pods.replicas);
                any |= self.begin(actions).let_go(slot, pods);
            }
        }
        any
    }

    /// What a part of a sync reads and writes.
    pub(super) fn begin<'a>(&'a mut self, actions: &'a mut Vec<Action>) -> Sync<'a> {
        Sync {
            spec: &self.spec,
            wanted: self.sets.in_slots().map(|set| set.replicas).sum(),
            fenceposts: self.fenceposts,
            new: self.new,
            sets: &mut self.sets,
            replicas: self.status.replicas,
            sizes: &mut self.sizes,
            actions,
            writes: 0,
        }
    }

    /// One sync. `has_pods` says whether the ReplicaSet in a slot has pods, terminating ones
    /// included. Returns how many requests it made, and whether another sync would do more.
    ///
    /// Source: `syncDeployment` of the Deployment controller.
    pub(super) fn sync(
        &mut self,
        now: Instant,
        has_pods: impl Fn(usize) -> bool,
        actions: &mut Vec<Action>,
    ) -> (u32, bool) {
        let was_complete = self.is_complete();
        let mut writes = self.note_pause(now, actions) + self.renew(now, actions);
        // Where pods have names of their own nothing is shared out.
        let is_scaled =
            self.spec.kept == Kept::Nothing && was_scaled(&self.sets, self.spec.replicas);
        let rolls = !self.spec.paused && !is_scaled;
        if rolls {
            writes += match self.spec.strategy {
                Strategy::Recreate => self.recreate(now, has_pods, actions),
                Strategy::RollingUpdate { .. } => self.roll(now, actions),
            };
        } else if self.spec.kept == Kept::Nothing {
            let mut sync = self.begin(actions);
            sync.scale_in_proportion();
            writes += sync.writes;
            if self.spec.paused {
                writes += self.forget_old_revisions(actions);
            }
        }
        // Every write is followed by another sync. After a new status alone, only the revisions of
        // a rollout that is complete now are left to it.
        let differs = self.sync_status(now, rolls, actions);
        let again = writes > 0 || self.is_complete() && !was_complete;
        (writes + u32::from(differs), again)
    }

    fn roll(&mut self, now: Instant, actions: &mut Vec<Action>) -> u32 {
        let created = self.create_missing(now, actions);
        let mut sync = self.begin(actions);
        let scaled = sync.scale_up_kept() || sync.scale_up_new() || sync.scale_down_old();
        let writes = created + sync.writes;
        if scaled { writes } else { writes + self.tidy_up(actions) }
    }

    fn recreate(
        &mut self,
        now: Instant,
        has_pods: impl Fn(usize) -> bool,
        actions: &mut Vec<Action>,
    ) -> u32 {
        let mut sync = self.begin(actions);
        if sync.scale_down_all_old() || sync.is_any_old_left(has_pods) {
            return sync.writes;
        }
        let mut writes = self.create_missing(now, actions);
        let mut sync = self.begin(actions);
        sync.scale_up_at_once();
        writes += sync.writes;
        writes + self.tidy_up(actions)
    }

    fn tidy_up(&mut self, actions: &mut Vec<Action>) -> u32 {
        if self.is_complete() { self.forget_old_revisions(actions) } else { 0 }
    }

    /// Creates the ReplicaSet of the template unless it exists, already with the pods that it may
    /// have: that is no step of the rollout, which goes on in the same sync.
    ///
    /// Source: `getNewReplicaSet` of the Deployment controller.
    fn create_missing(&mut self, now: Instant, actions: &mut Vec<Action>) -> u32 {
        if self.new_replica_set().is_some() {
            return 0;
        }
        let (revision, spec) = (self.last_old_revision() + 1, self.spec);
        let sync = self.begin(actions);
        let replicas = sync.grown(0);
        let set = ReplicaSet {
            replicas,
            revision,
            min_ready_seconds: spec.min_ready_seconds,
            desired_annotation: Some(spec.replicas),
            max_annotation: Some(sync.most()),
            ..ReplicaSet::new(spec.template, self.clock.second(now))
        };
        let slot = self.sets.insert(set);
        self.new = Some(slot);
        actions.push(Action::ReplicaSetCreated { slot, template: spec.template, replicas });
        1 + self.note(now, State::True, Reason::NewReplicaSetCreated, actions)
    }

    /// Brings revision and `minReadySeconds` of the ReplicaSet of the template up to date.
    fn renew(&mut self, now: Instant, actions: &mut Vec<Action>) -> u32 {
        let is_known = self.status.observed == self.generation && self.status.progressing.is_some();
        let Some(slot) = self.new.filter(|_| !is_known) else { return 0 };
        let (next, seconds) = (self.last_old_revision() + 1, self.spec.min_ready_seconds);
        let set = &mut self.sets[slot];
        let is_behind = set.revision < next || set.min_ready_seconds != seconds;
        if is_behind {
            set.generation += u32::from(set.min_ready_seconds != seconds);
            set.revision = set.revision.max(next);
            set.min_ready_seconds = seconds;
        }
        let mut writes = u32::from(is_behind);
        if self.status.progressing.is_none() {
            writes += self.note(now, State::True, Reason::FoundNewReplicaSet, actions);
        }
        writes
    }

    fn last_old_revision(&self) -> u64 {
        let old = self.sets.iter().filter(|set| set.template != self.spec.template);
        old.map(|set| set.revision).max().unwrap_or(0)
    }
}
