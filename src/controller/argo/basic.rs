//! Replicas of a canary whose weight is its share of the pods.

/// The pods of a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pods that are wanted (`spec.replicas`).
    pub spec: u32,
    /// Pods that are available.
    pub available: u32,
}

/// A canary whose weight is its share of the pods, and what there is of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basic {
    /// The pods that are wanted in all.
    pub replicas: u32,
    /// The weight of the new version.
    pub weight: u32,
    /// What a weight is a part of.
    pub max_weight: u32,
    /// The pods that may be above, resolved.
    pub surge: u32,
    /// The pods that may be missing, resolved.
    pub unavailable: u32,
    /// The new version.
    pub new: Counts,
    /// The stable version, if it is another one.
    pub stable: Option<Counts>,
    /// Pods that are wanted of still older versions.
    pub older: u32,
}

/// Pods of the new and the stable version that come nearest to a weight. None of the two is left
/// without a pod by rounding, and one pod more than wanted is considered where a surge allows it.
///
/// Source: `approximateWeightedCanaryStableReplicaCounts`.
pub fn approximate(replicas: u32, weight: u32, surge: u32, max_weight: u32) -> (u32, u32) {
    if replicas == 0 {
        return (0, 0);
    }
    let max = u64::from(max_weight.max(1));
    let weight = u64::from(weight).min(max);
    let may_be_none = weight == max || weight == 0 || (replicas == 1 && surge == 0);
    let mut best: Option<((u64, u64), u64)> = None;
    let mut consider = |new: u64, total: u64| {
        // Distances are compared as fractions of equal denominators.
        let distance = (new * max).abs_diff(weight * total);
        let is_nearer = best.is_none_or(|((best_distance, best_total), _)| {
            u128::from(distance) * u128::from(best_total)
                < u128::from(best_distance) * u128::from(total)
        });
        if is_nearer {
            best = Some(((distance, total), new));
        }
    };
    let replicas = u64::from(replicas);
    let (ceiling, floor) = ((replicas * weight).div_ceil(max), replicas * weight / max);
    for total in [Some(replicas), (surge > 0).then_some(replicas + 1)].into_iter().flatten() {
        let is_tied = 2 * (total * weight % max) == max;
        if ceiling < total || may_be_none {
            consider(ceiling, total);
        }
        if !is_tied && (floor != 0 || may_be_none) {
            consider(floor, total);
        }
    }
    let ((_, total), new) = best.unwrap_or(((0, replicas), 0));
    (new as u32, (total - new) as u32)
}

/// The pods of a version that count when others are to be removed: what is wanted, unless less is
/// available and that matters. Source: `GetReplicasForScaleDown`.
pub fn replicas_for_scale_down(version: Option<Counts>, ignores_availability: bool) -> u32 {
    version.map_or(
        0,
        |Counts { spec, available }| {
            if spec < available || ignores_availability { spec } else { available }
        },
    )
}

impl Basic {
    /// Replicas of the new and the stable version now, on the way to the weight: the stable version
    /// grows first, then the new one; old versions are drained before either shrinks.
    ///
    /// Source: `CalculateReplicaCountsForBasicCanary`.
    pub fn replicas(&self) -> (u32, u32) {
        let (wanted, wanted_stable) = match self.stable {
            Some(_) => approximate(self.replicas, self.weight, self.surge, self.max_weight),
            None => (self.replicas, 0),
        };
        let stable_counts = self.stable.unwrap_or_default();
        let (mut new, mut stable) = (self.new.spec, stable_counts.spec);
        let most = self.replicas.saturating_add(self.surge);
        let there = self.older.saturating_add(new).saturating_add(stable);
        let mut free = most.saturating_sub(there);
        let grown = wanted_stable.saturating_sub(stable).min(free);
        stable += grown;
        free -= grown;
        new += wanted.saturating_sub(new).min(free);
        let is_growing = wanted >= self.new.spec;
        let least = self.replicas.saturating_sub(self.unavailable);
        let there = replicas_for_scale_down(Some(self.new), !is_growing)
            .saturating_add(replicas_for_scale_down(self.stable, is_growing));
        if self.older > 0 || there <= least {
            return (new, stable);
        }
        let down = there - least;
        if !is_growing {
            new = wanted.max(self.new.spec.saturating_sub(down));
            let (drained, other) =
                self.adjusted((new, self.new.available), (stable, stable_counts.available));
            (new, stable) = (drained, other);
        } else if self.stable.is_some() {
            if stable_counts.spec > wanted_stable {
                stable = wanted_stable.max(stable_counts.spec.saturating_sub(down));
            }
            let (drained, other) =
                self.adjusted((stable, stable_counts.available), (new, self.new.available));
            (stable, new) = (drained, other);
        }
        (new, stable)
    }

    /// A version that shrinks and the other, so that together they are neither more than allowed
    /// nor less available than necessary. Each is what is wanted of it and what is available.
    fn adjusted(&self, drained: (u32, u32), other: (u32, u32)) -> (u32, u32) {
        let most = self.replicas.saturating_add(self.surge);
        let least = self.replicas.saturating_sub(self.unavailable);
        let (mut drained, drained_available) = drained;
        let (mut other, other_available) = other;
        other = other.saturating_sub(drained.saturating_add(other).saturating_sub(most));
        let extra = other_available.saturating_sub(other);
        let there = drained_available.min(drained).saturating_add(other_available.min(other));
        other += extra.min(least.saturating_sub(there));
        drained = drained.saturating_sub(drained.saturating_add(other).saturating_sub(most));
        (drained, other)
    }
}
