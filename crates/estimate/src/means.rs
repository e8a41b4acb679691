//! Means and ratios of means with Student's t intervals.

use crate::moments::{Moments, PairedMoments};
use crate::special::student_t_quantile;
use crate::{Estimate, Interval};
use chance::math::{exp, ln, sqrt};

/// The mean with its t interval, or `None` without values.
///
/// One value says nothing about its spread: its interval is the whole line.
pub fn mean(moments: &Moments, confidence: f64) -> Option<Estimate> {
    let value = moments.mean()?;
    let interval = match moments.variance() {
        Some(variance) => Interval::around(value, radius(variance, moments.n, confidence)),
        None => Interval::LINE,
    };
    Some(Estimate { value, interval, confidence, n: moments.n })
}

/// Why a ratio is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRatio {
    /// There are fewer than two pairs.
    TooFew,
    /// The interval of the mean above the line touches zero, so its logarithm has no interval.
    NumeratorNearZero,
    /// The interval of the mean below the line touches zero: the ratio may be anything.
    DenominatorNearZero,
}

impl std::fmt::Display for NoRatio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooFew => "fewer than two pairs",
            Self::NumeratorNearZero => "the numerator may be zero",
            Self::DenominatorNearZero => "the denominator may be zero",
        })
    }
}

/// The ratio of the mean of the firsts to the mean of the seconds, which is also the ratio of
/// their sums, with an interval on the logarithmic scale.
///
/// Delta method: `Var ln(A/B) = (Var a / A^2 + Var b / B^2 - 2 Cov(a, b) / (A B)) / n`, with
/// Student's t on n - 1 degrees.
pub fn ratio(pairs: &PairedMoments, confidence: f64) -> Result<Estimate, NoRatio> {
    let covariance = pairs.covariance().ok_or(NoRatio::TooFew)?;
    let (a, a_variance) = positive(&pairs.first, confidence).ok_or(NoRatio::NumeratorNearZero)?;
    let (b, b_variance) =
        positive(&pairs.second, confidence).ok_or(NoRatio::DenominatorNearZero)?;
    let variance = a_variance / (a * a) + b_variance / (b * b) - 2.0 * covariance / (a * b);
    let radius = radius(variance.max(0.0), pairs.n(), confidence);
    let (value, centre) = (a / b, ln(a / b));
    let interval = Interval { low: exp(centre - radius), high: exp(centre + radius) };
    Ok(Estimate { value, interval, confidence, n: pairs.n() })
}

/// The same ratio with an interval on its own scale, for one that may be zero or below: what is
/// above the line may be anything, what is below it is certainly positive.
///
/// Delta method: `Var(A/B) = Var(a - (A/B) b) / B^2 / n`, with Student's t on n - 1 degrees.
pub fn linear_ratio(pairs: &PairedMoments, confidence: f64) -> Result<Estimate, NoRatio> {
    let covariance = pairs.covariance().ok_or(NoRatio::TooFew)?;
    let a = mean(&pairs.first, confidence).ok_or(NoRatio::TooFew)?.value;
    let a_variance = pairs.first.variance().ok_or(NoRatio::TooFew)?;
    let (b, b_variance) =
        positive(&pairs.second, confidence).ok_or(NoRatio::DenominatorNearZero)?;
    let value = a / b;
    let variance = a_variance + value * value * b_variance - 2.0 * value * covariance;
    let radius = radius(variance.max(0.0) / (b * b), pairs.n(), confidence);
    Ok(Estimate { value, interval: Interval::around(value, radius), confidence, n: pairs.n() })
}

/// The mean and variance of a sample whose mean is certainly positive.
fn positive(moments: &Moments, confidence: f64) -> Option<(f64, f64)> {
    let estimate = mean(moments, confidence)?;
    (estimate.interval.low > 0.0).then_some((estimate.value, moments.variance()?))
}

/// Half the width of the t interval of a mean of `n` values with this variance.
fn radius(variance: f64, n: u64, confidence: f64) -> f64 {
    student_t_quantile(confidence, (n - 1) as f64) * sqrt(variance / n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_students() {
        let estimate = mean(&Moments::from_iter([2, 4, 4, 4, 5, 5, 7, 9]), 0.95).expect("values");
        // t(0.975, 7) = 2.364624251592785; sd^2 = 32/7.
        let radius = 2.364624251592785 * (32.0_f64 / 7.0 / 8.0).sqrt();
        assert!((estimate.value - 5.0).abs() < 1e-15);
        assert!((estimate.interval.half_width() - radius).abs() < 1e-12);
        assert_eq!((estimate.n, mean(&Moments::default(), 0.95)), (8, None));
    }

    #[test]
    fn one_value_has_no_interval() {
        let estimate = mean(&Moments::from_iter([7]), 0.95).expect("a value");
        assert_eq!(estimate.interval, Interval::LINE);
    }

    #[test]
    fn a_constant_ratio_is_known_exactly() {
        let pairs = PairedMoments::from_iter([(20, 10), (40, 20), (62, 31), (78, 39)]);
        let estimate = ratio(&pairs, 0.95).expect("far from zero");
        assert!((estimate.value - 2.0).abs() < 1e-15);
        assert!(estimate.interval.half_width() < 1e-6);
    }

    #[test]
    fn a_ratio_on_its_own_scale_may_be_zero() {
        let zero = PairedMoments::from_iter([(0, 9), (0, 10), (0, 8)]);
        let estimate = linear_ratio(&zero, 0.95).expect("a positive denominator");
        assert_eq!((estimate.value, estimate.interval), (0.0, Interval::around(0.0, 0.0)));
        // Far from zero, and with little spread, both scales agree.
        let pairs = PairedMoments::from_iter([(20, 11), (41, 20), (62, 30), (78, 40)]);
        let (linear, log) = (linear_ratio(&pairs, 0.95), ratio(&pairs, 0.95));
        let (linear, log) = (linear.expect("a ratio"), log.expect("a ratio"));
        assert!((linear.value - log.value).abs() < 1e-15);
        let widths = linear.interval.half_width() / log.interval.half_width();
        assert!((widths - 1.0).abs() < 0.01, "{widths}");
    }

    #[test]
    fn pairing_narrows_a_ratio() {
        let together = PairedMoments::from_iter([(20, 11), (40, 19), (62, 31), (78, 40)]);
        let apart = PairedMoments::from_iter([(20, 40), (40, 31), (62, 19), (78, 11)]);
        let width = |pairs| ratio(pairs, 0.8).expect("far from zero").interval.half_width();
        assert!(width(&together) * 5.0 < width(&apart));
    }

    #[test]
    fn a_ratio_near_zero_is_refused_with_the_reason() {
        let none = |pairs: &[(i64, i64)]| ratio(&pairs.iter().copied().collect(), 0.95).err();
        assert_eq!(none(&[(1, 1)]), Some(NoRatio::TooFew));
        assert_eq!(none(&[(1, 9), (0, 9), (0, 8)]), Some(NoRatio::NumeratorNearZero));
        assert_eq!(none(&[(9, 0), (9, 0), (8, 0)]), Some(NoRatio::DenominatorNearZero));
        assert_eq!(NoRatio::TooFew.to_string(), "fewer than two pairs");
    }
}
