//! Numerical proof that the expansion's error is below half its bound.
//!
//! The integer part of the expansion can only be wrong where it crosses an integer at the wrong
//! place. The right place for `m` is `u = P(X < m)`, so it is enough to put that `u` in: what
//! comes out must be `m`, but for the error.

use super::*;

/// The largest share of the bound that the error takes, over `step`s of the integers.
fn worst(lambda: f64) -> f64 {
    let root = lambda.sqrt();
    let first = (lambda - 9.0 * root).max(0.0) as u64;
    let last = (lambda + 9.0 * root + 20.0) as u64;
    let stride = ((last - first) / 200).max(1) as usize;
    let mut worst = 0.0_f64;
    for m in (first + 1..last).step_by(stride) {
        let tails = tails(lambda, m - 1);
        let w = if tails.lower < 0.5 {
            normal_quantile(tails.lower)
        } else {
            -normal_quantile(tails.upper)
        };
        // Uniforms have 52 bits: beyond this nothing is asked but tiny `u` given by hand.
        if w.abs() < 8.3 {
            let (x, bound) = expand(lambda, w);
            worst = worst.max((x - (m as f64 - lambda)).abs() / bound);
        }
    }
    worst
}

#[test]
fn the_bound_is_twice_the_error() {
    let mut lambda = SEQUENTIAL_BELOW;
    while lambda < 1e7 {
        let share = worst(lambda);
        assert!(share < 0.5, "{share} of the bound at {lambda}");
        lambda *= if lambda < 40.0 { 1.001 } else { 1.02 };
    }
    for lambda in [1e8, 3.3e9, 7.7e10, 1e12, 1e13] {
        let share = worst(lambda);
        assert!(share < 0.5, "{share} of the bound at {lambda}");
    }
}

#[test]
fn tails_are_continuous_where_their_method_changes() {
    // One step of P(X <= k) is the probability between, on both sides of the switch.
    for lambda in [1.04e5_f64, 3e5, 6e5] {
        for side in [-1.0, 1.0] {
            let edge = (lambda * (1.0 + side * NEAR)) as u64;
            for k in edge - 2000..edge + 2000 {
                if k % 97 != 0 {
                    continue;
                }
                let (here, next) = (tails(lambda, k), tails(lambda, k + 1));
                let step =
                    if side < 0.0 { next.lower - here.lower } else { here.upper - next.upper };
                let scale = if side < 0.0 { next.lower } else { here.upper };
                assert!((step - pmf(lambda, k + 1)).abs() <= 2e-12 * scale, "{lambda} {k}");
            }
        }
    }
}
