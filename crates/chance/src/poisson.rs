//! The Poisson distribution: exact inverse in constant time.

use crate::expansion::{LARGE, NEAR, gamma_near_mean};
use crate::math::{
    LN_SQRT_TAU, exp, ln, ln_factorial, normal_quantile, saddle_part, stirling_error,
};
use crate::tails::{Tails, floor_of_sum, ratio_series, smallest_reaching};

/// Below this mean the probabilities are summed one by one.
const SEQUENTIAL_BELOW: f64 = 4.0;
/// Steps of the sequential sum at most: below the mean above, `P(X > 60)` is under `1e-25`.
const STEPS: usize = 64;
/// Above this `u` sums near 1 have no digits left, and the upper tail decides.
const TOP: f64 = 1.0 - 1e-6;
/// Above this mean a `f64` no longer holds every count.
const LARGEST: f64 = 9e15;

/// `1 / k`.
const RECIPROCAL: [f64; STEPS] = {
    let mut table = [0.0; STEPS];
    let mut k = 1;
    while k < STEPS {
        table[k] = 1.0 / k as f64;
        k += 1;
    }
    table
};

/// Probability `P(X = k) = e^-lambda lambda^k / k!`; relative error about `1e-14`.
///
/// Saddle-point form of C. Loader, "Fast and accurate computation of binomial probabilities"
/// (2000).
pub fn pmf(lambda: f64, k: u64) -> f64 {
    exp(ln_pmf(lambda, k))
}

/// Logarithm of [`pmf`]; `-inf` where it is 0.
pub fn ln_pmf(lambda: f64, k: u64) -> f64 {
    if !(lambda > 0.0) {
        return if k == 0 { 0.0 } else { f64::NEG_INFINITY };
    }
    let x = k as f64;
    if k == 0 {
        return -lambda;
    }
    if k < 16 && lambda < 16.0 {
        return x * ln(lambda) - lambda - ln_factorial(k);
    }
    -saddle_part(lambda, x, x - lambda) - stirling_error(k) - LN_SQRT_TAU - 0.5 * ln(x)
}

/// Distribution function `P(X <= k) = Q(k + 1, lambda)`; relative error about `1e-13` in the
/// lower tail.
pub fn cdf(lambda: f64, k: u64) -> f64 {
    tails(lambda, k).lower
}

/// Survival function `P(X > k) = P(k + 1, lambda)`; relative error about `1e-13` in the upper
/// tail.
pub fn survival(lambda: f64, k: u64) -> f64 {
    tails(lambda, k).upper
}

fn tails(lambda: f64, k: u64) -> Tails {
    if !(lambda > 0.0) {
        return Tails::from_upper(0.0);
    }
    let a = k as f64 + 1.0;
    let distance = a - lambda;
    if a > LARGE && distance.abs() <= NEAR * a {
        return gamma_near_mean(a, lambda, stirling_error(k.saturating_add(1))).swapped();
    }
    if distance >= 0.0 {
        let series = ratio_series(|j| lambda / (a + 1.0 + j));
        Tails::from_upper(pmf(lambda, k.saturating_add(1)) * series)
    } else {
        let series = ratio_series(|j| (a - 1.0 - j) / lambda);
        Tails::from_lower(pmf(lambda, k) * series)
    }
}

/// Quantile: the smallest `k` with `P(X <= k) >= u`, exactly, for `lambda` up to `9e15`.
///
/// Small means are summed up. Large ones use the expansion of M. Giles ("Algorithm 955:
/// approximation of the inverse Poisson cumulative distribution function", ACM TOMS 42, 2016),
/// whose integer part is the answer unless the expansion's error could straddle an integer; then,
/// rarely, the distribution function decides. `u <= 0` gives 0, and `u >= 1` counts as the largest
/// number below 1.
#[inline]
pub fn quantile(lambda: f64, u: f64) -> u64 {
    if lambda < SEQUENTIAL_BELOW {
        return sequential(lambda, u);
    }
    let w = normal_quantile(u);
    let (x, error) = expand(lambda, w);
    let (floor, part) = floor_of_sum(lambda, x);
    // Written so that a NaN or an infinity takes the careful branch.
    if part > error && part < 1.0 - error {
        return floor as u64;
    }
    decide(lambda, u)
}

/// What to add to `lambda` to pass the quantile by less than 1, and a bound of the error.
#[inline]
fn expand(lambda: f64, w: f64) -> (f64, f64) {
    let root = lambda.sqrt();
    let inverse = 1.0 / root;
    let s = w * w;
    let first = root * w + (1.0 / 3.0 + s * (1.0 / 6.0));
    let second = -w * (1.0 / 36.0 + s * (1.0 / 72.0));
    let third = -8.0 / 405.0 + s * (7.0 / 810.0 + s * (1.0 / 270.0));
    let x = first + inverse * (second + inverse * third);
    (x, bound(root, inverse, s))
}

/// Bound of the expansion's error: twice the remainder measured on a grid (see the tests), and
/// what rounding does to `w` and to the distribution function that decides.
#[inline]
fn bound(root: f64, inverse: f64, s: f64) -> f64 {
    let remainder = 0.04 + s * s * (0.015 + s * 0.0015);
    remainder * (inverse * inverse * inverse) + root * 4e-14
}

#[inline]
fn sequential(lambda: f64, u: f64) -> u64 {
    if u > TOP {
        return decide(lambda, u);
    }
    let mut term = exp(-lambda);
    let mut sum = term;
    let mut k = 0;
    while u > sum {
        k += 1;
        if k == STEPS {
            return decide(lambda, u);
        }
        term *= lambda * RECIPROCAL[k];
        sum += term;
    }
    k as u64
}

/// The quantile from the distribution function.
#[cold]
#[inline(never)]
fn decide(lambda: f64, u: f64) -> u64 {
    if !(u > 0.0) || !(lambda > 0.0) {
        return 0;
    }
    let u = u.min(1.0 - f64::EPSILON / 2.0);
    let (x, _) = expand(lambda.max(1.0), normal_quantile(u));
    // Far in the tails of small means the expansion is no guide: the mean is.
    let rest = if x.abs() < lambda { x } else { 0.0 };
    let guess = floor_of_sum(lambda, rest).0 as u64;
    if lambda > LARGEST {
        return guess;
    }
    smallest_reaching(u, guess, u64::MAX, |k| tails(lambda, k))
}

#[cfg(test)]
mod proof;
