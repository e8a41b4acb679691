//! Means and ratios of a mixture, and their paired differences.

use chance::math::sqrt;

use super::{Stratum, membership};
use crate::moments::{Moments, PairedMoments};
use crate::pairs::{Difference, Fractions};
use crate::special::student_t_quantile;
use crate::{Estimate, Interval};

/// How the members of a class move an estimate, each of them: the mean, and the variance where
/// there are two of them.
#[derive(Clone, Copy)]
struct Moves {
    members: u64,
    mean: f64,
    variance: Option<f64>,
}

/// The variance of the sum of all moves, with its degrees of freedom (Satterthwaite 1946); `None`
/// when no class has two members. The variance in a class with one is taken from the others.
fn variance(strata: &[Stratum<Moves>]) -> Option<(f64, f64)> {
    let with = || strata.iter().filter(|it| it.counts() && it.members.members > 0);
    let (mut pooled, mut freedom) = (0.0, 0.0);
    for it in with() {
        let free = (it.members.members - 1) as f64;
        pooled += free * it.members.variance.unwrap_or(0.0);
        freedom += free;
    }
    if freedom <= 0.0 {
        return None;
    }
    let (mut sum, mut squares) = (0.0, 0.0);
    for it in with() {
        let Moves { members, mean, variance } = it.members;
        let each = it.each() * it.each();
        let within = each * members as f64 * variance.unwrap_or(pooled / freedom);
        let free = variance.map_or(freedom, |_| (members - 1) as f64);
        // Which of the sample are members is chance as well.
        let among = each * it.n as f64 * membership(members, it.n) * mean * mean;
        sum += within + among;
        squares += within * within / free + among * among / it.n as f64;
    }
    Some((sum, if squares > 0.0 { sum * sum / squares } else { freedom }))
}

/// The estimate of this value whose error is the sum of all moves.
fn around(value: f64, strata: &[Stratum<Moves>], confidence: f64) -> Estimate {
    let radius =
        |(variance, free): (f64, f64)| student_t_quantile(confidence, free) * sqrt(variance);
    let interval =
        variance(strata).map_or(Interval::LINE, |it| Interval::around(value, radius(it)));
    let n = strata.iter().filter(|it| it.counts()).map(|it| it.members.members).sum();
    Estimate { value, interval, confidence, n }
}

/// A ratio of sums, and how the members of each class move it: by `(a - R b) / B`. Nothing when
/// nothing stands below the line.
fn moved(strata: &[Stratum<PairedMoments>]) -> Option<(f64, Vec<Stratum<Moves>>)> {
    let with = || strata.iter().filter(|it| it.counts() && it.members.n() > 0);
    // As parts of the first, so that one class alone is added up without rounding.
    let unit = with().next()?.each();
    let sum = |of: fn(&PairedMoments) -> i128| {
        with().map(|it| it.each() / unit * of(&it.members) as f64).sum::<f64>()
    };
    let (above, below) = (sum(|it| it.first.sum), sum(|it| it.second.sum));
    if below <= 0.0 {
        return None;
    }
    let (ratio, below) = (above / below, below * unit);
    let moves = |it: &Stratum<PairedMoments>| {
        let (a, b) = (&it.members.first, &it.members.second);
        let mean = (a.mean().unwrap_or(0.0) - ratio * b.mean().unwrap_or(0.0)) / below;
        let variance = || {
            let (a, b, both) = (a.variance()?, b.variance()?, it.members.covariance()?);
            let squares = a + ratio * ratio * b - 2.0 * ratio * both;
            Some(squares.max(0.0) / (below * below))
        };
        it.with(Moves { members: it.members.n(), mean, variance: variance() })
    };
    Some((ratio, with().map(moves).collect()))
}

/// The ratio of the sums of the firsts and of the seconds over the mixture, with a t interval by
/// the delta method; `None` when nothing stands below the line.
pub fn ratio(strata: &[Stratum<PairedMoments>], confidence: f64) -> Option<Estimate> {
    let (ratio, moves) = moved(strata)?;
    Some(around(ratio, &moves, confidence))
}

