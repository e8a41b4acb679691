//! The workload controllers of Kubernetes, as they are in version 1.36.

mod action;
mod availability;
mod client;
mod conditions;
mod deployment;
mod fenceposts;
mod history;
mod keeper;
pub mod kubectl;
mod progress;
mod proportional;
mod ranking;
mod recreate;
mod replica_set;
mod rolling;
mod spec;
mod step;
mod sync;
mod twin;
mod wave;

pub use action::Action;
pub use availability::WallClock;
pub use client::Throttle;
pub use deployment::Deployment;
pub use fenceposts::Fenceposts;
pub use history::{Undo, UndoError};
pub use progress::{Condition, Reason, State, Status};
pub use ranking::{Phase, Pod, deletion_order, sort_for_deletion};
pub use replica_set::{Counts, ReplicaSet, ReplicaSets};
pub use spec::{Spec, Strategy, Template};
pub use twin::{Latency, Seen, Twin};
pub use wave::slow_start;
