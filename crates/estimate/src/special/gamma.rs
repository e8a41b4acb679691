//! The regularized incomplete gamma functions.

use super::{NEGLIGIBLE, TERMS_MAX, continued_fraction, loader::poisson_density};

/// `P(a, x)`: the probability that a gamma variable of shape `a` > 0 and scale 1 is at most `x`.
pub fn gamma_lower(a: f64, x: f64) -> f64 {
    gamma_tails(a, x).0
}

/// `Q(a, x) = 1 - P(a, x)`; for a whole `a`, the probability of fewer than `a` Poisson(x) events.
pub fn gamma_upper(a: f64, x: f64) -> f64 {
    gamma_tails(a, x).1
}

/// P and Q: the series 8.7.1 below the mean and the continued fraction 8.9.2 above it (Digital
/// Library of Mathematical Functions), each to full relative precision on its own side.
fn gamma_tails(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    let scale = poisson_density(a, x);
    if x < a + 1.0 {
        let lower = scale * gamma_series(a, x);
        (lower, 1.0 - lower)
    } else {
        let upper = scale * a * gamma_fraction(a, x);
        (1.0 - upper, upper)
    }
}

/// `1 + x/(a+1) + x^2/((a+1)(a+2)) + ...`.
fn gamma_series(a: f64, x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for i in (1..).take(TERMS_MAX) {
        term *= x / (a + f64::from(i));
        sum += term;
        if term <= sum * NEGLIGIBLE {
            break;
        }
    }
    sum
}

/// `1/(x+1-a - 1(1-a)/(x+3-a - 2(2-a)/(x+5-a - ...)))`.
fn gamma_fraction(a: f64, x: f64) -> f64 {
    let later = (1..).map(|i| {
        let m = f64::from(i);
        (m * (a - m), x + 2.0 * m + 1.0 - a)
    });
    continued_fraction(std::iter::once((1.0, x + 1.0 - a)).chain(later))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::function::gamma::gamma_lr;

    #[test]
    fn shape_one_is_exponential() {
        for x in [1e-9, 0.5, 3.0, 40.0] {
            let upper = chance::math::exp(-x);
            assert!((gamma_upper(1.0, x) / upper - 1.0).abs() < 1e-13, "{x}");
            let lower = -chance::math::exp_m1(-x);
            assert!((gamma_lower(1.0, x) / lower - 1.0).abs() < 1e-13, "{x}");
        }
    }

    #[test]
    fn both_ends_are_exact() {
        assert_eq!(gamma_lower(2.0, 0.0).to_bits(), 0);
        assert_eq!(gamma_lower(2.0, f64::INFINITY).to_bits(), 1_f64.to_bits());
    }

    proptest! {
        #[test]
        fn agrees_with_statrs(a in 0.1..400.0_f64, x in 0.001..800.0_f64) {
            prop_assert!((gamma_lower(a, x) - gamma_lr(a, x)).abs() < 1e-11);
        }
    }
}
