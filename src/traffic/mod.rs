//! Offered load: how many requests arrive, how that changes over the day, and who sends them.

mod document;
mod shape;
mod users;
mod wander;

pub use chance::ticks::Arrivals;
pub use document::{ActivityDoc, ArrivalsDoc, ShapeDoc, TrafficDoc, UsersDoc, WanderDoc};
pub use shape::Shape;
pub(crate) use users::met;
pub use users::{Activity, Users};
pub use wander::{Path, Wander};

use chance::Law;
use clockwork::Span;

/// How many ticks a step of everything that varies slowly has: load, noise and utilisation are
/// constant over 16 aligned ticks (4 minutes at a scrape interval of 15 s).
pub const STEP_BITS: u32 = 4;

/// The requests that reach the service.
#[derive(Clone, Debug)]
pub struct Traffic {
    /// Mean rate over the day, requests per second; drawn per world where it is a distribution.
    pub rate: Law,
    /// How the rate changes over the day.
    pub shape: Shape,
    /// Time of day at which the rollout starts; drawn per world when it is not given.
    pub start: Option<Span>,
    /// Slow random change of the rate about its shape.
    pub modulation: Option<Wander>,
    /// Random arrivals, or exactly the mean in each tick.
    pub arrivals: Arrivals,
    /// Who sends them.
    pub users: Users,
}

impl Traffic {
    /// Whether the rate is the same in every tick of a world.
    pub fn is_steady(&self) -> bool {
        self.shape == Shape::Constant && self.modulation.is_none()
    }
}
