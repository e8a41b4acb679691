//! Whether a rollout makes progress, and what happens when it has not for too long.

use clockwork::{Instant, Span};

use super::plan::{AutoPromotion, Doing};
use super::progress::{Progressing, Status, has_progressed, has_timed_out};
use super::saying::Saying;
use super::twin::{Progress, Twin, say};
use crate::controller::delivery::{Action, Cause, Seen};

impl Progress {
    fn status(&self) -> Status {
        Status {
            replicas: self.updated + self.older,
            updated: self.updated,
            ready: self.ready,
            available: self.available,
            strategy: Progressing::Canary {
                stable: String::new(),
                step: Some(self.step),
                steps: String::new(),
            },
        }
    }
}

impl Twin<'_> {
    /// How long the current pause is; nothing if there is none, or only somebody ends it.
    pub(super) fn pause_length(&self) -> Option<Span> {
        if let Some(how) = self.plan.blue_green {
            return match how.promotion {
                AutoPromotion::After(span) => Some(span),
                AutoPromotion::AtOnce | AutoPromotion::Manual => None,
            };
        }
        match self.doing()? {
            Doing::Pause(span) => span,
            Doing::Experiment { duration, .. } => duration,
            _ => None,
        }
    }

    /// Whether the clock of progress runs: not in a pause, an analysis or after the end.
    pub(super) fn is_timed(&self) -> bool {
        let waits = match self.doing() {
            Some(Doing::Pause(_) | Doing::Analysis(_) | Doing::Experiment { .. }) => true,
            Some(Doing::Weight | Doing::Scale | Doing::Header(_) | Doing::Mirror(_)) | None => {
                false
            }
        };
        !self.is_stable() && !self.is_aborted && !self.is_halted() && self.pause.is_none() && !waits
    }

    /// Looks whether there was progress; whether it was aborted for want of it.
    pub(super) fn watch_progress(
        &mut self,
        seen: &Seen,
        now: Instant,
        actions: &mut Vec<Action>,
    ) -> bool {
        let [new, old] = [seen.pods[self.new], seen.pods[self.stable]];
        let before = self.progress;
        let after = Progress {
            updated: new.replicas,
            older: old.replicas,
            ready: new.ready + old.ready,
            available: new.available + old.available,
            step: self.step,
            ..before
        };
        let progressed = has_progressed(&before.status(), &after.status());
        self.progress = after;
        if progressed || !self.is_timed() {
            (self.progress.at, self.progress.is_late) = (now, false);
            return false;
        }
        let age = now - self.progress.at;
        if self.progress.is_late
            || !has_timed_out(Some(("ReplicaSetUpdated", age)), self.plan.deadline)
        {
            return false;
        }
        self.progress.is_late = true;
        actions.push(say(Saying::Late));
        if self.plan.aborts_when_late {
            self.abort(Some(Cause::Deadline), actions);
            return true;
        }
        actions.push(Action::Stuck);
        false
    }
}
