//! Gauges of response times, under the names that a service gives them: no exporter has them, but
//! people write such ones themselves and ask for them.
//!
//! A process shows the mean response time of the requests that it answered well in the latest
//! interval with any. The end of the name says the unit.

use super::plain::target;
use super::rows::Rows;
use super::{Series, Source, Telemetry};

/// Ends of names, and how many of the unit are a second.
const UNITS: [(&str, f64); 3] = [("_ms", 1_000.0), ("_milliseconds", 1_000.0), ("_seconds", 1.0)];

/// Words of names that are response times.
const WORDS: [&str; 4] = ["latency", "duration", "response_time", "request_time"];

/// How many of the unit of a gauge are a second, if its name ends with one that is known here:
/// `_ms`, `_milliseconds` or `_seconds`.
pub fn unit(name: &str) -> Option<f64> {
    UNITS.iter().find(|(end, _)| name.ends_with(end)).map(|(_, unit)| *unit)
}

/// Whether a name says that it is a response time: `http_latency_ms`.
pub fn is_response_time(name: &str) -> bool {
    unit(name).is_some() && WORDS.iter().any(|word| name.contains(word))
}

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let pod = Some(telemetry.pod(version));
    let mut rows = Rows { common: target(telemetry, version), version, pod, all };
    for name in &telemetry.gauges {
        // What something else is called so is that.
        let is_other = telemetry.renamed.iter().any(|(_, to)| to == name);
        if let Some(unit) = unit(name).filter(|_| !is_other) {
            rows.add(name, &[], Source::Mean(unit));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_whether_it_is_a_response_time_and_in_which_unit() {
        assert_eq!(unit("http_latency_ms"), Some(1_000.0));
        assert_eq!(unit("http_latency"), None);
        assert!(is_response_time("checkout_response_time_milliseconds"));
        assert!(is_response_time("request_duration_seconds"));
        assert!(!is_response_time("queue_age_seconds"));
        assert!(!is_response_time("http_request_duration_seconds_bucket"));
    }
}
