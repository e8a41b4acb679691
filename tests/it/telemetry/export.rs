//! Exported series: what Prometheus's own tools make of them is what the gates saw.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use clockwork::{Instant, Span};
use coalmine::gate::Query;
use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Unrecorded};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/bench/promql-gates.yaml");

/// Queries of single pods, of which some are killed and come back.
///
/// Rates are asked only of pods that never restart: promtool before 2.51 extrapolates otherwise
/// where the first sample of a window is a small one after a gap.
const OF_PODS: [&str; 9] = [
    "count(up)",
    "sum(up{version=\"v2\"})",
    "sum(resets(http_requests_total{version=\"v2\"}[10m]))",
    "max(rate(http_requests_total{version=\"v1\",status=\"200\"}[5m]))",
    "quantile(0.5, rate(http_requests_total{version=\"v1\"}[3m]))",
    "stddev(http_requests_total{version=\"v2\",status=\"200\"})",
    "sum(increase(kube_pod_container_status_restarts_total[10m]))",
    "max(container_memory_working_set_bytes / container_spec_memory_limit_bytes)",
    "sum(max_over_time(container_memory_usage_bytes[5m]))",
];

/// A scenario of them.
fn of_pods() -> String {
    let gate = |(index, query): (usize, &&str)| {
        format!("  q{index}: {{ query: '{query}', over: 1000000000000, failureLimit: 1000 }}\n")
    };
    let gates = OF_PODS.iter().enumerate().map(gate).collect::<Vec<_>>().concat();
    format!(
        "time: {{ watch: 0s, bake: 1m }}
telemetry: {{ service: checkout, delay: 0s }}
people: none
fleet: {{ replicas: 6 }}
traffic: {{ rate: 60/s }}
release: {{ faults: [{{ memory-leak: {{ rate: 3000Mi/h }} }}] }}
strategy: {{ canary: {{ steps: [{{ setWeight: 50% }}, {{ pause: 58m }}] }} }}
gates:
{gates}"
    )
}

fn exported(file: &str, notation: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.args(["export-series", file, "--replication", "0", "-o", notation]);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_world_is_written_as_openmetrics() {
    let text = exported(FILE, "openmetrics");
    assert!(text.starts_with("# TYPE ") && text.ends_with("# EOF\n"));
    assert!(text.contains("# TYPE http_requests counter\n"));
    let samples = text.lines().filter(|line| line.starts_with("http_requests_total{")).count();
    // An hour of a scrape every 15 s: failures and successes of the release alone.
    assert_eq!(samples, 2 * 241);
}

#[test]
fn promtool_finds_what_the_gates_saw() {
    agrees(FILE);
}

#[test]
fn promtool_finds_what_gates_saw_of_single_pods() {
    let file = folder().join("pods.yaml");
    std::fs::write(&file, of_pods()).expect("written");
    agrees(&file.to_string_lossy());
}

/// Fails unless promtool makes of the series of a scenario what its gates made of them.
fn agrees(file: &str) {
    if Command::new("promtool").arg("--version").output().is_err() {
        println!("skipped: there is no promtool");
        return;
    }
    let text = std::fs::read_to_string(file).expect("the file is there");
    let scenario = Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"));
    let mut engine = Engine::new(&scenario, Unrecorded);
    engine.simulate(0, 0);
    let mut tests = exported(file, "promtool");
    tests.push_str("    promql_expr_test:\n");
    let mut expected = Vec::new();
    for index in 0..scenario.queries.len() {
        let query = scenario.queries[index].query.text().replace('\n', " ").replace('\'', "''");
        for minute in [9, 20, 33, 57] {
            // Off the grid of scrapes, where all versions of Prometheus agree.
            let now = Instant::ZERO + Span::from_secs(minute * 60 + 7);
            let value = Query::value(engine.answer(index, now).ok()).expect("a number");
            let place = format!("'{query}', eval_time: {minute}m7s");
            writeln!(tests, "      - {{ expr: {place}, exp_samples: [] }}").expect("a string");
            expected.push(value);
        }
    }
    let stem = std::path::Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
    let path = folder().join(format!("{stem}-series.yaml"));
    // Samples are loaded up to a multiple of the interval of evaluation only.
    std::fs::write(&path, tests.replace("evaluation_interval: 15000ms", "evaluation_interval: 1s"))
        .expect("written");
    let output = Command::new("promtool").args(["test", "rules"]).arg(&path).output();
    let output = output.expect("it runs");
    let [out, err] = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it));
    let said = format!("{out}{err}");
    let got: Vec<f64> = said
        .lines()
        .filter_map(|line| line.trim().strip_prefix("got: {} "))
        .map(|number| number.trim_matches('"').parse().expect("a number"))
        .collect();
    assert_eq!(got.len(), expected.len(), "{said}");
    for (got, expected) in got.iter().zip(&expected) {
        assert!((got - expected).abs() <= 1e-9 * expected.abs(), "{got} is not {expected}: {said}");
    }
    println!("promtool agrees with {} readings", expected.len());
}

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("export-series");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
