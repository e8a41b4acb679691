//! Special functions: incomplete beta and gamma, their quantiles, and Student's t.
//!
//! All of them get their scale from one place, the saddle-point form of the binomial and Poisson
//! probabilities (Loader 2000), which does not lose digits when counts are large.

mod beta;
mod gamma;
mod loader;
mod student;

pub(crate) use beta::log_odds_width;
pub use beta::{beta_cdf, beta_mean_of, beta_quantile, beta_upper};
pub use gamma::{gamma_lower, gamma_upper};
pub use loader::{binomial_density, poisson_density};
pub use student::student_t_quantile;

/// Continued fractions and series stop here even if their last digit still moves.
const TERMS_MAX: usize = 100_000;

/// A term or factor that differs from neutral by less than this changes nothing.
const NEGLIGIBLE: f64 = f64::EPSILON / 2.0;

/// The value of the continued fraction `1 / (b1 + a2 / (b2 + a3 / (b3 + ...)))` by the modified
/// Lentz method (Thompson and Barnett 1986); `coefficients` yields `(a, b)` from `(1, b1)` on.
fn continued_fraction(coefficients: impl Iterator<Item = (f64, f64)>) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |x: f64| if x.abs() < TINY { TINY } else { x };
    let (mut value, mut c, mut d) = (TINY, TINY, 0.0);
    for (a, b) in coefficients.take(TERMS_MAX) {
        d = 1.0 / away(b + a * d);
        c = away(b + a / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() <= NEGLIGIBLE {
            break;
        }
    }
    value
}
