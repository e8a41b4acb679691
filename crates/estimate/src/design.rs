//! How much data a question needs, decided before any is seen.

use chance::math::{exp_m1, ln, ln_1p, normal_quantile, sqrt};

/// Observations per arm for a one-sided z test of level `alpha` to find a rise of a rate from
/// `p0` to `p1` with power `1 - beta`; round up to use.
///
/// `((z_a sqrt(2 p q) + z_b sqrt(p0 q0 + p1 q1)) / (p1 - p0))^2` with `p` the mean rate (Fleiss,
/// "Statistical Methods for Rates and Proportions", equation 4.14 without continuity correction).
pub fn two_proportion_sample_size(p0: f64, p1: f64, alpha: f64, beta: f64) -> f64 {
    let variance = |p: f64| p * (1.0 - p);
    let null = normal_quantile(1.0 - alpha) * sqrt(2.0 * variance(f64::midpoint(p0, p1)));
    let alternative = normal_quantile(1.0 - beta) * sqrt(variance(p0) + variance(p1));
    let root = (null + alternative) / (p1 - p0);
    root * root
}

/// The chance of at least one false alarm in `looks` independent looks or metrics of level
/// `alpha` each: `1 - (1 - alpha)^looks`.
pub fn family_false_positive_rate(alpha: f64, looks: u64) -> f64 {
    -exp_m1(looks as f64 * ln_1p(-alpha))
}

/// The fewest trials without any event that show a rate of at most `rate` with this confidence:
/// `n >= ln(1 - confidence) / ln(1 - rate)` (Wilks 1941; at 95%, the rule of three, about
/// `3 / rate`).
pub fn clean_trials(rate: f64, confidence: f64) -> u64 {
    let exact = ln(1.0 - confidence) / ln_1p(-rate);
    exact.ceil() as u64
}

/// Half the width of a uniform confidence band around the distribution function of `n` values:
/// `sqrt(ln(2 / alpha) / (2 n))` (Dvoretzky, Kiefer and Wolfowitz 1956, constant by Massart 1990).
pub fn dkw_half_width(n: u64, alpha: f64) -> f64 {
    sqrt(ln(2.0 / alpha) / (2.0 * n as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) {
        assert!((left / right - 1.0).abs() < 1e-12, "{left} is not {right}");
    }

    #[test]
    fn sample_sizes() {
        close(two_proportion_sample_size(0.001, 0.005, 0.05, 0.2), 2310.4570185286266);
        close(two_proportion_sample_size(0.01, 0.015, 0.05, 0.1), 8454.923955757426);
    }

    #[test]
    fn many_looks_find_something() {
        close(family_false_positive_rate(0.05, 20), 0.6415140775914581);
        assert_eq!(family_false_positive_rate(0.05, 0).to_bits(), 0);
    }

    #[test]
    fn clean_trials_are_about_three_over_the_rate() {
        assert_eq!(clean_trials(0.01, 0.95), 299);
        assert_eq!(clean_trials(0.05, 0.95), 59);
        assert_eq!(clean_trials(0.001, 0.99), 4603);
    }

    #[test]
    fn bands_narrow_with_the_root_of_n() {
        close(dkw_half_width(100, 0.05), 0.13581015157406195);
        close(dkw_half_width(10_000, 0.01), 0.016276236307187292);
    }
}
