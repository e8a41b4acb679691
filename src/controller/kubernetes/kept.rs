//! Pods that a rollout leaves as they are.

use super::spec::{Kept, Template};
use super::sync::Sync;
use crate::planted::{self, Bug};

impl Sync<'_> {
    /// The pods that the new ReplicaSet shall have in the end: all but those that stay as they are.
    pub(super) fn goal(&self) -> u32 {
        if self.spec.kept != Kept::Undeleted {
            return self.spec.updated();
        }
        let old = self.sets.by_age().filter(|&slot| self.is_old(slot));
        let kept: u32 = old.map(|slot| self.sets[slot].replicas).sum();
        self.spec.replicas.saturating_sub(kept)
    }

    /// How many pods of an old ReplicaSet stay as they are.
    pub(super) fn stays(&self, slot: usize) -> u32 {
        let set = &self.sets[slot];
        let kept = match self.spec.kept {
            Kept::Nothing => 0,
            Kept::Below(_) if set.template != Template::RUNNING => 0,
            Kept::Below(_) | Kept::Undeleted => self.spec.kept.of(self.spec.replicas),
        };
        kept.min(set.replicas)
    }

    /// Pods below the partition that are missing since there are more replicas; whether any were.
    pub(super) fn scale_up_kept(&mut self) -> bool {
        let kept = self.spec.kept;
        if !matches!(kept, Kept::Below(_)) {
            return false;
        }
        let running = self.sets.with_template(Template::RUNNING);
        let Some(slot) = running.filter(|slot| self.is_old(*slot)) else { return false };
        let wanted = kept.of(self.spec.replicas);
        wanted > self.sets[slot].replicas && self.scale(slot, wanted)
    }

    /// Pods of an old ReplicaSet that somebody has deleted are no more wanted there.
    pub(super) fn let_go(&mut self, slot: usize, pods: u32) -> bool {
        let is_fewer = self.is_old(slot) && pods < self.sets[slot].replicas;
        is_fewer && !planted::is(Bug::DeletedPodsComeBack) && self.scale(slot, pods)
    }
}
