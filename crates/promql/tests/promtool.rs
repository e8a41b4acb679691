//! Random queries over random series give what Prometheus itself answers.
//!
//! `promtool test rules` (Debian: package `prometheus`) is told to expect nonsense, and says what
//! it got instead. Without it on the path the test is skipped with a line that says so.

mod random;
#[path = "random/series.rs"]
mod series;

use promql::{Answer, Labels, Options, Query, Store, notation};
use random::Random;
use random::queries::{Taste, vector};
use serde_json::json;
use series::{Series, series};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::Command;

const SEED: u64 = 20_260_819;
const GROUPS: usize = 100;
const QUERIES: usize = 26;
const INTERVAL: i64 = 15_000;

/// Instants are so far off the samples: ranges that are open or closed on the left agree.
const OFF_GRID: i64 = 7_000;

/// One set of series, and queries with their instants in milliseconds.
struct Group {
    series: Vec<Series>,
    queries: Vec<(String, i64)>,
}

/// Labels and values, or an error.
type Given = Result<Vec<(Labels, f64)>, String>;

#[test]
fn promtool_gives_the_same() {
    let Some(options) = version() else {
        say("skipped: promtool is not on the path (Debian: apt-get install prometheus)");
        return;
    };
    let mut random = Random(SEED);
    let groups: Vec<_> = (0..GROUPS).map(|_| group(&mut random)).collect();
    let theirs = harvest(&groups);
    let (mut agree, mut explained, mut failing) = (0, 0, 0);
    let mut complaints = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let store = store(&group.series);
        for (number, (text, at)) in group.queries.iter().enumerate() {
            let ours = evaluate(text, options, &store, *at);
            let theirs = &theirs[&(index, number)];
            failing += usize::from(ours.is_err());
            if is_same(&ours, theirs) {
                agree += 1;
            } else if is_explained(text, &ours, options) {
                explained += 1;
            } else {
                complaints.push(format!("{text} at {at}\n  ours   {ours:?}\n  theirs {theirs:?}"));
            }
        }
    }
    let all = GROUPS * QUERIES;
    say(&format!("promtool: {agree} of {all} agree, {explained} differ by version (seed {SEED})"));
    say(&format!("promtool: {failing} of them are errors on both sides"));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr is open");
}

/// The options of the promtool that is there, if one is.
fn version() -> Option<Options> {
    let output = Command::new("promtool").arg("--version").output().ok()?;
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let is_old = text.contains("version 2.");
    Some(if is_old { Options::V2 } else { Options::V3 })
}

fn group(random: &mut Random) -> Group {
    let taste = Taste { windows: &["1m", "2m", "5m", "17m"], is_wide: false };
    let series = series(random);
    let query = |random: &mut Random| {
        let at = (10 + random.below(75)) as i64 * INTERVAL + OFF_GRID;
        let levels = 1 + random.below(3);
        (vector(random, taste, levels), at)
    };
    Group { series, queries: (0..QUERIES).map(|_| query(random)).collect() }
}

fn store(series: &[Series]) -> Store {
    let mut store = Store::new();
    for (name, values) in series {
        let labels = notation::read_series(name).expect("a series");
        let values = notation::read_values(values).expect("values");
        notation::load(&mut store, labels, &values, INTERVAL).expect("in order");
    }
    store
}

fn evaluate(text: &str, options: Options, store: &Store, at: i64) -> Given {
    let query = Query::compile(text, options).map_err(|error| error.render(text))?;
    let mut evaluator = query.evaluator();
    match evaluator.at(store, at).map_err(|error| error.to_string())? {
        Answer::Vector(vector) => {
            Ok(vector.iter().map(|(it, value)| (it.clone(), value)).collect())
        }
        other => Err(format!("{other:?}")),
    }
}

