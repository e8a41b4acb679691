//! What can be wrong with a release: a signature x an onset x a scope x a carrier x a reversal.
//! Well-known faults are named presets, one per file.

mod document;
mod error_spike;
mod latency_regression;

pub use document::{CarrierDoc, FaultDoc, OnsetDoc, ReleaseDoc, ReversalDoc, ScopeDoc};
pub use error_spike::{ErrorSpike, ErrorSpikeDoc};
pub use latency_regression::{LatencyRegression, LatencyRegressionDoc};

use chance::Law;
use clockwork::Span;

/// A latent defect of a release.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What it does, by its well-known name.
    pub kind: FaultKind,
    /// When it begins to show.
    pub onset: Onset,
    /// Whom it hits.
    pub scope: Scope,
    /// What brings it into production.
    pub carrier: Carrier,
    /// What going back does to it.
    pub reversal: Reversal,
}

/// The well-known faults.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// See [`ErrorSpike`].
    ErrorSpike(ErrorSpike),
    /// See [`LatencyRegression`].
    LatencyRegression(LatencyRegression),
}

impl FaultKind {
    /// Every fault's name in a scenario, in alphabetical order.
    pub const NAMES: &'static [&'static str] = &["error-spike", "latency-regression"];

    /// Its name in a scenario.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ErrorSpike(_) => "error-spike",
            Self::LatencyRegression(_) => "latency-regression",
        }
    }

    /// Its severity in one world, from two uniforms.
    pub fn signature(&self, severity: [f64; 2]) -> Signature {
        match self {
            Self::ErrorSpike(fault) => fault.signature(severity),
            Self::LatencyRegression(fault) => fault.signature(severity),
        }
    }
}

/// What a request of the new version suffers while the fault is in full force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signature {
    /// Share of the requests in scope that fail because of it.
    pub errors: f64,
    /// Share of the requests in scope that take `factor` times as long to serve.
    pub slow: f64,
    /// How many times as long.
    pub factor: f64,
}

impl Signature {
    /// Nothing at all.
    pub const NONE: Self = Self { errors: 0.0, slow: 0.0, factor: 1.0 };

    /// Whether it does anything.
    pub fn is_none(&self) -> bool {
        self.errors == 0.0 && (self.slow == 0.0 || self.factor == 1.0)
    }
}

/// When a fault begins, counted from the first traffic of the new version, and how it grows.
#[derive(Clone, Debug)]
pub struct Onset {
    /// What has to pass before it begins.
    pub after: Clock,
    /// Time in which it grows in proportion from nothing to full force.
    pub ramp: Span,
}

/// What an onset is counted in.
#[derive(Clone, Debug)]
pub enum Clock {
    /// Seconds since the first traffic of the new version.
    Time(Law),
    /// Requests that the new version is expected to have served.
    Requests(Law),
}

impl Clock {
    /// The law of what has to pass.
    pub fn law(&self) -> &Law {
        match self {
            Self::Time(law) | Self::Requests(law) => law,
        }
    }
}

/// Whom a fault hits.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Every request of the new version.
    All,
    /// A share of the requests (a route, a payload), spread over all users.
    Requests(Law),
    /// A share of the users: all their requests, and nobody else's.
    Users(Law),
}

/// What brings a fault into production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// The code of the release.
    Binary,
}

/// What going back to the old version does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reversal {
    /// The harm ends with the traffic of the new version.
    Heals,
}
