//! Pods and autoscaling: the tables of Kubernetes' own tests, and recordings of real controllers.

mod crash_loop;
mod endpoints;
mod hpa;
mod kubelet;
mod literal;
pub(crate) mod live_hpa;
mod replica_set;

use std::path::PathBuf;

use serde_json::Value;

/// The text of a file of the folder, or of what a plain clone has of it; says visibly when there
/// is neither.
fn text(file: &str) -> Option<String> {
    let whole = std::env::var_os("COALMINE_CONFORMANCE").map(PathBuf::from);
    let some = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let path = whole.unwrap_or_else(some).join(file);
    if !path.exists() {
        eprintln!("skipped: {file} is not there; COALMINE_CONFORMANCE names the folder of cases");
        return None;
    }
    Some(std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{file}: {why}")))
}

/// The rows of a file of one object a line.
fn rows(file: &str) -> Option<Vec<Value>> {
    let text = text(file)?;
    let read = |(at, line): (usize, &str)| {
        serde_json::from_str(line).unwrap_or_else(|why| panic!("{file}:{}: {why}", at + 1))
    };
    Some(text.lines().enumerate().map(read).collect())
}

/// The tests of a file of tables, with their cases; one that is not a table has none.
fn tables(file: &str) -> Option<Vec<(String, Vec<Value>)>> {
    let json: Value = serde_json::from_str(&text(file)?).expect("the file is JSON");
    let tests = json["tests"].as_object().expect("it has tests");
    let cases = |test: &Value| test["cases"].as_array().cloned().unwrap_or_default();
    Some(tests.iter().map(|(name, test)| (name.clone(), cases(test))).collect())
}

/// What came of a file.
#[derive(Default)]
struct Tally {
    agree: usize,
    unsupported: usize,
    differ: Vec<String>,
}

impl Tally {
    /// One case.
    fn case(&mut self, name: &str, seen: Result<(), String>) {
        match seen {
            Ok(()) => self.agree += 1,
            Err(why) => self.differ.push(format!("{name}: {why}")),
        }
    }

    /// Says what came of it, and fails where something differs.
    #[track_caller]
    fn report(self, file: &str) {
        let all = self.agree + self.unsupported + self.differ.len();
        let (agree, unsupported) = (self.agree, self.unsupported);
        println!("{file}: {agree} of {all} agree ({unsupported} unsupported)");
        assert!(self.differ.is_empty(), "{file}:\n{}", self.differ.join("\n"));
        assert!(agree > 0, "{file} has no cases");
    }
}

/// Nothing when both are the same, or what they are.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, seen: &T, expected: &T) -> Result<(), String> {
    if seen == expected { Ok(()) } else { Err(format!("{what}: {seen:?}, expected {expected:?}")) }
}
