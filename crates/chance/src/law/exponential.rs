//! The exponential law.

use super::error::check;
use super::{Continuous, LawError};
use crate::math::{exp_m1, ln_1p};

/// Exponential of a mean: `-mean ln(1 - u)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential {
    mean: f64,
}

impl Exponential {
    /// Exponential of `mean`, which must be positive.
    pub fn new(mean: f64) -> Result<Self, LawError> {
        Ok(Self { mean: check(mean, mean > 0.0, LawError::Mean)? })
    }
}

impl Continuous for Exponential {
    fn quantile(&self, u: f64) -> f64 {
        -self.mean * ln_1p(-u.clamp(0.0, 1.0))
    }

    fn mean(&self) -> f64 {
        self.mean
    }

    fn cdf(&self, x: f64) -> f64 {
        if x > 0.0 { -exp_m1(-x / self.mean) } else { 0.0 }
    }
}
