//! Intervals for a rate: `x` events among `n` trials.

use crate::special::beta_quantile;
use crate::{Estimate, Interval};
use chance::math::{normal_quantile, sqrt};

/// The observed rate with its exact two-sided interval. Without trials it is 1/2 in [0, 1].
pub fn rate(x: u64, n: u64, confidence: f64) -> Estimate {
    let value = if n == 0 { 0.5 } else { x as f64 / n as f64 };
    Estimate { value, interval: clopper_pearson(x, n, confidence), confidence, n }
}

/// The exact two-sided interval: it covers at least as often as it says (Clopper and Pearson
/// 1934).
pub fn clopper_pearson(x: u64, n: u64, confidence: f64) -> Interval {
    let each_side = 1.0 - (1.0 - confidence) / 2.0;
    Interval { low: rate_at_least(x, n, each_side), high: rate_at_most(x, n, each_side) }
}

/// The exact one-sided upper bound: the largest rate at which `x` or fewer events still have
/// probability `1 - confidence`.
pub fn rate_at_most(x: u64, n: u64, confidence: f64) -> f64 {
    if x >= n { 1.0 } else { beta_quantile(confidence, (x + 1) as f64, (n - x) as f64) }
}

/// The exact one-sided lower bound: the smallest rate at which `x` or more events still have
/// probability `1 - confidence`.
pub fn rate_at_least(x: u64, n: u64, confidence: f64) -> f64 {
    if x == 0 { 0.0 } else { beta_quantile(1.0 - confidence, x as f64, (n - x + 1) as f64) }
}

/// The score interval (Wilson 1927): narrower than the exact one, and right on average.
pub fn wilson(x: u64, n: u64, confidence: f64) -> Interval {
    if n == 0 {
        return Interval::UNIT;
    }
    let (trials, rate) = (n as f64, x as f64 / n as f64);
    let z = normal_quantile(1.0 - (1.0 - confidence) / 2.0);
    let share = z * z / trials;
    let centre = (rate + share / 2.0) / (1.0 + share);
    let radius = z * sqrt(rate * (1.0 - rate) / trials + share / (4.0 * trials)) / (1.0 + share);
    let Interval { low, high } = Interval::around(centre, radius);
    // At the ends the bound is exact, and must not differ from it by rounding.
    Interval {
        low: if x == 0 { 0.0 } else { low.max(0.0) },
        high: if x == n { 1.0 } else { high.min(1.0) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binomial::binomial_probability;

    fn close(interval: Interval, low: f64, high: f64) {
        let off = (interval.low - low).abs().max((interval.high - high).abs());
        assert!(off < 1e-10, "{interval:?} is not {low}..{high}");
    }

    #[test]
    fn exact_intervals_match_scipy() {
        close(clopper_pearson(50, 1000, 0.99), 0.03392666271022028, 0.07050437520145814);
        close(clopper_pearson(0, 59, 0.95), 0.0, 0.060608900950339835);
        assert!((rate_at_most(50, 1000, 0.99) - 0.06840489369563105).abs() < 1e-12);
        assert!((rate_at_most(0, 59, 0.95) - 0.04950760988822693).abs() < 1e-12);
    }

    #[test]
    fn events_and_their_absence_mirror_each_other() {
        let (events, others) = (clopper_pearson(7, 30, 0.95), clopper_pearson(23, 30, 0.95));
        close(events, 1.0 - others.high, 1.0 - others.low);
        assert!((rate_at_least(7, 30, 0.9) - (1.0 - rate_at_most(23, 30, 0.9))).abs() < 1e-12);
    }

    #[test]
    fn the_ends_are_closed_forms() {
        close(clopper_pearson(0, 0, 0.95), 0.0, 1.0);
        close(wilson(0, 0, 0.95), 0.0, 1.0);
        close(clopper_pearson(10, 10, 0.95), 0.691502892181239, 1.0);
        close(wilson(0, 10, 0.95), 0.0, 0.277532799862889);
        close(wilson(10, 10, 0.95), 0.722467200137111, 1.0);
        close(wilson(3, 10, 0.95), 0.10779126740630096, 0.6032218525388546);
        let nothing = rate(0, 0, 0.95);
        assert_eq!((nothing.value.to_bits(), nothing.n), (0.5_f64.to_bits(), 0));
    }

    /// The probability that the interval covers `p`, over all outcomes of `n` trials.
    fn coverage(n: u64, p: f64, interval: impl Fn(u64) -> Interval) -> f64 {
        (0..=n).filter(|&x| interval(x).contains(p)).map(|x| binomial_probability(x, n, p)).sum()
    }

    #[test]
    fn the_exact_interval_never_covers_too_seldom() {
        for p in [0.001, 0.01, 0.2, 0.5, 0.93] {
            let exact = coverage(80, p, |x| clopper_pearson(x, 80, 0.95));
            assert!(exact >= 0.95, "{exact} at {p}");
            let upper = coverage(80, p, |x| Interval { low: 0.0, high: rate_at_most(x, 80, 0.95) });
            assert!(upper >= 0.95, "{upper} at {p}");
        }
    }

    #[test]
    fn the_score_interval_covers_right_on_average() {
        let rates = (1..200).map(|i| f64::from(i) / 200.0);
        let mean = rates.map(|p| coverage(50, p, |x| wilson(x, 50, 0.95))).sum::<f64>() / 199.0;
        assert!((0.945..0.96).contains(&mean), "{mean}");
    }
}
