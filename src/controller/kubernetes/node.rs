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

/// The nodes that the pods of a service run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// How many there are at first.
    pub count: u32,
    /// How many pods there may be on one.
    pub pods: u32,
    /// Time until another is there when pods find no place, if one comes.
    pub start: Option<Span>,
    /// How many there may be.
    pub most: u32,
    /// Those that are lost, in the order of time.
    pub failures: Vec<Failure>,
}

/// A node that is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Time since the start of the change.
    pub at: Span,
    /// Which, counted from one.
    pub node: u32,
    /// How long it is cut off; for good when nothing is said.
    pub lasts: Option<Span>,
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

/// What comes of a node that is cut off for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Its pods count as not ready; never when it is heard of before.
    pub noticed: Option<Instant>,
    /// Its pods are told to stop; never when it is heard of before.
    pub replaced: Option<Instant>,
    /// It counts as ready again, and so do those of its pods that were not told to stop.
    pub back: Option<Instant>,
}

impl Watch {
    /// A node that fails at `failed`. The phases are where its signs of life and the looks at the
    /// nodes stand: any instant of each.
    pub fn loss(&self, failed: Instant, heartbeat: Instant, monitor: Instant) -> Loss {
        let looked = |at| next(self.monitor, at, monitor);
        // A sign counts from the look that found it.
        let sign = last(self.heartbeat, failed, heartbeat);
        let noticed = looked(looked(sign) + self.grace).max(failed);
        Loss { noticed, replaced: noticed + self.toleration }
    }

    /// A node that fails at `failed` and is there again at `returned`, if ever. Where its next sign
    /// of life is in time nobody has missed it; else it counts as ready from the look on that finds
    /// the sign, and if that is before they are given up its pods go on: the taint is taken away.
    ///
    /// Source: `monitorNodeHealth` of the node lifecycle controller, and the taint eviction
    /// controller, which forgets what it was to delete when the taint is gone.
    pub fn absence(
        &self,
        failed: Instant,
        returned: Option<Instant>,
        (heartbeat, monitor): (Instant, Instant),
    ) -> Absence {
        let Loss { noticed, replaced } = self.loss(failed, heartbeat, monitor);
        let gone = Absence { noticed: Some(noticed), replaced: Some(replaced), back: None };
        let Some(returned) = returned else { return gone };
        let sign = next(self.heartbeat, returned, heartbeat);
        if sign < noticed {
            return Absence { noticed: None, replaced: None, back: Some(returned) };
        }
        let back = next(self.monitor, sign, monitor).max(noticed);
        Absence { replaced: (replaced <= back).then_some(replaced), back: Some(back), ..gone }
    }
}

/// The last instant of a period with a phase that is not after `at`.
fn last(period: Span, at: Instant, phase: Instant) -> Instant {
    let period = period.max(Span::from_micros(1));
    let phase = phase.since_start() % period;
    at - (at.since_start() + (period - phase)) % period
}

/// The first that is not before it.
fn next(period: Span, at: Instant, phase: Instant) -> Instant {
    let last = last(period, at, phase);
    if last == at { at } else { last + period }
}

/// The nodes of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// All of them.
    pub nodes: u32,
    /// Those that are ready.
    pub ready: u32,
}

impl Zone {
    /// Whether none of its nodes is ready.
    pub fn is_lost(&self) -> bool {
        self.ready == 0 && self.nodes > 0
    }

    /// Time between two nodes whose pods begin to wait for their replacement, the first at once;
    /// `None` is that no node is given up. When a cluster has no ready node at all the trouble is
    /// taken to be elsewhere, `all_lost`, and where most of a zone is missing it gets slow: from
    /// 55 % of at least three on, one in 100 s, or none in a zone of up to fifty.
    ///
    /// Defaults of `--node-eviction-rate`, `--secondary-node-eviction-rate`,
    /// `--unhealthy-zone-threshold` and `--large-cluster-size-threshold`.
    pub fn given_up_every(&self, all_lost: bool) -> Option<Span> {
        let missing = self.nodes.saturating_sub(self.ready);
        let most = u64::from(missing) * 100 >= u64::from(self.nodes) * 55;
        if all_lost {
            None
        } else if !self.is_lost() && missing > 2 && most {
            (self.nodes > 50).then_some(Span::from_secs(100))
        } else {
            Some(Span::from_secs(10))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_misses_most_of_its_nodes_gives_few_of_them_up() {
        let every = |nodes, ready| Zone { nodes, ready }.given_up_every(false);
        let ten = Some(Span::from_secs(10));
        assert_eq!(every(4, 2), ten);
        assert_eq!(every(6, 3), ten, "half of them is not most of them");
        assert_eq!(every(6, 2), None);
        assert_eq!(every(100, 45), Some(Span::from_secs(100)));
        assert_eq!(every(6, 0), ten, "other zones can take the pods");
        assert_eq!(Zone { nodes: 6, ready: 0 }.given_up_every(true), None);
    }

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
    fn a_node_that_is_back_soon_was_never_missed_and_one_that_is_back_late_has_lost_its_pods() {
        let at = |seconds| Instant::ZERO + Span::from_secs(seconds);
        let watch = Watch::default();
        let absence = |back| watch.absence(at(60), Some(at(back)), (at(3), at(1)));
        let missed = watch.loss(at(60), at(3), at(1));
        assert_eq!(missed, Loss { noticed: at(106), replaced: at(406) });
        let soon = Absence { noticed: None, replaced: None, back: Some(at(90)) };
        assert_eq!(absence(90), soon);
        // Signs come at 113 s and at 413 s, and are found at 116 s and at 416 s.
        let in_time = Absence { noticed: Some(at(106)), replaced: None, back: Some(at(116)) };
        assert_eq!(absence(104), in_time);
        let late = Absence { noticed: Some(at(106)), replaced: Some(at(406)), back: Some(at(416)) };
        assert_eq!(absence(404), late);
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
