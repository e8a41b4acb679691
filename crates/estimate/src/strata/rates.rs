//! Shares of a mixture, and their paired differences.

use chance::math::{normal_quantile, sqrt};

use super::{Stratum, membership};
use crate::pairs::{self, PairedCounts};
use crate::rates::clopper_pearson;
use crate::{Estimate, Interval};

/// Events among trials; a member may bring several trials.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Trials {
    /// Those in which it happened.
    pub events: u64,
    /// All of them.
    pub trials: u64,
    /// The variance of the number of trials that one of the sample brings.
    pub variance: f64,
}

impl Trials {
    /// One trial of each member of a sample of `n`.
    pub fn of_members(events: u64, members: u64, n: u64) -> Self {
        Self { events, trials: members, variance: membership(members, n) }
    }

    fn rate(&self) -> f64 {
        self.events as f64 / self.trials as f64
    }
}

/// The share of the trials of the mixture in which an event happens; `None` without trials.
///
/// The interval joins the exact ones of the classes by the recovery of their variances (Zou and
/// Donner 2008), so that a class in which it never happened is still uncertain; how many trials a
/// class brings is uncertain too, and adds to that by the delta method.
pub fn rate(strata: &[Stratum<Trials>], confidence: f64) -> Option<Estimate> {
    let ends = |it: &Trials| clopper_pearson(it.events, it.trials, confidence);
    let z = normal_quantile(1.0 - (1.0 - confidence) / 2.0);
    let (value, interval) = joined(strata, z, ends)?;
    let n = strata.iter().filter(|it| it.counts()).map(|it| it.members.trials).sum();
    Some(Estimate { value, interval, confidence, n })
}

/// A rate and its interval from those of the classes.
pub(super) fn joined(
    strata: &[Stratum<Trials>],
    z: f64,
    ends: impl Fn(&Trials) -> Interval,
) -> Option<(f64, Interval)> {
    let with = || strata.iter().filter(|it| it.counts() && it.members.trials > 0);
    let first = with().next()?;
    if with().count() == 1 {
        return Some((first.members.rate(), ends(&first.members)));
    }
    let parts: Vec<_> = with()
        .map(|it| {
            let (rate, Interval { low, high }) = (it.members.rate(), ends(&it.members));
            let sides = [rate - low, high - rate];
            Part { of: it.with(it.members.variance), trials: it.members.trials, rate, sides }
        })
        .collect();
    let (value, [below, above]) = sum(&parts, z);
    let interval = Interval { low: (value - below).max(0.0), high: (value + above).min(1.0) };
    Some((value, interval))
}

/// What a class contributes to a weighted sum of rates or of their differences.
struct Part {
    /// The class, with the variance of its trials.
    of: Stratum<f64>,
    trials: u64,
    rate: f64,
    /// How far the interval reaches below and above the rate.
    sides: [f64; 2],
}

/// The weighted sum, and how far its interval reaches on both sides.
fn sum(parts: &[Part], z: f64) -> (f64, [f64; 2]) {
    let weight = |it: &Part| it.of.each() * it.trials as f64;
    let all: f64 = parts.iter().map(weight).sum();
    let value = parts.iter().map(|it| weight(it) * it.rate).sum::<f64>() / all;
    let reach = |side: usize| {
        let squares = parts.iter().map(|it| {
            let own = weight(it) / all * it.sides[side];
            let moves = z * it.of.each() * (it.rate - value) / all;
            own * own + moves * moves * it.of.n as f64 * it.of.members
        });
        sqrt(squares.sum())
    };
    (value, [reach(0), reach(1)])
}

/// The difference of two paired proportions of the mixture, first - second, joined from the score
/// intervals of the classes; see [`pairs::difference_of_rates`].
pub fn difference_of_rates(strata: &[Stratum<PairedCounts>], confidence: f64) -> Estimate {
    let with = || strata.iter().filter(|it| it.counts() && it.members.n() > 0);
    if with().count() < 2 {
        let counts = with().next().map_or(PairedCounts::default(), |it| it.members);
        return pairs::difference_of_rates(&counts, confidence);
    }
    let parts: Vec<_> = with()
        .map(|it| {
            let trials = it.members.n();
            let found = pairs::difference_of_rates(&it.members, confidence);
            let Interval { low, high } = found.interval;
            let sides = [found.value - low, high - found.value];
            Part { of: it.with(membership(trials, it.n)), trials, rate: found.value, sides }
        })
        .collect();
    let z = normal_quantile(1.0 - (1.0 - confidence) / 2.0);
    let (value, [below, above]) = sum(&parts, z);
    let interval = Interval { low: (value - below).max(-1.0), high: (value + above).min(1.0) };
    let n = parts.iter().map(|it| it.trials).sum();
    Estimate { value, interval, confidence, n }
}

