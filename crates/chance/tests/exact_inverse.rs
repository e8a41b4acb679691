//! Quantiles are the exact inverses of the distribution functions, and monotone.

use chance::{binomial, hypergeometric, math, poisson};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// `P(X < k) < u <= P(X <= k)`, in the tail that `u` is in, up to the distribution function's own
/// relative precision.
fn inverts(u: f64, k: u64, cdf: impl Fn(u64) -> f64, survival: impl Fn(u64) -> f64) -> bool {
    const SLACK: f64 = 2e-12;
    let v = 1.0 - u;
    // Sums of probabilities are absolutely accurate; the tails beyond are relatively so.
    let grain = if u.min(v) > 1e-7 { 3e-15 } else { 0.0 };
    let reached = |k| {
        if u <= 0.5 {
            cdf(k) * (1.0 + SLACK) + grain >= u
        } else {
            survival(k) * (1.0 - SLACK) - grain <= v
        }
    };
    let surpassed = |k| {
        if u <= 0.5 {
            cdf(k) * (1.0 - SLACK) - grain < u
        } else {
            survival(k) * (1.0 + SLACK) + grain > v
        }
    };
    reached(k) && (k == 0 || surpassed(k - 1))
}

fn logarithmic(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (math::ln(low)..math::ln(high)).prop_map(math::exp)
}

/// Uniforms, and some in the extremes of both tails.
fn levels() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => 1e-12..1.0_f64,
        1 => logarithmic(1e-280, 1e-6),
        1 => logarithmic(1.2e-16, 1e-6).prop_map(|v| 1.0 - v),
    ]
}

fn chances() -> impl Strategy<Value = f64> {
    prop_oneof![
        0.0..1.0_f64,
        logarithmic(1e-15, 0.5),
        logarithmic(1e-15, 0.5).prop_map(|q| 1.0 - q),
        Just(0.5),
    ]
}

fn trials() -> impl Strategy<Value = u64> {
    prop_oneof![0..200_u64, logarithmic(1.0, 1e13).prop_map(|n| n as u64)]
}

