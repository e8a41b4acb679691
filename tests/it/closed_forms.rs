//! Closed forms through scenarios: what the engine simulates against what can be calculated.
//!
//! Each estimate is held to four standard errors at a fixed seed. There are some forty of them, so
//! a correct engine fails this file for one seed in about four hundred; the seed does not change.

use std::path::PathBuf;

use coalmine::scenario::Scenario;
use coalmine::simulation::{Ending, Engine, Happening, Measures, Timeline, Unrecorded};
use serde_json::Value;

const SEED: u64 = 20_261_124;
const WORLDS: u64 = 20_000;

/// The folder of the closed forms; `None` says visibly that there is nothing to compare with.
fn folder() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("COALMINE_CONFORMANCE") else {
        eprintln!("skipped: COALMINE_CONFORMANCE is not set");
        return None;
    };
    Some(PathBuf::from(folder).join("analytic"))
}

fn cases(file: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(folder()?.join(file)).expect("the file is there");
    let json: Value = serde_json::from_str(&text).expect("the file is JSON");
    Some(json["cases"].as_array().expect("it has cases").clone())
}

fn number(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap_or_else(|| panic!("`{key}` is a number in {case}"))
}

fn whole(case: &Value, key: &str) -> u32 {
    number(case, key) as u32
}

fn formula(case: &Value) -> &str {
    case["formula"].as_str().expect("a case names its formula")
}

/// A gate that reads every minute of a service without any variation, all traffic on the release
/// from the start, and exactly `readings` readings.
struct Plain {
    /// Requests a minute.
    requests: f64,
    arrivals: &'static str,
    /// Share of them that fails.
    errors: f64,
    /// What the gate allows.
    over: f64,
    patience: String,
    readings: u32,
}

fn percent(share: f64) -> String {
    format!("{:.10}%", share * 100.0)
}

impl Plain {
    fn scenario(&self) -> Scenario {
        let text = format!(
            "time: {{ watch: 0s, bake: {}m }}
telemetry: {{ scrape: 60s, delay: 0s }}
noise: none
fleet: {{ pod: {{ startup: 0s, cold: none }} }}
traffic: {{ rate: {}/m, modulation: none, arrivals: {} }}
baseline: {{ errors: {{ rate: {} }} }}
release: {{}}
strategy: {{ allAtOnce: {{ routing: {{ weights: {{ delay: 0s }} }} }} }}
gates:
  errors:
    metric: {{ error-rate: {{}} }}
    over: {}
    window: 60s
    interval: 60s
    minSamples: 1
    {}",
            self.readings,
            self.requests,
            self.arrivals,
            percent(self.errors),
            percent(self.over),
            self.patience,
        );
        Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"))
    }
}

fn worlds(scenario: &Scenario, count: u64) -> Vec<Measures> {
    let mut engine = Engine::new(scenario, Unrecorded);
    (0..count).map(|replication| engine.simulate(SEED, replication)).collect()
}

fn tripped(measures: &Measures) -> f64 {
    f64::from(measures.ending == Ending::RolledBack)
}

/// Readings until the rollback or the end.
fn readings(measures: &Measures) -> f64 {
    measures.ended_at.since_start().as_secs_f64() / 60.0
}

#[track_caller]
fn agrees(what: &str, values: &[f64], expected: f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = |x: &f64| (x - mean) * (x - mean);
    let variance = values.iter().map(square).sum::<f64>() / (n - 1.0);
    // A share that was never seen to vary still has the error of its expectation.
    let least = if (0.0..=1.0).contains(&expected) { expected * (1.0 - expected) } else { 0.0 };
    let error = (variance.max(least) / n).sqrt();
    let off = (mean - expected).abs();
    assert!(off <= 4.0 * error + 1e-9, "{what}: {mean} is not {expected} (error {error})");
}

