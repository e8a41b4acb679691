//! What a scenario says of its strategy.

use clockwork::Span;

use super::all_at_once::AllAtOnceDoc;
use super::blue_green::BlueGreenDoc;
use super::canary::CanaryDoc;
use super::flagger::FlaggerDoc;
use super::linear::LinearDoc;
use super::recreate::RecreateDoc;
use super::rolling::RollingDoc;
use crate::document::{record, sum};

sum! {
    /// How a release reaches users.
    pub enum StrategyDoc {
        /// The whole fleet at once.
        allAtOnce => AllAtOnce(AllAtOnceDoc),
        /// Two fleets and one switch.
        blueGreen => BlueGreen(BlueGreenDoc),
        /// A growing share of the traffic.
        canary => Canary(CanaryDoc),
        /// As a Canary of Flagger says it.
        flagger => Flagger(FlaggerDoc),
        /// Equal shares of the traffic at equal intervals.
        linear => Linear(LinearDoc),
        /// All old pods go before the new ones come.
        recreate => Recreate(RecreateDoc),
        /// Pods are replaced in batches.
        rolling => Rolling(RollingDoc),
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
        delay: Span = "2s" assumed "a mesh or an ingress takes a moment" from "500ms" to "10s",
    }
}
