//! Uniform asymptotic expansion of the incomplete beta and gamma functions.

use crate::math::{erfc, exp, saddle_part};
use crate::tails::Tails;

/// Terms computed at most, in pairs; at the sizes it is used for four pairs are enough.
const TERMS: usize = 20;

/// `2 / sqrt(pi)`.
const E0: f64 = std::f64::consts::FRAC_2_SQRT_PI;
/// `2^(-3/2)`.
const E1: f64 = 0.3535533905932738;

/// The smallest parameter from which the expansion is used.
pub(crate) const LARGE: f64 = 1e5;
/// The largest relative distance to the mean at which it is used.
pub(crate) const NEAR: f64 = 0.03;

/// A tail of the beta distribution `(a, b)` near its mean, `a` the exponent at the tail's end.
struct Expansion {
    /// `min(a, b) / max(a, b)`; 0 for the gamma distribution, the limit of `b` to infinity.
    ratio: f64,
    /// `(b - a) / max(a, b)`.
    lopsided: f64,
    /// `min(a, b)`.
    size: f64,
    /// Deviance at the tail's edge: `a ln(a / (N x)) + b ln(b / (N (1 - x)))`, `N = a + b`.
    deviance: f64,
    /// Stirling errors `D(a) + D(b) - D(a + b)`.
    correction: f64,
}

impl Expansion {
    /// `I_x(a, b)` for `x` not above the mean: algorithm BASYM of A. Didonato and A. Morris
    /// ("Algorithm 708", ACM TOMS 18, 1992). Relative error below `1e-13` in this crate's range.
    fn tail(&self) -> f64 {
        let peak = exp(-self.deviance);
        if peak <= 0.0 {
            return 0.0;
        }
        let z0 = self.deviance.sqrt();
        let w0 = 1.0 / (self.size * (1.0 + self.ratio)).sqrt();
        let sum = self.sum(z0, w0, 0.5 / E0 * erfc(z0) / peak);
        E0 * peak * exp(-self.correction) * sum
    }

    fn sum(&self, z0: f64, w0: f64, first: f64) -> f64 {
        let mut coefficients = Coefficients::new(2.0 / 3.0 * self.lopsided);
        let r0 = 1.0 / (1.0 + self.ratio);
        let h2 = self.ratio * self.ratio;
        let (z, z2) = (z0 / E1 * 0.5, 2.0 * z0 * z0);
        let (mut j0, mut j1) = (first, E1);
        let mut sum = j0 + coefficients.d[0] * w0 * j1;
        let (mut s, mut hn, mut w, mut z_odd, mut z_even) = (1.0, 1.0, w0, z, z2);
        for n in (2..=TERMS).step_by(2) {
            let m = n as f64;
            hn *= h2;
            coefficients.a[n - 1] = r0 * 2.0 * (self.ratio * hn + 1.0) / (m + 2.0);
            s += hn;
            coefficients.a[n] = self.lopsided * 2.0 * s / (m + 3.0);
            coefficients.extend(n);
            coefficients.extend(n + 1);
            j0 = E1 * z_odd + (m - 1.0) * j0;
            j1 = E1 * z_even + m * j1;
            z_odd *= z2;
            z_even *= z2;
            w *= w0;
            let even = coefficients.d[n - 1] * w * j0;
            w *= w0;
            let odd = coefficients.d[n] * w * j1;
            sum += even + odd;
            if even.abs() + odd.abs() <= 1e-17 * sum {
                break;
            }
        }
        sum
    }
}

/// Tails at `x` of the gamma distribution of shape `a` near its mean; `correction` is the Stirling
/// error of `a`.
pub(crate) fn gamma_near_mean(a: f64, x: f64, correction: f64) -> Tails {
    let distance = a - x;
    let deviance = saddle_part(x, a, distance);
    let expansion = |lopsided| Expansion { ratio: 0.0, lopsided, size: a, deviance, correction };
    if distance >= 0.0 {
        Tails::from_lower(expansion(1.0).tail())
    } else {
        Tails::from_upper(expansion(-1.0).tail())
    }
}

/// Tails of the beta distribution `(a, b)` near its mean, at the `x` where `distance` is
/// `a - (a + b) x`; `correction` is `D(a) + D(b) - D(a + b)` of the Stirling errors `D`.
pub(crate) fn beta_near_mean(a: f64, b: f64, distance: f64, correction: f64) -> Tails {
    let deviance = saddle_part(a - distance, a, distance) + saddle_part(b + distance, b, -distance);
    // The exponent at the tail's own end leads.
    let tail = |near: f64, far: f64| {
        let (size, large) = (near.min(far), near.max(far));
        let (ratio, lopsided) = (size / large, (far - near) / large);
        Expansion { ratio, lopsided, size, deviance, correction }.tail()
    };
    if distance >= 0.0 { Tails::from_lower(tail(a, b)) } else { Tails::from_upper(tail(b, a)) }
}

/// The coefficients of the expansion: powers of the series `a`, its reversion `c`, and `d = 1/c`.
struct Coefficients {
    a: [f64; TERMS + 1],
    c: [f64; TERMS + 1],
    d: [f64; TERMS + 1],
}

impl Coefficients {
    fn new(first: f64) -> Self {
        let (mut a, mut c, mut d) = ([0.0; TERMS + 1], [0.0; TERMS + 1], [0.0; TERMS + 1]);
        a[0] = first;
        c[0] = -0.5 * first;
        d[0] = 0.5 * first;
        Self { a, c, d }
    }

    /// Coefficient `i` from the ones before it.
    fn extend(&mut self, i: usize) {
        let r = -0.5 * (i as f64 + 1.0);
        let mut b = [0.0; TERMS + 1];
        b[0] = r * self.a[0];
        for m in 2..=i {
            let mut sum = 0.0;
            for j in 1..m {
                sum += (j as f64 * r - (m - j) as f64) * self.a[j - 1] * b[m - j - 1];
            }
            b[m - 1] = r * self.a[m - 1] + sum / m as f64;
        }
        self.c[i - 1] = b[i - 1] / (i as f64 + 1.0);
        let mut sum = 0.0;
        for j in 1..i {
            sum += self.d[i - j - 1] * self.c[j - 1];
        }
        self.d[i - 1] = -(sum + self.c[i - 1]);
    }
}
