//! Agreement with what Prometheus answers.
//!
//! `COALMINE_CONFORMANCE` names a folder: `promql/*.json` holds cases, `corpus` files of public
//! projects with queries in them. Without it these tests are skipped with a line that says so.

#[path = "conformance/cases.rs"]
mod cases;
#[path = "conformance/corpus.rs"]
mod corpus;
#[path = "conformance/known.rs"]
mod known;

use cases::{Case, Fixtures, Outcome};
use promql::Options;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder, or a line that says that it is not there.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("COALMINE_CONFORMANCE").map(PathBuf::from);
    if folder.is_none() {
        say("skipped: COALMINE_CONFORMANCE is not set");
    }
    folder
}

/// Writes past the test harness, which would keep the line of a passing test to itself.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr is open");
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path);
    let text = text.unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
}

#[test]
fn conformance_of_gate_queries() {
    let Some(folder) = folder() else { return };
    gate_queries(
        &read(&folder.join("promql/golden_gate_queries.json")),
        "golden_gate_queries.json",
    );
}

#[test]
fn conformance_of_gate_queries_in_the_repository() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/gate_queries.json");
    gate_queries(&read(&path), "tests/data/gate_queries.json");
}

fn gate_queries(file: &Value, name: &str) {
    let store = cases::store_in_notation(&file["series"], 15_000);
    let all = file["cases"].as_array().expect("cases");
    let wrong: Vec<_> =
        all.iter().filter_map(|case| cases::gate_query(case, &store).err()).collect();
    say(&format!("{name}: {} of {} agree (0 unsupported)", all.len() - wrong.len(), all.len()));
    assert!(wrong.is_empty() && !all.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn conformance_of_promql_cases() {
    let Some(folder) = folder() else { return };
    let fixtures = Fixtures::new(&read(&folder.join("promql/fixtures.json")));
    let file = read(&folder.join("promql/cases.json"));
    // The tests of Prometheus run with late dropping of names.
    let options = Options { drops_names_late: true, ..Options::V3 };
    let all = file["cases"].as_array().expect("cases");
    let (mut wrong, mut seen, mut unsupported) = (Vec::new(), BTreeSet::new(), 0);
    for case in all {
        let case = Case(case);
        match case.judge(&fixtures, options) {
            Outcome::Agrees => {}
            Outcome::Unsupported if known::reason(case.id()).is_some() => {
                unsupported += 1;
                seen.insert(case.id().to_owned());
            }
            Outcome::Unsupported => wrong.push(format!("{}: not supported", case.id())),
            Outcome::Differs(_) if known::reason(case.id()).is_some() => {
                seen.insert(case.id().to_owned());
            }
            Outcome::Differs(why) => wrong.push(format!("{}: {why}", case.id())),
        }
    }
    let agree = all.len() - wrong.len() - seen.len();
    say(&format!("cases.json: {agree} of {} agree ({unsupported} unsupported)", all.len()));
    for (id, reason) in known::CASES {
        assert!(seen.contains(id), "{id} agrees, and needs no reason: {reason}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(agree * 100 >= all.len() * 95, "{agree} of {}", all.len());
}
