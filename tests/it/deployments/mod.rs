//! The controllers of Kubernetes against recorded clusters, upstream's own answers and laws.

mod cases;
mod cluster;
mod live;
mod steps;
mod trace;
mod upstream;
