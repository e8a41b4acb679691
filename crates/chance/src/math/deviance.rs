//! The deviance kernel of saddle-point probabilities.

use super::{ln, ln_1p};

/// Below this `|t|` the logarithm would cancel and the series is used.
const SERIES_BELOW: f64 = 0.3;

/// `1/3, 1/5, ...`: with `|v| < 0.18` the first term left out is below `1e-17` of the sum.
const ODD_RECIPROCALS: [f64; 11] = [
    1.0 / 3.0,
    1.0 / 5.0,
    1.0 / 7.0,
    1.0 / 9.0,
    1.0 / 11.0,
    1.0 / 13.0,
    1.0 / 15.0,
    1.0 / 17.0,
    1.0 / 19.0,
    1.0 / 21.0,
    1.0 / 23.0,
];

/// `(1 + t) ln(1 + t) - t` for `t >= -1`: the unit deviance at a relative excess of `t`.
///
/// With `x = mu (1 + t)`, `mu * deviance(t)` is Loader's `D0(x; mu) = x ln(x/mu) + mu - x`
/// ("Fast and accurate computation of binomial probabilities", 2000). Series in
/// `v = t / (2 + t)` near 0; relative error a few ulp everywhere.
#[inline]
pub fn deviance(t: f64) -> f64 {
    if t.abs() >= SERIES_BELOW {
        if t <= -1.0 {
            return 1.0;
        }
        return (1.0 + t) * ln_1p(t) - t;
    }
    // (1+t) ln(1+t) - t = t v + 2 (1+t) (v^3/3 + v^5/5 + ...), as ln(1+t) = 2 atanh(v).
    let v = t / (2.0 + t);
    let y = v * v;
    let series = ODD_RECIPROCALS.iter().rev().fold(0.0, |sum, c| sum * y + c);
    t * v + 2.0 * (1.0 + t) * v * y * series
}

/// `x ln(x / mean) + mean - x`: the deviance of `x`, whose `excess = x - mean` the caller knows
/// better than the difference of the rounded two; relative error a few ulp of the excess.
#[inline]
pub fn saddle_part(mean: f64, x: f64, excess: f64) -> f64 {
    if x > 1e3 * mean {
        // The quotient could overflow, and far from the mean nothing cancels.
        return x * (ln(x) - ln(mean)) - excess;
    }
    mean * deviance(excess / mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners() {
        assert_eq!(deviance(0.0).to_bits(), 0.0_f64.to_bits());
        assert_eq!(deviance(-1.0).to_bits(), 1.0_f64.to_bits());
        assert!((deviance(1e-9) / 5e-19 - 1.0).abs() < 1e-8);
    }

    #[test]
    fn branches_meet() {
        for t in [SERIES_BELOW, -SERIES_BELOW] {
            let inside = t * (1.0 - 1e-15);
            assert!((deviance(t) / deviance(inside) - 1.0).abs() < 1e-14, "{t}");
        }
    }
}
