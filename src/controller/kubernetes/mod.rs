//! Twins of the controllers of Kubernetes, restated from the source of version 1.36.

pub mod disruption;
pub mod endpoint;
pub mod hpa;
pub mod node;
pub mod probe;
pub mod start;
pub mod termination;
