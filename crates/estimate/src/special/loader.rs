//! Binomial and Poisson probabilities without cancellation.
//!
//! C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000): Stirling's formula
//! with its error written out, and the deviance as one well-conditioned function. Counts may be
//! any positive real number, which makes these the densities of the beta and gamma families too.

use chance::math::{self, LN_SQRT_TAU, exp, lgamma, ln, sqrt};
use std::f64::consts::TAU;

/// `Gamma(n+1) / (Gamma(x+1) Gamma(n-x+1)) p^x q^(n-x)` for real `0 <= x <= n`, with `q = 1 - p`
/// given separately so that neither loses digits.
pub fn binomial_density(x: f64, n: f64, p: f64, q: f64) -> f64 {
    let y = n - x;
    if p <= 0.0 || q <= 0.0 {
        let certain = if p <= 0.0 { x <= 0.0 } else { y <= 0.0 };
        return if certain { 1.0 } else { 0.0 };
    }
    if x <= 0.0 {
        return exp(-deviance(n, n * q) - n * p);
    }
    if y <= 0.0 {
        return exp(-deviance(n, n * p) - n * q);
    }
    let error = stirling_error(n) - stirling_error(x) - stirling_error(y);
    exp(error - deviance(x, n * p) - deviance(y, n * q)) * sqrt(n / (TAU * x * y))
}

/// `mean^x e^-mean / Gamma(x+1)` for real `x >= 0`.
pub fn poisson_density(x: f64, mean: f64) -> f64 {
    if mean <= 0.0 {
        return if x <= 0.0 { 1.0 } else { 0.0 };
    }
    if x <= 0.0 {
        return exp(-mean);
    }
    exp(-stirling_error(x) - deviance(x, mean)) / sqrt(TAU * x)
}

/// `ln Gamma(n+1) - [(n + 1/2) ln n - n + ln sqrt(2 pi)]`: what Stirling's formula misses.
fn stirling_error(n: f64) -> f64 {
    if n.fract() == 0.0 {
        return math::stirling_error(n as u64);
    }
    if n <= 15.0 {
        return lgamma(n + 1.0) - (n + 0.5) * ln(n) + n - LN_SQRT_TAU;
    }
    let square = n * n;
    let tail = 1.0 / 1680.0 - 1.0 / 1188.0 / square;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - tail / square) / square) / square) / n
}

/// `x ln(x / mean) + mean - x`: how far `x` is from where it should be.
fn deviance(x: f64, mean: f64) -> f64 {
    mean * math::deviance((x - mean) / mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) {
        assert!((left / right - 1.0).abs() < 1e-13, "{left} is not {right}");
    }

    #[test]
    fn small_binomials_are_their_fractions() {
        close(binomial_density(2.0, 5.0, 0.2, 0.8), 10.0 * 0.04 * 0.512);
        close(binomial_density(0.0, 3.0, 0.1, 0.9), 0.729);
        close(binomial_density(3.0, 3.0, 0.1, 0.9), 0.001);
        close(binomial_density(500.0, 1000.0, 0.5, 0.5), 0.025225018178360802);
    }

    #[test]
    fn certain_outcomes_are_certain() {
        for (x, p, expected) in [(0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (4.0, 1.0, 1.0), (3.0, 1.0, 0.0)]
        {
            assert_eq!(binomial_density(x, 4.0, p, 1.0 - p).to_bits(), f64::to_bits(expected));
        }
        assert_eq!(poisson_density(0.0, 0.0).to_bits(), f64::to_bits(1.0));
        assert_eq!(poisson_density(2.0, 0.0).to_bits(), f64::to_bits(0.0));
    }

    #[test]
    fn poisson_matches_its_definition() {
        close(poisson_density(3.0, 2.0), 8.0 / 6.0 * 0.135_335_283_236_612_7);
        close(poisson_density(0.0, 2.0), 0.135_335_283_236_612_7);
        close(poisson_density(20.0, 20.0), 0.088_835_317_392_084_82);
    }
}
