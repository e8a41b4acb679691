//! Student's t distribution.

use super::beta_quantile;
use chance::math::sqrt;

/// The `t` with P(-t <= T <= t) = `confidence` for Student's T with `freedom` > 0 degrees.
///
/// By the beta distribution: T^2 / (freedom + T^2) ~ Beta(1/2, freedom/2).
pub fn student_t_quantile(confidence: f64, freedom: f64) -> f64 {
    // Whichever of the two shares is the small one is found to full relative precision.
    if freedom < 10.0 {
        let rest = beta_quantile(1.0 - confidence, freedom / 2.0, 0.5);
        sqrt(freedom * (1.0 - rest) / rest)
    } else {
        let part = beta_quantile(confidence, 0.5, freedom / 2.0);
        sqrt(freedom * part / (1.0 - part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_printed_table() {
        let cases = [
            (0.95, 1.0, 12.706204736174694),
            (0.95, 2.0, 4.302652729749462),
            (0.95, 9.0, 2.262157162798205),
            (0.99, 30.0, 2.749995653567226),
            (0.95, 1000.0, 1.9623390808264078),
        ];
        for (confidence, freedom, expected) in cases {
            let t = student_t_quantile(confidence, freedom);
            assert!((t / expected - 1.0).abs() < 1e-10, "{confidence} {freedom}: {t}");
        }
    }

    #[test]
    fn a_large_sample_is_normal() {
        assert!((student_t_quantile(0.95, 1e7) - 1.959963984540054).abs() < 1e-6);
    }
}
