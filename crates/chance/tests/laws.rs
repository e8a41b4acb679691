//! Every continuous law: inverse, monotone, mean, and the parameters it refuses.
#![allow(clippy::float_cmp, reason = "values that are stored come back as they are")]

use chance::law::{
    Beta, Empirical, Exponential, Fixed, Gamma, LogUniform, Lognormal, Mixture, Normal, Uniform,
    beta, gamma, order_statistic,
};
use chance::{Continuous, Law, LawError, binomial, math};

fn smooth() -> Vec<Law> {
    let mixed = Mixture::new(vec![
        (3.0, Normal::new(0.0, 1.0).unwrap().into()),
        (1.0, Exponential::new(4.0).unwrap().into()),
    ]);
    let mut laws: Vec<Law> = vec![
        Uniform::new(-2.0, 5.0).unwrap().into(),
        LogUniform::new(1e-3, 50.0).unwrap().into(),
        Normal::new(3.0, 0.2).unwrap().into(),
        Lognormal::new(1.0, 0.7).unwrap().into(),
        Lognormal::from_median_p95(10.0, 30.0).unwrap().into(),
        Exponential::new(7.0).unwrap().into(),
        mixed.unwrap().into(),
    ];
    for shape in [0.1, 1.0, 3.3, 300.0, 2e4, 1e7] {
        laws.push(Gamma::new(shape, 2.0).unwrap().into());
    }
    for (a, b) in [(0.3, 0.6), (1.0, 4.0), (5.0, 1.0), (3.3, 8.0), (9e3, 4e3), (2e6, 5.0)] {
        laws.push(Beta::new(a, b).unwrap().into());
    }
    laws
}

/// `1e-9` to its complement, dense in the tails and in the middle.
fn levels() -> impl Iterator<Item = f64> {
    (-200..=200).map(|i| math::logistic(f64::from(i) / 9.65))
}

#[test]
fn quantiles_invert() {
    for law in smooth() {
        let mut last = f64::NEG_INFINITY;
        for u in levels() {
            let x = law.quantile(u);
            assert!(x >= last, "{law:?} falls at {u}");
            last = x;
            // Where x itself cannot be written finer, its neighbours must enclose the level.
            let slack = 1e-11 * u.min(1.0 - u) + 4e-16;
            let (below, above) = (law.cdf(x - x.abs() * 1e-15), law.cdf(x + x.abs() * 1e-15));
            assert!(below - slack <= u && u <= above + slack, "{law:?} at {u}: {x}");
        }
    }
}

#[test]
fn means_are_the_integrals_of_quantiles() {
    for law in smooth() {
        // The midpoint rule leaves out what the last cell's tail adds.
        let n = 20_000;
        let sum: f64 = (0..n).map(|i| law.quantile((f64::from(i) + 0.5) / f64::from(n))).sum();
        let (mean, tolerance) = (law.mean(), 2e-3 * law.mean().abs() + 1e-3);
        assert!((sum / f64::from(n) - mean).abs() < tolerance, "{law:?}: {mean}");
    }
}

#[test]
fn percentiles_are_those_given() {
    let p95 = Lognormal::from_median_p95(10.0, 30.0).unwrap();
    assert!((p95.quantile(0.5) - 10.0).abs() < 1e-12);
    assert!((p95.quantile(0.95) - 30.0).abs() < 1e-12);
    let p99 = Lognormal::from_p50_p99(10.0, 30.0).unwrap();
    assert!((p99.quantile(0.99) - 30.0).abs() < 1e-12);
    let mean = Lognormal::from_mean(12.0, 0.8).unwrap();
    assert!((mean.mean() - 12.0).abs() < 1e-12);
    assert!((Gamma::with_mean(2.5, 12.0).unwrap().mean() - 12.0).abs() < 1e-12);
}

#[test]
fn steps_are_at_the_values() {
    let law = Empirical::new(&[3.0, 1.0, 2.0, 2.0]).unwrap();
    let at = |u| law.quantile(u);
    assert_eq!([at(0.2), at(0.25), at(0.26), at(0.75), at(0.76)], [1.0, 1.0, 2.0, 2.0, 3.0]);
    assert_eq!([law.cdf(0.9), law.cdf(1.0), law.cdf(2.5), law.cdf(3.0)], [0.0, 0.25, 0.75, 1.0]);
    let choices = Empirical::weighted(&[(5.0, 3.0), (-1.0, 1.0), (9.0, 0.0)]).unwrap();
    assert_eq!([choices.quantile(0.25), choices.quantile(1.0)], [-1.0, 5.0]);
    assert_eq!(choices.mean(), 3.5);
    let fixed = Fixed::new(4.0).unwrap();
    assert_eq!([fixed.quantile(0.9), fixed.cdf(3.9), fixed.cdf(4.0)], [4.0, 0.0, 1.0]);
}

