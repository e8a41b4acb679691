//! Whether a workload is ready, or never will be.

use clockwork::{Instant, Span};

use crate::controller::kubernetes::{self, Reason, State};

/// Whether a workload is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It is.
    Ready,
    /// Not yet.
    Waiting(Waiting),
    /// It will not be: its deadline has passed.
    Failed,
}

/// What a workload waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The controller has not seen the last change.
    Observation,
    /// New pods.
    NewPods,
    /// The end of old pods.
    Termination,
    /// Available pods.
    Available,
}

impl Readiness {
    /// Whether it may become ready by waiting.
    pub const fn is_retriable(self) -> bool {
        !matches!(self, Readiness::Failed)
    }
}

/// The status of a Deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deployment {
    /// Whether the controller has seen the last change.
    pub is_observed: bool,
    /// Pods that are wanted, where that is written.
    pub wanted: Option<u32>,
    /// Pods.
    pub replicas: u32,
    /// Pods of the last change.
    pub updated: u32,
    /// Available pods.
    pub available: u32,
    /// Whether it has exceeded its own deadline (`ProgressDeadlineExceeded`).
    pub is_stuck: bool,
    /// For how long too few pods are available (`MinimumReplicasUnavailable`), if they are.
    pub unavailable_for: Option<Span>,
}

impl Deployment {
    /// What the status of a Deployment says at `now`.
    pub fn of(deployment: &kubernetes::Deployment, now: Instant) -> Self {
        let status = deployment.status();
        let clock = deployment.clock();
        let unavailable = status.available_condition.filter(|condition| {
            condition.state == State::False
                && condition.reason == Reason::MinimumReplicasUnavailable
        });
        Self {
            is_observed: status.observed >= deployment.generation(),
            wanted: Some(deployment.spec().replicas),
            replicas: status.replicas,
            updated: status.updated,
            available: status.available,
            is_stuck: status
                .progressing
                .is_some_and(|it| it.reason == Reason::ProgressDeadlineExceeded),
            unavailable_for: unavailable
                .map(|it| now.max(clock.beginning(it.updated)) - clock.beginning(it.updated)),
        }
    }
}

/// Whether a Deployment is ready: so many percent of its new pods are available. Source:
/// `isDeploymentReady`.
pub fn is_deployment_ready(seen: &Deployment, deadline: Span, threshold: u32) -> Readiness {
    if !seen.is_observed {
        return Readiness::Waiting(Waiting::Observation);
    }
    if seen.is_stuck || seen.unavailable_for.is_some_and(|age| age > deadline) {
        return Readiness::Failed;
    }
    if seen.wanted.is_some_and(|wanted| seen.updated < wanted) {
        return Readiness::Waiting(Waiting::NewPods);
    }
    if seen.replicas > seen.updated {
        return Readiness::Waiting(Waiting::Termination);
    }
    if seen.available < part(seen.updated, threshold) {
        return Readiness::Waiting(Waiting::Available);
    }
    Readiness::Ready
}

/// The status of a `DaemonSet`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DaemonSet {
    /// Whether the controller has seen the last change.
    pub is_observed: bool,
    /// Nodes that shall have a pod.
    pub desired: u32,
    /// Those with a pod of the last change.
    pub updated: u32,
    /// Those with an available pod.
    pub available: u32,
    /// Whether the deadline since the last change of phase has passed.
    pub is_overdue: bool,
}

/// Whether a `DaemonSet` is ready: every node has a new pod, and so many percent of them are
/// available. Source: `isDaemonSetReady`.
pub fn is_daemon_set_ready(seen: &DaemonSet, threshold: u32) -> Readiness {
    if !seen.is_observed {
        return Readiness::Waiting(Waiting::Observation);
    }
    let waiting = if seen.updated < seen.desired {
        Waiting::NewPods
    } else if seen.available < part(seen.desired, threshold) {
        Waiting::Available
    } else {
        return Readiness::Ready;
    };
    if seen.is_overdue { Readiness::Failed } else { Readiness::Waiting(waiting) }
}

/// So many percent of some pods, rounded down.
fn part(pods: u32, threshold: u32) -> u32 {
    (u64::from(pods) * u64::from(threshold) / 100) as u32
}
