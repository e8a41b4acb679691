//! Facts about rollouts that are judged by queries, against what is known of them.

use serde_json::Value;

use coalmine::gate::Verdict;
use coalmine::simulation::{Ending, Engine, Unrecorded};

use super::{SEED, all_at_once, first_failure, readings, rolled_back};

/// The share of failures in a window, as people ask for it.
const ERRORS: &str =
    r#"sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))"#;

/// The share of successes in a window, of the release.
const SUCCESS: &str = r#"sum(rate(http_requests_total{rollouts_pod_template_hash="{{args.canary-hash}}",status!~"5.."}[5m])) / sum(rate(http_requests_total{rollouts_pod_template_hash="{{args.canary-hash}}"}[5m]))"#;

/// The cases of the conformance folder, or those that a plain clone has.
fn cases() -> Vec<Value> {
    let whole = std::env::var_os("COALMINE_CONFORMANCE")
        .map(|folder| std::path::PathBuf::from(folder).join("analytic/window_lag.json"));
    if whole.is_none() {
        println!("skipped: COALMINE_CONFORMANCE is not set, the cases of this repository are used");
    }
    let file = whole.unwrap_or_else(|| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/window_lag.json").into()
    });
    let text = std::fs::read_to_string(file).expect("the file is there");
    let json: Value = serde_json::from_str(&text).expect("the file is JSON");
    json["cases"].as_array().expect("it has cases").clone()
}

/// A window of 5 minutes that is scraped and read every second: what it says of a step from `p0`
/// to `p1` crosses the threshold a part of the window later, which is not the window.
#[test]
fn conformance_of_the_lag_of_a_window() {
    let cases = cases();
    for case in &cases {
        let number = |key: &str| case[key].as_f64().expect("a number");
        let (p0, p1, threshold) = (number("p0"), number("p1"), number("threshold"));
        // A share `add` of what does not fail already fails as well.
        let add = (p1 - p0) / (1.0 - p0);
        let percent = |share: f64| format!("{:.4}%", share * 100.0);
        let release = format!(
            "{{ faults: [{{ error-spike: {{ add: {}, onset: {{ after: 10m }} }} }}] }}",
            percent(add)
        );
        let gate = format!("query: '{ERRORS}', over: {threshold}, interval: 1s");
        let telemetry = ("scrape: 1s, delay: 0s", percent(p0));
        let scenario = all_at_once(("1M/s", "16m"), (telemetry.0, &telemetry.1, &release), &gate);
        let seen = first_failure(&scenario).map(|at| at - 600.0);
        match case["expected_cross_s"].as_f64() {
            // The window spans 299 of its 300 seconds, and is read at whole seconds.
            Some(expected) => {
                let seen = seen.unwrap_or_else(|| panic!("{case} does not cross"));
                let early = expected * 299.0 / 300.0;
                assert!((early - 0.1..early + 1.1).contains(&seen), "{case}: {seen}");
            }
            None => assert_eq!(seen, None, "{case}"),
        }
    }
    println!("analytic/window_lag.json: {} of {} agree (0 unsupported)", cases.len(), cases.len());
}

/// Readings of windows that overlap fail together: a healthy release of 60 requests a minute, of
/// which one in a thousand fails, against a threshold of 0.5 %. If readings were independent, more
/// than three of forty would fail in 5.9 % of the rollouts.
#[test]
fn readings_of_windows_that_overlap_fail_together() {
    let gate =
        format!("query: '{ERRORS}', over: 0.005, interval: 60s, initialDelay: 5m, failureLimit: 3");
    let scenario = all_at_once(("60/m", "44m1s"), ("scrape: 15s, delay: 0s", "0.1%", "{}"), &gate);
    assert_eq!(readings(&scenario, 1).len(), 40);
    let share = rolled_back(&scenario, 4000);
    assert!((0.16..0.23).contains(&share), "{share}");
}

/// A release that gets a request every 200 s and serves each of them well, judged for 40 minutes by
/// its success rate in 5 minutes: where there was no request, 0/0 is not a number, and that is no
/// success. What a series is before its first event, and when the analysis begins, decide the rest.
#[test]
fn a_service_without_traffic_is_rolled_back_for_that() {
    let share = |series: &str, delay: &str, lasts: &str| {
        let gate = format!(
            "query: '{SUCCESS}', successCondition: 'len(result) > 0 && result[0] >= 0.95', \
             interval: 60s, initialDelay: {delay}, failureLimit: 3"
        );
        let telemetry = format!("scrape: 5s, delay: 0s, series: {series}");
        rolled_back(&all_at_once(("0.3/m", lasts), (&telemetry, "0%", "{}"), &gate), 4000)
    };
    let later = share("created-at-start", "5m", "44m1s");
    assert!((0.84..0.885).contains(&later), "after one window: {later}");
    let once = share("created-at-start", "0s", "39m1s");
    assert!((0.93..0.97).contains(&once), "at once: {once}");
    let born = share("born-at-first-event", "0s", "39m1s");
    assert!((0.985..0.999).contains(&born), "born at the first event: {born}");
}

/// A success rate between both conditions: one failure in five, where 5 % succeed and a half fails.
#[test]
fn a_rollout_stops_at_the_inconclusive_reading_after_the_last_that_is_forgiven() {
    let judged = |limit: &str| {
        let gate = format!(
            "query: '{SUCCESS}', successCondition: 'result[0] >= 0.95', \
             failureCondition: 'result[0] < 0.5', interval: 60s, initialDelay: 5m{limit}"
        );
        let release = "{ faults: [{ error-spike: { add: 20% } }] }";
        all_at_once(("600/m", "29m1s"), ("delay: 0s", "0%", release), &gate)
    };
    let ending = |scenario| Engine::new(scenario, Unrecorded).simulate(SEED, 0).ending;
    let said = |scenario: &_| readings(scenario, 0).iter().map(|(_, it)| it.verdict).collect();
    let (ignored, limited) = (judged(""), judged(", inconclusiveLimit: 3"));
    let all: Vec<Verdict> = said(&ignored);
    assert_eq!(all.len(), 25);
    assert!(all.iter().all(|it| *it == Verdict::Inconclusive));
    assert_eq!(ending(&ignored), Ending::Promoted);
    assert_eq!(ending(&limited), Ending::Held);
    let all: Vec<Verdict> = said(&limited);
    assert_eq!(all.len(), 4, "the fourth one is one too many");
}
