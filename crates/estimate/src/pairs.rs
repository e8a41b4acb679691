//! Differences between two strategies that were tried in the same worlds.

use crate::means::mean;
use crate::moments::PairedMoments;
use crate::rates::wilson;
use crate::{Estimate, Interval};
use chance::math::sqrt;

/// A mean difference and what pairing was worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The mean of first - second, with its t interval.
    pub estimate: Estimate,
    /// The variance of the difference of independent samples over that of these pairs: how many
    /// times more replications it would have taken without pairing. One when neither varies.
    pub pairing_gain: f64,
}

/// The mean difference of the pairs, or `None` with fewer than two.
pub fn difference(pairs: &PairedMoments, confidence: f64) -> Option<Difference> {
    let differences = pairs.differences();
    let independent = pairs.first.variance()? + pairs.second.variance()?;
    let paired = differences.variance()?;
    // Two constants: pairing changed nothing, and 0/0 is no answer.
    let pairing_gain = if independent > 0.0 { independent / paired } else { 1.0 };
    Some(Difference { estimate: mean(&differences, confidence)?, pairing_gain })
}

/// In how many worlds an event happened to both, to one, or to neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairedCounts {
    /// It happened to both.
    pub both: u64,
    /// It happened to the first only.
    pub first_only: u64,
    /// It happened to the second only.
    pub second_only: u64,
    /// It happened to neither.
    pub neither: u64,
}

impl PairedCounts {
    /// Adds one world.
    pub fn push(&mut self, first: bool, second: bool) {
        *match (first, second) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.first_only,
            (false, true) => &mut self.second_only,
            (false, false) => &mut self.neither,
        } += 1;
    }

    /// Adds the worlds of `other`.
    pub fn merge(&mut self, other: &Self) {
        self.both += other.both;
        self.first_only += other.first_only;
        self.second_only += other.second_only;
        self.neither += other.neither;
    }

    /// How many worlds.
    pub fn n(&self) -> u64 {
        self.both + self.first_only + self.second_only + self.neither
    }

    /// The correlation of the two events, with Newcombe's continuity correction.
    fn correlation(&self) -> f64 {
        let [both, first, second, neither] =
            [self.both, self.first_only, self.second_only, self.neither].map(|n| n as f64);
        let product = (both + first) * (second + neither) * (both + second) * (first + neither);
        let excess = both * neither - first * second;
        let corrected =
            if excess > 0.0 { (excess - self.n() as f64 / 2.0).max(0.0) } else { excess };
        if product > 0.0 { corrected / sqrt(product) } else { 0.0 }
    }
}

/// The difference of two paired proportions, first - second, with the score interval that keeps
/// its coverage when events are rare (Newcombe 1998, "Improved confidence intervals for the
/// difference between binomial proportions based on paired data", method 10).
pub fn difference_of_rates(counts: &PairedCounts, confidence: f64) -> Estimate {
    let n = counts.n();
    if n == 0 {
        let interval = Interval::around(0.0, 1.0);
        return Estimate { value: 0.0, interval, confidence, n };
    }
    let confined = |x: u64| {
        let Interval { low, high } = wilson(x, n, confidence);
        let rate = x as f64 / n as f64;
        (rate, rate - low, high - rate)
    };
    let (first, first_down, first_up) = confined(counts.both + counts.first_only);
    let (second, second_down, second_up) = confined(counts.both + counts.second_only);
    let phi = counts.correlation();
    let combine = |a: f64, b: f64| sqrt((a * a - 2.0 * phi * a * b + b * b).max(0.0));
    let value = first - second;
    let interval = Interval {
        low: value - combine(first_down, second_up),
        high: value + combine(first_up, second_down),
    };
    Estimate { value, interval, confidence, n }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(both: u64, first_only: u64, second_only: u64, neither: u64) -> PairedCounts {
        PairedCounts { both, first_only, second_only, neither }
    }

    #[test]
    fn a_paired_difference_is_the_mean_of_differences() {
        let pairs = PairedMoments::from_iter([(20, 10), (41, 30), (62, 51), (78, 70)]);
        let difference = difference(&pairs, 0.95).expect("four pairs");
        assert!((difference.estimate.value - 10.0).abs() < 1e-15);
        // Sums of squares 1908.75 and 2020.75 against 6: 655 times fewer replications.
        assert!((difference.pairing_gain - 3929.5 / 6.0).abs() < 1e-9);
    }

    #[test]
    fn constants_gain_nothing_from_pairing() {
        let constant = PairedMoments::from_iter([(3, 1), (3, 1)]);
        let gain = difference(&constant, 0.95).expect("two pairs").pairing_gain;
        assert_eq!(gain.to_bits(), 1_f64.to_bits());
        let shifted = PairedMoments::from_iter([(3, 1), (5, 3)]);
        assert!(difference(&shifted, 0.95).expect("two pairs").pairing_gain.is_infinite());
        assert_eq!(difference(&PairedMoments::from_iter([(3, 1)]), 0.95), None);
    }

    #[test]
    fn rates_match_an_independent_computation() {
        let cases = [
            (counts(36, 12, 2, 0), 0.2, 0.05692958400324, 0.34042760297494),
            (counts(20, 12, 2, 16), 0.2, 0.05615642484175, 0.32920699540014),
        ];
        for (counts, value, low, high) in cases {
            let estimate = difference_of_rates(&counts, 0.95);
            assert!((estimate.value - value).abs() < 1e-12);
            assert!((estimate.interval.low - low).abs() < 1e-12, "{estimate:?}");
            assert!((estimate.interval.high - high).abs() < 1e-12, "{estimate:?}");
        }
    }

    #[test]
    fn swapping_the_strategies_mirrors_the_interval() {
        let forth = difference_of_rates(&counts(3, 10, 1, 40), 0.9).interval;
        let back = difference_of_rates(&counts(3, 1, 10, 40), 0.9).interval;
        assert!((forth.low + back.high).abs() < 1e-15 && (forth.high + back.low).abs() < 1e-15);
    }

    #[test]
    fn agreement_and_emptiness_have_an_interval_too() {
        let never = difference_of_rates(&counts(0, 0, 0, 50), 0.95);
        assert!(never.interval.contains(0.0) && never.interval.half_width() < 0.08);
        let nothing = difference_of_rates(&PairedCounts::default(), 0.95).interval;
        assert_eq!(nothing, Interval::around(0.0, 1.0));
    }

    #[test]
    fn worlds_are_counted_by_what_happened() {
        let mut seen = PairedCounts::default();
        for (first, second) in [(true, true), (true, false), (true, false), (false, true)] {
            seen.push(first, second);
        }
        seen.merge(&counts(0, 0, 0, 5));
        assert_eq!((seen, seen.n()), (counts(1, 2, 1, 5), 9));
    }
}
