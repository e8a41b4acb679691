//! A growing share of the traffic.

use super::{Routing, RoutingDoc, Stage, Strategy};
use crate::document::{At, Decode, Name, Node, Pass, Shape, record, sum, word};
use crate::units::Share;
use crate::units::Span;

record! {
    /// A growing share of the traffic.
    pub struct CanaryDoc {
        /// How traffic is moved.
        routing: RoutingDoc = "weights",
        /// What is done, in order; all traffic follows after the last one.
        steps: At<Vec<StepDoc>>,
        /// A rollout that waits for pods without progress for this long is stuck.
        progressDeadline => progress_deadline: Span = "10m",
    }
}

sum! {
    /// One step of a canary.
    pub enum StepDoc {
        /// Move this share of the traffic to the new version.
        setWeight => SetWeight(Share),
        /// Wait: a time, or until a gate has passed.
        pause => Pause(PauseDoc),
        /// Wait for analyses of the controller.
        analysis => Analysis(At<Vec<At<Name>>>),
        /// The new version gets pods apart from its weight.
        setCanaryScale => SetCanaryScale(CanaryScaleDoc),
        /// Pods of their own run beside both versions.
        experiment => Experiment(ExperimentDoc),
        /// Requests with a header go to the new version: so many of all, and 0% ends it.
        setHeaderRoute => SetHeaderRoute(Share),
        /// Requests are copied to the new version: so many of all, and 0% ends it.
        setMirrorRoute => SetMirrorRoute(Share),
    }
}

sum! {
    /// Pods of the new version apart from its weight.
    pub enum CanaryScaleDoc {
        /// So many pods.
        replicas => Replicas(u32),
        /// As many as this weight takes.
        weight => Weight(Share),
        /// As many as its weight takes.
        matchTrafficWeight => MatchTrafficWeight,
    }
}

record! {
    /// Pods of their own run beside both versions, and get the traffic that they are given.
    pub struct ExperimentDoc {
        /// How long; as long as its analyses when it is not given.
        duration: Option<Span>,
        /// The analyses of the controller that judge it.
        analyses: At<Vec<At<Name>>> = "[]",
        /// Its pods.
        templates: At<Vec<TestedDoc>> = "[]",
    }
}

record! {
    /// Pods of an experiment.
    pub struct TestedDoc {
        /// Which version they are.
        version: VersionOfDoc,
        /// How many.
        replicas: u32 ["1" to "100_000"] = "1",
        /// Their share of the traffic, where it is routed.
        weight: Option<Share>,
    }
}

word! {
    /// A version that an experiment tries.
    pub enum VersionOfDoc {
        /// The running one: `specRef: stable`.
        old => Old,
        /// The release: `specRef: canary`.
        new => New,
    }
}

/// A pause: a time, until a gate has passed, or until a person approves.
#[derive(Clone, Debug, PartialEq)]
pub enum PauseDoc {
    /// This long.
    For(Span),
    /// Until a gate has passed.
    Until(PauseUntilDoc),
    /// Until a person approves.
    Approve,
}

record! {
    /// Wait until a gate has passed often enough.
    pub struct PauseUntilDoc {
        /// Which gate.
        gate: At<Name>,
        /// How many times in a row.
        passes: u32 ["1" to "1000"] = "3",
        /// Hold the rollout when that takes longer.
        atMost => at_most: Span = "1h",
    }
}

impl Decode for PauseDoc {
    fn shape() -> Shape {
        Shape::Either(Span::shape, PauseUntilDoc::shape)
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        if node.as_map().is_some() {
            return PauseUntilDoc::decode(node, pass).map(Self::Until);
        }
        if node.as_text() == Some("approve") {
            return Some(Self::Approve);
        }
        Span::decode(node, pass).map(Self::For)
    }
}

/// The new version gets a growing share of the traffic, with pauses in which gates watch; the rest
/// of the traffic follows after the last step.
///
/// # What it models
/// The steps of a canary as Argo Rollouts spells them: `setWeight` and `pause`.
/// # What it cannot show
/// Which requests have a header: a share of all is sent, whoever they are.
pub fn plan(mut stages: Vec<Stage>, routing: Routing) -> Strategy {
    let mut weights = stages.iter().filter_map(|stage| match stage {
        Stage::SetWeight(weight) => Some(*weight),
        _ => None,
    });
    if weights.next_back() != Some(Share::ONE) {
        stages.push(Stage::SetWeight(Share::ONE));
    }
    Strategy { routing, ..Strategy::of("canary", stages) }
}
