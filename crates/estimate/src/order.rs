//! What a measured quantile is before it is measured: the distribution of an order statistic.
//!
//! The `k`-th smallest of `n` values from a distribution F is F^-1(U) with U ~ Beta(k, n-k+1)
//! (David and Nagaraja, "Order Statistics", 2003, section 2.1).

use crate::binomial::binomial_at_most;
use crate::special::{beta_mean_of, beta_quantile};

/// The share of F at the `u` quantile of the `k`-th of `n` values; apply F^-1 to get the value.
pub fn order_quantile(k: u64, n: u64, u: f64) -> f64 {
    beta_quantile(u, k as f64, (n - k + 1) as f64)
}

/// The mean of the `k`-th of `n` values, given F^-1, which must be smooth inside (0, 1).
pub fn order_mean(k: u64, n: u64, inverse: impl Fn(f64) -> f64) -> f64 {
    beta_mean_of(k as f64, (n - k + 1) as f64, f64::INFINITY, inverse)
}

/// The chance that the `k`-th of `n` values exceeds a threshold that one value exceeds with
/// probability `exceedance`: P(Binomial(n, 1 - exceedance) <= k - 1).
pub fn order_exceeds(k: u64, n: u64, exceedance: f64) -> f64 {
    if k == 0 { 0.0 } else { binomial_at_most(k - 1, n, 1.0 - exceedance) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chance::math::{exp, ln_1p, normal_quantile};

    fn close(left: f64, right: f64, tolerance: f64) {
        assert!((left / right - 1.0).abs() < tolerance, "{left} is not {right}");
    }

    #[test]
    fn the_p99_of_a_hundred_exponentials_is_low() {
        let inverse = |u: f64| -ln_1p(-u);
        // The mean of the 99th of 100 is 1/100 + 1/99 + ... + 1/2.
        let harmonic: f64 = (2..=100).map(|i| 1.0 / f64::from(i)).sum();
        close(order_mean(99, 100, inverse), harmonic, 1e-12);
        close(inverse(order_quantile(99, 100, 0.05)), 3.067017525104548, 1e-9);
        close(inverse(order_quantile(99, 100, 0.95)), 5.636548420069407, 1e-9);
    }

    #[test]
    fn the_mean_p99_of_a_lognormal() {
        let mean = order_mean(990, 1000, |u| exp(normal_quantile(u)));
        close(mean, 10.099374864232276, 1e-9);
    }

    #[test]
    fn exceeding_a_threshold_is_a_binomial_tail() {
        close(order_exceeds(594, 600, 0.005), 0.03313009997238191, 1e-11);
        close(order_exceeds(1, 3, 0.5), 0.125, 1e-14);
        assert_eq!(order_exceeds(0, 3, 0.5).to_bits(), 0);
    }
}
