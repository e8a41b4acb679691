//! The multinomial distribution, as binomials of what is left.

use crate::binomial;

/// Spreads `n` over `counts` in proportion to `weights`: each cell but the last takes a binomial
/// share of what is left, at one uniform of `uniform` each. Exact; the shares of a cell and of the
/// cells behind it are computed from the end, so that no difference of weights cancels.
///
/// Weights that are not positive get nothing; when none is positive, the last cell takes all.
///
/// # Panics
/// If the slices differ in length.
pub fn split(n: u64, weights: &[f64], counts: &mut [u64], mut uniform: impl FnMut() -> f64) {
    assert_eq!(weights.len(), counts.len(), "one count for each weight");
    let Some((last, cells)) = counts.split_last_mut() else { return };
    let mut left = n;
    for (i, count) in cells.iter_mut().enumerate() {
        // A draw is taken even when nothing is left: what follows must not depend on the counts.
        let u = uniform();
        *count = binomial::quantile(left, share(&weights[i..]), u);
        left -= *count;
    }
    *last = left;
}

/// The share of the first of `weights`.
fn share(weights: &[f64]) -> f64 {
    let total = weights.iter().rev().fold(0.0, |sum, w| sum + w.max(0.0));
    if total > 0.0 { (weights[0].max(0.0) / total).min(1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_zero_weights_stay_empty() {
        let mut counts = [9; 4];
        let mut us = [0.3, 0.9, 0.5].into_iter();
        split(1000, &[1.0, 0.0, 2.0, 3.0], &mut counts, || us.next().unwrap_or(0.5));
        assert_eq!(counts.iter().sum::<u64>(), 1000);
        assert_eq!(counts[1], 0);
        split(7, &[0.0; 4], &mut counts, || 0.5);
        assert_eq!(counts, [0, 0, 0, 7]);
        split(7, &[1.0, 0.0, 0.0, 0.0], &mut counts, || 0.5);
        assert_eq!(counts, [7, 0, 0, 0]);
    }

    #[test]
    fn no_cells_take_nothing() {
        split(7, &[], &mut [], || 0.5);
    }
}
