//! The engine against the model, simulated the slow way.

mod compare;
mod dice;
mod request;
mod rollout;
mod scenarios;
mod simulator;
mod watch;
mod world;
