//! The conditions of a Deployment, as its controller writes them.

use clockwork::Instant;

use super::action::Action;
use super::deployment::Deployment;
use super::progress::{Condition, Reason, State, Status, changed};

impl Deployment {
    /// Sets the condition `Progressing`, if there is a deadline to watch.
    pub(super) fn note(
        &mut self,
        now: Instant,
        state: State,
        reason: Reason,
        actions: &mut Vec<Action>,
    ) -> u32 {
        let before = self.status;
        if self.spec().progress_deadline_seconds.is_some() {
            let second = self.clock().second(now);
            self.status.progressing = Some(changed(before.progressing, (state, reason), second));
        }
        self.say_what_changed(&before, actions);
        u32::from(self.status != before)
    }

    /// Nobody is late while a Deployment is paused, and the time starts again when it goes on.
    ///
    /// Source: `checkPausedConditions` of the Deployment controller.
    pub(super) fn note_pause(&mut self, now: Instant, actions: &mut Vec<Action>) -> u32 {
        let reason = self.status.progressing.map(|it| it.reason);
        let noted = reason == Some(Reason::DeploymentPaused);
        if noted == self.spec().paused || reason == Some(Reason::ProgressDeadlineExceeded) {
            return 0;
        }
        let next = if noted { Reason::DeploymentResumed } else { Reason::DeploymentPaused };
        self.note(now, State::Unknown, next, actions)
    }

    /// Counts pods and, if the rollout goes on, judges whether it gets anywhere. Whether anything
    /// was written.
    ///
    /// Source: `syncRolloutStatus`, and `syncDeploymentStatus` where nothing is judged.
    pub(super) fn sync_status(
        &mut self,
        now: Instant,
        rolls: bool,
        actions: &mut Vec<Action>,
    ) -> bool {
        let stored = self.status;
        let mut next = stored;
        next.count(&self.sets, self.new_replica_set());
        next.observed = self.generation;
        let enough = next.available >= self.fenceposts().min_available(self.spec().replicas);
        let available = if enough {
            (State::True, Reason::MinimumReplicasAvailable)
        } else {
            (State::False, Reason::MinimumReplicasUnavailable)
        };
        let second = self.clock().second(now);
        next.available_condition = Some(changed(stored.available_condition, available, second));
        if rolls {
            next.estimate(&stored, self.spec(), (self.generation, now, self.clock()));
            // Upstream looks at this in the sync that follows a write, which has nothing else to
            // do at the same instant.
            let again = next.look_again(self.spec(), self.generation, now, self.clock());
            self.look_again = again.unwrap_or(Instant::NEVER).min(self.look_again);
        }
        let differs = next != stored;
        if differs {
            self.status = next;
            self.say_what_changed(&stored, actions);
        }
        differs
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
