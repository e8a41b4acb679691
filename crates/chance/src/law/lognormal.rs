//! The lognormal law.

use super::error::check;
use super::normal::Normal;
use super::{Continuous, LawError};
use crate::math::{exp, ln, normal_quantile};

/// The exponential of a normal: `e^(mu + sigma * normal_quantile(u))`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lognormal(Normal);

impl Lognormal {
    /// Lognormal whose logarithm has mean `mu` and standard deviation `sigma`, which may be 0.
    pub fn new(mu: f64, sigma: f64) -> Result<Self, LawError> {
        Normal::new(mu, sigma).map(Self)
    }

    /// Lognormal of a median and a 95th percentile.
    pub fn from_median_p95(median: f64, p95: f64) -> Result<Self, LawError> {
        Self::from_median(median, p95, 0.95)
    }

    /// Lognormal of a median and a 99th percentile.
    pub fn from_p50_p99(p50: f64, p99: f64) -> Result<Self, LawError> {
        Self::from_median(p50, p99, 0.99)
    }

    /// Lognormal of a mean and a logarithm of standard deviation `sigma`: `mu = ln mean -
    /// sigma^2 / 2`.
    pub fn from_mean(mean: f64, sigma: f64) -> Result<Self, LawError> {
        let mean = check(mean, mean > 0.0, LawError::Mean)?;
        Self::new(ln(mean) - 0.5 * sigma * sigma, check(sigma, sigma >= 0.0, LawError::Deviation)?)
    }

    /// `ln X` is `mu` at the median and `mu + sigma * normal_quantile(level)` at the percentile.
    fn from_median(median: f64, upper: f64, level: f64) -> Result<Self, LawError> {
        let median = check(median, median > 0.0, LawError::Median)?;
        let upper = check(upper, upper >= median, LawError::Percentile)?;
        Self::new(ln(median), (ln(upper) - ln(median)) / normal_quantile(level))
    }

    /// Mean of the logarithm.
    pub fn mu(&self) -> f64 {
        self.0.mean()
    }

    /// Standard deviation of the logarithm.
    pub fn sigma(&self) -> f64 {
        self.0.deviation()
    }
}

impl Continuous for Lognormal {
    fn quantile(&self, u: f64) -> f64 {
        exp(self.0.quantile(u))
    }

    fn mean(&self) -> f64 {
        exp(self.mu() + 0.5 * self.sigma() * self.sigma())
    }

    fn cdf(&self, x: f64) -> f64 {
        if x > 0.0 { self.0.cdf(ln(x)) } else { 0.0 }
    }
}
