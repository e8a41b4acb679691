//! Constants and uniform laws.

use super::error::check;
use super::{Continuous, LawError};
use crate::math::{exp, exp_m1, ln};

/// Always the same value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fixed(f64);

impl Fixed {
    /// Always `value`, which must be finite.
    pub fn new(value: f64) -> Result<Self, LawError> {
        check(value, true, LawError::Value).map(Self)
    }
}

impl Continuous for Fixed {
    fn quantile(&self, _: f64) -> f64 {
        self.0
    }

    fn mean(&self) -> f64 {
        self.0
    }

    fn cdf(&self, x: f64) -> f64 {
        if x >= self.0 { 1.0 } else { 0.0 }
    }
}

/// Uniform between two bounds: `low + (high - low) u`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform {
    low: f64,
    high: f64,
}

impl Uniform {
    /// Uniform on `[low, high]`, both finite and in order.
    pub fn new(low: f64, high: f64) -> Result<Self, LawError> {
        let low = check(low, true, LawError::Low)?;
        Ok(Self { low, high: check(high, high >= low, LawError::High)? })
    }
}

impl Continuous for Uniform {
    fn quantile(&self, u: f64) -> f64 {
        // Not low + (high - low) u: the width of the widest interval is infinite.
        (self.low * (1.0 - u) + self.high * u).clamp(self.low, self.high)
    }

    fn mean(&self) -> f64 {
        0.5 * self.low + 0.5 * self.high
    }

    fn cdf(&self, x: f64) -> f64 {
        if x >= self.high {
            return 1.0;
        }
        ((0.5 * x - 0.5 * self.low) / (0.5 * self.high - 0.5 * self.low)).max(0.0)
    }
}

/// Uniform in the logarithm between two positive bounds: `low (high / low)^u`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogUniform {
    low: f64,
    high: f64,
    width: f64,
}

impl LogUniform {
    /// Log-uniform on `[low, high]`, both positive, finite and in order.
    pub fn new(low: f64, high: f64) -> Result<Self, LawError> {
        let low = check(low, low > 0.0, LawError::Low)?;
        let high = check(high, high >= low, LawError::High)?;
        Ok(Self { low, high, width: ln(high) - ln(low) })
    }
}

impl Continuous for LogUniform {
    fn quantile(&self, u: f64) -> f64 {
        // From the nearer end, so that the factor stays finite and both ends are met.
        let x = if u <= 0.5 {
            self.low * exp(self.width * u)
        } else {
            self.high * exp(self.width * (u - 1.0))
        };
        x.clamp(self.low, self.high)
    }

    fn mean(&self) -> f64 {
        if self.width < 1e-300 {
            return self.low;
        }
        // (high - low) / ln(high / low), without the difference.
        self.high * (-exp_m1(-self.width) / self.width)
    }

    fn cdf(&self, x: f64) -> f64 {
        if x >= self.high {
            return 1.0;
        }
        if x <= self.low { 0.0 } else { ((ln(x) - ln(self.low)) / self.width).min(1.0) }
    }
}
