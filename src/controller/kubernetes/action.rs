//! What controllers do.

use std::fmt;

use super::progress::Condition;
use super::spec::Template;

/// What the controllers of a Deployment do. Pods are the caller's; all else has happened already
/// and is said for the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// So many pods of the ReplicaSet in a slot are to be created.
    CreatePods {
        /// The slot of the ReplicaSet.
        slot: usize,
        /// How many.
        pods: u32,
    },
    /// So many pods of the ReplicaSet in a slot are to be deleted, the first in deletion order.
    DeletePods {
        /// The slot of the ReplicaSet.
        slot: usize,
        /// How many.
        pods: u32,
    },
    /// A ReplicaSet was created.
    ReplicaSetCreated {
        /// Its slot from now on.
        slot: usize,
        /// What its pods run.
        template: Template,
        /// Its `spec.replicas`.
        replicas: u32,
    },
    /// A ReplicaSet was scaled.
    ReplicaSetScaled {
        /// Its slot.
        slot: usize,
        /// What its pods run.
        template: Template,
        /// Its `spec.replicas` before.
        from: u32,
        /// Its `spec.replicas` now.
        to: u32,
    },
    /// An old ReplicaSet was deleted: there are more than `revisionHistoryLimit`. Pods that it
    /// still has are all terminating, and belong to no slot any more.
    ReplicaSetDeleted {
        /// Its slot, which is free now.
        slot: usize,
        /// What its pods ran.
        template: Template,
    },
    /// The condition `Progressing` is another.
    Progressing(Condition),
    /// The condition `Available` is another.
    Available(Condition),
}

impl fmt::Display for Action {
    /// The words of the events that `kubectl describe deployment` shows, and its conditions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::CreatePods { pods, .. } => write!(f, "Created {pods} pods"),
            Self::DeletePods { pods, .. } => write!(f, "Deleted {pods} pods"),
            Self::ReplicaSetCreated { template: Template(number), replicas: 0, .. } => {
                write!(f, "Created replica set {number}")
            }
            Self::ReplicaSetCreated { template: Template(number), replicas, .. } => {
                write!(f, "Scaled up replica set {number} from 0 to {replicas}")
            }
            Self::ReplicaSetScaled { template: Template(number), from, to, .. } => {
                let way = if to > from { "up" } else { "down" };
                write!(f, "Scaled {way} replica set {number} from {from} to {to}")
            }
            Self::ReplicaSetDeleted { template: Template(number), .. } => {
                write!(f, "Deleted replica set {number}")
            }
            Self::Progressing(condition) => write!(f, "Progressing {condition}"),
            Self::Available(condition) => write!(f, "Available {condition}"),
        }
    }
}
