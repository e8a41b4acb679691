//! Nodes that run out of memory, and nodes that fail.
//!
//! Restated from the eviction of the kubelet and the node lifecycle controller, Kubernetes 1.36.

use std::cmp::Reverse;

use clockwork::{Instant, Span};

/// A node is under pressure when less than this is free, in bytes: `memory.available<100Mi`.
pub const PRESSURE: u64 = 100 << 20;

/// The kubelet looks at its memory this often.
pub const HOUSEKEEPING: Span = Span::from_secs(10);

/// What decides which pod of a node under pressure goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Memory that it uses, bytes.
    pub usage: u64,
    /// Memory that it requests, bytes; 0 where it requests none.
    pub request: u64,
    /// `spec.priority`; 0 by default.
    pub priority: i32,
}

/// The pods of a node in the order in which they are evicted, by place: those that use more than
/// they request, the least important, those that are furthest above their request. The kubelet
/// takes one at a time and looks again.
pub fn eviction_order(pods: &[Tenant]) -> Vec<usize> {
    let mut order: Vec<_> = (0..pods.len()).collect();
    order.sort_by_key(|place| {
        let pod = pods[*place];
        let above = i128::from(pod.usage) - i128::from(pod.request);
        (Reverse(above > 0), pod.priority, Reverse(above))
    });
    order
}

/// How a cluster finds out that a node is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Time between two signs of life, a quarter of `nodeLeaseDurationSeconds`.
    pub heartbeat: Span,
    /// Time between two looks at the nodes, `--node-monitor-period`.
    pub monitor: Span,
    /// After this without a sign the node counts as gone, `--node-monitor-grace-period`.
    pub grace: Span,
    /// For how long pods tolerate that, `tolerationSeconds` of `not-ready` and `unreachable`.
    pub toleration: Span,
}

impl Default for Watch {
    /// The defaults: 10 s, 5 s, 50 s and 300 s.
    fn default() -> Self {
        Self {
            heartbeat: Span::from_secs(10),
            monitor: Span::from_secs(5),
            grace: Span::from_secs(50),
            toleration: Span::from_mins(5),
        }
    }
}

/// What comes of a node that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Its pods count as not ready and get no requests any more; until then they do.
    pub noticed: Instant,
    /// Its pods are told to stop, and replaced. They are not gone: nobody tells that they ended
    /// before the node is back or taken out of the cluster.
    pub replaced: Instant,
}

impl Watch {
    /// A node that fails at `failed`. The phases are where its signs of life and the looks at the
    /// nodes stand: any instant of each.
    pub fn loss(&self, failed: Instant, heartbeat: Instant, monitor: Instant) -> Loss {
        let back = |period: Span, at: Instant, phase: Instant| {
            let phase = phase.since_start() % period;
            at - (at.since_start() + (period - phase)) % period
        };
        let next = |at: Instant| {
            let last = back(self.monitor, at, monitor);
            if last == at { at } else { last + self.monitor }
        };
        // A sign counts from the look that found it.
        let sign = back(self.heartbeat, failed, heartbeat);
        let noticed = next(next(sign) + self.grace).max(failed);
        Loss { noticed, replaced: noticed + self.toleration }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_uses_more_than_it_requests_goes_first_then_the_least_important() {
        let mib = |usage: u64, request: u64, priority| Tenant {
            usage: usage << 20,
            request: request << 20,
            priority,
        };
        let modest = mib(900, 1_000, -5);
        let greedy = mib(300, 100, 0);
        let greedier = mib(400, 100, 0);
        let important = mib(900, 100, 1_000);
        assert_eq!(eviction_order(&[modest, greedy, greedier, important]), [2, 1, 3, 0]);
    }

    #[test]
    fn a_node_is_missed_after_forty_to_fifty_five_seconds_and_replaced_five_minutes_later() {
        let at = |millis| Instant::ZERO + Span::from_millis(millis);
        let watch = Watch::default();
        let (mut least, mut most) = (Span::MAX, Span::ZERO);
        for phase in (0..10_000).step_by(250) {
            for look in (0..5_000).step_by(250) {
                let loss = watch.loss(at(60_000), at(phase), at(look));
                let took = loss.noticed - at(60_000);
                (least, most) = (least.min(took), most.max(took));
                assert_eq!(loss.replaced - loss.noticed, Span::from_mins(5));
            }
        }
        assert_eq!(least, Span::from_millis(40_250));
        assert_eq!(most, Span::from_millis(54_750));
    }
}
