//! Disruption budgets: how many pods may be evicted, and how a node is drained.
//!
//! Restated from the disruption controller, the eviction subresource and `kubectl drain`,
//! Kubernetes 1.36. Controllers that replace pods are not bound by budgets.

use clockwork::{Instant, Span};

use crate::units::Portion;

/// What a `PodDisruptionBudget` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// `minAvailable`.
    MinAvailable(Portion),
    /// `maxUnavailable`.
    MaxUnavailable(Portion),
}

/// The status of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disruptions {
    /// `expectedPods`: the replicas of the controllers of its pods, or its pods where a number of
    /// them has to be available.
    pub expected: u32,
    /// `desiredHealthy`.
    pub desired: u32,
    /// `currentHealthy`: ready, not stopping, and not about to be evicted.
    pub healthy: u32,
    /// `disruptionsAllowed`.
    pub allowed: u32,
}

impl Budget {
    /// Its status, for the replicas that its controllers want, the pods that it selects and those
    /// of them that are healthy. Percentages are rounded up, of what is available and of what is
    /// not.
    ///
    /// # Example: 50 % of seven pods may be missing
    /// ```
    /// use coalmine::controller::kubernetes::disruption::Budget;
    /// use coalmine::units::Portion;
    /// let budget = Budget::MaxUnavailable(Portion::Percent(50));
    /// assert_eq!(budget.disruptions(7, 7, 7).allowed, 4);
    /// ```
    pub fn disruptions(self, replicas: u32, pods: u32, healthy: u32) -> Disruptions {
        let (expected, desired) = match self {
            Self::MaxUnavailable(missing) => {
                (replicas, replicas.saturating_sub(missing.of_rounded_up(replicas)))
            }
            Self::MinAvailable(Portion::Count(count)) => (pods, count),
            Self::MinAvailable(share) => (replicas, share.of_rounded_up(replicas)),
        };
        let allowed = if expected == 0 { 0 } else { healthy.saturating_sub(desired) };
        Disruptions { expected, desired, healthy, allowed }
    }
}

/// `unhealthyPodEvictionPolicy`: whether pods that run and are not ready may be evicted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unhealthy {
    /// As long as the healthy ones are enough.
    #[default]
    IfHealthyBudget,
    /// Always.
    AlwaysAllow,
}

/// The answer to an eviction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is deleted, and one fewer may be disrupted.
    Counted,
    /// It is deleted without being counted: it was not healthy, or has never run.
    Free,
    /// `429 Too Many Requests`: it would violate the budget.
    Refused,
}

/// A pod that is to be evicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Victim {
    /// Whether it runs: a pod that has not started or has ended has nothing to disrupt.
    pub running: bool,
    /// Whether it is ready.
    pub ready: bool,
}

impl Disruptions {
    /// Asks for the eviction of a pod; what is allowed goes down with it until the controller has
    /// counted again.
    pub fn evict(&mut self, pod: Victim, policy: Unhealthy) -> Answer {
        let enough = self.desired > 0 && self.healthy >= self.desired;
        let unhealthy = pod.running && !pod.ready;
        if !pod.running || (unhealthy && (policy == Unhealthy::AlwaysAllow || enough)) {
            return Answer::Free;
        }
        if self.allowed == 0 {
            return Answer::Refused;
        }
        self.allowed -= 1;
        Answer::Counted
    }
}

/// `kubectl drain` asks again after so long.
pub const RETRY: Span = Span::from_secs(5);

/// `kubectl drain` of a node: it asks for the eviction of all pods at once, and again every five
/// seconds for those that were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drain<P> {
    /// Pods that are still to be evicted, and when it asks next.
    waiting: Vec<(Instant, P)>,
}

impl<P: Copy> Drain<P> {
    /// A drain that begins at `now` with the pods of a node, in the order in which its requests
    /// arrive.
    pub fn begin(pods: impl IntoIterator<Item = P>, now: Instant) -> Self {
        Self { waiting: pods.into_iter().map(|pod| (now, pod)).collect() }
    }

    /// Asks for what is due and tells which pods are deleted; `ask` is the answer of the API.
    pub fn step(&mut self, now: Instant, mut ask: impl FnMut(P) -> Answer) -> Vec<P> {
        let mut evicted = Vec::new();
        self.waiting.retain_mut(|(at, pod)| {
            if *at > now {
                return true;
            }
            let refused = ask(*pod) == Answer::Refused;
            *at = now + RETRY;
            if !refused {
                evicted.push(*pod);
            }
            refused
        });
        evicted
    }

    /// When it asks again; never when all pods are evicted.
    pub fn wake(&self) -> Instant {
        self.waiting.iter().map(|(at, _)| *at).min().unwrap_or(Instant::NEVER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_examples_of_budgets_hold() {
        let percent = |percent| Budget::MinAvailable(Portion::Percent(percent));
        assert_eq!(percent(50).disruptions(7, 7, 7).desired, 4);
        let none = Budget::MaxUnavailable(Portion::Count(0));
        assert_eq!(none.disruptions(3, 3, 3).allowed, 0);
        let one = Budget::MaxUnavailable(Portion::Count(1));
        assert_eq!(one.disruptions(3, 3, 2).allowed, 0, "one is missing already");
        // With a number, pods without a controller count too.
        let two = Budget::MinAvailable(Portion::Count(2));
        assert_eq!(two.disruptions(0, 3, 3).allowed, 1);
        assert_eq!(one.disruptions(0, 3, 3).allowed, 0);
    }

    #[test]
    fn unhealthy_pods_are_evicted_when_the_others_are_enough() {
        let broken = Victim { running: true, ready: false };
        let mut enough = Budget::MinAvailable(Portion::Count(2)).disruptions(3, 3, 2);
        assert_eq!(enough.evict(broken, Unhealthy::IfHealthyBudget), Answer::Free);
        let mut few = Budget::MinAvailable(Portion::Count(3)).disruptions(3, 3, 2);
        assert_eq!(few.evict(broken, Unhealthy::IfHealthyBudget), Answer::Refused);
        assert_eq!(few.evict(broken, Unhealthy::AlwaysAllow), Answer::Free);
    }

    #[test]
    fn a_drain_waits_for_the_budget_and_not_for_anything_else() {
        let budget = Budget::MaxUnavailable(Portion::Count(1));
        let mut drain = Drain::begin([1, 2, 3], Instant::ZERO);
        let (mut order, mut now) = (Vec::new(), Instant::ZERO);
        while drain.wake() < Instant::NEVER {
            now = drain.wake();
            // What was evicted before is replaced and ready within five seconds.
            let mut status = budget.disruptions(3, 3, 3);
            let healthy = Victim { running: true, ready: true };
            order.extend(drain.step(now, |_| status.evict(healthy, Unhealthy::default())));
        }
        assert_eq!(order, [1, 2, 3]);
        assert_eq!(now, Instant::ZERO + Span::from_secs(10));
    }
}
