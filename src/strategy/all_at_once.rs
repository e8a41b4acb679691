//! The whole fleet at once.

use super::{Routing, RoutingDoc, Stage, Strategy};
use crate::document::record;
use crate::units::Share;

record! {
    /// The whole fleet at once.
    pub struct AllAtOnceDoc {
        /// How traffic is moved.
        routing: RoutingDoc = "weights",
    }
}

/// A second fleet is started and takes all traffic as soon as it is ready; the first one goes at
/// once.
///
/// # What it models
/// The release without a strategy: every user meets it at once, and going back means to start the
/// old version again.
pub fn plan(routing: Routing) -> Strategy {
    Strategy { routing, ..Strategy::of("allAtOnce", vec![Stage::SetWeight(Share::ONE)]) }
}
