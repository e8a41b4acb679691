//! What can be wrong with a release: a signature x an onset x a scope x a carrier x a reversal.
//! Well-known faults are named presets, one per file.

mod capacity_regression;
mod cold_cache;
mod crash_loop;
mod document;
mod error_spike;
mod latency_regression;
mod memory_leak;
mod pool_exhaustion;
mod signature;

pub use capacity_regression::{CapacityRegression, CapacityRegressionDoc};
pub use cold_cache::{ColdCache, ColdCacheDoc};
pub use crash_loop::{CrashLoop, CrashLoopDoc};
pub use document::{CarrierDoc, FaultDoc, OnsetDoc, ReleaseDoc, ReversalDoc, ScopeDoc};
pub use error_spike::{ErrorSpike, ErrorSpikeDoc};
pub use latency_regression::{LatencyRegression, LatencyRegressionDoc};
pub use memory_leak::{Loses, MemoryLeak, MemoryLeakDoc};
pub use pool_exhaustion::{PoolExhaustion, PoolExhaustionDoc};
pub use signature::{End, Signature, Wear};

use chance::Law;
use clockwork::Span;

use crate::fleet::Fleet;

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
    /// See [`CapacityRegression`].
    CapacityRegression(CapacityRegression),
    /// See [`ColdCache`].
    ColdCache(ColdCache),
    /// See [`CrashLoop`].
    CrashLoop(CrashLoop),
    /// See [`ErrorSpike`].
    ErrorSpike(ErrorSpike),
    /// See [`LatencyRegression`].
    LatencyRegression(LatencyRegression),
    /// See [`MemoryLeak`].
    MemoryLeak(MemoryLeak),
    /// See [`PoolExhaustion`].
    PoolExhaustion(PoolExhaustion),
}

impl FaultKind {
    /// Every fault's name in a scenario, in alphabetical order.
    pub const NAMES: &'static [&'static str] = &[
        "capacity-regression",
        "cold-cache",
        "crash-loop",
        "error-spike",
        "latency-regression",
        "memory-leak",
        "pool-exhaustion",
    ];

    /// Its name in a scenario.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CapacityRegression(_) => "capacity-regression",
            Self::ColdCache(_) => "cold-cache",
            Self::CrashLoop(_) => "crash-loop",
            Self::ErrorSpike(_) => "error-spike",
            Self::LatencyRegression(_) => "latency-regression",
            Self::MemoryLeak(_) => "memory-leak",
            Self::PoolExhaustion(_) => "pool-exhaustion",
        }
    }

    /// What says how bad it is: the first of its severities.
    pub fn size(&self) -> Size<'_> {
        let (field, law, unit) = match self {
            Self::CapacityRegression(it) => ("work", &it.work, SizeUnit::Factor),
            Self::ColdCache(it) => ("latency", &it.latency, SizeUnit::Factor),
            Self::CrashLoop(it) => ("chance", &it.chance, SizeUnit::Share),
            Self::ErrorSpike(it) => ("add", &it.add, SizeUnit::Share),
            Self::LatencyRegression(it) => ("factor", &it.factor, SizeUnit::Factor),
            Self::MemoryLeak(it) => match &it.loses {
                Loses::PerSecond(law) => ("rate", law, SizeUnit::BytesPerSecond),
                Loses::PerRequest(law) => ("perRequest", law, SizeUnit::Bytes),
            },
            Self::PoolExhaustion(it) => ("leaks", &it.leaks, SizeUnit::Share),
        };
        Size { field, law, unit }
    }

    /// Its severity in one world, from two uniforms, on the pods of a fleet.
    pub fn signature(&self, severity: [f64; 2], fleet: &Fleet) -> Signature {
        match self {
            Self::CapacityRegression(fault) => fault.signature(severity),
            Self::ColdCache(fault) => fault.signature(severity),
            Self::CrashLoop(fault) => fault.signature(severity),
            Self::ErrorSpike(fault) => fault.signature(severity),
            Self::LatencyRegression(fault) => fault.signature(severity),
            Self::MemoryLeak(fault) => fault.signature(severity, fleet),
            Self::PoolExhaustion(fault) => fault.signature(severity, fleet),
        }
    }
}

/// How bad a fault is.
#[derive(Clone, Copy, Debug)]
pub struct Size<'a> {
    /// Its field in a scenario.
    pub field: &'static str,
    /// Its law: the larger, the worse.
    pub law: &'a Law,
    /// What it is measured in.
    pub unit: SizeUnit,
}

/// What the size of a fault is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeUnit {
    /// A part of one.
    Share,
    /// Times as much.
    Factor,
    /// Bytes.
    Bytes,
    /// Bytes per second.
    BytesPerSecond,
}

impl Size<'_> {
    /// Whether it differs from world to world.
    pub fn varies(&self) -> bool {
        !matches!(self.law, Law::Fixed(_))
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
    /// The first time that this time of day comes, seconds after midnight.
    TimeOfDay(f64),
    /// The first time that the traffic reaches this multiple of its mean.
    Load(Law),
}

impl Clock {
    /// The law of what has to pass; none when it is the same in every world.
    pub fn law(&self) -> Option<&Law> {
        match self {
            Self::Time(law) | Self::Requests(law) | Self::Load(law) => Some(law),
            Self::TimeOfDay(_) => None,
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
