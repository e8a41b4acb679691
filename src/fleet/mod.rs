//! The pods that serve the requests: how long they take to start, how slow a fresh one is, and
//! what a pod can carry.

mod back_off;
mod crash_loop;
mod document;

pub use back_off::{BackOff, Wait};
pub use crash_loop::CrashLoop;
pub use document::{ColdDoc, FleetDoc, NodesDoc, ProbeDoc, ProbesDoc};

use chance::{Law, math};
use clockwork::Span;

/// The pods of a service.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// Pods of the running version before the rollout.
    pub replicas: u32,
    /// Seconds from the order of a pod to its readiness; drawn per pod where it is a distribution.
    pub startup: Law,
    /// How slow a fresh pod is.
    pub cold: Option<Cold>,
    /// Requests per second at which a pod saturates.
    pub per_pod: f64,
    /// The utilisation at which the latency of the baseline holds.
    pub utilisation: f64,
    /// How nodes differ.
    pub nodes: Option<NodeNoise>,
    /// What a pod needs and what it may have.
    pub memory: Memory,
    /// Connections that the requests of a pod share.
    pub pool: f64,
    /// Seconds from the end of a container to its readiness when it is restarted in place.
    pub restart: Law,
    /// How a pod ends.
    pub termination: Termination,
}

/// Memory of a pod in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// Of a healthy pod.
    pub baseline: f64,
    /// Where it is killed.
    pub limit: f64,
}

/// How a pod ends that was told to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Termination {
    /// For how long requests reach it that it does not serve any more: the time until the last
    /// router knows, less the time it goes on serving.
    pub deaf: Span,
    /// Time until it is gone.
    pub takes: Span,
}

/// A fresh pod answers slower; the excess decays exponentially, until it is below one per cent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cold {
    /// Latency of a pod that has just become ready, as a multiple of a warm one.
    pub latency: f64,
    /// Seconds in which the excess falls to 1/e.
    pub decay: f64,
    warm_after: f64,
}

/// Below this excess a pod is warm.
const WARM: f64 = 0.01;

impl Cold {
    /// A fresh pod that takes `latency` times as long, and warms in `decay` seconds to 1/e.
    pub fn new(latency: f64, decay: f64) -> Self {
        let excess = (latency - 1.0) / WARM;
        let warm_after = if excess <= 1.0 { 0.0 } else { decay * math::ln(excess) };
        Self { latency, decay, warm_after }
    }

    /// The latency of a pod `age` seconds after it became ready, as a multiple of a warm one.
    pub fn at(&self, age: f64) -> f64 {
        if age >= self.warm_after {
            return 1.0;
        }
        1.0 + (self.latency - 1.0) * math::exp(-age / self.decay)
    }

    /// Seconds after which a pod counts as warm.
    pub fn warm_after(&self) -> f64 {
        self.warm_after
    }
}

/// Latency of a node relative to the others: lognormal, and a few much slower ones.
///
/// Source of the defaults: 43,617 short-lived virtual machines of the Azure VM noise data set
/// (robust sd of the log about 0.05; 1.5-2.7 % of the machines more than 1.2 times slower).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeNoise {
    /// Standard deviation of the logarithm of a node's latency.
    pub sd: f64,
    /// Share of nodes that are outliers.
    pub outliers: f64,
    /// The slowest and the fastest outlier, as multiples.
    pub slow: [f64; 2],
}

impl NodeNoise {
    /// The logarithm of a node's latency multiple, from two uniforms.
    pub fn ln_speed(&self, [body, outlier]: [f64; 2]) -> f64 {
        let base = self.sd * math::normal_quantile(body);
        if outlier >= self.outliers {
            return base;
        }
        let [low, high] = self.slow;
        base + math::ln(low + (high - low) * outlier / self.outliers)
    }
}

/// Above this utilisation the stretch of the response time does not grow further; what cannot be
/// served fails instead.
pub const SATURATED: f64 = 0.95;

/// Response time at utilisation `u` relative to `u0`: `(1 - u0) / (1 - u)`, exact for M/M/1.
pub fn stretch(u: f64, u0: f64) -> f64 {
    (1.0 - u0) / (1.0 - u.min(SATURATED))
}

/// The share of the requests that a pod cannot serve: `1 - 1/u` above saturation.
pub fn overload(u: f64) -> f64 {
    if u > 1.0 { 1.0 - 1.0 / u } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretch_is_one_at_the_utilisation_of_the_baseline() {
        assert_eq!(stretch(0.6, 0.6).to_bits(), 1.0_f64.to_bits());
        assert!(stretch(0.9, 0.6) > 3.9);
        assert!((stretch(2.0, 0.6) - 8.0).abs() < 1e-9);
    }

    #[test]
    fn two_times_the_capacity_loses_half() {
        assert!((overload(2.0) - 0.5).abs() < 1e-15);
        assert!(overload(1.0) == 0.0);
    }
}
