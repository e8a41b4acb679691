//! The normal law.

use super::error::check;
use super::{Continuous, LawError};
use crate::math::{normal_cdf, normal_quantile};

/// Normal of a mean and a standard deviation: `mean + deviation * normal_quantile(u)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    mean: f64,
    deviation: f64,
}

impl Normal {
    /// Normal of `mean` and standard deviation `deviation`, which may be 0.
    pub fn new(mean: f64, deviation: f64) -> Result<Self, LawError> {
        let mean = check(mean, true, LawError::Mean)?;
        let deviation = check(deviation, deviation >= 0.0, LawError::Deviation)?;
        Ok(Self { mean, deviation })
    }

    /// The standard deviation.
    pub fn deviation(&self) -> f64 {
        self.deviation
    }
}

impl Continuous for Normal {
    fn quantile(&self, u: f64) -> f64 {
        // A deviation of 0 times an infinite quantile is not a number.
        if self.deviation > 0.0 {
            self.mean + self.deviation * normal_quantile(u)
        } else {
            self.mean
        }
    }

    fn mean(&self) -> f64 {
        self.mean
    }

    fn cdf(&self, x: f64) -> f64 {
        if self.deviation > 0.0 {
            normal_cdf((x - self.mean) / self.deviation)
        } else if x >= self.mean {
            1.0
        } else {
            0.0
        }
    }
}
