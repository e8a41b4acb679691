//! The beta distribution: the regularized incomplete beta function, its inverse, expectations.

use super::{continued_fraction, loader::binomial_density};
use chance::math::{exp, ln, ln_1p, logistic, sqrt};

/// Newton or bisection, a root is found long before this many steps.
const STEPS_MAX: usize = 200;

/// The regularized incomplete beta function `I_x(a, b)`: P(U <= x) for U ~ Beta(a, b).
///
/// `a`, `b` > 0. Continued fraction 8.17.22 of the Digital Library of Mathematical Functions, used
/// on the side of the mean where it converges fast; relative error about 1e-13.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    beta_tails(x, a, b).0
}

/// `1 - I_x(a, b)`: P(U > x) for U ~ Beta(a, b), precise where it is small.
pub fn beta_upper(x: f64, a: f64, b: f64) -> f64 {
    beta_tails(x, a, b).1
}

/// The `p` quantile of Beta(a, b): the `x` with `I_x(a, b) = p`.
///
/// Newton's method inside a bracket that bisection shrinks whenever Newton does not halve it.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 || p >= 1.0 {
        return if p <= 0.0 { 0.0 } else { 1.0 };
    }
    let (mut low, mut high) = (0.0, 1.0);
    let (mut x, mut step) = (a / (a + b), 1.0_f64);
    for _ in 0..STEPS_MAX {
        let (below, above) = beta_tails(x, a, b);
        // The difference to the nearer tail: the other one is 1 - something and has lost digits.
        let excess = if below < above { below - p } else { (1.0 - p) - above };
        *(if excess < 0.0 { &mut low } else { &mut high }) = x;
        let newton = excess / beta_density(x, a, b);
        let last = step;
        step = if newton.abs() <= last.abs() / 2.0 && low < x - newton && x - newton < high {
            newton
        } else {
            x - f64::midpoint(low, high)
        };
        if step.abs() <= f64::EPSILON * x {
            break;
        }
        x -= step;
    }
    x
}

/// The mean of `f(U)` for U ~ Beta(a, b).
///
/// Trapezoids on the scale of the log odds, where the density is smooth and decays on both sides,
/// so the error falls exponentially with the step. `scale` is the width, in log odds, of the
/// finest feature of `f`; infinity when `f` is no steeper than the density.
pub fn beta_mean_of(a: f64, b: f64, scale: f64, f: impl Fn(f64) -> f64) -> f64 {
    let step = (log_odds_width(a, b).min(scale) / 3.0).min(0.25);
    let centre = ln(a / b);
    let peak = softplus(centre);
    let weigh = |theta: f64| exp(a * (theta - centre) - (a + b) * (softplus(theta) - peak));
    let (mut weights, mut sum) = (1.0, f(logistic(centre)));
    for direction in [-step, step] {
        for theta in (1..).map(|i| centre + direction * f64::from(i)) {
            let weight = weigh(theta);
            if weight < 1e-18 {
                break;
            }
            weights += weight;
            sum += weight * f(logistic(theta));
        }
    }
    sum / weights
}

/// About the standard deviation of the log odds of U ~ Beta(a, b), from below.
pub(crate) fn log_odds_width(a: f64, b: f64) -> f64 {
    sqrt(1.0 / a + 1.0 / b)
}

/// P(U <= x) and P(U > x), each to full relative precision on its own side of the mean.
fn beta_tails(x: f64, a: f64, b: f64) -> (f64, f64) {
    if x.is_nan() {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
    }
    let y = 1.0 - x;
    let scale = binomial_density(a, a + b, x, y) / (a + b);
    if x < (a + 1.0) / (a + b + 2.0) {
        let below = scale * b * beta_fraction(x, a, b);
        (below, 1.0 - below)
    } else {
        let above = scale * a * beta_fraction(y, b, a);
        (1.0 - above, above)
    }
}

/// The density of Beta(a, b) at `x`.
fn beta_density(x: f64, a: f64, b: f64) -> f64 {
    binomial_density(a, a + b, x, 1.0 - x) * a * b / ((a + b) * x * (1.0 - x))
}

/// The continued fraction of `I_x(a, b)`.
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    let later = (1..).flat_map(|i| {
        let m = f64::from(i);
        let odd =
            -(a + m - 1.0) * (a + b + m - 1.0) * x / ((a + 2.0 * m - 2.0) * (a + 2.0 * m - 1.0));
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        [(odd, 1.0), (even, 1.0)]
    });
    continued_fraction(std::iter::once((1.0, 1.0)).chain(later))
}

/// `ln(1 + e^theta)` without overflow.
fn softplus(theta: f64) -> f64 {
    theta.max(0.0) + ln_1p(exp(-theta.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::function::beta::beta_reg;

    #[test]
    fn whole_parameters_are_polynomials() {
        for x in [0.001, 0.1, 0.5, 0.9] {
            assert!((beta_cdf(x, 1.0, 1.0) - x).abs() < 1e-15);
            let cubic = x * x * (3.0 - 2.0 * x);
            assert!((beta_cdf(x, 2.0, 2.0) / cubic - 1.0).abs() < 1e-13);
        }
        let closed = -chance::math::exp_m1(ln_1p(-0.05) / 59.0);
        assert!((beta_quantile(0.05, 1.0, 59.0) / closed - 1.0).abs() < 1e-13);
    }

    #[test]
    fn both_ends_are_exact() {
        for (x, expected) in [(0.0, 0.0), (1.0, 1.0)] {
            assert_eq!(beta_cdf(x, 0.5, 3.0).to_bits(), f64::to_bits(expected));
            assert_eq!(beta_quantile(x, 0.5, 3.0).to_bits(), f64::to_bits(expected));
        }
        assert!(beta_cdf(f64::NAN, 1.0, 1.0).is_nan());
    }

    #[test]
    fn far_tails_keep_their_relative_precision() {
        assert!((beta_cdf(1e-9, 3.0, 1.0) / 1e-27 - 1.0).abs() < 1e-12);
        assert!((beta_quantile(1e-27, 3.0, 1.0) / 1e-9 - 1.0).abs() < 1e-12);
        assert!((beta_quantile(1e-20, 0.5, 0.5) / 2.467_401_100_272_34e-40 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn means_match_their_closed_forms() {
        for (a, b) in [(0.5, 50.5), (5.5, 4995.5), (990.0, 11.0), (1.0, 1.0)] {
            let mean = beta_mean_of(a, b, f64::INFINITY, |u| u);
            assert!((mean / (a / (a + b)) - 1.0).abs() < 1e-10, "{a} {b}: {mean}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_statrs(x in 0.0..1.0_f64, a in 0.1..300.0_f64, b in 0.1..300.0_f64) {
            prop_assert!((beta_cdf(x, a, b) - beta_reg(a, b, x)).abs() < 1e-11);
        }

        #[test]
        fn the_quantile_inverts(p in 1e-6..0.999_999_f64, a in 0.3..5e4_f64, b in 0.3..5e4_f64) {
            let x = beta_quantile(p, a, b);
            // Where the density is steep the nearest x is still this far from p.
            let grain = beta_density(x, a, b) * f64::EPSILON;
            prop_assert!((beta_cdf(x, a, b) - p).abs() < 1e-11 + 2.0 * grain);
        }
    }
}
