//! Numerical proof that the expansion's error is below half its bound; see the Poisson one.

use super::*;

/// The largest share of the bound that the error takes.
fn worst(total: u64, marked: u64, drawn: u64) -> f64 {
    let urn = Urn::new(total, marked, drawn);
    let variance = urn.variance();
    if !(SEQUENTIAL_BELOW..1e5).contains(&variance) {
        return 0.0;
    }
    let (whole, part) = urn.mean();
    let reach = (9.0 * variance.sqrt() + 20.0) as u64;
    let (first, last) = (urn.clamp(whole.saturating_sub(reach)), urn.clamp(whole + reach));
    let stride = ((last - first) / 50).max(1) as usize;
    let mut worst = 0.0_f64;
    for m in (first + 1..last).step_by(stride) {
        let tails = urn.tails(m - 1);
        let w = if tails.lower < 0.5 {
            normal_quantile(tails.lower)
        } else {
            -normal_quantile(tails.upper)
        };
        if w.abs() < 8.3 {
            let (x, bound) = expand(&urn, w);
            let error = x - (m as f64 - whole as f64 - part);
            worst = worst.max(error.abs() / bound);
        }
    }
    worst
}

#[test]
fn the_bound_is_twice_the_error() {
    let shares = [3e-4, 0.003, 0.02, 0.07, 0.15, 0.3, 0.45, 0.5, 0.6, 0.9, 0.99];
    for total in [34_u64, 41, 57, 64, 100, 333, 1000, 5000, 100_000, 10_000_000, 1_000_000_000] {
        for a in shares {
            for b in shares {
                let (marked, drawn) = ((total as f64 * a) as u64, (total as f64 * b) as u64);
                let share = worst(total, marked, drawn);
                assert!(share < 0.5, "{share} of the bound at {total} {marked} {drawn}");
            }
        }
    }
}

#[test]
fn moments_are_those_of_the_support() {
    for (total, marked, drawn) in [(100, 30, 20), (37, 9, 14), (50, 40, 20), (50, 20, 41)] {
        let urn = Urn::new(total, marked, drawn);
        let mass = |k| pmf(total, marked, drawn, k);
        let (whole, part) = urn.mean();
        let mean = whole as f64 + part;
        let moment = |power| -> f64 {
            (0..=drawn).map(|k| mass(k) * crate::math::powu(k as f64 - mean, power)).sum()
        };
        let variance = urn.variance();
        let (skew, excess) = urn.shape(variance);
        assert!(moment(1).abs() < 1e-12);
        assert!((moment(2) - variance).abs() < 1e-12 * variance);
        assert!((moment(3) / (variance * variance.sqrt()) - skew).abs() < 1e-12);
        assert!((moment(4) / (variance * variance) - 3.0 - excess).abs() < 1e-11);
    }
}
