//! Cases with known answers: a few in `tests/data/k8s`, all in the folder that
//! `COALMINE_CONFORMANCE` names.

use std::path::PathBuf;

use coalmine::controller::kubernetes::{Spec, Strategy, Template};
use coalmine::units::{Portion, Quantity};
use serde_json::Value;

fn folder() -> PathBuf {
    let whole = std::env::var_os("COALMINE_CONFORMANCE").map(|it| PathBuf::from(it).join("k8s"));
    let some = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/k8s");
    whole.unwrap_or_else(some)
}

/// The files whose names begin so, in their order.
pub(super) fn files(beginning: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder()).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<_> = names.filter(|name| name.starts_with(beginning)).collect();
    names.sort();
    if names.is_empty() {
        println!("skipped: no {beginning}*; COALMINE_CONFORMANCE names the folder of cases");
    }
    names
}

/// The file of a name, all of it if there is a folder of cases, and else what is committed.
pub(super) fn text(name: &str) -> Option<String> {
    let path = folder().join(name);
    if !path.exists() {
        println!("skipped: {name} is not there; COALMINE_CONFORMANCE names the folder of cases");
        return None;
    }
    Some(std::fs::read_to_string(path).expect("the file can be read"))
}

/// The rows of a file with one JSON object a line.
pub(super) fn rows(name: &str) -> Vec<Value> {
    let text = text(name).unwrap_or_default();
    let row = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error}"));
    text.lines().map(row).collect()
}

/// Tries every row, says how many agree, and returns the complaints of those that do not.
pub(super) fn compare(
    name: &str,
    rows: &[Value],
    check: impl Fn(&Value) -> Result<(), String>,
) -> Vec<String> {
    let wrong: Vec<_> = rows.iter().filter_map(|row| check(row).err()).collect();
    if !rows.is_empty() {
        println!("{name}: {} of {} agree (0 unsupported)", rows.len() - wrong.len(), rows.len());
    }
    wrong
}

/// Nobody complains.
#[track_caller]
pub(super) fn none(complaints: &[String]) {
    let few: Vec<_> = complaints.iter().take(5).cloned().collect();
    assert!(complaints.is_empty(), "{} disagree\n{}", complaints.len(), few.join("\n"));
}

pub(super) fn number(value: &Value) -> u32 {
    let number = value.as_u64().and_then(|it| u32::try_from(it).ok());
    number.unwrap_or_else(|| panic!("{value} is a number"))
}

/// A number of pods or a percentage, as it is written in a manifest.
pub(super) fn portion(value: &Value) -> Portion {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Portion::parse(&text).unwrap_or_else(|_| panic!("{value} is a number or a percentage"))
}

pub(super) fn rolling(row: &Value) -> Strategy {
    Strategy::RollingUpdate {
        max_surge: portion(&row["maxSurge"]),
        max_unavailable: portion(&row["maxUnavailable"]),
    }
}

pub(super) fn spec(row: &Value, template: Template) -> Spec {
    Spec { strategy: rolling(row), ..Spec::new(number(&row["replicas"]), template) }
}
