//! The `HorizontalPodAutoscaler`: how many replicas the metrics ask for, and how fast it follows.
//!
//! What is restated here is `pkg/controller/podautoscaler` of Kubernetes 1.36 with the defaults of
//! its controller and of `autoscaling/v2`. The controller is a pure function of its memory, of
//! what it sees and of the time.

mod behavior;
mod condition;
mod groups;
mod limit;
mod memory;
mod metric;
mod replicas;
mod step;

pub use behavior::{Behavior, Policy, Rules, Select, Size};
pub use condition::{Condition, Conditions};
pub use groups::{Container, Groups, Phase, Pod, PodId, Readiness, Sample};
pub use limit::{Limited, by_behavior, by_rules};
pub use memory::{Change, Memory, Recommendation};
pub use metric::{Answer, Metric, Resource, ResourceTarget, Target, Usage};
pub use replicas::{Ask, Proposal, Tolerances};
pub use step::{Decision, Seen};

use clockwork::Span;

/// What the object says.
#[derive(Clone, Debug, PartialEq)]
pub struct Autoscaler {
    /// Fewest replicas, `minReplicas`; 1 by default.
    pub min: u32,
    /// Most replicas, `maxReplicas`.
    pub max: u32,
    /// What is looked at; the metric that asks for the most decides.
    pub metrics: Vec<Metric>,
    /// How fast it follows; without it the older rules of the controller hold.
    pub behavior: Option<Behavior>,
}

/// Flags of the controller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Time between two steps, `--horizontal-pod-autoscaler-sync-period`.
    pub sync: Span,
    /// How far usage may be from the target, `--horizontal-pod-autoscaler-tolerance`.
    pub tolerance: f64,
    /// For how long the processor of a fresh pod is only believed once it is ready,
    /// `--horizontal-pod-autoscaler-cpu-initialization-period`.
    pub cpu_initialization: Span,
    /// Readiness that has not changed since so soon after the start was never there,
    /// `--horizontal-pod-autoscaler-initial-readiness-delay`.
    pub initial_readiness: Span,
    /// For how long the highest recommendation holds,
    /// `--horizontal-pod-autoscaler-downscale-stabilization`.
    pub downscale_stabilization: Span,
}

impl Default for Settings {
    /// The defaults of these flags.
    fn default() -> Self {
        Self {
            sync: Span::from_secs(15),
            tolerance: 0.1,
            cpu_initialization: Span::from_mins(5),
            initial_readiness: Span::from_secs(30),
            downscale_stabilization: Span::from_mins(5),
        }
    }
}
