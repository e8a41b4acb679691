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
use promql::{Options, Query};
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

#[test]
fn conformance_of_queries_in_the_corpus() {
    let Some(folder) = folder() else { return };
    let found = corpus::queries(&folder);
    let (mut wrong, mut refused) = (Vec::new(), BTreeSet::new());
    let mut count = std::collections::BTreeMap::<&str, [usize; 2]>::new();
    for corpus::Found { file, text } in &found {
        let query = Query::compile(text, Options::V3);
        let counted = count.entry(file).or_default();
        counted[1] += 1;
        match query {
            Ok(query) => {
                counted[0] += 1;
                let printed = query.to_string();
                let again = Query::compile(&printed, Options::V3).map(|it| it.to_string());
                if again.as_ref() != Ok(&printed) {
                    wrong.push(format!("{file}: {printed} reads back as {again:?}"));
                }
            }
            Err(error) => match known::refused(file, &error.message) {
                Some(at) => drop(refused.insert(at)),
                None => wrong.push(format!("{file}: {}", error.render(text))),
            },
        }
    }
    for (file, [parsed, all]) in count {
        say(&format!("{file}: {parsed} of {all} agree (0 unsupported)"));
    }
    for (at, (file, _, reason)) in known::REFUSED.iter().enumerate() {
        assert!(refused.contains(&at), "{file} parses, and needs no reason: {reason}");
    }
    assert!(wrong.is_empty() && !found.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn conformance_with_another_parser() {
    let Some(folder) = folder() else { return };
    let file = read(&folder.join("promql/cases.json"));
    let cases = file["cases"].as_array().expect("cases").iter();
    let mut texts: BTreeSet<String> =
        cases.map(|case| case["expr"].as_str().expect("a query").to_owned()).collect();
    texts.extend(corpus::queries(&folder).into_iter().map(|found| found.text));
    let file = read(&folder.join("promql/golden_gate_queries.json"));
    let cases = file["cases"].as_array().expect("cases").iter();
    texts.extend(cases.map(|case| case["expr"].as_str().expect("a query").to_owned()));
    let (mut wrong, mut seen, mut agree) = (Vec::new(), BTreeSet::new(), 0);
    for text in &texts {
        let ours = Query::compile(text, Options::V3);
        let theirs = promql_parser::parser::parse(text);
        if ours.is_ok() == theirs.is_ok() {
            agree += 1;
        } else if let Some(at) = known::disagreement(text) {
            seen.insert(at);
        } else {
            wrong.push(format!("{text}\n  ours {:?}\n  theirs {:?}", ours.err(), theirs.err()));
        }
    }
    say(&format!("promql-parser: {agree} of {} agree (0 unsupported)", texts.len()));
    for (at, (part, reason)) in known::DISAGREEMENTS.iter().enumerate() {
        assert!(seen.contains(&at), "{part} is agreed, and needs no reason: {reason}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
