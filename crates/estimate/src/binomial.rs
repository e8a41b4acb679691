//! Counts: binomial and Poisson probabilities and tails.

use crate::special::{
    beta_cdf, beta_upper, binomial_density, gamma_lower, gamma_upper, poisson_density,
};

/// P(X = k) for X ~ Binomial(n, p).
pub fn binomial_probability(k: u64, n: u64, p: f64) -> f64 {
    if k > n { 0.0 } else { binomial_density(k as f64, n as f64, p, 1.0 - p) }
}

/// P(X <= k) for X ~ Binomial(n, p): `1 - I_p(k+1, n-k)`.
pub fn binomial_at_most(k: u64, n: u64, p: f64) -> f64 {
    if k >= n { 1.0 } else { beta_upper(p, (k + 1) as f64, (n - k) as f64) }
}

/// P(X >= k) for X ~ Binomial(n, p): `I_p(k, n-k+1)`.
pub fn binomial_at_least(k: u64, n: u64, p: f64) -> f64 {
    match k {
        0 => 1.0,
        k if k > n => 0.0,
        k => beta_cdf(p, k as f64, (n - k + 1) as f64),
    }
}

/// P(X = k) for X ~ Poisson(mean).
pub fn poisson_probability(k: u64, mean: f64) -> f64 {
    poisson_density(k as f64, mean)
}

/// P(X <= k) for X ~ Poisson(mean): `Q(k+1, mean)`.
pub fn poisson_at_most(k: u64, mean: f64) -> f64 {
    gamma_upper((k + 1) as f64, mean)
}

/// P(X >= k) for X ~ Poisson(mean): `P(k, mean)`.
pub fn poisson_at_least(k: u64, mean: f64) -> f64 {
    if k == 0 { 1.0 } else { gamma_lower(k as f64, mean) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tail by adding up what it is made of.
    fn added(range: impl Iterator<Item = u64>, probability: impl Fn(u64) -> f64) -> f64 {
        range.map(probability).sum()
    }

    #[test]
    fn tails_are_sums_of_probabilities() {
        for (n, p) in [(1, 0.3), (10, 0.01), (60, 0.5), (3000, 0.013)] {
            for k in [0, 1, n / 3, n / 2, n - 1, n, n + 1] {
                let below = added(0..=k.min(n), |k| binomial_probability(k, n, p));
                let above = added(k..=n, |k| binomial_probability(k, n, p));
                assert!((binomial_at_most(k, n, p) - below).abs() < 1e-13, "{k} of {n} at {p}");
                assert!((binomial_at_least(k, n, p) - above).abs() < 1e-13, "{k} of {n} at {p}");
            }
        }
        for (k, mean) in [(0, 0.5), (3, 3.0), (40, 20.0), (10, 60.0)] {
            let below = added(0..=k, |k| poisson_probability(k, mean));
            assert!((poisson_at_most(k, mean) - below).abs() < 1e-14, "{k} at {mean}");
            let above = 1.0 - below + poisson_probability(k, mean);
            assert!((poisson_at_least(k, mean) - above).abs() < 1e-14, "{k} at {mean}");
        }
    }

    #[test]
    fn impossible_and_certain_events() {
        assert_eq!(binomial_probability(5, 4, 0.5).to_bits(), 0);
        assert_eq!(binomial_at_most(3, 4, 0.0).to_bits(), 1_f64.to_bits());
        assert_eq!(binomial_at_most(3, 4, 1.0).to_bits(), 0);
        assert_eq!(binomial_at_least(1, 4, 0.0).to_bits(), 0);
        assert_eq!(poisson_at_most(0, 0.0).to_bits(), 1_f64.to_bits());
        assert_eq!(poisson_at_least(1, 0.0).to_bits(), 0);
    }
}
