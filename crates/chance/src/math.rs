//! The one door to transcendental functions.
//!
//! The platform's `libm` differs between systems, so every function here is either pure-Rust
//! `libm` called directly, or `+ - * /` and `sqrt`, which IEEE 754 rounds the same everywhere.

mod deviance;
mod factorial;
mod gauss;
mod table;
mod product;

pub use deviance::{deviance, saddle_part};
pub use factorial::{LN_SQRT_TAU, ln_factorial, stirling_error, stirling_series};
pub use gauss::{normal_cdf, normal_density, normal_quantile};
pub use product::exact_product;
pub use table::NormalTable;

/// Natural logarithm `ln x` (FDLIBM, below 1 ulp).
#[inline]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `ln(1 + x)`, accurate for small `x` (FDLIBM, below 1 ulp).
#[inline]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// Exponential `e^x` (FDLIBM, below 1 ulp).
#[inline]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// `e^x - 1`, accurate for small `x` (FDLIBM, below 1 ulp).
#[inline]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// Power `x^y` (FDLIBM, below 1 ulp).
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// Integer power `x^n` by squaring: at most `2 log2 n` roundings.
#[inline]
pub fn powu(x: f64, n: u32) -> f64 {
    let (mut base, mut left, mut product) = (x, n, 1.0);
    while left > 0 {
        if left & 1 == 1 {
            product *= base;
        }
        base *= base;
        left >>= 1;
    }
    product
}

/// Sine of `x` radians (FDLIBM, below 1 ulp).
#[inline]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine of `x` radians (FDLIBM, below 1 ulp).
#[inline]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Square root, correctly rounded.
#[inline]
pub fn sqrt(x: f64) -> f64 {
    x.sqrt()
}

/// `ln |Gamma(x)|` (FDLIBM, a few ulp away from its zeros at 1 and 2).
#[inline]
pub fn lgamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Error function `2/sqrt(pi) * integral of e^(-t^2) from 0 to x` (FDLIBM, below 1 ulp).
#[inline]
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// Complementary error function `1 - erf(x)`, accurate in the right tail (FDLIBM, below 1 ulp).
#[inline]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// Logistic function `1 / (1 + e^-x)`; relative precision a few ulp in both tails.
#[inline]
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        return 1.0 / (1.0 + exp(-x));
    }
    let e = exp(x);
    e / (1.0 + e)
}

/// Log-odds `ln(p / (1 - p))`, the inverse of [`logistic`].
///
/// Near one half the quotient is close to 1, so the logarithm is taken of the excess instead.
#[inline]
pub fn logit(p: f64) -> f64 {
    if (0.3..=0.65).contains(&p) {
        return ln_1p((2.0 * p - 1.0) / (1.0 - p));
    }
    ln(p) - ln_1p(-p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_powers_match_repeated_products() {
        assert_eq!(powu(3.0, 0).to_bits(), 1.0_f64.to_bits());
        assert_eq!(powu(3.0, 13).to_bits(), 1_594_323.0_f64.to_bits());
        assert!((powu(0.9, 77) / pow(0.9, 77.0) - 1.0).abs() < 1e-14);
    }

    #[test]
    fn logit_inverts_logistic() {
        for i in -300..=300 {
            let x = f64::from(i) / 10.0;
            let p = logistic(x);
            // The slope of logit is 1 / (p (1 - p)): above 0 it amplifies the rounding of p.
            let tolerance = 1e-15 * (1.0 + x.abs()) + 2.3e-16 / (1.0 - p);
            assert!((logit(p) - x).abs() <= tolerance, "{x}: {}", logit(p));
        }
        assert_eq!(logit(0.5).to_bits(), 0.0_f64.to_bits());
    }
}
