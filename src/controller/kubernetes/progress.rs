//! The status of a Deployment, and whether it gets anywhere.

use std::fmt;

use clockwork::{Instant, Span};

use super::availability::WallClock;
use super::replica_set::{Counts, ReplicaSet, ReplicaSets};
use super::spec::Spec;

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It does.
    True,
    /// It does not.
    False,
    /// Nobody knows.
    Unknown,
}

/// Why a condition is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A ReplicaSet was created for a new template.
    NewReplicaSetCreated,
    /// The ReplicaSet of a template was there already.
    FoundNewReplicaSet,
    /// There was progress.
    ReplicaSetUpdated,
    /// The rollout is complete.
    NewReplicaSetAvailable,
    /// There was no progress for `progressDeadlineSeconds`.
    ProgressDeadlineExceeded,
    /// The Deployment is paused.
    DeploymentPaused,
    /// The Deployment was resumed.
    DeploymentResumed,
    /// Enough pods are available.
    MinimumReplicasAvailable,
    /// Too few pods are available.
    MinimumReplicasUnavailable,
}

/// A condition of a Deployment. Its times are whole seconds of the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Whether it holds.
    pub state: State,
    /// Why.
    pub reason: Reason,
    /// `lastUpdateTime`.
    pub updated: u64,
    /// `lastTransitionTime`.
    pub transitioned: u64,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.state, self.reason)
    }
}

/// The `status` of a Deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The generation of the spec that the controller has seen.
    pub observed: u32,
    /// Pods of all ReplicaSets.
    pub replicas: u32,
    /// Pods of the new one.
    pub updated: u32,
    /// Pods that are ready.
    pub ready: u32,
    /// Pods that are available.
    pub available: u32,
    /// Pods that are wanted and not available.
    pub unavailable: u32,
    /// Pods that were told to stop and are not gone.
    pub terminating: u32,
    /// The condition `Progressing`, if there is a deadline.
    pub progressing: Option<Condition>,
    /// The condition `Available`.
    pub available_condition: Option<Condition>,
}

impl Status {
    /// Counts what the status of the ReplicaSets comes to.
    ///
    /// Source: `calculateStatus` of the Deployment controller.
    pub(super) fn count(&mut self, sets: &ReplicaSets, new: Option<usize>) {
        let (mut all, mut wanted) = (Counts::default(), 0_u32);
        for set in sets.in_slots() {
            wanted += set.replicas;
            all.replicas += set.status.replicas;
            all.ready += set.status.ready;
            all.available += set.status.available;
            all.terminating += set.status.terminating;
        }
        let updated = |set: &ReplicaSet| set.status.replicas;
        self.updated = new.and_then(|slot| sets.slot(slot)).map_or(0, updated);
        (self.replicas, self.ready) = (all.replicas, all.ready);
        (self.available, self.terminating) = (all.available, all.terminating);
        self.unavailable = wanted.saturating_sub(all.available);
    }

    /// Whether every pod is new and available, and no other is left. Terminating pods are none.
    ///
    /// Source: `DeploymentComplete`.
    pub fn is_complete(&self, replicas: u32, generation: u32) -> bool {
        self.updated == replicas
            && self.replicas == replicas
            && self.available == replicas
            && self.observed >= generation
    }

    /// The same of a spec that may leave some pods as they are.
    pub fn is_done(&self, spec: &Spec, generation: u32) -> bool {
        let counts = [self.updated, self.replicas, self.available];
        counts == [spec.updated(), spec.replicas, spec.replicas] && self.observed >= generation
    }

    /// Whether more is done than in the status `before`: more new pods, fewer old ones, more
    /// pods ready or available.
    ///
    /// Source: `DeploymentProgressing`.
    pub fn is_further_than(&self, before: &Self) -> bool {
        let old = |status: &Self| i64::from(status.replicas) - i64::from(status.updated);
        self.updated > before.updated
            || old(self) < old(before)
            || self.ready > before.ready
            || self.available > before.available
    }

    /// Whether there was no progress for the deadline. What is complete cannot be late: pods that
    /// crash afterwards are not a matter of the rollout.
    ///
    /// Source: `DeploymentTimedOut`.
    pub fn is_late(&self, deadline: Option<u32>, now: Instant, clock: WallClock) -> bool {
        let (Some(seconds), Some(condition)) = (deadline, self.progressing) else { return false };
        match condition.reason {
            Reason::NewReplicaSetAvailable => false,
            Reason::ProgressDeadlineExceeded => true,
            _ => clock.beginning(condition.updated + u64::from(seconds)) < now,
        }
    }

    /// Notes whether the rollout gets anywhere, compared with the status that is `stored`.
    ///
    /// Source: `syncRolloutStatus` of the Deployment controller.
    pub(super) fn estimate(
        &mut self,
        stored: &Self,
        spec: &Spec,
        (generation, now, clock): (u32, Instant, WallClock),
    ) {
        let deadline = spec.progress_deadline_seconds;
        if deadline.is_none() {
            self.progressing = None;
            return;
        }
        let done = |it: Condition| it.reason == Reason::NewReplicaSetAvailable;
        if self.replicas == self.updated && stored.progressing.is_some_and(done) {
            return;
        }
        let second = clock.second(now);
        if self.is_done(spec, generation) {
            let available = (State::True, Reason::NewReplicaSetAvailable);
            self.progressing = Some(changed(self.progressing, available, second));
        } else if self.is_further_than(stored) {
            // The same reason with a later time: that is what moves the deadline.
            let updated = (State::True, Reason::ReplicaSetUpdated);
            let fresh = changed(self.progressing, updated, second);
            self.progressing = Some(Condition { updated: second, ..fresh });
        } else if self.is_late(deadline, now, clock) {
            let late = (State::False, Reason::ProgressDeadlineExceeded);
            self.progressing = Some(changed(self.progressing, late, second));
        }
    }

    /// When a rollout without progress is to be looked at again.
    ///
    /// Source: `requeueStuckDeployment`. In its last second it is looked at all the time, and so at
    /// the first instant that is too late; else once, a second after the deadline. When it is too
    /// late already upstream goes on looking, to no effect; here nobody does.
    pub fn look_again(
        &self,
        spec: &Spec,
        generation: u32,
        now: Instant,
        clock: WallClock,
    ) -> Option<Instant> {
        let (seconds, condition) = (spec.progress_deadline_seconds?, self.progressing?);
        let late = condition.reason == Reason::ProgressDeadlineExceeded;
        if late || self.is_done(spec, generation) {
            return None;
        }
        let due = clock.beginning(condition.updated + u64::from(seconds));
        if due < now {
            return None;
        }
        let second = Span::from_secs(1);
        let exactly = due + Span::from_micros(1);
        Some(if due - now < second { exactly } else { due + second })
    }
}

/// A condition that is set: nothing happens where state and reason stay, and the time of the
/// transition stays where the state does.
///
/// Source: `SetDeploymentCondition`.
pub(super) fn changed(
    before: Option<Condition>,
    (state, reason): (State, Reason),
    second: u64,
) -> Condition {
    match before {
        Some(same) if (same.state, same.reason) == (state, reason) => same,
        Some(before) if before.state == state => {
            Condition { state, reason, updated: second, transitioned: before.transitioned }
        }
        _ => Condition { state, reason, updated: second, transitioned: second },
    }
}
