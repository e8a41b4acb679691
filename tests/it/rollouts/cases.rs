//! Cases with known answers: a few in `tests/data`, all in the folder that
//! `COALMINE_CONFORMANCE` names.

use std::fmt::Debug;
use std::path::PathBuf;

use coalmine::controller::argo::{Counts, Phase, Threshold};
use serde_json::Value;

use super::left_out::LEFT_OUT;

/// The cases of a file: all of them if there is a folder of cases, and else what is committed.
/// Transcribed files are in that folder only.
fn cases(folder: &str, name: &str) -> Vec<Value> {
    let whole = std::env::var_os("COALMINE_CONFORMANCE").map(|it| PathBuf::from(it).join(folder));
    let some = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder);
    let path = whole.unwrap_or_else(some).join(format!("{name}.json"));
    if !path.exists() {
        println!("{name}: skipped, COALMINE_CONFORMANCE does not name a folder with it");
        return Vec::new();
    }
    let text = std::fs::read_to_string(path).expect("the file can be read");
    let json: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    json["cases"].as_array().unwrap_or_else(|| panic!("{name} has cases")).clone()
}

/// Tries every case of a file of Argo that has a subject, and says how many agree.
#[track_caller]
pub(super) fn compare(name: &str, check: impl Fn(&Value) -> Result<(), String>) {
    compare_in("argo", name, check);
}

/// The same of a file in any folder.
#[track_caller]
pub(super) fn compare_in(folder: &str, name: &str, check: impl Fn(&Value) -> Result<(), String>) {
    let cases = cases(folder, name);
    let mut wrong = Vec::new();
    let mut left_out = 0;
    for (index, case) in cases.iter().enumerate() {
        if is_left_out(name, index, case) {
            left_out += 1;
        } else if let Err(complaint) = check(case) {
            wrong.push(format!("{name}[{index}]: {complaint}"));
        }
    }
    if !cases.is_empty() {
        let agree = cases.len() - left_out - wrong.len();
        println!("{name}.json: {agree} of {} agree ({left_out} unsupported)", cases.len());
        let known = LEFT_OUT.iter().filter(|(file, ..)| *file == name).count();
        assert_eq!(left_out, known, "{name}: every case that is left out exists");
    }
    let few: Vec<_> = wrong.iter().take(5).cloned().collect();
    assert!(wrong.is_empty(), "{} disagree\n{}", wrong.len(), few.join("\n"));
}

fn is_left_out(name: &str, index: usize, case: &Value) -> bool {
    LEFT_OUT.iter().any(|(file, which, _)| {
        *file == name && (index.to_string() == *which || case["name"].as_str() == Some(which))
    })
}

/// Both are equal.
#[expect(clippy::needless_pass_by_value, reason = "both are made to be compared")]
pub(super) fn equal<T: PartialEq + Debug>(found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found:?}, expected {expected:?}")) }
}

pub(super) fn number(value: &Value) -> u32 {
    optional(value).unwrap_or_else(|| panic!("{value} is a number"))
}

pub(super) fn optional(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|it| u32::try_from(it).ok())
}

/// Two numbers under two names.
pub(super) fn pair(value: &Value, names: [&str; 2]) -> (u32, u32) {
    (number(&value[names[0]]), number(&value[names[1]]))
}

pub(super) fn flag(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| panic!("{value} is true or false"))
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text"))
}

pub(super) fn phase(value: &Value) -> Phase {
    let found = Phase::ALL.into_iter().find(|phase| phase.to_string() == text(value));
    found.unwrap_or_else(|| panic!("{value} is a phase"))
}

/// The pods of a version, which may not exist.
pub(super) fn counts(value: &Value) -> Option<Counts> {
    let spec = || optional(&value["spec"]).or_else(|| optional(&value["specReplicas"]));
    let counts = || Counts { spec: spec().unwrap_or(0), available: number(&value["available"]) };
    (!value.is_null()).then(counts)
}

/// How much is enough; a negative number says nothing.
pub(super) fn threshold(value: &Value) -> Option<Threshold> {
    let number = optional(&value["value"])?;
    Some(match text(&value["type"]) {
        "Percent" => Threshold::Percent(number),
        "Pods" => Threshold::Pods(number),
        other => panic!("{other} is no kind of threshold"),
    })
}
