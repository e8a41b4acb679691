//! The controllers of Kubernetes against recorded clusters, upstream's own answers and laws.

mod cases;
mod cluster;
mod laws;
mod live;
mod replica_sets;
mod steps;
mod trace;
mod upstream;
mod words;
