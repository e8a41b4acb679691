//! Numbers of findings: what is assumed where a manifest does not say it, and how they are said.

use std::fmt::Write;

use clockwork::Span;
use estimate::limits::cumulative_failure;
use estimate::thresholds::trip_probability_poisson;

/// Requests of the whole application each second that tables go through.
pub(crate) const RATES: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];

/// The share of requests that fails anyway (assumed).
pub(crate) const BASELINE: f64 = 0.001;

/// How often a target is scraped where nothing says it (assumed: the default of most charts).
pub(crate) const SCRAPE: f64 = 30.0;

/// Seconds after which a sample can be read (assumed, as `telemetry.delay` of a scenario is).
pub(crate) const DELAY: f64 = 5.0;

/// A share in percent, with two digits that count.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if percent.is_nan() => "NaN".to_owned(),
        0.0 => "0 %".to_owned(),
        _ if percent.abs() < 0.01 => "< 0.01 %".to_owned(),
        _ if percent > 99.99 && percent < 100.0 => "> 99.99 %".to_owned(),
        _ if percent > 99.0 && percent < 100.0 => format!("{} %", trimmed(percent, 2)),
        _ => format!("{} %", significant(percent)),
    }
}

/// A number with two digits that count, more for what is larger.
pub(crate) fn significant(value: f64) -> String {
    match value.abs() {
        size if size >= 10.0 => format!("{value:.0}"),
        size if size >= 1.0 => trimmed(value, 1),
        size if size >= 0.1 => trimmed(value, 2),
        size if size >= 0.01 => trimmed(value, 3),
        _ => trimmed(value, 5),
    }
}

/// A number without the zeros at its end.
pub(crate) fn trimmed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Seconds as a duration.
pub(crate) fn seconds(seconds: f64) -> String {
    let digits = if seconds < 10.0 { 10.0 } else { 1.0 };
    Span::from_secs_f64((seconds * digits).round() / digits).to_string()
}

/// What a number is at these rates of requests.
pub(crate) fn by_rate(rates: &[f64], number: impl Fn(f64) -> String) -> String {
    let mut text = String::new();
    for &rate in rates {
        let comma = if text.is_empty() { "" } else { ", " };
        // Writing to a text cannot fail.
        let _ = write!(text, "{comma}{} at {rate}/s", number(rate));
    }
    text
}

/// The chance that one reading of a healthy version is beyond a tolerance: more than that share of
/// a Poisson number of requests fail, each with the baseline's probability.
pub(crate) fn false_reading(requests: f64, tolerance: f64) -> f64 {
    if requests > 2e5 {
        // So many requests show the baseline itself.
        return if BASELINE > tolerance { 1.0 } else { 0.0 };
    }
    trip_probability_poisson(requests, BASELINE, tolerance)
}

/// The chance that more than `limit` of `count` readings are bad, each with probability `q`.
pub(crate) fn too_many(q: f64, count: u64, limit: u64) -> f64 {
    if count <= limit { 0.0 } else { cumulative_failure(q, count, limit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_said_with_the_digits_that_count() {
        for (share, text) in [
            (0.0, "0 %"),
            (0.000_01, "< 0.01 %"),
            (0.058_23, "5.8 %"),
            (0.4512, "45 %"),
            (0.0018, "0.18 %"),
            (0.9973, "99.73 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), text);
        }
        assert_eq!(
            by_rate(&RATES, |rate| significant(rate * 2.5)),
            "2.5 at 1/s, 25 at 10/s, 250 at 100/s, 2500 at 1000/s"
        );
    }

    /// The gate numbers of the reference: 60 requests, 0.1 % errors, threshold 0.5 %.
    #[test]
    fn false_readings_are_those_of_the_closed_form() {
        // P(X >= 1) where one failure of about 60 is beyond 0.5 %: 1 - exp(-0.06).
        let q = false_reading(60.0, 0.005);
        assert!((q - (1.0 - chance::math::exp(-0.06))).abs() < 1e-6, "{q}");
        assert!((too_many(q, 10, 0) - 0.45).abs() < 0.005);
        assert!((too_many(q, 10, 3) - 0.0018).abs() < 0.0002);
    }
}
