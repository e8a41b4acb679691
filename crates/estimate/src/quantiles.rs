//! Quantiles of a sample and their distribution-free intervals.
//!
//! A sample is sorted, and may end in values that are only known to lie beyond the window that was
//! simulated ("not recovered by the end"): they count as larger than all others, as +infinity.

use crate::binomial::{binomial_at_least, binomial_at_most};
use crate::{Estimate, Interval};

/// The nearest rank of the `p` quantile: the smallest `k >= 1` with `k / n >= p`, that is
/// `ceil(p n)` as it would be without rounding. `n` > 0.
pub fn nearest_rank(n: u64, p: f64) -> u64 {
    // The quotient of two whole numbers is correctly rounded, so it equals a decimal p when it
    // should; the product p n need not: 0.07 * 100 is a little more than 7.
    let reaches = |k: u64| k as f64 / n as f64 >= p;
    let guess = ((p * n as f64).ceil() as u64).clamp(1, n);
    if guess > 1 && reaches(guess - 1) { guess - 1 } else { guess }
}

/// The two ranks between which a quantile lies, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranks {
    /// The rank of the lower end; `None` when the sample is too small to bound it.
    pub low: Option<u64>,
    /// The rank of the upper end; `None` when the sample is too small to bound it.
    pub high: Option<u64>,
    /// The exact probability of covering the quantile of a continuous distribution, 0 to 1.
    pub coverage: f64,
}

/// The ranks of the equal-tailed interval for the `p` quantile of `n` values (David and Nagaraja,
/// "Order Statistics", 2003, section 7.1).
///
/// The number of values below the true quantile is B ~ Binomial(n, p), so ranks `l` and `h` cover
/// it with probability P(l <= B < h); each side is left out with at most half the rest.
pub fn quantile_ranks(n: u64, p: f64, confidence: f64) -> Ranks {
    let tail = (1.0 - confidence) / 2.0;
    let low = first(n, |l| binomial_at_most(l, n, p) > tail);
    let high = first(n + 1, |h| binomial_at_least(h, n, p) <= tail);
    let missed_low = if low == 0 { 0.0 } else { binomial_at_most(low - 1, n, p) };
    let coverage = 1.0 - missed_low - binomial_at_least(high, n, p);
    Ranks { low: (low > 0).then_some(low), high: (high <= n).then_some(high), coverage }
}

/// The nearest-rank `p` quantile of a sorted sample followed by `beyond` unresolved values, or
/// `None` without any value.
pub fn quantile(sorted: &[f64], beyond: u64, p: f64) -> Option<f64> {
    let n = sorted.len() as u64 + beyond;
    (n > 0).then(|| at_rank(sorted, nearest_rank(n, p)))
}

/// [`quantile`] with its interval, which is open (infinite) at an end that the sample, or the
/// window, is too small to bound. The confidence is the coverage achieved.
pub fn quantile_interval(sorted: &[f64], beyond: u64, p: f64, confidence: f64) -> Option<Estimate> {
    let value = quantile(sorted, beyond, p)?;
    let n = sorted.len() as u64 + beyond;
    let ranks = quantile_ranks(n, p, confidence);
    let interval = Interval {
        low: ranks.low.map_or(f64::NEG_INFINITY, |rank| at_rank(sorted, rank)),
        high: ranks.high.map_or(f64::INFINITY, |rank| at_rank(sorted, rank)),
    };
    Some(Estimate { value, interval, confidence: ranks.coverage, n })
}

/// The value of a rank; past the resolved ones it is beyond the window.
fn at_rank(sorted: &[f64], rank: u64) -> f64 {
    sorted.get(rank as usize - 1).copied().unwrap_or(f64::INFINITY)
}

/// The first of `0..=last` for which `holds`; once it holds it keeps holding, and at `last` it
/// does.
fn first(last: u64, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, last);
    while low < high {
        let middle = u64::midpoint(low, high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binomial::binomial_probability;

    fn counting(n: u32) -> Vec<f64> {
        (1..=n).map(f64::from).collect()
    }

    #[test]
    fn ranks_do_not_suffer_from_rounding() {
        assert_eq!(nearest_rank(100, 0.07), 7);
        assert_eq!(nearest_rank(1000, 0.99), 990);
        assert_eq!(nearest_rank(1, 0.5), 1);
        assert_eq!(nearest_rank(10, 0.0), 1);
        assert_eq!(nearest_rank(10, 1.0), 10);
        for (n, percent) in (1..=400).flat_map(|n| (1..=100).map(move |percent| (n, percent))) {
            let exact = u64::div_ceil(n * percent, 100);
            assert_eq!(nearest_rank(n, percent as f64 / 100.0), exact, "{percent}% of {n}");
        }
    }

    #[test]
    fn the_median_of_ten_lies_between_the_second_and_the_ninth() {
        let ranks = quantile_ranks(10, 0.5, 0.95);
        assert_eq!((ranks.low, ranks.high), (Some(2), Some(9)));
        assert!((ranks.coverage - (1.0 - 22.0 / 1024.0)).abs() < 1e-14);
    }

    #[test]
    fn coverage_is_a_binomial_sum_and_enough() {
        for (n, p) in [(20, 0.5), (59, 0.05), (500, 0.9), (1000, 0.99)] {
            let ranks = quantile_ranks(n, p, 0.95);
            let inside = ranks.low.unwrap_or(0)..ranks.high.unwrap_or(n + 1);
            let sum: f64 = inside.map(|b| binomial_probability(b, n, p)).sum();
            assert!((ranks.coverage - sum).abs() < 1e-12 && sum >= 0.95, "{ranks:?}");
        }
    }

    #[test]
    fn a_small_sample_leaves_the_interval_open() {
        let p99 = quantile_interval(&counting(100), 0, 0.99, 0.95).expect("values");
        assert!((p99.value - 99.0).abs() < f64::EPSILON);
        assert!((p99.interval.low - 97.0).abs() < f64::EPSILON);
        assert!(p99.interval.high.is_infinite());
        let p01 = quantile_interval(&counting(100), 0, 0.01, 0.95).expect("values");
        assert!(p01.interval.low.is_infinite());
    }

    #[test]
    fn unresolved_values_are_the_largest() {
        let median = quantile_interval(&counting(6), 4, 0.5, 0.95).expect("values");
        assert!((median.value - 5.0).abs() < f64::EPSILON);
        assert_eq!((median.interval.high, median.n), (f64::INFINITY, 10));
        assert_eq!(quantile(&counting(6), 4, 0.9), Some(f64::INFINITY));
        assert_eq!(quantile(&[], 3, 0.5), Some(f64::INFINITY));
        assert_eq!(quantile(&[], 0, 0.5), None);
        assert_eq!(quantile_interval(&[], 0, 0.5, 0.95), None);
    }
}
