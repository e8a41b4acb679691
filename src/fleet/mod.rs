//! The pods that serve the requests: how long they take to start, how slow a fresh one is, and
//! what a pod can carry.

mod document;

pub use document::{ColdDoc, FleetDoc, NodesDoc};

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
}

/// A fresh pod answers slower; the excess decays exponentially.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cold {
    /// Latency of a pod that has just become ready, as a multiple of a warm one.
    pub latency: f64,
    /// Time in which the excess falls to 1/e.
    pub decay: Span,
}

impl Cold {
    /// The latency of a pod `age` seconds after it became ready, as a multiple of a warm one.
    pub fn at(&self, age: f64) -> f64 {
        1.0 + (self.latency - 1.0) * math::exp(-age / self.decay.as_secs_f64())
    }

    /// When a pod counts as warm: the excess is below 1 %.
    pub fn warm_after(&self) -> Span {
        let excess = (self.latency - 1.0) / 0.01;
        if excess <= 1.0 {
            return Span::ZERO;
        }
        Span::from_secs_f64(self.decay.as_secs_f64() * math::ln(excess))
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