/// What promtool got, by group and query.
fn harvest(groups: &[Group]) -> BTreeMap<(usize, usize), Given> {
    let tests: Vec<_> = groups
        .iter()
        .map(|group| {
            let series: Vec<_> = group
                .series
                .iter()
                .map(|(series, values)| json!({ "series": series, "values": values }))
                .collect();
            let nonsense = json!([{ "labels": "{dummy=\"1\"}", "value": 12345 }]);
            let queries: Vec<_> = group
                .queries
                .iter()
                .map(|(expr, at)| {
                    let at = format!("{}s", at / 1000);
                    json!({ "expr": expr, "eval_time": at, "exp_samples": nonsense })
                })
                .collect();
            json!({ "interval": "15s", "input_series": series, "promql_expr_test": queries })
        })
        .collect();
    // An evaluation each second: samples are loaded up to the last one before the instant.
    let file = json!({ "rule_files": [], "evaluation_interval": "1s", "tests": tests });
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("promtool.json");
    std::fs::write(&path, file.to_string()).expect("a file for promtool");
    let output = Command::new("promtool").args(["test", "rules"]).arg(&path).output();
    let output = output.expect("promtool runs");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    parse(&text, groups)
}

fn parse(text: &str, groups: &[Group]) -> BTreeMap<(usize, usize), Given> {
    let order = groups
        .iter()
        .enumerate()
        .flat_map(|(index, group)| (0..group.queries.len()).map(move |number| (index, number)));
    let mut order = order.peekable();
    let (mut given, mut lines) = (BTreeMap::new(), text.lines());
    while let Some(line) = lines.next() {
        let Some(rest) = line.trim_start().strip_prefix("expr: ") else { continue };
        let key = order.next().expect("no more answers than queries");
        let quoted = format!("\"{}\"", groups[key.0].queries[key.1].0.replace('"', "\\\""));
        assert!(rest.starts_with(&quoted), "an answer to {quoted}: {rest}");
        let answer = if let Some((_, error)) = rest.split_once(", err: ") {
            Err(error.to_owned())
        } else {
            let got = lines.find_map(|line| line.trim_start().strip_prefix("got: "));
            Ok(samples(got.expect("what promtool got")))
        };
        given.insert(key, answer);
    }
    assert_eq!(order.next(), None, "an answer to every query: {text:.2000}");
    given
}

/// `{a="1", b="2"} 1E+00, {} NaN`, or `nil`.
fn samples(text: &str) -> Vec<(Labels, f64)> {
    let (mut samples, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.find('{') {
        let end = closing(&rest[start..]) + start;
        let braces = &rest[start..=end];
        let labels = match braces {
            "{}" => Labels::default(),
            _ => notation::read_series(braces).expect("labels"),
        };
        let value = rest[end + 1..].trim_start();
        let length = value.find(", {").unwrap_or(value.len());
        samples.push((labels, value[..length].trim().parse().expect("a value")));
        rest = &value[length..];
    }
    samples
}

/// Where the brace that begins a text is closed.
fn closing(text: &str) -> usize {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let ends = |c: char| {
        let ends = c == '}' && !is_quoted;
        is_quoted ^= c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    };
    text.find(ends).expect("a brace that closes")
}

fn is_same(ours: &Given, theirs: &Given) -> bool {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => {
            let sorted = |all: &[(Labels, f64)]| {
                let mut all = all.to_vec();
                all.sort_by(|a, b| a.0.cmp(&b.0));
                all
            };
            let (ours, theirs) = (sorted(ours), sorted(theirs));
            ours.len() == theirs.len()
                && ours.iter().zip(&theirs).all(|(a, b)| a.0 == b.0 && is_close(a.1, b.1))
        }
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

/// Whether an older version is known to answer otherwise.
fn is_explained(text: &str, ours: &Given, options: Options) -> bool {
    // The spread of an infinity alone was 0, and is no number since.
    let is_spread = ["stddev", "stdvar"].iter().any(|name| text.contains(name));
    let is_nan = ours.iter().flatten().any(|(_, value)| value.is_nan());
    // Several series on the left were an error only if the comparison let them through.
    let is_comparison = text.contains(['<', '>', '=']);
    let is_ambiguous = ours.as_ref().is_err_and(|error| error.starts_with("several series on the"));
    options == Options::V2 && (is_spread && is_nan || is_comparison && is_ambiguous)
}

fn is_close(a: f64, b: f64) -> bool {
    let difference = (a - b).abs();
    a == b || (a.is_nan() && b.is_nan()) || difference <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}
