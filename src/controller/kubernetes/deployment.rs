//! A Deployment and its controller.

use clockwork::Instant;

use super::action::Action;
use super::availability::WallClock;
use super::fenceposts::Fenceposts;
use super::progress::{Condition, Reason, State, Status, changed};
use super::replica_set::{ReplicaSet, ReplicaSets};
use super::spec::{Spec, Strategy};
use super::sync::Sync;

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
            sizes: Vec::new(),
        }
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
        self.sets.with_template(self.spec.template)
    }

    /// Whether every pod is new and available, and no other is left.
    pub fn is_complete(&self) -> bool {
        self.status.is_complete(self.spec.replicas, self.generation)
    }

    /// Writes another spec; whether it differs.
    pub fn write(&mut self, spec: Spec) -> bool {
        let differs = self.spec != spec;
        if differs {
            self.generation += 1;
            (self.spec, self.fenceposts) = (spec, spec.fenceposts());
        }
        differs
    }

    /// What a part of a sync reads and writes.
    pub(super) fn begin<'a>(&'a mut self, actions: &'a mut Vec<Action>) -> Sync<'a> {
        Sync {
            spec: &self.spec,
            fenceposts: self.fenceposts,
            new: self.sets.with_template(self.spec.template),
            sets: &mut self.sets,
            replicas: self.status.replicas,
            sizes: &mut self.sizes,
            actions,
            writes: 0,
        }
    }

    /// One sync. `has_pods` says whether the ReplicaSet in a slot has pods, terminating ones
    /// included. Returns how many requests it made.
    ///
    /// Source: `syncDeployment` of the Deployment controller.
    pub(super) fn sync(
        &mut self,
        now: Instant,
        has_pods: impl Fn(usize) -> bool,
        actions: &mut Vec<Action>,
    ) -> u32 {
        let stored = self.status;
        let mut writes = self.note_pause(now);
        writes += self.renew(now);
        let rolls = !self.spec.paused && !self.begin(actions).is_scaling_event();
        if rolls {
            writes += match self.spec.strategy {
                Strategy::Recreate => self.recreate(now, has_pods, actions),
                Strategy::RollingUpdate { .. } => self.roll(now, actions),
            };
        } else {
            let mut sync = self.begin(actions);
            sync.scale_in_proportion();
            writes += sync.writes;
            if self.spec.paused {
                writes += self.forget_old_revisions(actions);
            }
        }
        writes += self.sync_status(now, rolls);
        self.say_what_changed(&stored, actions);
        writes
    }

    fn roll(&mut self, now: Instant, actions: &mut Vec<Action>) -> u32 {
        let created = self.create_missing(now, actions);
        let mut sync = self.begin(actions);
        let scaled = sync.scale_up_new() || sync.scale_down_old();
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
        let replicas = match spec.strategy {
            Strategy::Recreate => spec.replicas,
            Strategy::RollingUpdate { .. } => sync.grown(0),
        };
        let set = ReplicaSet {
            replicas,
            revision,
            min_ready_seconds: spec.min_ready_seconds,
            desired_annotation: Some(spec.replicas),
            max_annotation: Some(sync.most()),
            ..ReplicaSet::new(spec.template, self.clock.second(now))
        };
        let slot = self.sets.insert(set);
        actions.push(Action::ReplicaSetCreated { slot, template: spec.template, replicas });
        1 + self.note(now, State::True, Reason::NewReplicaSetCreated)
    }

    /// Sets the condition `Progressing`, if there is a deadline to watch.
    fn note(&mut self, now: Instant, state: State, reason: Reason) -> u32 {
        let before = self.status.progressing;
        if self.spec.progress_deadline_seconds.is_some() {
            let second = self.clock.second(now);
            self.status.progressing = Some(changed(before, (state, reason), second));
        }
        u32::from(self.status.progressing != before)
    }

    /// Nobody is late while a Deployment is paused, and the time starts again when it goes on.
    ///
    /// Source: `checkPausedConditions` of the Deployment controller.
    fn note_pause(&mut self, now: Instant) -> u32 {
        let reason = self.status.progressing.map(|it| it.reason);
        let noted = reason == Some(Reason::DeploymentPaused);
        if noted == self.spec.paused || reason == Some(Reason::ProgressDeadlineExceeded) {
            return 0;
        }
        let next = if noted { Reason::DeploymentResumed } else { Reason::DeploymentPaused };
        self.note(now, State::Unknown, next)
    }

    /// Brings revision and `minReadySeconds` of the ReplicaSet of the template up to date.
    fn renew(&mut self, now: Instant) -> u32 {
        let Some(slot) = self.new_replica_set() else { return 0 };
        let (next, seconds) = (self.last_old_revision() + 1, self.spec.min_ready_seconds);
        let set = &mut self.sets[slot];
        let is_behind = set.revision < next || set.min_ready_seconds != seconds;
        if is_behind {
            set.generation += u32::from(set.min_ready_seconds != seconds);
            set.revision = set.revision.max(next);
            set.min_ready_seconds = seconds;
        }
        let found = self.status.progressing.is_none();
        let noted = if found { self.note(now, State::True, Reason::FoundNewReplicaSet) } else { 0 };
        u32::from(is_behind) + noted
    }

    fn last_old_revision(&self) -> u64 {
        let old = self.sets.iter().filter(|set| set.template != self.spec.template);
        old.map(|set| set.revision).max().unwrap_or(0)
    }

    pub(super) fn sync_status(&mut self, now: Instant, rolls: bool) -> u32 {
        let (stored, new) = (self.status, self.new_replica_set());
        let mut next = Status::of(&self.sets, new);
        (next.observed, next.progressing) = (self.generation, stored.progressing);
        let enough = next.available >= self.fenceposts.min_available(self.spec.replicas);
        let available = if enough {
            (State::True, Reason::MinimumReplicasAvailable)
        } else {
            (State::False, Reason::MinimumReplicasUnavailable)
        };
        let second = self.clock.second(now);
        next.available_condition = Some(changed(stored.available_condition, available, second));
        if rolls {
            next.estimate(&stored, &self.spec, (self.generation, now, self.clock));
        }
        self.status = next;
        if next != stored {
            return 1;
        }
        if rolls {
            let again = next.look_again(&self.spec, self.generation, now, self.clock);
            self.look_again = again.unwrap_or(Instant::NEVER).min(self.look_again);
        }
        0
    }

    fn say_what_changed(&self, stored: &Status, actions: &mut Vec<Action>) {
        let other = |a: Option<Condition>, b: Option<Condition>| {
            let said = |it: Condition| (it.state, it.reason);
            b.filter(|_| a.map(said) != b.map(said))
        };
        let progressing = other(stored.progressing, self.status.progressing);
        actions.extend(progressing.map(Action::Progressing));
        let available = other(stored.available_condition, self.status.available_condition);
        actions.extend(available.map(Action::Available));
    }
}