/// The same cases on every run: a failure is a change of the code, never of luck.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 20_000,
        rng_seed: RngSeed::Fixed(20_240_229),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn poisson_inverts(lambda in logarithmic(1e-12, 1e13), u in levels()) {
        let k = poisson::quantile(lambda, u);
        prop_assert!(inverts(u, k, |k| poisson::cdf(lambda, k), |k| poisson::survival(lambda, k)));
    }

    #[test]
    fn poisson_inverts_at_its_steps(lambda in logarithmic(0.1, 1e9), u in 0.001..0.999_f64) {
        let k = poisson::quantile(lambda, u);
        let step = poisson::cdf(lambda, k);
        prop_assert!(poisson::quantile(lambda, step * (1.0 - 1e-11)) <= k);
        prop_assert!(poisson::quantile(lambda, step * (1.0 - 1e-11) - 1e-14) <= k);
        prop_assert!(poisson::quantile(lambda, (step + 1e-14) * (1.0 + 1e-11)) > k);
    }

    #[test]
    fn poisson_rises(
        lambda in logarithmic(1e-12, 1e13), more in logarithmic(1.0 + 1e-9, 2.0),
        u in levels(), v in levels(),
    ) {
        let (low, high) = (u.min(v), u.max(v));
        prop_assert!(poisson::quantile(lambda, low) <= poisson::quantile(lambda, high));
        prop_assert!(poisson::quantile(lambda, u) <= poisson::quantile(lambda * more, u));
    }

    #[test]
    fn binomial_inverts(n in trials(), p in chances(), u in levels()) {
        let k = binomial::quantile(n, p, u);
        prop_assert!(k <= n);
        prop_assert!(inverts(u, k, |k| binomial::cdf(n, p, k), |k| binomial::survival(n, p, k)));
    }

    #[test]
    fn binomial_rises(
        n in trials(), more in 1..1000_u64, p in chances(), r in chances(), u in levels(),
        v in levels(),
    ) {
        let (low, high) = (u.min(v), u.max(v));
        prop_assert!(binomial::quantile(n, p, low) <= binomial::quantile(n, p, high));
        prop_assert!(binomial::quantile(n, p, u) <= binomial::quantile(n + more, p, u));
        let (low, high) = (p.min(r), p.max(r));
        prop_assert!(binomial::quantile(n, low, u) <= binomial::quantile(n, high, u));
    }

    #[test]
    fn hypergeometric_inverts(
        total in logarithmic(1.0, 1e9), a in 0.0..1.0_f64, b in 0.0..1.0_f64, few in 0..40_u64,
        rare in any::<bool>(), u in levels(),
    ) {
        let total = total as u64;
        let marked = if rare { few.min(total) } else { (total as f64 * a) as u64 };
        let drawn = (total as f64 * b) as u64;
        let k = hypergeometric::quantile(total, marked, drawn, u);
        prop_assert!(k <= marked.min(drawn) && k + total >= marked + drawn);
        prop_assert!(inverts(
            u,
            k,
            |k| hypergeometric::cdf(total, marked, drawn, k),
            |k| hypergeometric::survival(total, marked, drawn, k),
        ));
        prop_assert_eq!(k, hypergeometric::quantile(total, drawn, marked, u));
        prop_assert!(hypergeometric::quantile(total, marked, drawn, u * 0.999) <= k);
    }

    #[test]
    fn nothing_panics(
        x in any::<f64>(), p in any::<f64>(), u in any::<f64>(), n in any::<u64>(),
        k in any::<u64>(), m in any::<u64>(),
    ) {
        poisson::quantile(x, u);
        poisson::quantile(x, p);
        prop_assert!(binomial::quantile(n, p, u) <= n);
        prop_assert!(binomial::quantile(n, p - p.floor(), u - u.floor()) <= n);
        prop_assert!(hypergeometric::quantile(n, k % 1000, m, u) <= n);
        prop_assert!(hypergeometric::quantile(n, k % 1000, m, u - u.floor()) <= n);
        for mass in [poisson::pmf(x, k), binomial::pmf(n, p, k)] {
            prop_assert!(mass.is_nan() || mass >= 0.0);
        }
    }
}

#[test]
fn fair_coins_are_exact() {
    // 2^n P(X <= k) in whole numbers, and u on, below and above it.
    for n in 0..=52_u64 {
        let (mut ways, mut sum) = (1_u128, 0_u128);
        for k in 0..=n {
            sum += ways;
            ways = ways * u128::from(n - k) / u128::from(k + 1);
            let u = sum as f64 / (1_u64 << n) as f64;
            assert_eq!(binomial::quantile(n, 0.5, u), k);
            assert_eq!(binomial::quantile(n, 0.5, u.next_down()), k);
            assert_eq!(binomial::quantile(n, 0.5, u.next_up()), (k + 1).min(n));
        }
    }
}

#[test]
fn corners() {
    for u in [1e-300, 0.3, 1.0 - 1e-16] {
        assert_eq!(poisson::quantile(0.0, u), 0);
        assert_eq!(binomial::quantile(0, 0.3, u), 0);
        assert_eq!(binomial::quantile(9, 0.0, u), 0);
        assert_eq!(binomial::quantile(9, 1.0, u), 9);
        assert_eq!(binomial::quantile(1_000_000_000_000, 1.0, u), 1_000_000_000_000);
        assert_eq!(hypergeometric::quantile(10, 0, 5, u), 0);
        assert_eq!(hypergeometric::quantile(10, 10, 5, u), 5);
        assert_eq!(hypergeometric::quantile(10, 4, 10, u), 4);
        assert_eq!(hypergeometric::quantile(0, 0, 0, u), 0);
    }
    assert_eq!(poisson::quantile(1e-12, 1.0 - 2e-12), 0);
    assert_eq!(poisson::quantile(1e-12, 1.0 - 5e-13), 1);
    assert_eq!(binomial::quantile(1_000_000_000_000, 1e-15, 0.998), 0);
    assert_eq!(binomial::quantile(1_000_000_000_000, 1e-15, 0.9995), 1);
}
