//! What a Canary releases.

use clockwork::Span;

use super::readiness::{
    DaemonSet, Deployment, Readiness, Waiting, is_daemon_set_ready, is_deployment_ready,
};

/// What a Canary releases: the kind that its `targetRef` names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A Deployment, which Flagger scales.
    #[default]
    Deployment,
    /// A `DaemonSet`: a pod on every node, and none where its node selector names no node.
    DaemonSet,
    /// A Service, whose pods are somebody else's: Flagger only sends requests to them.
    Service,
    /// A Service of Knative: its last revision is the canary, whose pods Knative looks after.
    Revision,
}

impl Kind {
    /// Whether Flagger itself starts and stops the pods of the canary.
    pub const fn is_scaled(self) -> bool {
        matches!(self, Self::Deployment | Self::DaemonSet)
    }

    /// Whether a workload of this kind is ready; `since` is the time since the Canary last moved.
    ///
    /// Source: `IsPrimaryReady` and `IsCanaryReady` of the four controllers in `pkg/canary`. A
    /// Service is always ready. A revision is so with its first pod, and never given up.
    pub fn readiness(
        self,
        seen: &Deployment,
        (deadline, since): (Span, Span),
        threshold: u32,
    ) -> Readiness {
        match self {
            Self::Deployment => is_deployment_ready(seen, deadline, threshold),
            Self::DaemonSet => {
                let seen = DaemonSet {
                    is_observed: seen.is_observed,
                    desired: seen.wanted.unwrap_or_default(),
                    updated: seen.updated,
                    available: seen.available,
                    is_overdue: since > deadline,
                };
                is_daemon_set_ready(&seen, threshold)
            }
            Self::Revision if seen.available == 0 => Readiness::Waiting(Waiting::Available),
            Self::Service | Self::Revision => Readiness::Ready,
        }
    }
}
