//! Quantiles of a mixture.

use chance::math::normal_quantile;

use super::rates::{Trials, joined};
use super::{Stratum, membership};
use crate::rates::wilson;
use crate::{Estimate, Interval, quantiles};

/// The members of a class by size.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sorted {
    /// Those whose value is known, ascending.
    pub values: Vec<f64>,
    /// How many are known to be larger than every value.
    pub beyond: u64,
}

impl Sorted {
    fn members(&self) -> u64 {
        self.values.len() as u64 + self.beyond
    }

    fn at_most(&self, value: f64) -> u64 {
        self.values.partition_point(|it| *it <= value) as u64
    }
}

/// The `p` quantile of the members of the mixture, `None` without any: the smallest value that so
/// large a share does not exceed. Its interval has the values at which `p` is inside of the
/// interval of that share (Woodruff 1952); it is open at an end that the samples cannot bound.
///
/// With members in one class it is that of order statistics, with the coverage achieved.
pub fn quantile_interval(strata: &[Stratum<Sorted>], p: f64, confidence: f64) -> Option<Estimate> {
    let with = || strata.iter().filter(|it| it.counts() && it.members.members() > 0);
    let first = &with().next()?.members;
    if with().count() == 1 {
        return quantiles::quantile_interval(&first.values, first.beyond, p, confidence);
    }
    let mut all: Vec<f64> = with().flat_map(|it| it.members.values.iter().copied()).collect();
    all.sort_unstable_by(f64::total_cmp);
    let z = normal_quantile(1.0 - (1.0 - confidence) / 2.0);
    let share = |value: f64| {
        let trials = |it: &Stratum<Sorted>| {
            let (events, members) = (it.members.at_most(value), it.members.members());
            it.with(Trials { events, trials: members, variance: membership(members, it.n) })
        };
        let trials: Vec<_> = with().map(trials).collect();
        let ends = |it: &Trials| wilson(it.events, it.trials, confidence);
        joined(&trials, z, ends).unwrap_or((0.0, Interval::UNIT))
    };
    let at = |place: usize| all.get(place).copied().unwrap_or(f64::INFINITY);
    // A share that is p but for rounding has reached it.
    let value = at(all.partition_point(|it| share(*it).0 < p - 1e-12));
    let low = if share(f64::NEG_INFINITY).1.high > p {
        f64::NEG_INFINITY
    } else {
        at(all.partition_point(|it| share(*it).1.high <= p))
    };
    let high = at(all.partition_point(|it| share(*it).1.low < p));
    let interval = Interval { low: low.min(value), high: high.max(value) };
    let n = with().map(|it| it.members.members()).sum();
    Some(Estimate { value, interval, confidence, n })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(weight: f64, values: Vec<f64>, beyond: u64) -> Stratum<Sorted> {
        let n = values.len() as u64 + beyond;
        Stratum { weight, n, members: Sorted { values, beyond } }
    }

    fn numbers(from: u32, to: u32) -> Vec<f64> {
        (from..to).map(f64::from).collect()
    }

    #[test]
    fn one_class_has_the_interval_of_order_statistics() {
        let one = quantile_interval(&[class(0.1, numbers(0, 90), 10)], 0.5, 0.95);
        assert_eq!(one, quantiles::quantile_interval(&numbers(0, 90), 10, 0.5, 0.95));
    }

    #[test]
    fn the_values_of_a_heavy_class_count_for_more() {
        let classes = [class(0.9, numbers(0, 100), 0), class(0.1, numbers(1000, 1100), 0)];
        let of = |p| quantile_interval(&classes, p, 0.95).expect("members");
        // 0.5 / 0.9 of the first class, and half of the second.
        assert_eq!((of(0.5).value, of(0.95).value), (55.0, 1049.0));
        let near = of(0.5).interval;
        assert!(near.low > 40.0 && near.high < 70.0, "{near:?}");
        let beyond = [class(0.4, numbers(0, 100), 0), class(0.6, Vec::new(), 100)];
        assert_eq!(quantile_interval(&beyond, 0.5, 0.95).map(|it| it.value), Some(f64::INFINITY));
    }

    #[test]
    fn alike_halves_have_about_the_interval_of_the_whole() {
        let whole = quantiles::quantile_interval(&numbers(0, 1000), 0, 0.5, 0.95);
        let odd = |odd: u32| (0..500).map(|it| f64::from(2 * it + odd)).collect::<Vec<_>>();
        let halves = [class(2.0, odd(0), 0), class(2.0, odd(1), 0)];
        let halves = quantile_interval(&halves, 0.5, 0.95).expect("members").interval;
        let ratio = halves.half_width() / whole.expect("members").interval.half_width();
        assert!((0.93..1.07).contains(&ratio), "{ratio}");
    }
}
