//! The gamma law.

use super::error::check;
use super::{Continuous, LawError};
use crate::incomplete::{gamma_mass, gamma_tails, invert};
use crate::math::{exp, lgamma, ln, normal_quantile};

/// Gamma of a shape and a scale: the sum of `shape` exponentials of mean `scale`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma {
    shape: f64,
    scale: f64,
}

impl Gamma {
    /// Gamma of `shape` and `scale`, both positive; its mean is their product.
    pub fn new(shape: f64, scale: f64) -> Result<Self, LawError> {
        let shape = check(shape, shape > 0.0, LawError::Shape)?;
        Ok(Self { shape, scale: check(scale, scale > 0.0, LawError::Scale)? })
    }

    /// Gamma of `shape` and `mean`, both positive.
    pub fn with_mean(shape: f64, mean: f64) -> Result<Self, LawError> {
        let mean = check(mean, mean > 0.0, LawError::Mean)?;
        Self::new(shape, mean / shape)
    }
}

impl Continuous for Gamma {
    fn quantile(&self, u: f64) -> f64 {
        self.scale * quantile(self.shape, u)
    }

    fn mean(&self) -> f64 {
        self.shape * self.scale
    }

    fn cdf(&self, x: f64) -> f64 {
        cdf(self.shape, x / self.scale)
    }
}

/// Distribution function `P(shape, x)` of the gamma of scale 1; relative error about `1e-13`.
pub fn cdf(shape: f64, x: f64) -> f64 {
    gamma_tails(shape, x).lower
}

/// Quantile of the gamma of scale 1, for a positive `shape`; relative error about `1e-13`.
///
/// Newton's method in the logarithm of `x` from the cube of E. Wilson and M. Hilferty (1931), or
/// from `x^shape = u Gamma(shape + 1)` near 0.
pub fn quantile(shape: f64, u: f64) -> f64 {
    if !(u > 0.0) {
        return 0.0;
    }
    if u >= 1.0 {
        return f64::INFINITY;
    }
    let w = normal_quantile(u);
    let cube = 1.0 - 1.0 / (9.0 * shape) + w / (3.0 * shape.sqrt());
    let start =
        if cube > 0.3 { ln(shape) + 3.0 * ln(cube) } else { (ln(u) + lgamma(shape + 1.0)) / shape };
    exp(invert(u, start, [-744.0, 709.7], |t| {
        let x = exp(t);
        (gamma_tails(shape, x), shape * gamma_mass(shape, x))
    }))
}
