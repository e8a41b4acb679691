//! A Deployment that runs for long, and the controllers that look after it.

use super::availability::WallClock;
use super::client::Throttle;
use super::spec::Spec;
use super::twin::{Latency, Twin};

/// What is wanted of a Deployment before a change, and how fast its controllers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The Deployment.
    pub spec: Spec,
    /// How long controllers take.
    pub latency: Latency,
    /// How many requests they may make; any number when nothing is said.
    pub throttle: Option<Throttle>,
}

impl Setup {
    /// Whether the controllers take no time and make as many requests as they like.
    pub fn acts_at_once(&self) -> bool {
        self.latency == Latency::default() && self.throttle.is_none()
    }

    /// The twin of all that, for runs that begin with [`Twin::begin`].
    pub fn twin(&self) -> Twin {
        Twin::with(self.spec, WallClock::default(), self.latency, self.throttle)
    }
}
