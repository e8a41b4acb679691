//! Queries of Prometheus whose answer is a number that is counted anyway.

use crate::document::{Node, Place};
use crate::import::build;

/// The names of a query behind `variables.`, in the order of the text.
pub(super) fn variables(query: &str) -> impl Iterator<Item = &str> {
    let actions = query.split("{{").skip(1).filter_map(|it| it.split("}}").next());
    actions.filter_map(|it| it.trim().strip_prefix("variables."))
}

/// What a query measures, if it is one of those that everybody writes: a share of requests with
/// or without an error of the server, in percent, or a quantile of the response time.
pub(super) fn measure(query: &str, place: Place) -> Option<Node> {
    let query: String = query.split_whitespace().collect();
    if let Some(rest) = query.strip_prefix("histogram_quantile(") {
        return quantile(rest, &query, place);
    }
    let fails = ["!~\"5", "!=\"5", "classification=\"success\"", "classification!=\"failure\""];
    let succeeds = fails.iter().any(|it| query.contains(it));
    let is_share = query.contains('/') && query.contains("rate(");
    let is_percent = query.contains("*100") || query.contains("100*");
    match (succeeds && is_share && is_percent, query.starts_with("100-")) {
        (true, true) => Some(build::text("error-rate", place)),
        (true, false) => Some(build::text("success-rate", place)),
        (false, _) if query.contains("=~\"5") && is_share && is_percent => {
            Some(build::text("error-rate", place))
        }
        (false, _) => None,
    }
}

fn quantile(rest: &str, query: &str, place: Place) -> Option<Node> {
    let (number, _) = rest.split_once(',')?;
    let quantile = match number {
        "0.5" | "0.50" => "p50",
        "0.9" | "0.90" => "p90",
        "0.95" => "p95",
        "0.99" => "p99",
        "0.999" => "p99.9",
        _ => return None,
    };
    let counts = ["_milliseconds_", "_ms_", "latency_bucket", "upstream_rq_time_bucket"];
    let is_milli = counts.iter().any(|it| query.contains(it)) || query.ends_with("*1000");
    let unit = build::text(if is_milli { "1ms" } else { "1s" }, place);
    let inside = build::map([("quantile", build::text(quantile, place)), ("unit", unit)], place);
    Some(build::map([("latency", inside)], place))
}
