//! When a simulated rate is known well enough.
//!
//! The rule looks at the counts at fixed batch borders only, in order, and so stops at the same
//! border however many threads produced the batches.

use crate::design::clean_trials;
use crate::rates::clopper_pearson;

/// What has been counted up to a batch border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// Replications so far.
    pub n: u64,
    /// Those in which the event happened.
    pub x: u64,
}

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Never before this many replications: early borders see lucky streaks.
    pub n_min: u64,
    /// The confidence of the interval, 0 to 1.
    pub confidence: f64,
    /// Stop when half the exact interval of the rate is at most this wide.
    pub half_width: f64,
    /// While every replication ended the same way, go on until a rate of the other ending above
    /// this is excluded with the same confidence.
    pub rare: f64,
}

/// Why the rule stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The interval is narrow enough.
    Narrow,
    /// The event never happened, often enough to call it rare.
    NoEvents,
    /// The event happened every time, often enough to call its absence rare.
    OnlyEvents,
}

impl Rule {
    /// Whether, and why, to stop at this border.
    pub fn at(&self, prefix: Prefix) -> Option<Stop> {
        let Prefix { n, x } = prefix;
        if n < self.n_min.max(1) {
            return None;
        }
        let same = n >= clean_trials(self.rare, self.confidence);
        match x {
            0 => same.then_some(Stop::NoEvents),
            x if x == n => same.then_some(Stop::OnlyEvents),
            x => {
                let interval = clopper_pearson(x, n, self.confidence);
                (interval.half_width() <= self.half_width).then_some(Stop::Narrow)
            }
        }
    }

    /// The first border to stop at, and why; `None` when the borders run out before.
    pub fn first(&self, borders: impl IntoIterator<Item = Prefix>) -> Option<(Prefix, Stop)> {
        borders.into_iter().find_map(|prefix| Some((prefix, self.at(prefix)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { n_min: 100, confidence: 0.95, half_width: 0.02, rare: 0.01 };

    #[test]
    fn stops_at_the_first_border_that_is_narrow_enough() {
        let borders = (1..=100).map(|batch| Prefix { n: 64 * batch, x: 16 * batch });
        let (prefix, stop) = RULE.first(borders).expect("a quarter is soon known to 2%");
        // The normal half-width at n is 1.96 sqrt(0.1875 / n): 0.02 near 1800.
        assert_eq!((prefix.n, stop), (1856, Stop::Narrow));
        assert_eq!(RULE.at(Prefix { n: prefix.n - 64, x: prefix.x - 16 }), None);
    }

    #[test]
    fn all_alike_stops_by_the_rule_of_three() {
        assert_eq!(RULE.at(Prefix { n: 298, x: 0 }), None);
        assert_eq!(RULE.at(Prefix { n: 299, x: 0 }), Some(Stop::NoEvents));
        assert_eq!(RULE.at(Prefix { n: 299, x: 299 }), Some(Stop::OnlyEvents));
    }

    #[test]
    fn the_minimum_binds_even_when_the_interval_is_narrow() {
        let patient = Rule { n_min: 5000, ..RULE };
        assert_eq!(patient.at(Prefix { n: 4999, x: 0 }), None);
        assert_eq!(patient.at(Prefix { n: 4999, x: 40 }), None);
        assert_eq!(patient.at(Prefix { n: 5000, x: 40 }), Some(Stop::Narrow));
    }

    #[test]
    fn without_borders_there_is_no_stop() {
        assert_eq!(RULE.first([]), None);
        assert_eq!(Rule { n_min: 0, ..RULE }.at(Prefix { n: 0, x: 0 }), None);
    }
}