/// The same, where the sum below the line is certainly above zero and there are two members.
pub fn certain_ratio(strata: &[Stratum<PairedMoments>], confidence: f64) -> Option<Estimate> {
    let below: Vec<_> = strata.iter().map(|it| it.with(it.members.second)).collect();
    mean(&below, confidence).filter(|it| it.interval.low > 0.0)?;
    ratio(strata, confidence)
}

/// The mean over the members of the mixture, with its t interval: the whole line when no class has
/// two of them. `None` without members.
pub fn mean(strata: &[Stratum<Moments>], confidence: f64) -> Option<Estimate> {
    ratio(&over_ones(strata), confidence)
}

/// A mean is the ratio to ones.
fn over_ones(strata: &[Stratum<Moments>]) -> Vec<Stratum<PairedMoments>> {
    let one = |it: &Stratum<Moments>| {
        let n = it.members.n;
        let ones = Moments { n, sum: n.into(), sum_squares: n.into() };
        let sum_products = it.members.sum;
        it.with(PairedMoments { first: it.members, second: ones, sum_products })
    };
    strata.iter().map(one).collect()
}

/// The mean difference first - second over the members of the mixture, and what pairing was worth;
/// `None` when no class has two of them.
pub fn difference(strata: &[Stratum<PairedMoments>], confidence: f64) -> Option<Difference> {
    let of = |what: fn(&PairedMoments) -> Moments| -> Vec<Stratum<Moments>> {
        strata.iter().map(|it| it.with(what(&it.members))).collect()
    };
    let spread = |strata: &[Stratum<Moments>]| Some(variance(&moved(&over_ones(strata))?.1)?.0);
    let differences = of(PairedMoments::differences);
    let paired = spread(&differences)?;
    let independent = spread(&of(|it| it.first))? + spread(&of(|it| it.second))?;
    // Two constants: pairing changed nothing, and 0/0 is no answer.
    let pairing_gain = if independent > 0.0 { independent / paired } else { 1.0 };
    Some(Difference { estimate: mean(&differences, confidence)?, pairing_gain })
}

/// The difference of two ratios of sums over the same worlds of the mixture, first - second, with
/// a t interval by the delta method; see [`crate::pairs::difference_of_ratios`]. Every one of a
/// sample is a member.
pub fn difference_of_ratios(
    strata: &[Stratum<Vec<Fractions>>],
    confidence: f64,
) -> Option<Difference> {
    let sums = |of: fn(&Fractions) -> (f64, f64)| {
        let with = strata.iter().filter(|it| it.counts());
        with.fold((0.0, 0.0), |sum, it| {
            let add = |sum: (f64, f64), it: (f64, f64)| (sum.0 + it.0, sum.1 + it.1);
            let own = it.members.iter().map(of).fold((0.0, 0.0), add);
            (sum.0 + it.each() * own.0, sum.1 + it.each() * own.1)
        })
    };
    let (first, second) = (sums(|it| it.first), sums(|it| it.second));
    if first.1 <= 0.0 || second.1 <= 0.0 {
        return None;
    }
    let ratios = (first.0 / first.1, second.0 / second.1);
    // What differs by rounding does not differ.
    let less = ratios.0 - ratios.1;
    let less = if less.abs() <= 1e-12 * ratios.0.abs() { 0.0 } else { less };
    let a = move |it: &Fractions| (it.first.0 - ratios.0 * it.first.1) / first.1;
    let b = move |it: &Fractions| (it.second.0 - ratios.1 * it.second.1) / second.1;
    let together = all_moved(strata, |it| a(it) - b(it));
    let apart = variance(&all_moved(strata, a))?.0 + variance(&all_moved(strata, b))?.0;
    let estimate = around(less, &together, confidence);
    let pairing_gain = if apart > 0.0 { apart / variance(&together)?.0 } else { 1.0 };
    Some(Difference { estimate, pairing_gain })
}

