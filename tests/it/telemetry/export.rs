//! Exported series: what Prometheus's own tools make of them is what the gates saw.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use clockwork::{Instant, Span};
use coalmine::gate::Query;
use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Unrecorded};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/bench/promql-gates.yaml");

fn exported(notation: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.args(["export-series", FILE, "--replication", "0", "-o", notation]);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_world_is_written_as_openmetrics() {
    let text = exported("openmetrics");
    assert!(text.starts_with("# TYPE ") && text.ends_with("# EOF\n"));
    assert!(text.contains("# TYPE http_requests counter\n"));
    let samples = text.lines().filter(|line| line.starts_with("http_requests_total{")).count();
    // An hour of a scrape every 15 s: failures and successes of the release alone.
    assert_eq!(samples, 2 * 241);
}

#[test]
fn promtool_finds_what_the_gates_saw() {
    if Command::new("promtool").arg("--version").output().is_err() {
        println!("skipped: there is no promtool");
        return;
    }
    let text = std::fs::read_to_string(FILE).expect("the file is there");
    let scenario = Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"));
    let mut engine = Engine::new(&scenario, Unrecorded);
    engine.simulate(0, 0);
    let mut file = exported("promtool");
    file.push_str("    promql_expr_test:\n");
    let mut expected = Vec::new();
    for index in 0..scenario.queries.len() {
        let query = scenario.queries[index].query.text().replace('\n', " ").replace('\'', "''");
        for minute in [9, 20, 33, 57] {
            // Off the grid of scrapes, where all versions of Prometheus agree.
            let now = Instant::ZERO + Span::from_secs(minute * 60 + 7);
            let value = Query::value(engine.answer(index, now).ok()).expect("a number");
            let place = format!("'{query}', eval_time: {minute}m7s");
            writeln!(file, "      - {{ expr: {place}, exp_samples: [] }}").expect("a string");
            expected.push(value);
        }
    }
    let path = folder().join("series.yaml");
    // Samples are loaded up to a multiple of the interval of evaluation only.
    std::fs::write(&path, file.replace("evaluation_interval: 15000ms", "evaluation_interval: 1s"))
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
        assert!((got - expected).abs() <= 1e-9 * expected.abs(), "{got} is not {expected}");
    }
    println!("promtool agrees with {} readings", expected.len());
}

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("export-series");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
