//! Equal shares of the traffic at equal intervals.

use super::{Routing, RoutingDoc, Stage, Strategy};
use crate::document::{At, record};
use crate::units::{Share, Span};

record! {
    /// Equal shares of the traffic at equal intervals.
    pub struct LinearDoc {
        /// How traffic is moved.
        routing: RoutingDoc = "weights",
        /// The share that moves each time.
        step: At<Share>,
        /// Time between two moves.
        every: At<Span>,
    }
}

/// The new version gets `step` of the traffic at once and `step` more each time `every` has
/// passed, until it has all.
///
/// # What it models
/// `Linear10PercentEvery1Minutes` of AWS `CodeDeploy`, and any other step and interval.
pub fn plan(routing: Routing, step: Share, every: Span) -> Strategy {
    let mut stages = Vec::new();
    let mut weight = 0;
    while weight < Share::ONE.parts() {
        weight = (weight + step.parts()).min(Share::ONE.parts());
        if !stages.is_empty() {
            stages.push(Stage::Pause(every));
        }
        stages.push(Stage::SetWeight(Share::from_parts(weight).unwrap_or(Share::ONE)));
    }
    Strategy { routing, ..Strategy::of("linear", stages) }
}
