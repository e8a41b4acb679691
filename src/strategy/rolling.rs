//! Pods are replaced in batches.

use super::{Replacement, Routing, Seen, Stage, Strategy};
use crate::document::{At, record, word};
use crate::planted::{self, Bug};
use crate::units::{Portion, Span};

word! {
    /// When the pod that takes the place of another is created.
    pub enum PodReplacementPolicyDoc {
        /// As soon as the other was told to stop, as a Deployment does it.
        "TerminationStarted" => Started,
        /// When the other is gone, as a StatefulSet or a DaemonSet does it: each has a name or a
        /// node that no two pods share.
        "TerminationComplete" => Complete,
    }
}

record! {
    /// Pods are replaced in batches.
    pub struct RollingDoc {
        /// Pods above the replicas, rounded up.
        maxSurge => max_surge: At<Portion> = "25%",
        /// Pods below the replicas, rounded down.
        maxUnavailable => max_unavailable: At<Portion> = "25%",
        /// Time that a pod has to be ready before it counts as available.
        minReadySeconds => min_ready: Span = "0s",
        /// A rollout without progress for this long is stuck.
        progressDeadline => progress_deadline: Span = "10m",
        /// When the pod that takes the place of another is created.
        podReplacementPolicy => pod_replacement_policy: PodReplacementPolicyDoc =
            "TerminationStarted",
    }
}

/// How many pods may be too many, and how many may be missing, at any time.
///
/// # Example: the defaults of Kubernetes for ten replicas
/// ```
/// use coalmine::strategy::Bounds;
/// use coalmine::units::Portion;
/// let bounds = Bounds::resolve(Portion::Percent(25), Portion::Percent(25), 10);
/// assert_eq!((bounds.surge, bounds.unavailable), (3, 2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Pods above the replicas.
    pub surge: u32,
    /// Pods below the replicas.
    pub unavailable: u32,
}

impl Bounds {
    /// The bounds for so many replicas: the surge is rounded up, what is unavailable is rounded
    /// down and at most all, and where both come to nothing one pod may be missing.
    ///
    /// Source: `ResolveFenceposts` and `MaxUnavailable` of the Kubernetes Deployment controller.
    pub fn resolve(surge: Portion, unavailable: Portion, replicas: u32) -> Self {
        let surge = if planted::is(Bug::SurgeRoundedDown) {
            surge.of_rounded_down(replicas)
        } else {
            surge.of_rounded_up(replicas)
        };
        let missing = if planted::is(Bug::UnavailableRoundedUp) {
            unavailable.of_rounded_up(replicas)
        } else {
            unavailable.of_rounded_down(replicas)
        };
        let unavailable = if surge == 0 && missing == 0 { 1 } else { missing };
        Self { surge, unavailable: unavailable.min(replicas) }
    }

    /// What a Deployment controller orders next: first more pods of version `to` while the surge
    /// has room; else fewer of version `from`, unready ones first, as long as enough are
    /// available. The same again when there is nothing to do until pods change.
    ///
    /// Source: `reconcileNewReplicaSet` and `reconcileOldReplicaSets` of Kubernetes.
    pub fn next(self, seen: &Seen, from: usize, to: usize) -> [u32; 2] {
        let mut desired = seen.desired;
        let grown = self.grown(seen, to);
        if grown != desired[to] {
            desired[to] = grown;
            return desired;
        }
        let all = desired[from] + desired[to];
        let least = seen.replicas - self.unavailable.min(seen.replicas);
        let waiting = desired[to].saturating_sub(seen.available[to]);
        let room = all.saturating_sub(least).saturating_sub(waiting);
        if room == 0 {
            return desired;
        }
        let unready = desired[from].saturating_sub(seen.available[from]).min(room);
        desired[from] -= unready;
        let spare = (seen.available[from] + seen.available[to]).saturating_sub(least);
        desired[from] -= spare.min(desired[from]);
        desired
    }

    fn grown(self, seen: &Seen, to: usize) -> u32 {
        let Seen { desired, replicas, .. } = seen;
        if desired[to] >= *replicas {
            return *replicas;
        }
        let room = (replicas + self.surge).saturating_sub(desired[0] + desired[1]);
        desired[to] + room.min(replicas - desired[to])
    }
}

/// Pods are replaced in batches, as fast as `maxSurge` and `maxUnavailable` allow.
///
/// # What it models
/// The strategy `RollingUpdate` of a Kubernetes Deployment with a controller that acts at once:
/// every pod that becomes available makes room for the next. Traffic goes to all ready pods alike.
/// Going back is another rolling update, and pods that are not ready go first.
/// # What it cannot show
/// The delays of the controllers themselves, milliseconds in a recorded trace.
pub fn plan(bounds: Bounds, min_ready: Span, deadline: Span) -> Strategy {
    Strategy {
        routing: Routing::Pods,
        min_ready,
        deadline: Some(deadline),
        ..Strategy::of("rolling", vec![Stage::Replace(Replacement::Rolling(bounds))])
    }
}
