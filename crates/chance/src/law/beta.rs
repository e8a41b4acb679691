//! The beta law.

use super::error::check;
use super::{Continuous, LawError};
use crate::incomplete::{beta_mass, beta_tails, invert};
use crate::math::{exp, exp_m1, ln, ln_1p, logistic, normal_quantile};

/// Beta of two exponents, on (0, 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beta {
    alpha: f64,
    beta: f64,
}

impl Beta {
    /// Beta of exponents `alpha` and `beta`, both positive; its mean is `alpha / (alpha + beta)`.
    pub fn new(alpha: f64, beta: f64) -> Result<Self, LawError> {
        let alpha = check(alpha, alpha > 0.0, LawError::Alpha)?;
        Ok(Self { alpha, beta: check(beta, beta > 0.0, LawError::Beta)? })
    }
}

impl Continuous for Beta {
    fn quantile(&self, u: f64) -> f64 {
        quantile(self.alpha, self.beta, u)
    }

    fn mean(&self) -> f64 {
        1.0 / (1.0 + self.beta / self.alpha)
    }

    fn cdf(&self, x: f64) -> f64 {
        cdf(self.alpha, self.beta, x)
    }
}

/// Distribution function `I_x(alpha, beta)`; relative error about `1e-12`.
pub fn cdf(alpha: f64, beta: f64, x: f64) -> f64 {
    beta_tails(alpha, beta, x, 1.0 - x).lower
}

/// Quantile of the beta law, for positive exponents; relative error about `1e-12`.
///
/// Closed where an exponent is 1, else Newton's method in the log-odds of `x`.
#[allow(clippy::float_cmp, reason = "the closed forms are of exactly 1")]
pub fn quantile(alpha: f64, beta: f64, u: f64) -> f64 {
    if !(u > 0.0) {
        return 0.0;
    }
    if u >= 1.0 {
        return 1.0;
    }
    if alpha == 1.0 {
        return -exp_m1(ln_1p(-u) / beta);
    }
    if beta == 1.0 {
        return exp(ln(u) / alpha);
    }
    let spread = (1.0 / alpha + 1.0 / beta).sqrt();
    let start = ln(alpha) - ln(beta) + spread * normal_quantile(u);
    logistic(invert(u, start, [-744.0, 744.0], |t| {
        let (x, y) = (logistic(t), logistic(-t));
        (beta_tails(alpha, beta, x, y), beta_mass(alpha, beta, x, y))
    }))
}
