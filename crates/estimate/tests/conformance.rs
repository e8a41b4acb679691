//! Agreement with closed forms computed by another program.
//!
//! `COALMINE_CONFORMANCE` names a directory whose `analytic/*.json` files hold cases: the
//! parameters of a formula, the expected numbers and a tolerance. Without it the test is skipped
//! with a line that says so.

use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

#[path = "conformance/case.rs"]
mod case;
#[path = "conformance/formulas.rs"]
mod formulas;

use case::Case;

/// Every file with functions here, and how many of its cases are known to agree.
const FILES: [(&str, usize); 8] = [
    ("sequential", 13),
    ("design", 9),
    ("quantiles", 12),
    ("failure_limits", 15),
    ("threshold_single", 9),
    ("blast_radius", 9),
    ("apdex", 6),
    ("window_lag", 4),
];

/// What became of the cases of one file.
#[derive(Default)]
struct Tally {
    cases: usize,
    agree: usize,
    unsupported: usize,
    complaints: Vec<String>,
}

#[test]
fn closed_forms_agree() {
    let Some(directory) = std::env::var_os("COALMINE_CONFORMANCE") else {
        say("skipped: COALMINE_CONFORMANCE is not set");
        return;
    };
    let mut complaints = Vec::new();
    for (name, known) in FILES {
        let path = Path::new(&directory).join("analytic").join(format!("{name}.json"));
        let tally = tally(&path);
        let Tally { cases, agree, unsupported, .. } = tally;
        say(&format!("{name}.json: {agree} of {cases} agree ({unsupported} unsupported)"));
        if agree < known {
            complaints.push(format!("{name}.json: {agree} agree, {known} are known to"));
        }
        complaints.extend(tally.complaints.iter().map(|line| format!("{name}.json: {line}")));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Writes past the test harness, which would keep the line of a passing test to itself.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr is open");
}

fn tally(path: &Path) -> Tally {
    let mut tally = Tally::default();
    for (index, case) in cases(path).iter().enumerate() {
        tally.cases += 1;
        match judge(&Case(case)) {
            Ok(Some(())) => tally.agree += 1,
            Ok(None) => tally.unsupported += 1,
            Err(complaint) => tally.complaints.push(format!("case {index}: {complaint}")),
        }
    }
    tally
}

/// The cases of a file; one that cannot be read is a failure, not an absence.
fn cases(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let file: Value = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    file["cases"].as_array().unwrap_or_else(|| panic!("no cases in {}", path.display())).clone()
}

/// Whether a case agrees; `None` when nothing here computes its formula.
fn judge(case: &Case) -> Result<Option<()>, String> {
    let Some(formula) = formulas::of(case)? else {
        return Ok(None);
    };
    let answers = formula(case)?;
    let answered: BTreeSet<_> = answers.iter().map(|answer| answer.0.to_owned()).collect();
    if let Some(open) = case.expectations().difference(&answered).next() {
        return Err(format!("{open} is not computed"));
    }
    for (pointer, actual) in answers {
        case.check(pointer, actual)?;
    }
    Ok(Some(()))
}
