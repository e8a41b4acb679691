//! One world under one policy: from a seed to measures. Pure, total, and the same for whoever
//! looks.

mod engine;
mod grid;
mod law;
mod measures;
mod record;
mod score;
mod truth;
mod watch;
mod world;

pub use engine::{Engine, pods_for};
pub use measures::{Ending, Measures, Truth};
pub use record::{Happening, Reading, Record, Timeline, Unrecorded};
pub use score::PERIOD;
pub use world::World;
