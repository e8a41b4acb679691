//! All old pods go before the new ones come.

use super::{Replacement, Routing, Stage, Strategy};
use crate::document::record;
use crate::units::Span;

record! {
    /// All old pods go before the new ones come.
    pub struct RecreateDoc {
        /// Time that a pod has to be ready before it counts as available.
        minReadySeconds => min_ready: Span = "0s",
        /// A rollout without progress for this long is stuck.
        progressDeadline => progress_deadline: Span = "10m",
    }
}

/// Every pod of the old version is stopped; when the last one is gone the new ones are started.
///
/// # What it models
/// The strategy `Recreate` of a Kubernetes Deployment: nobody is served between the first stop and
/// the first new pod that is ready. Going back does the same the other way round.
pub fn plan(min_ready: Span, deadline: Span) -> Strategy {
    Strategy {
        routing: Routing::Pods,
        min_ready,
        deadline: Some(deadline),
        ..Strategy::of("recreate", vec![Stage::Replace(Replacement::Recreate)])
    }
}
