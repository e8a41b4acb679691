//! Distribution functions against those of another library.

use chance::law::{beta, gamma};
use chance::{binomial, hypergeometric, math, poisson};
use statrs::distribution::{
    Beta, Binomial, ContinuousCDF, DiscreteCDF, Gamma, Hypergeometric, Normal, Poisson,
};

fn close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() < 1e-10, "{what}: {ours} and {theirs}");
}

#[test]
fn normal() {
    let oracle = Normal::standard();
    for i in -400..=400 {
        let x = f64::from(i) / 50.0;
        close(math::normal_cdf(x), oracle.cdf(x), &format!("normal at {x}"));
        let p = math::normal_cdf(x);
        // The inverse amplifies the rounding of p by 1 / density.
        let tolerance = 1e-15 + 2.3e-16 * p / math::normal_density(x);
        assert!((math::normal_quantile(p) - x).abs() <= 4.0 * tolerance, "{x}");
    }
    for i in -370..0 {
        let x = f64::from(i) / 10.0;
        assert!((math::normal_quantile(math::normal_cdf(x)) / x - 1.0).abs() < 1e-14, "{x}");
        let twice = 2.0 * math::normal_cdf(x);
        let erfc = math::erfc(-x / math::sqrt(2.0));
        // The rounding of x / sqrt(2) is worth x^2 ulp.
        assert!((twice / erfc - 1.0).abs() < 1e-15 * (4.0 + x * x), "{x}");
    }
}

/// References of 40 digits, rounded.
#[test]
fn deep_tails() {
    for (x, p) in REFERENCE_TAILS {
        assert!((math::normal_cdf(x) / p - 1.0).abs() < 2e-15, "{x}");
        assert!((math::normal_quantile(p) / x - 1.0).abs() < 1e-15, "{x}");
    }
}

#[test]
fn discrete() {
    for lambda in [0.3, 6.0, 30.0, 412.5] {
        let oracle = Poisson::new(lambda).unwrap();
        for k in 0..600 {
            close(poisson::cdf(lambda, k), oracle.cdf(k), &format!("Poisson {lambda} at {k}"));
        }
    }
    for (n, p) in [(8, 0.5), (300, 0.001), (1000, 0.37), (6000, 0.995)] {
        let oracle = Binomial::new(p, n).unwrap();
        for k in 0..n {
            close(binomial::cdf(n, p, k), oracle.cdf(k), &format!("binomial {n} {p} at {k}"));
        }
    }
    for (total, marked, drawn) in [(50, 20, 10), (50, 40, 30), (200, 30, 150), (90, 50, 7)] {
        let oracle = Hypergeometric::new(total, marked, drawn).unwrap();
        for k in 0..drawn {
            let ours = hypergeometric::cdf(total, marked, drawn, k);
            let what = format!("hypergeometric {total} {marked} {drawn} at {k}");
            close(ours, oracle.cdf(k), &what);
        }
    }
}

#[test]
fn continuous() {
    for shape in [0.01, 0.7, 1.0, 3.3, 40.0, 900.0] {
        let oracle = Gamma::new(shape, 1.0).unwrap();
        for i in 1..300 {
            let x = shape * f64::from(i) / 100.0;
            close(gamma::cdf(shape, x), oracle.cdf(x), &format!("gamma {shape} at {x}"));
        }
    }
    for (a, b) in [(0.02, 0.4), (1.0, 5.0), (3.3, 8.0), (95.0, 6.0), (0.5, 300.0)] {
        let oracle = Beta::new(a, b).unwrap();
        for i in 1..100 {
            let x = f64::from(i) / 100.0;
            close(beta::cdf(a, b, x), oracle.cdf(x), &format!("beta {a} {b} at {x}"));
        }
    }
}

const REFERENCE_TAILS: [(f64, f64); 6] = [
    (-0.5, 0.3085375387259869),
    (-2.0, 0.02275013194817921),
    (-5.5, 1.8989562465887718e-08),
    (-8.0, 6.220960574271784e-16),
    (-20.0, 2.7536241186062337e-89),
    (-37.0, 5.725571222524577e-300),
];