/// The correlation of the errors of two rates of the mixture that were seen in the same worlds.
pub fn correlation(strata: &[Stratum<PairedCounts>]) -> f64 {
    let (mut together, mut first, mut second) = (0.0, 0.0, 0.0);
    for it in strata.iter().filter(|it| it.counts() && it.members.n() > 0) {
        let n = it.members.n() as f64;
        let variance = |events: u64| events as f64 / n * (1.0 - events as f64 / n);
        let a = variance(it.members.both + it.members.first_only);
        let b = variance(it.members.both + it.members.second_only);
        let scale = it.each() * it.each() * n;
        together += scale * it.members.correlation() * sqrt(a * b);
        (first, second) = (first + scale * a, second + scale * b);
    }
    let product = sqrt(first * second);
    if product > 0.0 { together / product } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates;

    fn class(weight: f64, events: u64, n: u64) -> Stratum<Trials> {
        Stratum { weight, n, members: Trials::of_members(events, n, n) }
    }

    #[test]
    fn one_class_is_a_sample_like_any_other() {
        let one = rate(&[class(0.3, 7, 50)], 0.95).expect("trials");
        assert_eq!(one, rates::rate(7, 50, 0.95));
        let others = [class(0.3, 7, 50), class(0.0, 9, 9), class(0.7, 0, 0)];
        assert_eq!(rate(&others, 0.95), Some(one));
        assert_eq!(rate(&[class(1.0, 0, 0)], 0.95), None);
    }

    #[test]
    fn classes_are_weighted_and_a_class_without_events_is_still_uncertain() {
        let classes = [class(0.9, 0, 100), class(0.1, 50, 100)];
        let mixed = rate(&classes, 0.95).expect("trials");
        assert!((mixed.value - 0.05).abs() < 1e-15);
        let never = rates::clopper_pearson(0, 100, 0.95).high;
        assert!(mixed.interval.high > mixed.value + 0.9 * never, "{mixed:?}");
        let exact = rates::clopper_pearson(50, 100, 0.95);
        assert!((mixed.interval.low - (0.05 - 0.1 * (0.5 - exact.low))).abs() < 1e-12);
        // Only the proportions of weights matter.
        let scaled = classes.map(|it| Stratum { weight: it.weight * 40.0, ..it });
        let other = rate(&scaled, 0.95).expect("trials");
        assert!((other.value - mixed.value).abs() < 1e-15);
        assert!((other.interval.high - mixed.interval.high).abs() < 1e-15);
    }

    #[test]
    fn alike_halves_are_as_uncertain_as_the_whole() {
        let whole = rates::clopper_pearson(400, 2000, 0.95).half_width();
        let halves = rate(&[class(1.0, 200, 1000), class(1.0, 200, 1000)], 0.95).expect("trials");
        let ratio = halves.interval.half_width() / whole;
        assert!((0.99..1.03).contains(&ratio), "{ratio}");
    }

    #[test]
    fn differences_of_one_class_are_those_of_pairs() {
        let counts = PairedCounts { both: 36, first_only: 12, second_only: 2, neither: 0 };
        let one = [Stratum { weight: 0.4, n: 50, members: counts }];
        let found = difference_of_rates(&one, 0.95);
        assert_eq!(found, pairs::difference_of_rates(&counts, 0.95));
        assert!((correlation(&one) - counts.correlation()).abs() < 1e-12);
        let two = [one[0], Stratum { weight: 1.6, ..one[0] }];
        assert!((difference_of_rates(&two, 0.95).value - found.value).abs() < 1e-12);
        assert!((correlation(&two) - counts.correlation()).abs() < 1e-12);
    }
}
