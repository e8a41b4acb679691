//! The hypergeometric distribution: the marked among what is drawn without replacement.

mod tail;

use crate::math::normal_quantile;
use crate::tails::smallest_reaching;
use tail::Urn;

/// Below this variance the probabilities are summed one by one.
const SEQUENTIAL_BELOW: f64 = 8.0;
/// Steps of the sequential sum at most: the means below that variance are at most 32.
const STEPS: u64 = 200;
/// Above this `u` sums near 1 have no digits left, and the upper tail decides.
const TOP: f64 = 1.0 - 1e-6;

/// Probability `P(X = k) = C(marked, k) C(total-marked, drawn-k) / C(total, drawn)`; relative
/// error about `1e-13`. Counts above `total` are taken as `total`.
pub fn pmf(total: u64, marked: u64, drawn: u64, k: u64) -> f64 {
    let urn = Urn::new(total, marked, drawn);
    urn.to_inner(k).map_or(0.0, |z| urn.pmf(z))
}

/// Distribution function `P(X <= k)`, summed from `k` outwards; relative error about `1e-13` in
/// the lower tail.
pub fn cdf(total: u64, marked: u64, drawn: u64, k: u64) -> f64 {
    Urn::new(total, marked, drawn).tails(k).lower
}

/// Survival function `P(X > k)`; relative error about `1e-13` in the upper tail.
pub fn survival(total: u64, marked: u64, drawn: u64, k: u64) -> f64 {
    Urn::new(total, marked, drawn).tails(k).upper
}

/// Quantile: the smallest `k` with `P(X <= k) >= u`, exactly, where `drawn` of `total` are taken
/// and `marked` of the total are marked. Counts above `total` are taken as `total`.
///
/// Small variances are summed from the nearer end of the support. The others use the
/// Cornish-Fisher expansion to the fourth cumulant, whose integer part is the answer unless its
/// error could straddle an integer; then, rarely, the distribution function decides, in time
/// proportional to the standard deviation.
#[inline]
pub fn quantile(total: u64, marked: u64, drawn: u64, u: f64) -> u64 {
    let urn = Urn::new(total, marked, drawn);
    if urn.few == 0 {
        return urn.origin;
    }
    if urn.variance() < SEQUENTIAL_BELOW {
        return sequential(&urn, u);
    }
    let (whole, part) = urn.mean();
    let (x, error) = expand(&urn, normal_quantile(u));
    let x = part + x;
    let floor = x.floor();
    let rest = x - floor;
    // Written so that a NaN or an infinity takes the careful branch.
    if rest > error && rest < 1.0 - error {
        return urn.clamp(whole.saturating_add_signed(floor as i64));
    }
    decide(&urn, u)
}

/// What to add to the mean to pass the quantile by less than 1, and a bound of the error.
///
/// Expansion of Cornish and Fisher (1937) with the half and the `-1/12` of the variance that a
/// lattice needs; skewness and excess from Johnson, Kotz & Kemp, "Univariate discrete
/// distributions", 6.3.
#[inline]
fn expand(urn: &Urn, w: f64) -> (f64, f64) {
    let variance = urn.variance();
    let root = variance.sqrt();
    let s = w * w;
    let (skew, excess) = urn.shape(variance);
    let cubic = excess * (s - 3.0) * (1.0 / 24.0) - skew * skew * (2.0 * s - 5.0) * (1.0 / 36.0);
    let x = root * (w + skew * (s - 1.0) * (1.0 / 6.0) + w * cubic) + 0.5 - w / (24.0 * root);
    (x, bound(root, variance, s))
}

/// Bound of the expansion's error: twice the remainder measured on a grid (see the tests), and
/// what rounding does to `w` and to the distribution function that decides.
#[inline]
fn bound(root: f64, variance: f64, s: f64) -> f64 {
    (0.06 + s * (0.03 + s * 0.03)) / variance + root * 1e-13
}

fn sequential(urn: &Urn, u: f64) -> u64 {
    if !(1.0 - TOP..=TOP).contains(&u) {
        return decide(urn, u);
    }
    let (few, many) = (urn.few as f64, urn.many as f64);
    let rest = urn.total as f64 - few - many;
    // Mirrored, P(X <= k) >= u says P(Z <= h-k-1) <= 1-u: the first Z above 1-u is h-k.
    let (target, strictly) = if urn.mirrored { (1.0 - u, true) } else { (u, false) };
    let mut term = urn.empty();
    let mut sum = term;
    for z in 0..STEPS {
        if sum > target || (sum >= target && !strictly) || z >= urn.few {
            return urn.to_outer(z);
        }
        let x = z as f64;
        term *= (few - x) * (many - x) / ((x + 1.0) * (rest + x + 1.0));
        sum += term;
    }
    decide(urn, u)
}

/// The quantile from the distribution function.
#[cold]
#[inline(never)]
fn decide(urn: &Urn, u: f64) -> u64 {
    let (first, last) = urn.support();
    if !(u > 0.0) {
        return first;
    }
    let u = u.min(1.0 - f64::EPSILON / 2.0);
    let (x, _) = expand(urn, normal_quantile(u));
    let x = if x.is_finite() { x.floor() } else { 0.0 };
    let guess = urn.clamp(urn.mean().0.saturating_add_signed(x as i64));
    smallest_reaching(u, guess, last, |k| urn.tails(k)).max(first)
}

#[cfg(test)]
mod proof;
