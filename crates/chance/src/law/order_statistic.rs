//! Order statistics of uniforms.

use super::beta;

/// Quantile of the `k`-th smallest of `n` uniforms, which is beta of `k` and `n - k + 1`.
///
/// Composed with the quantile of any law it draws the `k`-th smallest of `n` values of that law
/// from one uniform. `k` is taken into `1..=n`, and `n` as at least 1.
pub fn quantile(k: u64, n: u64, u: f64) -> f64 {
    let n = n.max(1);
    let k = k.clamp(1, n);
    beta::quantile(k as f64, (n - k) as f64 + 1.0, u)
}
