//! The binomial distribution: exact inverse in constant time.

mod fair;
mod tail;

use crate::math::{exact_product, exp, ln_1p, normal_quantile};
use crate::tails::{floor_of_sum, smallest_reaching};

pub use tail::{cdf, ln_pmf, pmf, survival};

/// Below this variance the probabilities are summed one by one.
const SEQUENTIAL_BELOW: f64 = 4.0;
/// Steps of the sequential sum at most.
const STEPS: usize = 128;
/// Above this `u` sums near 1 have no digits left, and the upper tail decides.
const TOP: f64 = 1.0 - 1e-6;

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

/// Quantile: the smallest `k` with `P(X <= k) >= u` for `n` trials of chance `p`, exactly, for `n`
/// up to `2^53`.
///
/// Fair coins up to 64 are looked up and small variances are summed. The others use a
/// Cornish-Fisher expansion with lattice (Sheppard) corrections to the cumulants, whose integer
/// part is the answer unless the expansion's error could straddle an integer; then, rarely, the
/// distribution function decides. `p` is clamped to [0, 1]; `u <= 0` gives 0 and `u >= 1` counts
/// as the largest number below 1.
#[inline]
#[allow(clippy::float_cmp, reason = "the table is of the one chance that is exactly a half")]
pub fn quantile(n: u64, p: f64, u: f64) -> u64 {
    if p == 0.5 && n <= fair::LARGEST {
        return fair::quantile(n, u);
    }
    let q = 1.0 - p;
    let variance = n as f64 * p * q;
    if variance < SEQUENTIAL_BELOW {
        return small(n, p, q, u);
    }
    let (mean, mean_low) = exact_product(n as f64, p);
    let (x, error) = expand(variance, p, q, normal_quantile(u));
    let (floor, part) = floor_of_sum(mean, mean_low + x);
    // Written so that a NaN or an infinity takes the careful branch.
    if part > error && part < 1.0 - error && floor >= 0.0 {
        return (floor as u64).min(n);
    }
    decide(n, p, u)
}

/// What to add to the mean to pass the quantile by less than 1, and a bound of the error.
///
/// With `s^2 = npq`, the formal expansion of Cornish and Fisher (1937) at the cumulants
/// `s^2 - 1/12, s^2 (q-p), s^2 (1-6pq) + 1/120, s^2 (q-p)(1-12pq)` and a half for continuity,
/// ordered in powers of `1/s`; as `p` vanishes it becomes the Poisson expansion.
#[inline]
fn expand(variance: f64, p: f64, q: f64, w: f64) -> (f64, f64) {
    let root = variance.sqrt();
    let inverse = 1.0 / root;
    let (s, pq, skew) = (w * w, p * q, q - p);
    let first = root * w + 0.5 + skew * (s - 1.0) * (1.0 / 6.0);
    let square = 1.0 / 72.0 + pq * (1.0 / 36.0);
    let second = -w * (square * s + (1.0 / 36.0 - pq * (7.0 / 36.0)));
    let quartic = -8.0 / 405.0 + s * (7.0 / 810.0 + s * (1.0 / 270.0));
    let third = skew * (1.0 + 0.5 * pq) * quartic;
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

/// The quantile where one of the outcomes is rare: counts the rarer.
#[inline]
fn small(n: u64, p: f64, q: f64, u: f64) -> u64 {
    if !(1.0 - TOP..=TOP).contains(&u) {
        return decide(n, p, u);
    }
    if p <= 0.5 {
        return count(n, p, q, u).map_or_else(|| decide(n, p, u), |k| k.min(n));
    }
    // P(X <= k) >= u says P(Y <= n-k-1) <= 1-u of Y = n-X: the first Y above 1-u is n-k.
    count_above(n, q, p, 1.0 - u).map_or_else(|| decide(n, p, u), |k| n - k.min(n))
}

/// The first `k` with `P(X <= k) >= u`, by summing from 0.
#[inline]
fn count(n: u64, p: f64, q: f64, u: f64) -> Option<u64> {
    let mut sum = Sum::new(n, p, q);
    while sum.total < u {
        sum.step()?;
    }
    Some(sum.k as u64)
}

/// The first `k` with `P(X <= k) > v`, by summing from 0.
#[inline]
fn count_above(n: u64, p: f64, q: f64, v: f64) -> Option<u64> {
    let mut sum = Sum::new(n, p, q);
    while sum.total <= v {
        sum.step()?;
    }
    Some(sum.k as u64)
}

/// The running sum of the probabilities `P(X = k) = P(X = k-1) (n-k+1)/k p/q`.
struct Sum {
    k: usize,
    term: f64,
    total: f64,
    odds: f64,
    scaled: f64,
}

impl Sum {
    #[inline]
    fn new(n: u64, p: f64, q: f64) -> Self {
        let trials = n as f64;
        let term = exp(trials * ln_1p(-p));
        let odds = p / q;
        Self { k: 0, term, total: term, odds, scaled: (trials + 1.0) * odds }
    }

    #[inline]
    fn step(&mut self) -> Option<()> {
        self.k += 1;
        self.term *= self.scaled * RECIPROCAL.get(self.k)? - self.odds;
        self.total += self.term;
        Some(())
    }
}

/// The quantile from the distribution function.
#[cold]
#[inline(never)]
fn decide(n: u64, p: f64, u: f64) -> u64 {
    if !(u > 0.0) || !(p > 0.0) {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    let u = u.min(1.0 - f64::EPSILON / 2.0);
    let (q, trials) = (1.0 - p, n as f64);
    let (mean, mean_low) = exact_product(trials, p);
    let (x, _) = expand((trials * p * q).max(1.0), p, q, normal_quantile(u));
    // Far in the tails of small variances the expansion is no guide: the mean is.
    let rest = if x > -mean && x < trials - mean { mean_low + x } else { mean_low };
    let guess = floor_of_sum(mean, rest).0 as u64;
    smallest_reaching(u, guess, n, |k| tail::tails(n, p, k))
}

#[cfg(test)]
mod proof;