#[test]
fn one_evaluation_of_a_threshold_trips_as_often_as_calculated() {
    let Some(cases) = cases("threshold_single.json") else { return };
    for case in &cases {
        let fixed = case.get("n").is_some();
        let plain = Plain {
            requests: number(case, if fixed { "n" } else { "lam" }),
            arrivals: if fixed { "even" } else { "poisson" },
            errors: number(case, "p"),
            over: number(case, "threshold"),
            patience: "failureLimit: 0".into(),
            readings: 1,
        };
        let seen: Vec<f64> = worlds(&plain.scenario(), WORLDS).iter().map(tripped).collect();
        agrees(&format!("threshold_single {case}"), &seen, number(case, "expected"));
    }
    println!(
        "threshold_single.json: {0} of {0} agree (0 unsupported), through scenarios",
        cases.len()
    );
}

/// The error rate at which one reading of 1,000 requests over 1 % fails with chance `q`.
fn errors_that_fail(q: f64) -> f64 {
    let (mut low, mut high) = (0.0, 0.1);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if estimate::thresholds::trip_probability(1_000, middle, 0.01) < q {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

fn limited(q: f64, patience: String, readings: u32) -> Plain {
    let errors = errors_that_fail(q);
    Plain { requests: 1_000.0, arrivals: "even", errors, over: 0.01, patience, readings }
}

#[test]
fn failure_limits_wait_as_long_as_calculated() {
    let Some(cases) = cases("failure_limits.json") else { return };
    let (mut agree, mut unsupported) = (0, 0);
    for case in &cases {
        let (text, q) = (formula(case), number(case, "q"));
        let what = format!("failure_limits {case}");
        if text.contains("M-of-N") {
            // CloudWatch alarms are not among the native gates; `estimate` has the closed form.
            unsupported += 1;
            continue;
        }
        agree += 1;
        if text.starts_with("Argo failureLimit") {
            let patience = format!("failureLimit: {}", whole(case, "failureLimit"));
            let seen = worlds(&limited(q, patience, whole(case, "count")).scenario(), WORLDS);
            let seen: Vec<f64> = seen.iter().map(tripped).collect();
            agrees(&what, &seen, number(case, "expected"));
        } else if text.starts_with("unbounded count") {
            let patience = format!("failureLimit: {}", whole(case, "failureLimit"));
            let seen = worlds(&limited(q, patience, 2_000).scenario(), WORLDS);
            let seen: Vec<f64> = seen.iter().map(readings).collect();
            let mean = number(case, "expected_mean_evals");
            agrees(&what, &seen, mean);
            let squares: Vec<f64> = seen.iter().map(|x| (x - mean) * (x - mean)).collect();
            agrees(&what, &squares, number(case, "expected_var"));
        } else if text.starts_with("E[min(T,N)]") {
            let patience = format!("failureLimit: {}", whole(case, "failureLimit"));
            let seen = worlds(&limited(q, patience, whole(case, "count")).scenario(), WORLDS);
            let seen: Vec<f64> = seen.iter().map(readings).collect();
            agrees(&what, &seen, number(case, "expected_mean_evals"));
        } else if text.starts_with("consecutive-breach rule") {
            let patience = format!("consecutive: {}", whole(case, "r"));
            let seen = worlds(&limited(q, patience, whole(case, "n")).scenario(), WORLDS);
            let seen: Vec<f64> = seen.iter().map(tripped).collect();
            agrees(&what, &seen, number(case, "expected"));
        } else {
            assert!(text.starts_with("mean evaluations to first run"), "unknown: {text}");
            let patience = format!("consecutive: {}", whole(case, "r"));
            let seen = worlds(&limited(q, patience, 8_000).scenario(), 4_000);
            let seen: Vec<f64> = seen.iter().map(readings).collect();
            agrees(&what, &seen, number(case, "expected_mean_evals"));
        }
    }
    println!("failure_limits.json: {agree} of {agree} agree ({unsupported} unsupported)");
}

fn staged(case: &Value) -> Scenario {
    let list = |key: &str| -> Vec<f64> {
        case[key].as_array().expect("a list").iter().map(|x| x.as_f64().unwrap()).collect()
    };
    let (weights, evaluations) = (list("weights"), list("evals_per_stage"));
    let steps: Vec<String> = weights
        .iter()
        .zip(&evaluations)
        .map(|(weight, count)| {
            let pause = count * number(case, "interval_s");
            format!("      - setWeight: {}\n      - pause: {pause}s", percent(*weight))
        })
        .collect();
    let text = format!(
        "time: {{ watch: 0s, bake: 0s }}
telemetry: {{ scrape: {interval}s, delay: 0s }}
noise: none
fleet: {{ replicas: 100, pod: {{ startup: 0s, cold: none }} }}
traffic: {{ rate: {rps}/s, modulation: none, arrivals: even }}
baseline: {{ errors: {{ rate: 0% }} }}
release: {{ faults: [{{ error-spike: {{ add: {add} }} }}] }}
strategy:
  canary:
    routing: {{ weights: {{ delay: 0s }} }}
    steps:
{steps}
gates:
  errors:
    metric: {{ error-rate: {{}} }}
    over: {over}
    window: {interval}s
    interval: {interval}s
    minSamples: 1
    failureLimit: {limit}
",
        interval = number(case, "interval_s"),
        rps = number(case, "rps"),
        add = percent(number(case, "p_err_canary")),
        over = percent(number(case, "threshold")),
        limit = whole(case, "failureLimit"),
        steps = steps.join("\n"),
    );
    Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"))
}

#[test]
fn a_staged_canary_exposes_as_many_requests_as_calculated() {
    let Some(cases) = cases("blast_radius.json") else { return };
    let (mut agree, mut elsewhere) = (0, 0);
    for case in &cases {
        if case.get("weights").is_none() {
            // Ramps and rolling updates without gates: `estimate` has the forms.
            elsewhere += 1;
            continue;
        }
        agree += 1;
        let seen = worlds(&staged(case), WORLDS);
        let of = |measure: fn(&Measures) -> f64| seen.iter().map(measure).collect::<Vec<_>>();
        let expected = &case["expected"];
        let what = format!("blast_radius {case}");
        agrees(&what, &of(tripped), number(expected, "det"));
        agrees(&what, &of(|m| m.met as f64), number(expected, "exposed"));
        agrees(&what, &of(|m| m.failed as f64), number(expected, "errors"));
        let seconds = of(|m| m.ended_at.since_start().as_secs_f64());
        agrees(&what, &seconds, number(expected, "time_s"));
    }
    println!("blast_radius.json: {agree} of {agree} agree ({elsewhere} by function)");
}

#[test]
fn the_apdex_of_a_window_varies_as_calculated() {
    let Some(cases) = cases("apdex.json") else { return };
    let (mut agree, mut elsewhere) = (0, 0);
    for case in &cases {
        if case["dist"] != "lognorm" {
            // Response times are lognormal here; `estimate` has the form for any law.
            elsewhere += 1;
            continue;
        }
        for (errors, key) in [(0.0, "mean"), (0.05, "mean_with_5pct_errors")] {
            let scores = apdex_scores(case, errors);
            let expected = &case["expected"];
            agrees(&format!("apdex {case}"), &scores, number(expected, key));
            if errors == 0.0 {
                let (mean, sd) = (number(expected, "mean"), number(expected, "sd"));
                let squares: Vec<f64> = scores.iter().map(|x| (x - mean) * (x - mean)).collect();
                agrees(&format!("apdex {case}"), &squares, sd * sd);
            }
        }
        agree += 1;
    }
    println!("apdex.json: {agree} of {agree} agree ({elsewhere} by function)");
}

fn apdex_scores(case: &Value, errors: f64) -> Vec<f64> {
    let (mu, sigma) = (number(&case["params"], "mu"), number(&case["params"], "sigma"));
    let micros = |x: f64| (chance::math::exp(x) * 1e6).round() as u64;
    let text = format!(
        "time: {{ watch: 0s, bake: 60s }}
telemetry: {{ scrape: 60s, delay: 0s }}
noise: none
fleet: {{ pod: {{ startup: 0s, cold: none }} }}
traffic: {{ rate: {}/m, modulation: none, arrivals: even }}
baseline:
  errors: {{ rate: {} }}
  latency: {{ p50: {}us, p99: {}us }}
slo: {{ apdex: {}ms }}
release: {{}}
strategy: {{ allAtOnce: {{ routing: {{ weights: {{ delay: 0s }} }} }} }}
gates:
  apdex: {{ metric: {{ apdex: {{}} }}, under: 1%, window: 60s, interval: 60s, minSamples: 1 }}",
        number(case, "n"),
        percent(errors),
        micros(mu),
        micros(mu + sigma * 2.326_347_874_040_841),
        number(case, "T") * 1000.0,
    );
    let scenario = Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"));
    let mut scores = Vec::new();
    let mut engine = Engine::new(&scenario, Timeline::default());
    for replication in 0..WORLDS {
        engine.record.entries.clear();
        engine.simulate(SEED, replication);
        for (_, happening) in &engine.record.entries {
            // The alert of the people reads as well.
            if let Happening::Reading(reading) = happening
                && reading.gate == 0
            {
                scores.push(reading.value.expect("a window of requests has a score"));
            }
        }
    }
    scores
}

#[test]
fn the_stretch_of_response_times_is_that_of_one_server() {
    let Some(cases) = cases("queueing.json") else { return };
    let single = |case: &&Value| {
        case.get("c").is_some_and(|c| c == 1) || case.get("model").is_some_and(|m| m == "M/M/1")
    };
    let rows: Vec<&Value> = cases.iter().filter(single).collect();
    let response = |case: &Value| {
        let wait = number(&case["expected"], "Wq");
        let service = case.get("mean_service").map_or(1.0, |s| s.as_f64().unwrap());
        (number(case, "lam") * service, wait + service)
    };
    let (u0, w0) = response(rows[0]);
    for case in &rows {
        let (u, w) = response(case);
        let stretch = coalmine::fleet::stretch(u, u0);
        assert!((w / w0 - stretch).abs() < 1e-9 * stretch, "{case}");
        for quantile in ["p50", "p90", "p99"] {
            let (Some(slow), Some(base)) =
                (case["expected"][quantile].as_f64(), rows[0]["expected"][quantile].as_f64())
            else {
                continue;
            };
            assert!((slow / base - stretch).abs() < 1e-9 * stretch, "{quantile} of {case}");
        }
    }
    // Several servers to one queue, and other services than exponential, are not the model.
    println!(
        "queueing.json: {0} of {0} agree ({1} unsupported: not one exponential server a queue)",
        rows.len(),
        cases.len() - rows.len()
    );
}

#[test]
fn every_closed_form_has_a_door_or_a_reason() {
    let Some(folder) = folder() else { return };
    let doors = [
        ("apdex.json", "scenario (lognormal), function (exponential)"),
        ("blast_radius.json", "scenario (staged), function (ramps, rolling)"),
        ("design.json", "function"),
        ("failure_limits.json", "scenario, function (M of N)"),
        ("leak.json", "deferred: gates that read a trend are not modelled yet"),
        ("quantiles.json", "function"),
        ("queueing.json", "stretch (one server), the others are not the model"),
        ("sequential.json", "function"),
        ("threshold_single.json", "scenario, function"),
        ("window_lag.json", "function"),
    ];
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let door = doors.iter().find(|(file, _)| *file == name);
        let (_, door) = door.unwrap_or_else(|| panic!("{name} has neither door nor reason"));
        println!("{name}: {door}");
    }
}
