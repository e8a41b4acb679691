//! What a scenario says of its strategy.

use clockwork::Span;

use super::all_at_once::AllAtOnceDoc;
use super::canary::CanaryDoc;
use crate::document::{record, sum};

sum! {
    /// How a release reaches users.
    pub enum StrategyDoc {
        /// The whole fleet at once.
        allAtOnce => AllAtOnce(AllAtOnceDoc),
        /// A growing share of the traffic.
        canary => Canary(CanaryDoc),
    }
}

sum! {
    /// How a weight becomes traffic.
    pub enum RoutingDoc {
        /// A router splits the requests exactly.
        weights => Weights(WeightsDoc),
        /// The share of the pods, rounded up to whole pods.
        pods => Pods,
    }
}

record! {
    /// A router that splits the requests exactly.
    pub struct WeightsDoc {
        /// Time from the order until the router has it.
        delay: Span = "2s" assumed "a mesh or an ingress takes a moment",
    }
}
