//! A Deployment is scaled during a rollout: every ReplicaSet has its share of it.

use std::cmp::Reverse;

use super::replica_set::ReplicaSets;
use super::spec::Strategy;
use super::sync::Sync;

impl Sync<'_> {
    /// Whether the Deployment was scaled since an active ReplicaSet was written last.
    ///
    /// Source: `isScalingEvent` of the Deployment controller.
    pub(super) fn is_scaling_event(&self) -> bool {
        was_scaled(self.sets, self.spec.replicas)
    }

    /// Whether it waits for ever for a scale that is done: the only ReplicaSet with pods has the
    /// size that is wanted, but not from this scale, so that nobody renews its annotation.
    ///
    /// A fault of upstream, known as a rolling update that hangs during scaling: with `maxSurge: 0`
    /// a rollout has taken the first pods, and the Deployment is scaled to just what is left.
    pub(super) fn hangs(&self) -> bool {
        let wanted = self.spec.replicas;
        let is_done = |slot| self.sets[slot].replicas == wanted;
        !self.spec.paused && self.is_scaling_event() && self.active_or_latest().is_some_and(is_done)
    }

    /// Brings the Deployment to its size without a step of the rollout: the only ReplicaSet with
    /// pods has them all; a rollout that is done leaves nothing to the old ones; in between the
    /// difference is shared in proportion.
    ///
    /// Source: `scale` of the Deployment controller.
    pub(super) fn scale_in_proportion(&mut self) {
        if let Some(slot) = self.active_or_latest() {
            self.scale(slot, self.spec.replicas);
        } else if self.is_saturated() {
            self.scale_down_all_old();
        } else if matches!(self.spec.strategy, Strategy::RollingUpdate { .. }) {
            self.share_out();
        }
    }

    /// The one ReplicaSet with pods; if none has any, the new one or the latest; if several have
    /// some, none.
    fn active_or_latest(&self) -> Option<usize> {
        let mut active = self.sets.by_age().filter(|&slot| self.sets[slot].is_active());
        match (active.next(), active.next()) {
            (None, _) => self.new.or_else(|| self.sets.by_age().next_back()),
            (only, None) => only,
            _ => None,
        }
    }

    fn is_saturated(&self) -> bool {
        let Some(new) = self.new else { return false };
        let (set, wanted) = (&self.sets[new], self.spec.replicas);
        set.replicas == wanted
            && set.desired_annotation == Some(wanted)
            && set.status.available == wanted
    }

    /// Source: `scale`, `GetProportion` and `getReplicaSetFraction` of the Deployment controller.
    fn share_out(&mut self) {
        let allowed = if self.spec.replicas > 0 { self.most() } else { 0 };
        let add = i64::from(allowed) - i64::from(self.wanted);
        self.order_by_size(add > 0);
        // Every size is decided before any is written.
        let mut added = 0;
        for place in 0..self.sizes.len() {
            let proportion = self.proportion(self.sizes[place].0, add, added);
            self.sizes[place].1 += proportion;
            added += proportion;
        }
        if let Some((_, largest)) = self.sizes.first_mut() {
            *largest = (*largest + add - added).max(0);
        }
        for place in 0..self.sizes.len() {
            let (slot, size) = self.sizes[place];
            self.write(slot, u32::try_from(size).unwrap_or(0));
        }
    }

    /// The largest ReplicaSet first; of equal ones the newer where pods are added, else the older.
    fn order_by_size(&mut self, newer_first: bool) {
        let sets = &*self.sets;
        self.sizes.clear();
        self.sizes.extend(sets.by_age().map(|slot| (slot, i64::from(sets[slot].replicas))));
        self.sizes.retain(|(_, size)| *size > 0);
        if newer_first {
            self.sizes.reverse();
        }
        self.sizes.sort_by_key(|(_, size)| Reverse(*size));
    }

    /// What a ReplicaSet gets of `add` pods, some of which others have got already.
    fn proportion(&self, slot: usize, add: i64, added: i64) -> i64 {
        if add == added {
            return 0;
        }
        let (fraction, allowed) = (self.fraction(slot), add - added);
        if add > 0 { fraction.min(allowed) } else { fraction.max(allowed) }
    }

    /// The difference that keeps the share of a ReplicaSet, rounded to the nearest pod.
    pub(super) fn fraction(&self, slot: usize) -> i64 {
        let set = &self.sets[slot];
        let size = i64::from(set.replicas);
        if self.spec.replicas == 0 {
            return -size;
        }
        let before = set.max_annotation.filter(|max| *max > 0).unwrap_or(self.replicas);
        if before == 0 {
            return 0;
        }
        let (twice, before) = (2 * size * i64::from(self.most()), i64::from(before));
        (twice + before) / (2 * before) - size
    }
}

/// Whether a Deployment was scaled to so many pods since one of these was written.
pub(super) fn was_scaled(sets: &ReplicaSets, wanted: u32) -> bool {
    let other = |desired| desired != wanted;
    sets.in_slots().any(|set| set.is_active() && set.desired_annotation.is_some_and(other))
}
