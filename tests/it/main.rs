//! The one integration binary.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "tests say what they compared")]

mod naive;
mod import;
mod closed_forms;
mod domain;
mod conformance;
mod kubernetes_laws;
mod readers;
mod laws;
mod mixture;
mod truth;
mod determinism;
mod kernel;
mod readme;
mod services;
mod reports;
mod cli;
mod broken;
mod claims;
mod lint;
mod deployments;
mod stories;
mod rollouts;
mod telemetry;
mod tidy;
