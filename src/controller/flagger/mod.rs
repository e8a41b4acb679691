//! The Flagger controller, as it is in version 1.44: its scheduler as one pure tick, readiness, and
//! what its checks mean.
//!
//! Source: `fluxcd/flagger` at 15bd6ad5 (2026-07-21), the function named with each item.

mod analysis;
mod check;
mod phase;
mod prometheus;
mod query;
mod readiness;
mod routes;
mod scheduler;
mod strategy;
mod tick;
mod webhook;

pub use analysis::{Analysis, Provider, Strategy};
pub use check::{Check, Limits, Source};
pub use phase::Phase;
pub use prometheus::{NoValue, value};
pub use query::{Model, QueryError, render};
pub use readiness::{
    DaemonSet, Deployment, Readiness, Waiting, is_daemon_set_ready, is_deployment_ready,
};
pub use routes::Routes;
pub use scheduler::Scheduler;
pub use tick::{Hooks, Orders, Scale, Seen};
pub use webhook::passes;
