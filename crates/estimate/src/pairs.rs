//! Differences between two strategies that were tried in the same worlds.

use crate::means::mean;
use crate::moments::PairedMoments;
use crate::rates::wilson;
use crate::special::student_t_quantile;
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
    pub fn correlation(&self) -> f64 {
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

/// The difference of two quantities that have intervals of their own and were seen in the same
/// worlds, first - second: the interval from the two intervals and the correlation of what they
/// rest on (Zou and Donner 2008, "Construction of confidence limits about effect measures", MOVER).
///
/// For quantiles, whose own intervals come from order statistics, this needs no density. Infinite
/// when one of them is.
pub fn difference_of_estimates(first: &Estimate, second: &Estimate, correlation: f64) -> Estimate {
    let side = |a: f64, b: f64| {
        let squares = a * a - 2.0 * correlation * a * b + b * b;
        // An open side opens the whole side, whatever the correlation.
        if a.is_finite() && b.is_finite() { sqrt(squares.max(0.0)) } else { f64::INFINITY }
    };
    let down = |it: &Estimate| it.value - it.interval.low;
    let up = |it: &Estimate| it.interval.high - it.value;
    let value = first.value - second.value;
    let interval = if value.is_finite() {
        let (below, above) = (side(down(first), up(second)), side(up(first), down(second)));
        Interval { low: value - below, high: value + above }
    } else {
        Interval::LINE
    };
    let confidence = first.confidence.min(second.confidence);
    Estimate { value, interval, confidence, n: first.n.min(second.n) }
}

/// Sums above and below the line of two ratios in one world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fractions {
    /// Of the first: above and below.
    pub first: (f64, f64),
    /// Of the second.
    pub second: (f64, f64),
}

/// The difference of two ratios of sums over the same worlds, first - second, with a t interval by
/// the delta method: world `i` moves it by `(a_i - A/B b_i) / mean(b)` less the same of the second.
/// `None` with fewer than two worlds or where nothing stands below a line.
///
/// This is the paired difference of anything that is known of some of the worlds only, such as of
/// those that were rolled back: the worlds that count stand below the line.
pub fn difference_of_ratios(worlds: &[Fractions], confidence: f64) -> Option<Difference> {
    let n = worlds.len() as f64;
    let sums = |of: fn(&Fractions) -> (f64, f64)| {
        worlds.iter().map(of).fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1))
    };
    let (first, second) = (sums(|it| it.first), sums(|it| it.second));
    if worlds.len() < 2 || first.1 <= 0.0 || second.1 <= 0.0 {
        return None;
    }
    let ratios = (first.0 / first.1, second.0 / second.1);
    let moved = |it: (f64, f64), ratio: f64, below: f64| (it.0 - ratio * it.1) * n / below;
    let (mut apart, mut together) = (0.0, 0.0);
    for world in worlds {
        let a = moved(world.first, ratios.0, first.1);
        let b = moved(world.second, ratios.1, second.1);
        apart += a * a + b * b;
        together += (a - b) * (a - b);
    }
    let radius = student_t_quantile(confidence, n - 1.0) * sqrt(together / (n - 1.0) / n);
    let value = ratios.0 - ratios.1;
    let interval = Interval::around(value, radius);
    let pairing_gain = if apart > 0.0 { apart / together } else { 1.0 };
    let estimate = Estimate { value, interval, confidence, n: worlds.len() as u64 };
    Some(Difference { estimate, pairing_gain })
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
    fn a_difference_of_ratios_with_ones_below_is_that_of_means() {
        let pairs = [(20, 10), (41, 30), (62, 51), (78, 70)];
        let worlds: Vec<_> = pairs
            .iter()
            .map(|(a, b)| Fractions { first: (f64::from(*a), 1.0), second: (f64::from(*b), 1.0) })
            .collect();
        let ratios = difference_of_ratios(&worlds, 0.95).expect("four worlds");
        let pairs = pairs.iter().map(|(a, b)| (i64::from(*a), i64::from(*b)));
        let means = difference(&pairs.collect(), 0.95).expect("four pairs");
        assert!((ratios.estimate.value - means.estimate.value).abs() < 1e-12);
        let widths = [ratios, means].map(|it| it.estimate.interval.half_width());
        assert!((widths[0] - widths[1]).abs() < 1e-9, "{widths:?}");
        assert!((ratios.pairing_gain - means.pairing_gain).abs() < 1e-9);
        let nothing = Fractions { first: (0.0, 0.0), second: (1.0, 1.0) };
        assert_eq!(difference_of_ratios(&[nothing; 3], 0.95), None);
    }

    #[test]
    fn a_difference_of_estimates_is_as_wide_as_their_correlation_lets_it() {
        let estimate = |value| Estimate {
            value,
            interval: Interval::around(value, 3.0),
            confidence: 0.95,
            n: 100,
        };
        let (first, second) = (estimate(10.0), estimate(4.0));
        let width = |phi| difference_of_estimates(&first, &second, phi).interval.half_width();
        assert!((width(0.0) - 3.0 * 2.0_f64.sqrt()).abs() < 1e-12);
        assert!(width(1.0) < 1e-6 && (width(-1.0) - 6.0).abs() < 1e-12);
        let never = Estimate { value: f64::INFINITY, interval: Interval::LINE, ..first };
        let open = difference_of_estimates(&never, &second, 0.5);
        assert_eq!((open.value, open.interval), (f64::INFINITY, Interval::LINE));
        let high = Interval { low: 9.0, high: f64::INFINITY };
        let open = difference_of_estimates(&Estimate { interval: high, ..first }, &second, 0.5);
        assert!(open.interval.low.is_finite() && open.interval.high.is_infinite(), "{open:?}");
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
