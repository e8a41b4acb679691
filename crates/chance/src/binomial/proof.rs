//! Numerical proof that the expansion's error is below half its bound; see the Poisson one.

use super::tail::tails;
use super::*;

/// The largest share of the bound that the error takes.
fn worst(n: u64, p: f64) -> f64 {
    let (q, trials) = (1.0 - p, n as f64);
    let (mean, mean_low) = exact_product(trials, p);
    let variance = trials * p * q;
    let reach = 9.0 * variance.sqrt() + 20.0;
    let first = (mean - reach).max(0.0) as u64;
    let last = ((mean + reach) as u64).min(n);
    let stride = ((last - first) / 60).max(1) as usize;
    let mut worst = 0.0_f64;
    for m in (first + 1..last).step_by(stride) {
        let tails = tails(n, p, m - 1);
        let w = if tails.lower < 0.5 {
            normal_quantile(tails.lower)
        } else {
            -normal_quantile(tails.upper)
        };
        if w.abs() < 8.3 {
            let (x, bound) = expand(variance, p, q, w);
            worst = worst.max((x - ((m as f64 - mean) - mean_low)).abs() / bound);
        }
    }
    worst
}

#[test]
fn the_bound_is_twice_the_error() {
    let chances =
        [1e-9, 1e-6, 1e-4, 0.003, 0.01, 0.03, 0.07, 0.12, 0.2, 0.28, 0.36, 0.43, 0.48, 0.5];
    for low in chances {
        let mut variance = SEQUENTIAL_BELOW;
        while variance < 3e6 {
            for p in [low, 1.0 - low] {
                let n = (variance / (p * (1.0 - p))).ceil() as u64;
                let share = worst(n, p);
                assert!(share < 0.5, "{share} of the bound at {n} {p}");
            }
            variance *= if variance < 40.0 { 1.01 } else { 1.3 };
        }
    }
    for (n, p) in [(1_000_000_000_000, 0.3), (10_000_000_000_000, 0.5), (10_000_000_000_000, 0.999)]
    {
        let share = worst(n, p);
        assert!(share < 0.5, "{share} of the bound at {n} {p}");
    }
}
