//! The Flagger controller, as it is in version 1.44: a pure step of its scheduler, readiness, and
//! what its checks mean.
//!
//! Source: `fluxcd/flagger` at 15bd6ad5 (2026-07-21), the function named with each item.

mod action;
mod analysis;
mod canary;
mod check;
mod delivery;
mod kind;
mod known;
mod phase;
mod prometheus;
mod query;
mod question;
mod readiness;
mod routes;
mod saying;
mod scheduler;
mod strategy;
mod targets;
mod tick;
mod twin;
mod webhook;

pub use action::Action;
pub use analysis::{Analysis, Provider, Strategy};
pub use canary::Canary;
pub use check::{Check, Limits, Source};
pub use delivery::{Delivery, Load, Plan, Scaling};
pub use kind::Kind;
pub use known::Observer;
pub use phase::Phase;
pub use prometheus::{NoValue, value};
pub use query::{Model, QueryError, render};
pub use question::Question;
pub use readiness::{
    DaemonSet, Deployment, Readiness, Waiting, is_daemon_set_ready, is_deployment_ready,
};
pub use routes::Routes;
pub use saying::Saying;
pub use scheduler::Scheduler;
pub use tick::{Hooks, Orders, Scale, Seen, Workloads};
pub use twin::{Targets, Twin};
pub use webhook::{HookKind, Webhook, passes};

#[cfg(test)]
mod tests;
