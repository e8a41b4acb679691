//! What is wanted of a Deployment.

use super::fenceposts::Fenceposts;
use crate::planted::{self, Bug};
use crate::units::Portion;

/// A pod template. Two templates are the same if their numbers are.
///
/// The number stands for the hash in the name of a ReplicaSet: it decides the order of ReplicaSets
/// that were created in the same second, as the name does in Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template(pub u32);

impl Template {
    /// The template that runs before a change.
    pub const RUNNING: Self = Self(1);
}

/// How a Deployment replaces its pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// All old pods go, and when they are gone all new ones come.
    Recreate,
    /// Pods are replaced in batches.
    RollingUpdate {
        /// Pods above the replicas, rounded up.
        max_surge: Portion,
        /// Pods below the replicas, rounded down.
        max_unavailable: Portion,
    },
}

/// Which pods a rollout leaves as they are, where each pod has a name or a node of its own. A
/// Deployment leaves none; its controllers stand for those of StatefulSets and DaemonSets too.
///
/// Source: `updateStatefulSet` of the StatefulSet controller, and `OnDelete` of both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    /// None.
    #[default]
    Nothing,
    /// Those of the template that ran before whose ordinal is below this: `partition`.
    Below(u32),
    /// All that nobody deletes: `OnDelete`.
    Undeleted,
}

impl Kept {
    /// How many of so many pods are never replaced, as long as nobody does anything.
    ///
    /// # Example: the partition of a StatefulSet
    /// ```
    /// use coalmine::controller::kubernetes::Kept;
    /// assert_eq!(Kept::Below(3).of(5), 3);
    /// assert_eq!(Kept::Undeleted.of(5), 5);
    /// ```
    pub fn of(self, replicas: u32) -> u32 {
        match self {
            Self::Nothing => 0,
            Self::Below(_) if planted::is(Bug::PartitionIsForgotten) => 0,
            Self::Below(ordinal) => ordinal.min(replicas),
            Self::Undeleted => replicas,
        }
    }
}

/// The `spec` of a Deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The pods that are wanted.
    pub replicas: u32,
    /// What they run.
    pub template: Template,
    /// How they are replaced.
    pub strategy: Strategy,
    /// `minReadySeconds`: how long a pod has to be ready before it counts as available.
    pub min_ready_seconds: u32,
    /// `progressDeadlineSeconds`; `None` is the largest number there, which means never.
    pub progress_deadline_seconds: Option<u32>,
    /// `revisionHistoryLimit`: old ReplicaSets that are kept; `None` keeps all.
    pub revision_history_limit: Option<u32>,
    /// Whether rollouts wait.
    pub paused: bool,
    /// Pods that a rollout leaves as they are.
    pub kept: Kept,
}

impl Spec {
    /// So many pods of a template, and the defaults of the API for all else.
    ///
    /// Source: `pkg/apis/apps/v1/defaults.go` of Kubernetes.
    pub fn new(replicas: u32, template: Template) -> Self {
        let quarter = Portion::Percent(25);
        Self {
            replicas,
            template,
            strategy: Strategy::RollingUpdate { max_surge: quarter, max_unavailable: quarter },
            min_ready_seconds: 0,
            progress_deadline_seconds: Some(600),
            revision_history_limit: Some(10),
            paused: false,
            kept: Kept::Nothing,
        }
    }

    /// The pods that the template has when a rollout is done.
    pub fn updated(&self) -> u32 {
        match self.kept {
            Kept::Below(_) if self.template != Template::RUNNING => {
                self.replicas - self.kept.of(self.replicas)
            }
            Kept::Nothing | Kept::Below(_) | Kept::Undeleted => self.replicas,
        }
    }

    /// What the strategy allows for these replicas.
    pub fn fenceposts(&self) -> Fenceposts {
        Fenceposts::of(self.strategy, self.replicas)
    }

    /// The available pods that a rollout keeps: none where it stops everything first.
    ///
    /// Source: `MinAvailable` of the Deployment controller.
    pub fn min_available(&self) -> u32 {
        match self.strategy {
            Strategy::Recreate => 0,
            Strategy::RollingUpdate { .. } => self.fenceposts().min_available(self.replicas),
        }
    }
}
