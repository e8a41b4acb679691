//! Twins of the controllers of Kubernetes, restated from the source of version 1.36.

pub mod hpa;
