//! Probabilities and tails of the binomial distribution.

use crate::expansion::{LARGE, NEAR, beta_near_mean};
use crate::math::{LN_SQRT_TAU, exact_product, exp, ln, ln_1p, saddle_part, stirling_error};
use crate::tails::{Tails, ratio_series};

/// Probability `P(X = k) = C(n, k) p^k (1-p)^(n-k)`; relative error about `1e-14`.
///
/// Saddle-point form of C. Loader, "Fast and accurate computation of binomial probabilities"
/// (2000).
pub fn pmf(n: u64, p: f64, k: u64) -> f64 {
    exp(ln_pmf(n, p, k))
}

/// Logarithm of [`pmf`]; `-inf` where it is 0.
pub fn ln_pmf(n: u64, p: f64, k: u64) -> f64 {
    if k > n {
        return f64::NEG_INFINITY;
    }
    if !(p > 0.0) {
        return if k == 0 { 0.0 } else { f64::NEG_INFINITY };
    }
    if p >= 1.0 {
        return if k == n { 0.0 } else { f64::NEG_INFINITY };
    }
    let (x, y) = (k as f64, (n - k) as f64);
    if k == 0 {
        return y * ln_1p(-p);
    }
    if k == n {
        return x * ln(p);
    }
    let trials = n as f64;
    let errors = stirling_error(n) - stirling_error(k) - stirling_error(n - k);
    // x y / n and not x (n-x) / n: the division first keeps n = 2^60 finite.
    errors - saddle(trials, p, x, y) - LN_SQRT_TAU - 0.5 * (ln(x) + ln(y / trials))
}

/// `x ln(x/np) + y ln(y/nq)` with `x + y = n`: the deviance of `x` successes.
fn saddle(n: f64, p: f64, x: f64, y: f64) -> f64 {
    let (mean, mean_low) = exact_product(n, p);
    let excess = (x - mean) - mean_low;
    saddle_part(mean, x, excess) + saddle_part(n * (1.0 - p), y, -excess)
}

/// Distribution function `P(X <= k) = I_q(n-k, k+1)`; relative error about `1e-13` in the lower
/// tail.
pub fn cdf(n: u64, p: f64, k: u64) -> f64 {
    tails(n, p, k).lower
}

/// Survival function `P(X > k) = I_p(k+1, n-k)`; relative error about `1e-13` in the upper tail.
pub fn survival(n: u64, p: f64, k: u64) -> f64 {
    tails(n, p, k).upper
}

pub(super) fn tails(n: u64, p: f64, k: u64) -> Tails {
    if k >= n || !(p > 0.0) {
        return Tails::from_upper(0.0);
    }
    if p >= 1.0 {
        return Tails::from_lower(0.0);
    }
    let (a, b) = (k as f64 + 1.0, (n - k) as f64);
    let (mean, mean_low) = exact_product(n as f64 + 1.0, p);
    let distance = (a - mean) - mean_low;
    let size = a.min(b);
    if size > LARGE && distance.abs() <= NEAR * size {
        let errors = stirling_error(k + 1) + stirling_error(n - k);
        let correction = errors - stirling_error(n.saturating_add(1));
        return beta_near_mean(a, b, distance, correction).swapped();
    }
    let odds = p / (1.0 - p);
    if distance >= 0.0 {
        let series = ratio_series(|j| (b - 1.0 - j) / (a + 1.0 + j) * odds);
        Tails::from_upper(pmf(n, p, k + 1) * series)
    } else {
        let series = ratio_series(|j| (a - 1.0 - j) / ((b + 1.0 + j) * odds));
        Tails::from_lower(pmf(n, p, k) * series)
    }
}
