//! Revisions: which are kept, and going back to one.

use std::fmt;

use super::action::Action;
use super::deployment::Deployment;
use super::replica_set::ReplicaSet;
use super::spec::{Spec, Template};

/// Which revision `kubectl rollout undo` goes back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// The one before the present one.
    Previous,
    /// This one.
    To(u64),
}

/// Why a Deployment is not rolled back, in the words of `kubectl rollout undo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoError {
    /// It is paused.
    Paused,
    /// There is no such revision.
    NotFound(u64),
    /// There never was another.
    NoHistory,
    /// Its template is that of this revision already.
    AlreadyThere(u64),
}

impl fmt::Display for UndoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paused => f.write_str(
                "you cannot rollback a paused deployment; resume it first with \
                 'kubectl rollout resume' and try again",
            ),
            Self::NotFound(revision) => {
                write!(f, "unable to find specified revision {revision} in history")
            }
            Self::NoHistory => f.write_str("no rollout history found"),
            Self::AlreadyThere(revision) => {
                write!(f, "skipped rollback (current template already matches revision {revision})")
            }
        }
    }
}

impl std::error::Error for UndoError {}

impl Deployment {
    /// Deletes the ReplicaSets of the oldest revisions beyond the limit. One that has pods, or
    /// that its controller has not looked at, is passed over.
    ///
    /// Source: `cleanupDeployment` of the Deployment controller.
    pub fn forget_old_revisions(&mut self, actions: &mut Vec<Action>) -> u32 {
        let new = self.new_replica_set();
        let old = self.sets.by_age().len() - usize::from(new.is_some());
        let limit = self.spec().revision_history_limit.map_or(usize::MAX, |it| it as usize);
        let mut last = None;
        let mut deleted = 0;
        for _ in 0..old.saturating_sub(limit) {
            let revisions = self.sets.by_age().filter(|slot| Some(*slot) != new);
            let later = revisions.filter(|slot| last.is_none_or(|last| self.place(*slot) > last));
            let Some(slot) = later.min_by_key(|slot| self.place(*slot)) else { break };
            last = Some(self.place(slot));
            if is_empty(&self.sets[slot]) {
                let template = self.sets[slot].template;
                self.sets.remove(slot);
                actions.push(Action::ReplicaSetDeleted { slot, template });
                deleted += 1;
            }
        }
        deleted
    }

    fn place(&self, slot: usize) -> (u64, u64, Template) {
        let set = &self.sets[slot];
        (set.revision, set.created, set.template)
    }

    /// The template of a revision, as `kubectl rollout undo` finds it.
    ///
    /// Source: `DeploymentRollbacker` of kubectl.
    pub fn revision(&self, which: Undo) -> Result<Template, UndoError> {
        if self.spec().paused {
            return Err(UndoError::Paused);
        }
        let found = match which {
            Undo::To(revision) => self.sets.iter().find(|set| set.revision == revision),
            Undo::Previous => {
                let last = self.sets.iter().map(|set| set.revision).max();
                let others = self.sets.iter().filter(|set| Some(set.revision) != last);
                others.max_by_key(|set| set.revision)
            }
        };
        let set = found.ok_or(match which {
            Undo::To(revision) => UndoError::NotFound(revision),
            Undo::Previous => UndoError::NoHistory,
        })?;
        if set.template == self.spec().template {
            return Err(UndoError::AlreadyThere(set.revision));
        }
        Ok(set.template)
    }

    /// Goes back to the template of a revision: another rollout, to a ReplicaSet that is there.
    pub fn undo(&mut self, which: Undo) -> Result<(), UndoError> {
        let template = self.revision(which)?;
        self.write(Spec { template, ..*self.spec() });
        Ok(())
    }
}

fn is_empty(set: &ReplicaSet) -> bool {
    set.replicas == 0 && set.status.replicas == 0 && set.observed >= set.generation
}
