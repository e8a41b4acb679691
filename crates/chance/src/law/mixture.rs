//! Mixtures of laws.

use super::error::check;
use super::{Continuous, Law, LawError};

/// One of several laws, chosen by weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// Probabilities, which add up to 1, and laws.
    parts: Box<[(f64, Law)]>,
}

impl Mixture {
    /// The laws in proportion to their weights, as `(weight, law)`.
    pub fn new(parts: Vec<(f64, Law)>) -> Result<Self, LawError> {
        for &(weight, _) in &parts {
            check(weight, weight >= 0.0, LawError::Weight)?;
        }
        if parts.is_empty() {
            return Err(LawError::Empty);
        }
        let total: f64 = parts.iter().map(|p| p.0).sum();
        let total = check(total, total > 0.0, LawError::TotalWeight)?;
        let shares = parts.into_iter().filter(|p| p.0 > 0.0).map(|(w, law)| (w / total, law));
        Ok(Self { parts: shares.collect() })
    }

    /// A value from two uniforms: the first chooses the law, the second is put into its quantile.
    ///
    /// Much cheaper than [`Continuous::quantile`], where nothing needs the mixture's own order.
    pub fn compose(&self, choice: f64, u: f64) -> f64 {
        let (mut sum, last) = (0.0, self.parts.len() - 1);
        let chosen = self.parts[..last].iter().find(|part| {
            sum += part.0;
            choice <= sum
        });
        chosen.unwrap_or(&self.parts[last]).1.quantile(u)
    }
}

impl Continuous for Mixture {
    /// The smallest number whose distribution function reaches `u`, by bisection between the
    /// smallest and the largest of the parts' quantiles, where it must be.
    fn quantile(&self, u: f64) -> f64 {
        let quantiles = self.parts.iter().map(|part| part.1.quantile(u));
        let (mut low, mut high) =
            quantiles.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(x), b.max(x)));
        // Also ends here when the bounds are one, or not finite.
        if !(low < high && low.is_finite() && high.is_finite()) || self.cdf(low) >= u {
            return low;
        }
        loop {
            let middle = 0.5 * low + 0.5 * high;
            if !(middle > low && middle < high) {
                return high;
            }
            if self.cdf(middle) >= u {
                high = middle;
            } else {
                low = middle;
            }
        }
    }

    fn mean(&self) -> f64 {
        self.parts.iter().map(|(share, law)| share * law.mean()).sum()
    }

    fn cdf(&self, x: f64) -> f64 {
        self.parts.iter().map(|(share, law)| share * law.cdf(x)).sum::<f64>().min(1.0)
    }
}
