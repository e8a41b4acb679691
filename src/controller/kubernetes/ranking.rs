//! Which pods of a ReplicaSet are deleted first.

use std::cmp::{Ordering, Reverse};

use clockwork::{Instant, Span};

/// The phase of a pod that counts, in the order in which pods are deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Its containers have not started.
    Pending,
    /// Its node does not answer.
    Unknown,
    /// Its containers have started.
    Running,
}

/// What decides which pod is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pod {
    /// Whether it has a node.
    pub scheduled: bool,
    /// How far it is.
    pub phase: Phase,
    /// The stored time since which it is ready, if it is: the beginning of a whole second.
    pub ready: Option<Instant>,
    /// The annotation `pod-deletion-cost`; 0 without it.
    pub deletion_cost: i32,
    /// Pods of the same Deployment on its node.
    pub colocated: u32,
    /// The most restarts of its containers.
    pub restarts: u32,
    /// The stored time of its creation: the beginning of a whole second.
    pub created: Instant,
    /// Its UID, which decides what nothing else does: random in Kubernetes.
    pub uid: u64,
}

/// Sorts pods, each with something of the caller's: the first are deleted first.
///
/// The relation of upstream is no order: three pods may each precede the next in a circle, because
/// UIDs decide between ages that differ little and creation decides between ages that are equal.
/// Hence an insertion sort, which cannot be led astray; upstream has one for a dozen pods.
pub fn sort_for_deletion<T>(pods: &mut [(Pod, T)], now: Instant) {
    for end in 1..pods.len() {
        let mut place = end;
        while place > 0 && deletion_order(&pods[place].0, &pods[place - 1].0, now).is_lt() {
            pods.swap(place, place - 1);
            place -= 1;
        }
    }
}

/// Which of two pods is deleted first, `Less` if it is `a`.
///
/// Source: `ActivePodsWithRanks` of Kubernetes with the gate `LogarithmicScaleDown`: ages are equal
/// when their binary logarithms in nanoseconds are, rounded down.
pub fn deletion_order(a: &Pod, b: &Pod, now: Instant) -> Ordering {
    let first = |pod: &Pod| {
        (pod.scheduled, pod.phase, pod.ready.is_some(), pod.deletion_cost, Reverse(pod.colocated))
    };
    first(a).cmp(&first(b)).then_with(|| {
        let ready = a.ready.zip(b.ready).and_then(|(x, y)| by_age((x, a.uid), (y, b.uid), now));
        ready.unwrap_or_else(|| {
            let restarts = b.restarts.cmp(&a.restarts);
            restarts.then_with(|| {
                let created = by_age((a.created, a.uid), (b.created, b.uid), now);
                created.unwrap_or(Ordering::Equal)
            })
        })
    })
}

/// The younger first, by the logarithm of the age and then by UID; `None` when both times are
/// the same and something else decides.
fn by_age(a: (Instant, u64), b: (Instant, u64), now: Instant) -> Option<Ordering> {
    let order = || bucket(a.0, now).cmp(&bucket(b.0, now)).then(a.1.cmp(&b.1));
    (a.0 != b.0).then(order)
}

/// The binary logarithm of an age in nanoseconds, rounded down; -1 if there is no age.
fn bucket(since: Instant, now: Instant) -> i64 {
    let age: Span = now - since;
    age.micros().saturating_mul(1_000).checked_ilog2().map_or(-1, i64::from)
}
