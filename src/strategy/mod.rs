//! How a release reaches users: a plan of stages, frozen, and the small progress through it.

mod all_at_once;
mod blue_green;
mod canary;
mod delivery;
mod document;
mod flagger;
mod linear;
mod recreate;
mod rolling;
mod rollout;

pub use all_at_once::{AllAtOnceDoc, plan as all_at_once};
pub use blue_green::{AffinityDoc, BlueGreenDoc, PromoteDoc, SmokeDoc, plan as blue_green};
pub use canary::{
    CanaryDoc, CanaryScaleDoc, ExperimentDoc, PauseDoc, PauseUntilDoc, StepDoc, TestedDoc,
    VersionOfDoc, plan as canary,
};
pub use delivery::{Delivery, Native, Reader, Source};
pub use document::{RoutingDoc, StrategyDoc};
pub use flagger::{
    CheckDoc, DurationDoc, FlaggerDoc, HookDoc, LoadDoc, MeasureDoc, ProviderDoc, RangeDoc,
    TargetDoc, WebhookDoc, plan as flagger,
};
pub use linear::{LinearDoc, plan as linear};
pub use recreate::{RecreateDoc, plan as recreate};
pub use rolling::{
    PodReplacementPolicyDoc, RollingDoc, UpdateStrategyDoc, keeping as rolling_but, plan as rolling,
};
pub use rollout::{Command, Rollout, Seen, Signal};

use clockwork::Span;

use crate::controller::kubernetes::disruption::Budget;
use crate::controller::kubernetes::hpa::Autoscaler;
use crate::controller::kubernetes::node::Pool;
use crate::controller::kubernetes::{Fenceposts, Kept, Order, Setup};
use crate::gate::Gate;
use crate::units::Share;

/// The running version, in whatever is kept by version.
pub const OLD: usize = 0;
/// The release.
pub const NEW: usize = 1;

/// A strategy: what it does, in order, and how traffic and fleets follow.
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// Its name in a scenario.
    pub name: &'static str,
    /// What it does, in order; it ends with all traffic on the new version.
    pub stages: Vec<Stage>,
    /// How traffic is moved.
    pub routing: Routing,
    /// Users who stay with the fleet they met, where the router can tell them.
    pub affinity: Option<Affinity>,
    /// How long the old fleet is kept whole after all traffic has moved.
    pub keep_old: Span,
    /// Time that a pod has to be ready before it counts as available.
    pub min_ready: Span,
    /// A rollout that waits for pods this long without progress is stuck.
    pub deadline: Option<Span>,
    /// Whether a pod that takes the place of another is created only when that is gone.
    pub after_termination: bool,
    /// The Deployment whose controllers replace the pods; without one that is done at once.
    pub deployment: Option<Setup>,
    /// The controller that moves weights and judges, where the rollout does not do it itself.
    pub delivery: Option<Delivery>,
    /// What lets it follow the load.
    pub autoscaler: Option<Scaling>,
    /// The nodes that its pods run on, where they are told apart.
    pub nodes: Option<Pool>,
    /// What evictions leave of its pods.
    pub budget: Option<Budget>,
    /// What an operator tells it, and how long after the start of the change.
    pub orders: Vec<(Span, Order)>,
}

impl Strategy {
    /// Every strategy's name in a scenario, in alphabetical order.
    pub const NAMES: &'static [&'static str] =
        &["allAtOnce", "blueGreen", "canary", "flagger", "linear", "recreate", "rolling"];

    /// A strategy of these stages whose router needs no time and which keeps nothing.
    fn of(name: &'static str, stages: Vec<Stage>) -> Self {
        Self {
            name,
            stages,
            routing: Routing::Weights { delay: Span::ZERO },
            affinity: None,
            keep_old: Span::ZERO,
            min_ready: Span::ZERO,
            deadline: Some(Span::from_mins(10)),
            after_termination: false,
            deployment: None,
            delivery: None,
            autoscaler: None,
            nodes: None,
            budget: None,
            orders: Vec::new(),
        }
    }

    /// The rollout of this strategy, before its first stage.
    pub fn begin(&self) -> Rollout<'_> {
        Rollout::new(self)
    }

    /// What a controller of its own measures as gates do.
    pub fn natives(&self) -> impl Iterator<Item = &Gate> {
        let sources = self.delivery.iter().flat_map(|it| &it.sources);
        sources.filter_map(|source| match &source.reader {
            Reader::Native(native) => Some(&native.gate),
            Reader::Query(_) | Reader::Number(_) | Reader::Error(_) => None,
        })
    }

    /// Which pods are left as they are.
    pub fn kept(&self) -> Kept {
        match self.replacement() {
            Some(Replacement::Rolling(_, kept)) => kept,
            _ => Kept::Nothing,
        }
    }

    /// How pods are replaced, where that is what moves the traffic.
    pub fn replacement(&self) -> Option<Replacement> {
        self.stages.iter().find_map(|stage| match stage {
            Stage::Replace(how) => Some(*how),
            _ => None,
        })
    }
}

/// An autoscaler of a Deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    /// The object.
    pub autoscaler: Autoscaler,
    /// The use of the processor of a saturated pod, per cent of what it requests.
    pub saturated: f64,
}

/// How a weight becomes traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// A router splits the requests exactly, `delay` after the order. The old fleet stays whole
    /// until all traffic has moved.
    Weights {
        /// Time from the order until the router has the weight.
        delay: Span,
    },
    /// All ready pods get the same: the share of the traffic is the share of the pods.
    Pods,
}

/// Users who stay with the fleet they met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affinity {
    /// Mean length of what is left of a session; sessions end without memory.
    pub session: Span,
    /// After this the rest is moved as well.
    pub drain: Span,
}

/// How pods are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacement {
    /// In batches within bounds, all but those that are kept.
    Rolling(Fenceposts, Kept),
    /// All old ones go before the new ones come.
    Recreate,
}

/// Requests that test the new fleet before it gets traffic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Smoke {
    /// How many.
    pub requests: u64,
    /// Time between two of them.
    pub every: Span,
    /// The change is abandoned when more than this share fails.
    pub over: Share,
}

/// One stage of a plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// Move this share of the traffic to the new version and wait until it has moved.
    SetWeight(Share),
    /// Wait.
    Pause(Span),
    /// Wait until gate `gate` has passed `passes` times in a row; hold if that takes too long.
    PauseUntil {
        /// Which gate, by its place in the scenario.
        gate: usize,
        /// Passes in a row.
        passes: u32,
        /// Hold when this time is over.
        at_most: Span,
    },
    /// Wait until a person approves.
    Approve,
    /// Start a whole fleet of the new version beside the old one.
    Prepare,
    /// Test the new fleet.
    Check(Smoke),
    /// Replace every pod.
    Replace(Replacement),
    /// Wait for what the controller does.
    Controlled(Task),
}

/// What a controller does in a stage that no rollout does itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Judge by an analysis.
    Analysis,
    /// Scale the new version apart from its weight.
    SetCanaryScale,
    /// Run pods of their own.
    Experiment,
    /// Send requests with a header to the new version: so many of all.
    SetHeaderRoute(Share),
    /// Copy requests to the new version: so many of all.
    SetMirrorRoute(Share),
}
