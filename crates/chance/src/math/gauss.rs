//! The normal distribution function and its inverse.
#![allow(clippy::excessive_precision, reason = "coefficients keep the digits of their sources")]

use super::{exp, ln};

/// `1 / sqrt(2 pi)`.
const INV_SQRT_TAU: f64 = 0.3989422804014327;

/// Density of the standard normal, `e^(-x^2/2) / sqrt(2 pi)`; relative error a few ulp.
#[inline]
pub fn normal_density(x: f64) -> f64 {
    INV_SQRT_TAU * exp_half_square(x)
}

/// `e^(-x^2/2)`. The argument is split at 24 bits so that its square is exact: without this the
/// rounding of `x^2` alone would cost `x^2/2` ulp in the tail.
#[inline]
fn exp_half_square(x: f64) -> f64 {
    if x.abs() > 40.0 {
        return 0.0;
    }
    let high = f64::from(x as f32);
    let h = 0.5 * (x - high) * (x + high);
    exp(-0.5 * high * high) * (1.0 - h * (1.0 - h * (0.5 - h * (1.0 / 6.0))))
}

/// Distribution function of the standard normal, `P(Z <= x)`, accurate in both tails.
///
/// Rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error
/// function", Math. Comp. 23 (1969), in the arrangement of his ANORM; relative error below
/// `2e-15` wherever the result is a normal number.
#[inline]
pub fn normal_cdf(x: f64) -> f64 {
    let y = x.abs();
    if y <= 0.67448975 {
        return 0.5 + x * central_ratio(x * x);
    }
    if y.is_nan() {
        return x;
    }
    let ratio = if y <= 5.656854249492381 { middle_ratio(y) } else { far_ratio(y) };
    let tail = ratio * exp_half_square(y);
    if x < 0.0 { tail } else { 1.0 - tail }
}

/// `(P(Z <= x) - 1/2) / x` as a function of `s = x^2`, for `|x| <= 0.67448975`.
#[inline]
fn central_ratio(s: f64) -> f64 {
    let num = ((0.06568233791820745 * s + 2.2352520354606837) * s + 161.02823106855587) * s;
    let num = (num + 1067.6894854603709) * s + 18154.981253343560;
    let den = ((s + 47.202581904688245) * s + 976.0985517377767) * s;
    let den = (den + 10260.932208618979) * s + 45507.789335026730;
    num / den
}

/// Mills' ratio over `sqrt(2 pi)` for `0.674 < y <= sqrt(32)`.
#[inline]
fn middle_ratio(y: f64) -> f64 {
    let y2 = y * y;
    let y4 = y2 * y2;
    // Pairs first (Estrin): all terms are positive, and the chain of operations is half as long.
    let low = (9842.7148383839780 + 11602.651437647350 * y)
        + (6848.1904505362823 + 2494.5375852903727 * y) * y2;
    let high = (597.27027639480026 + 93.506656132177856 * y)
        + (8.8831497943883759 + 0.39894151208813466 * y) * y2;
    let num = low + (high + 1.0765576773720192e-8 * y4) * y4;
    let low = (19685.429676859991 + 38912.003286093271 * y)
        + (34900.952721145977 + 18615.571640885098 * y) * y2;
    let high = (6485.5582982667608 + 1519.3775994075548 * y)
        + (235.38790178262499 + 22.266688044328116 * y) * y2;
    let den = low + (high + y4) * y4;
    num / den
}

/// Mills' ratio over `sqrt(2 pi)` for `y > sqrt(32)`.
#[inline]
fn far_ratio(y: f64) -> f64 {
    let s = 1.0 / (y * y);
    let num = (((0.02307344176494017 * s + 0.21589853405795699) * s + 0.12740116116024736) * s
        + 0.022235277870649807)
        * s
        + 0.0014216191932278935;
    let num = num * s + 2.9112874951168792e-5;
    let den = (((s + 1.28426009614491121) * s + 0.46823821248086512) * s + 0.065988137868928552)
        * s
        + 0.0037823963320275824;
    let den = den * s + 7.2975155508396621e-5;
    (INV_SQRT_TAU - s * num / den) / y
}

/// Quantile of the standard normal: the `x` with `P(Z <= x) = p`.
///
/// Algorithm AS 241, PPND16 (M. J. Wichura, Applied Statistics 37, 1988): relative error about
/// `1e-16` before rounding. Gives `-inf` at `p <= 0`, `+inf` at `p >= 1`.
#[inline]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * octic(&CENTRE_NUM, r) / octic(&CENTRE_DEN, r);
    }
    tail_quantile(p, q)
}

fn tail_quantile(p: f64, q: f64) -> f64 {
    if p.is_nan() {
        return p;
    }
    let smaller = if q < 0.0 { p } else { 1.0 - p };
    if smaller <= 0.0 {
        return if q < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let r = (-ln(smaller)).sqrt();
    let x = if r <= 5.0 {
        octic(&MIDDLE_NUM, r - 1.6) / octic(&MIDDLE_DEN, r - 1.6)
    } else {
        octic(&FAR_NUM, r - 5.0) / octic(&FAR_DEN, r - 5.0)
    };
    if q < 0.0 { -x } else { x }
}

/// Polynomial of degree 7 by Estrin's scheme: a third of the latency of Horner's.
#[inline]
fn octic(c: &[f64; 8], r: f64) -> f64 {
    let r2 = r * r;
    let low = (c[0] + c[1] * r) + (c[2] + c[3] * r) * r2;
    let high = (c[4] + c[5] * r) + (c[6] + c[7] * r) * r2;
    low + high * (r2 * r2)
}

const CENTRE_NUM: [f64; 8] = [
    3.3871328727963666,
    133.14166789178438,
    1971.5909503065514,
    13731.693765509461,
    45921.953931549871,
    67265.770927008701,
    33430.575583588128,
    2509.0809287301227,
];
const CENTRE_DEN: [f64; 8] = [
    1.0,
    42.313330701600911,
    687.18700749205791,
    5394.1960214247511,
    21213.794301586596,
    39307.895800092711,
    28729.085735721943,
    5226.4952788528546,
];
const MIDDLE_NUM: [f64; 8] = [
    1.42343711074968357734,
    4.63033784615654529590,
    5.76949722146069140550,
    3.64784832476320460504,
    1.27045825245236838258,
    0.241780725177450611770,
    0.0227238449892691845833,
    0.000774545014278341407640,
];
const MIDDLE_DEN: [f64; 8] = [
    1.0,
    2.05319162663775882187,
    1.67638483018380384940,
    0.689767334985100004550,
    0.148103976427480074590,
    0.0151986665636164571966,
    0.000547593808499534494600,
    1.05075007164441684324e-9,
];
const FAR_NUM: [f64; 8] = [
    6.65790464350110377720,
    5.46378491116411436990,
    1.78482653991729133580,
    0.296560571828504891230,
    0.0265321895265761230930,
    0.00124266094738807843860,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
];
const FAR_DEN: [f64; 8] = [
    1.0,
    0.599832206555887937690,
    0.136929880922735805310,
    0.0148753612908506148525,
    0.000786869131145613259100,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
];