fn all_moved(
    strata: &[Stratum<Vec<Fractions>>],
    moves: impl Fn(&Fractions) -> f64,
) -> Vec<Stratum<Moves>> {
    let class = |it: &Stratum<Vec<Fractions>>| {
        let members = it.members.len() as u64;
        let mean = it.members.iter().map(&moves).sum::<f64>() / members as f64;
        let squares = it.members.iter().map(|it| (moves(it) - mean) * (moves(it) - mean));
        let variance = (members > 1).then(|| squares.sum::<f64>() / (members - 1) as f64);
        it.with(Moves { members, mean, variance })
    };
    strata.iter().filter(|it| it.counts()).map(class).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{means, pairs};

    fn class<T>(weight: f64, n: u64, members: T) -> Stratum<T> {
        Stratum { weight, n, members }
    }

    fn close(one: Estimate, other: Estimate) {
        assert!((one.value - other.value).abs() < 1e-12, "{one:?} {other:?}");
        let widths = [one, other].map(|it| it.interval.half_width());
        assert!((widths[0] - widths[1]).abs() < 1e-9 * (1.0 + widths[1]), "{one:?} {other:?}");
        assert_eq!(one.n, other.n);
    }

    #[test]
    fn one_class_is_a_sample_like_any_other() {
        let pairs = PairedMoments::from_iter([(20, 11), (41, 20), (62, 30), (78, 40)]);
        let (known, n) = (means::mean(&pairs.first, 0.95).expect("values"), 90);
        close(mean(&[class(0.2, n, pairs.first)], 0.95).expect("values"), known);
        let known = means::linear_ratio(&pairs, 0.95).expect("a ratio");
        close(certain_ratio(&[class(0.2, n, pairs)], 0.95).expect("a ratio"), known);
        let known = pairs::difference(&pairs, 0.95).expect("pairs");
        let found = difference(&[class(0.2, n, pairs)], 0.95).expect("pairs");
        close(found.estimate, known.estimate);
        assert!((found.pairing_gain / known.pairing_gain - 1.0).abs() < 1e-9);
        let single = mean(&[class(1.0, 9, Moments::from_iter([7]))], 0.95).expect("a value");
        assert_eq!((single.value, single.interval), (7.0, Interval::LINE));
    }

    #[test]
    fn classes_are_weighted_and_their_variances_add_up() {
        let (good, bad) = (Moments::from_iter([0, 2, 4]), Moments::from_iter([90, 110]));
        let found = mean(&[class(0.9, 3, good), class(0.1, 2, bad)], 0.95).expect("values");
        assert!((found.value - 11.8).abs() < 1e-12);
        // 0.81 * 4 / 3 with 2 degrees and 0.01 * 200 / 2 with one.
        let (a, b): (f64, f64) = (0.81 * 4.0 / 3.0, 0.01 * 100.0);
        let free = (a + b) * (a + b) / (a * a / 2.0 + b * b);
        let radius = student_t_quantile(0.95, free) * (a + b).sqrt();
        assert!((found.interval.half_width() - radius).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn a_class_that_may_be_of_no_member_adds_to_the_variance() {
        let (most, few) = (Moments::from_iter([1; 500]), Moments::from_iter([1000]));
        let found = mean(&[class(0.5, 500, most), class(0.5, 500, few)], 0.95).expect("values");
        assert!((found.value - 1501.0 / 501.0).abs() < 0.01, "{found:?}");
        assert!(found.interval.half_width() > 2.0, "{found:?}");
    }

    #[test]
    fn a_difference_of_ratios_of_one_class_is_that_of_pairs() {
        let worlds: Vec<_> = [(20.0, 10.0), (41.0, 30.0), (62.0, 51.0), (78.0, 70.0)]
            .into_iter()
            .map(|(a, b)| Fractions { first: (a, b), second: (b, a + 1.0) })
            .collect();
        let known = pairs::difference_of_ratios(&worlds, 0.95).expect("four worlds");
        let one = [class(0.3, 4, worlds.clone())];
        let found = difference_of_ratios(&one, 0.95).expect("four worlds");
        close(found.estimate, known.estimate);
        assert!((found.pairing_gain - known.pairing_gain).abs() < 1e-9);
        assert_eq!(difference_of_ratios(&[class(1.0, 0, Vec::new())], 0.95), None);
        let threes =
            |n: u32| Fractions { first: (9.0, 3.0), second: (3.0 * f64::from(n), n.into()) };
        let alike = [class(0.7, 7, (0..7).map(threes).collect()), class(0.1, 1, vec![threes(5)])];
        let found = difference_of_ratios(&alike, 0.95).expect("worlds").estimate;
        assert_eq!((found.value.to_bits(), found.interval.contains(0.0)), (0, true));
    }
}
