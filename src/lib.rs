//! Unit tests for your rollback gates.

pub mod planted;
pub mod units;
pub mod document;
pub mod traffic;
pub mod fleet;
pub mod baseline;
pub mod fault;
pub mod gate;
pub mod telemetry;
pub mod controller;
pub mod strategy;
pub mod people;
pub mod cost;
pub mod scenario;
pub mod import;
pub mod lint;
pub mod simulation;
pub mod experiment;
pub mod report;
pub mod cli;
