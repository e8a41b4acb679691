//! One world under one policy: from a seed to measures. Pure, total, and the same for whoever
//! looks.

mod measures;
mod record;
mod purpose;
mod coldness;
mod severity;
mod world;
mod answers;
mod state;
mod law;
mod components;
mod tails;
mod speeds;
mod expect;
mod truth;
mod grid;
mod watch;
mod sure;
mod skip;
mod event;
mod history;
mod clocks;
mod eager;
mod pods;
mod wear;
mod liveness;
mod levels;
mod worn;
mod incident;
mod cluster;
mod autoscale;
mod operator;
mod engine;
mod apply;
mod ending;
mod score;

pub use engine::Engine;
pub use incident::Cause;
pub use measures::{By, Ending, Measures, Truth};
pub use record::{Happening, Reading, Record, Timeline, Unrecorded};
pub use score::PERIOD;
pub use state::pods_for;
pub use world::World;
