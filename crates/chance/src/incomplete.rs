//! The incomplete gamma and beta functions of real parameters.

use crate::expansion::{NEAR, beta_near_mean, gamma_near_mean};
use crate::math::{exp, lgamma, ln, ln_1p, normal_density, saddle_part, stirling_series};
use crate::tails::{Tails, ratio_series};

/// From here Stirling's series holds to the last digit.
const STIRLING_FROM: f64 = 16.0;
/// Larger parameters are expanded near the mean: the fraction would take `sqrt` of them in steps.
const LARGE: f64 = 1e3;
/// Terms of a continued fraction at most; those near a large mean are expanded instead.
const TERMS: u32 = 100_000;

/// `1 / sqrt(2 pi)`.
fn inv_sqrt_tau() -> f64 {
    normal_density(0.0)
}

/// `x^a e^-x / Gamma(a + 1)`; `x` times the density is `a` times this.
pub(crate) fn gamma_mass(a: f64, x: f64) -> f64 {
    if !(x > 0.0) || x == f64::INFINITY {
        return 0.0;
    }
    if a < STIRLING_FROM {
        return exp(a * ln(x) - x - lgamma(a + 1.0));
    }
    exp(-saddle_part(x, a, a - x) - stirling_series(a)) * inv_sqrt_tau() / a.sqrt()
}

/// Tails at `x` of the gamma distribution of shape `a` and scale 1, `P(a, x)` and `Q(a, x)`.
pub(crate) fn gamma_tails(a: f64, x: f64) -> Tails {
    if !(x > 0.0) {
        return Tails::from_lower(0.0);
    }
    if x == f64::INFINITY {
        return Tails::from_upper(0.0);
    }
    if a > LARGE && (a - x).abs() <= NEAR * a {
        return gamma_near_mean(a, x, stirling_series(a));
    }
    if x < a + 1.0 {
        return Tails::from_lower(gamma_mass(a, x) * ratio_series(|j| x / (a + 1.0 + j)));
    }
    // Legendre's fraction, 1/(x+1-a - 1(1-a)/(x+3-a - ...)).
    let start = x + 1.0 - a;
    let fraction = continued(start, |i| (-i * (i - a), start + 2.0 * i));
    Tails::from_upper(gamma_mass(a, x) * a / fraction)
}

/// `x^a y^b / B(a, b)` where `y = 1 - x`: `x y` times the density of the beta distribution.
pub(crate) fn beta_mass(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if !(x > 0.0 && y > 0.0) {
        return 0.0;
    }
    let n = a + b;
    let (small, large) = (a.min(b), a.max(b));
    if small >= STIRLING_FROM {
        let excess = if x <= y { a - n * x } else { n * y - b };
        let deviance = saddle_part(n * x, a, excess) + saddle_part(n * y, b, -excess);
        let errors = stirling_series(a) + stirling_series(b) - stirling_series(n);
        return exp(-deviance - errors) * inv_sqrt_tau() * (a * (b / n)).sqrt();
    }
    let power = a * log_of(x, y) + b * log_of(y, x);
    if large < STIRLING_FROM {
        return exp(power + lgamma(n) - lgamma(a) - lgamma(b));
    }
    // ln Gamma(large + small) - ln Gamma(large), which would cancel.
    let growth = small * ln(n) - small
        + (large - 0.5) * ln_1p(small / large)
        + (stirling_series(n) - stirling_series(large));
    exp(power + growth - lgamma(small))
}

/// `ln x`, from its complement `y` where that is more accurate.
fn log_of(x: f64, y: f64) -> f64 {
    if y < 0.5 { ln_1p(-y) } else { ln(x) }
}

/// Tails at `x` of the beta distribution `(a, b)`, `I_x(a, b)` and `I_y(b, a)`, `y = 1 - x`.
pub(crate) fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> Tails {
    if !(x > 0.0) {
        return Tails::from_lower(0.0);
    }
    if !(y > 0.0) {
        return Tails::from_upper(0.0);
    }
    let n = a + b;
    let distance = if x <= y { a - n * x } else { n * y - b };
    let size = a.min(b);
    if size > LARGE && distance.abs() <= NEAR * size {
        let errors = stirling_series(a) + stirling_series(b) - stirling_series(n);
        return beta_near_mean(a, b, distance, errors);
    }
    if x <= (a + 1.0) / (n + 2.0) {
        Tails::from_lower(beta_mass(a, b, x, y) / (a * beta_fraction(a, b, x)))
    } else {
        Tails::from_upper(beta_mass(b, a, y, x) / (b * beta_fraction(b, a, y)))
    }
}

/// The fraction of Abramowitz & Stegun 26.5.8, inverted.
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    continued(1.0, |i| {
        let m = (0.5 * i).floor();
        let k = a + i;
        let numerator = if m + m < i {
            -(a + m) * (a + b + m) * x / (k * (k - 1.0))
        } else {
            m * (b - m) * x / ((k - 1.0) * k)
        };
        (numerator, 1.0)
    })
}

/// `b0 + a1/(b1 + a2/(b2 + ...))` with `(ai, bi) = terms(i)`, by Lentz's method.
fn continued(b0: f64, terms: impl Fn(f64) -> (f64, f64)) -> f64 {
    const TINY: f64 = 1e-300;
    let nonzero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut value = nonzero(b0);
    let (mut c, mut d) = (value, 0.0);
    for i in 1..=TERMS {
        let (a, b) = terms(f64::from(i));
        d = 1.0 / nonzero(b + a * d);
        c = nonzero(b + a / c);
        value *= c * d;
        // Also stops on NaN.
        if !((c * d - 1.0).abs() > 1.2e-16) {
            break;
        }
    }
    value
}

/// The `t` at which the tails of a log-concave density reach `u`; `at(t)` gives both.
///
/// Newton's method on the logarithm of the smaller tail, which is concave so that it converges
/// from anywhere, kept inside a bracket; ends at the rounding of the distribution function.
pub(crate) fn invert(
    u: f64,
    start: f64,
    [mut low, mut high]: [f64; 2],
    at: impl Fn(f64) -> (Tails, f64),
) -> f64 {
    let mut t = if start > low && start < high { start } else { 0.5 * (low + high) };
    for _ in 0..100 {
        let (tails, density) = at(t);
        let step = if u <= 0.5 {
            -ln(tails.lower / u) * (tails.lower / density)
        } else {
            ln(tails.upper / (1.0 - u)) * (tails.upper / density)
        };
        if tails.reach(u) {
            high = t;
        } else {
            low = t;
        }
        let mut next = t + step;
        // Written so that NaN takes the bisection.
        if !(next >= low && next <= high) {
            next = 0.5 * (low + high);
        }
        // The error is squared by every step: the next one is below the rounding.
        if (next - t).abs() <= 1e-9 {
            return next;
        }
        t = next;
    }
    t
}
