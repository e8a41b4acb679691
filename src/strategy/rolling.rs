//! Pods are replaced in batches.

use super::{Replacement, Routing, Seen, Stage, Strategy};
use crate::controller::kubernetes::{Fenceposts, Kept};
use crate::document::{At, record, word};
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

word! {
    /// Who replaces pods.
    pub enum UpdateStrategyDoc {
        /// The controller.
        "RollingUpdate" => RollingUpdate,
        /// Whoever deletes them: their successors are of the release, as those of a StatefulSet or
        /// a DaemonSet.
        "OnDelete" => OnDelete,
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
        /// Pods with an ordinal below this stay as they are, as in a StatefulSet.
        partition: Option<u32>,
        /// Who replaces pods; the controller where nothing is said.
        updateStrategy => update_strategy: Option<UpdateStrategyDoc>,
    }
}

/// What a Deployment controller orders next within its bounds: first more pods of version `to`
/// while the surge has room; else fewer of version `from`, unready ones first, as long as enough
/// are available. The same again when there is nothing to do until pods change. So many pods of
/// version `from` are kept as they are.
///
/// Source: `reconcileNewReplicaSet` and `reconcileOldReplicaSets` of Kubernetes.
pub(super) fn next(
    bounds: Fenceposts,
    seen: &Seen,
    (from, to): (usize, usize),
    kept: u32,
) -> [u32; 2] {
    let mut desired = seen.desired;
    let grown = grown(bounds.surge, seen, to, kept);
    if grown != desired[to] {
        desired[to] = grown;
        return desired;
    }
    let all = desired[from] + desired[to];
    let least = bounds.min_available(seen.replicas);
    let waiting = desired[to].saturating_sub(seen.available[to]);
    let room = all.saturating_sub(least).saturating_sub(waiting);
    if room == 0 {
        return desired;
    }
    let unready = desired[from].saturating_sub(seen.available[from]).min(room);
    desired[from] -= unready.min(desired[from].saturating_sub(kept));
    let spare = (seen.available[from] + seen.available[to]).saturating_sub(least);
    desired[from] -= spare.min(desired[from].saturating_sub(kept));
    desired
}

fn grown(surge: u32, seen: &Seen, to: usize, kept: u32) -> u32 {
    let Seen { desired, replicas, .. } = seen;
    let wanted = replicas.saturating_sub(kept);
    if desired[to] >= wanted {
        return wanted;
    }
    let room = (replicas + surge).saturating_sub(desired[0] + desired[1]);
    desired[to] + room.min(wanted - desired[to])
}

/// Pods are replaced in batches, as fast as `maxSurge` and `maxUnavailable` allow.
///
/// # What it models
/// The strategy `RollingUpdate` of a Kubernetes Deployment with a controller that acts at once:
/// every pod that becomes available makes room for the next. Traffic goes to all ready pods alike.
/// Going back is another rolling update, and pods that are not ready go first.
/// # What it cannot show
/// The delays of the controllers themselves, milliseconds in a recorded trace.
pub fn plan(bounds: Fenceposts, min_ready: Span, deadline: Span) -> Strategy {
    keeping(bounds, Kept::Nothing, min_ready, deadline)
}

/// The same, where some pods are left as they are. When somebody has to delete pods nobody is late.
///
/// # What it models
/// `partition` of a StatefulSet: the rollout rests when the pods from that ordinal on are replaced.
/// `OnDelete` of a StatefulSet or a DaemonSet: a pod that is deleted, evicted or lost comes back as
/// one of the release.
/// # What it cannot show
/// Which pods these are: no request can tell.
pub fn keeping(bounds: Fenceposts, kept: Kept, min_ready: Span, deadline: Span) -> Strategy {
    let by_hand = kept == Kept::Undeleted;
    Strategy {
        routing: Routing::Pods,
        min_ready,
        deadline: Some(deadline).filter(|_| !by_hand),
        ..Strategy::of("rolling", vec![Stage::Replace(Replacement::Rolling(bounds, kept))])
    }
}
