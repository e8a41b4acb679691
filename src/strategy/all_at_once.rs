//! The whole fleet at once.

use super::{Routing, RoutingDoc, Stage};
use crate::document::record;
use crate::units::Share;

record! {
    /// The whole fleet at once.
    pub struct AllAtOnceDoc {
        /// How traffic is moved.
        routing: RoutingDoc = "weights",
    }
}

/// A second fleet is started and takes all traffic as soon as it is ready.
///
/// # What it models
/// The release without a strategy: every user meets it at once.
#[derive(Clone, Debug, PartialEq)]
pub struct AllAtOnce {
    /// How traffic is moved.
    pub routing: Routing,
}

impl AllAtOnce {
    pub(super) const STAGES: &'static [Stage] = &[Stage::SetWeight(Share::ONE)];
}
