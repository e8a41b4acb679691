//! The version that runs now: how often it fails, how fast it answers, and how much both vary.

mod document;

pub use document::BaselineDoc;

use chance::math;

use crate::traffic::Wander;

/// Errors and latency of the running version on a warm pod at the utilisation of the fleet.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// Share of requests that fail.
    pub errors: f64,
    /// How the error rate varies.
    pub noise: Option<ErrorNoise>,
    /// Response time.
    pub latency: Latency,
}

/// Variation of the error rate on the logit scale, standard deviations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorNoise {
    /// Over time, common to both versions.
    pub common: Wander,
    /// Between versions, constant during a rollout.
    pub version: f64,
    /// Between pods.
    pub node: f64,
}

/// A lognormal response time in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// Mean of the logarithm.
    pub mu: f64,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
}

/// The standard normal quantile of 99 %.
const Z99: f64 = 2.326_347_874_040_841;

impl Latency {
    /// The lognormal with this median and 99th percentile, seconds.
    pub fn from_p50_p99(p50: f64, p99: f64) -> Self {
        Self { mu: math::ln(p50), sigma: math::ln(p99 / p50) / Z99 }
    }

    /// The share of responses slower than the one whose logarithm is `ln_limit`, when every
    /// response takes `exp(ln_factor)` times as long.
    pub fn slower(&self, ln_limit: f64, ln_factor: f64) -> f64 {
        math::normal_cdf((self.mu + ln_factor - ln_limit) / self.sigma)
    }
}