#[test]
fn mixtures_of_points_choose() {
    let parts = vec![
        (1.0, Fixed::new(7.0).unwrap().into()),
        (3.0, Fixed::new(2.0).unwrap().into()),
        (0.0, Fixed::new(-9.0).unwrap().into()),
    ];
    let law = Mixture::new(parts).unwrap();
    assert_eq!([law.quantile(0.75), law.quantile(0.76)], [2.0, 7.0]);
    assert_eq!([law.compose(0.25, 0.5), law.compose(0.26, 0.5)], [7.0, 2.0]);
    assert_eq!(law.mean(), 3.25);
}

#[test]
fn order_statistics_are_binomial_tails() {
    // The k-th smallest of n is at most x exactly when at least k are.
    for (k, n) in [(1, 1), (1, 9), (9, 9), (5, 9), (95, 100), (990_000, 1_000_000)] {
        for u in [1e-6, 0.1, 0.5, 0.93] {
            let x = order_statistic::quantile(k, n, u);
            let tail = binomial::survival(n, x, k - 1);
            assert!((tail / u - 1.0).abs() < 1e-9, "{k} of {n} at {u}: {tail}");
        }
    }
    assert!((order_statistic::quantile(0, 0, 0.25) - 0.25).abs() < 1e-15);
}

#[test]
fn extremes_do_not_panic() {
    for u in [-1.0, 0.0, 5e-324, 1e-300, 1.0 - 1e-16, 1.0, 2.0, f64::NAN] {
        for law in smooth() {
            law.quantile(u);
        }
        for a in [1e-300, 1e-3, 1.0, 1e5, 1e12, 1e300] {
            gamma::quantile(a, u);
            beta::quantile(a, 3.0, u);
            beta::quantile(0.5, a, u);
            beta::quantile(a, a, u);
        }
    }
}

#[test]
fn refusals_name_the_parameter() {
    let nan = f64::NAN;
    assert!(matches!(Fixed::new(nan), Err(LawError::Value(_))));
    assert!(matches!(Uniform::new(f64::NEG_INFINITY, 1.0), Err(LawError::Low(_))));
    assert_eq!(Uniform::new(2.0, 1.0), Err(LawError::High(1.0)));
    assert_eq!(LogUniform::new(0.0, 1.0), Err(LawError::Low(0.0)));
    assert!(matches!(Normal::new(nan, 1.0), Err(LawError::Mean(_))));
    assert_eq!(Normal::new(0.0, -1.0), Err(LawError::Deviation(-1.0)));
    assert_eq!(Lognormal::from_median_p95(0.0, 1.0), Err(LawError::Median(0.0)));
    assert_eq!(Lognormal::from_p50_p99(2.0, 1.0), Err(LawError::Percentile(1.0)));
    assert_eq!(Exponential::new(0.0), Err(LawError::Mean(0.0)));
    assert_eq!(Gamma::new(0.0, 1.0), Err(LawError::Shape(0.0)));
    assert_eq!(Gamma::new(1.0, -1.0), Err(LawError::Scale(-1.0)));
    assert_eq!(Beta::new(0.0, 1.0), Err(LawError::Alpha(0.0)));
    assert_eq!(Beta::new(1.0, 0.0), Err(LawError::Beta(0.0)));
    assert_eq!(Empirical::new(&[]), Err(LawError::Empty));
    assert!(matches!(Empirical::new(&[1.0, nan]), Err(LawError::Observation(_))));
    assert_eq!(Empirical::weighted(&[(1.0, -2.0)]), Err(LawError::Weight(-2.0)));
    assert_eq!(Mixture::new(vec![]), Err(LawError::Empty));
    let zero = Mixture::new(vec![(0.0, Fixed::new(1.0).unwrap().into())]);
    assert_eq!(zero, Err(LawError::TotalWeight(0.0)));
    assert_eq!(LawError::Scale(-1.0).to_string(), "the scale must be above 0, not -1");
}
