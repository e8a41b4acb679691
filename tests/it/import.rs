//! Rollouts of public projects, imported unmodified.
//!
//! `COALMINE_CONFORMANCE` names a directory whose `corpus/INDEX.json` says of each file whether its
//! controller accepts it. Without it the test is skipped with a line that says so.

use std::io::Write;
use std::path::{Path, PathBuf};

use coalmine::document::{self, Decode, Node, Problems, SourceKind, Sources, yaml};
use coalmine::import::{self, Imported, Options};
use coalmine::scenario::ScenarioDoc;
use serde_json::Value;

/// Codes of an import that finds nothing it could import: no document, or no such strategy yet.
const UNSUPPORTED: [&str; 2] = ["E0301", "E0303"];

/// The code of a file that its own controller is said to reject.
const REJECTED: &str = "E0304";

/// What became of a file.
enum Fate {
    Imported(Imported),
    Refused(Problems),
}

#[test]
fn rollouts_of_public_projects_import_or_say_why_not() {
    let Some(files) = files() else { return };
    let (mut agree, mut unsupported, mut complaints) = (0, 0, Vec::new());
    for (name, text, valid) in &files {
        let fate = fate(text);
        say(&format!("{name}: {}", describe(&fate)));
        match (&fate, *valid) {
            (Fate::Refused(problems), _) if says(problems, UNSUPPORTED) => unsupported += 1,
            (Fate::Imported(imported), true) => {
                complaints.extend(complaint(imported).map(|it| format!("{name}: {it}")));
                agree += 1;
            }
            (Fate::Refused(_), false) => agree += 1,
            (Fate::Imported(_), false) => say(&format!("{name}: its controller rejects it")),
            (Fate::Refused(problems), true) => {
                say(&format!("{name}: its controller accepts it"));
                let rejected = problems.iter().any(|problem| problem.code == REJECTED);
                complaints.extend(rejected.then(|| format!("{name}: {problems:?}")));
            }
        }
        if *valid && sets_weights(text) && matches!(fate, Fate::Refused(_)) {
            complaints.push(format!("{name}: a canary that sets weights is refused"));
        }
    }
    let all = files.len();
    say(&format!("corpus/argo: {agree} of {all} agree ({unsupported} unsupported)"));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_damaged_file_imports_or_is_refused() {
    let Some(files) = files() else { return };
    for (_, text, _) in files.iter().filter(|(_, text, _)| text.contains("kind: Rollout")) {
        let lines: Vec<&str> = text.lines().collect();
        for left_out in 0..lines.len() {
            let damaged = [&lines[..left_out], &lines[left_out + 1..]].concat().join("\n");
            if let Fate::Imported(imported) = fate(&damaged) {
                assert_eq!(complaint(&imported), None, "without line {}:\n{text}", left_out + 1);
            }
        }
    }
}

#[test]
fn pauses_agree() {
    let Some(directory) = directory() else { return };
    let file = read_json(&directory.join("argo/pause_duration.json"));
    let cases = file["cases"].as_array().expect("cases");
    let agree = cases.iter().filter(|case| pause(&case["in"]) == case["expect"].as_i64()).count();
    say(&format!("pause_duration.json: {agree} of {} agree (0 unsupported)", cases.len()));
    assert_eq!(agree, cases.len());
}

/// Seconds of a pause: zero where it waits for a person, -1 where it is rejected.
fn pause(duration: &Value) -> Option<i64> {
    let text = format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec:\n  strategy:\n    canary:\n      \
         steps:\n      - setWeight: 10\n      - pause: {{ duration: {duration} }}\n"
    );
    let Fate::Imported(imported) = fate(&text) else { return Some(-1) };
    if duration.is_null() {
        return imported.assumptions.iter().any(|it| it.text.contains("resumed")).then_some(0);
    }
    let step = imported.document.find("strategy.canary.steps.1.pause".split('.'))?;
    let span: clockwork::Span = step.as_text()?.parse().ok()?;
    i64::try_from(span.micros() / 1_000_000).ok()
}

fn fate(text: &str) -> Fate {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let kind = SourceKind::File;
    let trees = yaml::parse(&mut sources, kind, "file.yaml", text.as_bytes(), &mut problems);
    if !problems.is_empty() {
        return Fate::Refused(problems);
    }
    let Some(imported) = import::import(&trees, Options::DEFAULT, &mut problems) else {
        assert!(!problems.is_empty(), "refused without a reason");
        return Fate::Refused(problems);
    };
    let printed = import::to_yaml(&imported, &sources);
    let again = yaml::parse_one(&mut sources, kind, "out", printed.as_bytes(), &mut problems);
    assert!(again.is_some() && problems.is_empty(), "{printed}");
    Fate::Imported(imported)
}

/// Why an imported document is not a scenario.
fn complaint(imported: &Imported) -> Option<String> {
    let mut problems = Problems::new();
    let tree = document::complete(ScenarioDoc::shape(), imported.document.clone());
    let doc: Option<ScenarioDoc> = document::decode(&tree, &mut problems);
    let well = doc.is_some() && problems.is_empty();
    (!well).then(|| format!("{problems:?}"))
}

fn describe(fate: &Fate) -> String {
    match fate {
        Fate::Imported(imported) => format!("imported, {} losses", imported.losses.len()),
        Fate::Refused(problems) => {
            let first = problems.iter().next().map_or("", |problem| problem.title.as_str());
            format!("refused: {first}")
        }
    }
}

fn says(problems: &Problems, codes: [&str; 2]) -> bool {
    problems.iter().all(|problem| codes.contains(&problem.code))
}

/// Whether a Rollout of the text has a canary whose steps set weights.
fn sets_weights(text: &str) -> bool {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let kind = SourceKind::File;
    let trees = yaml::parse(&mut sources, kind, "file.yaml", text.as_bytes(), &mut problems);
    trees.iter().any(|tree| {
        let steps = tree.find("spec.strategy.canary.steps".split('.'));
        let items = steps.map(|steps| &steps.value);
        let is_rollout = tree.get("kind").and_then(Node::as_text) == Some("Rollout");
        let document::Value::List(items) = items.unwrap_or(&document::Value::Null) else {
            return false;
        };
        is_rollout && items.iter().any(|step| step.get("setWeight").is_some())
    })
}

/// Name, text and validity of every file of the corpus.
fn files() -> Option<Vec<(String, String, bool)>> {
    let corpus = directory()?.join("corpus");
    let index = read_json(&corpus.join("INDEX.json"));
    let entries = index["files"].as_array().expect("files").iter();
    let files = entries.filter_map(|entry| {
        let name = entry["file"].as_str().filter(|name| name.starts_with("argo/"))?;
        let text = std::fs::read_to_string(corpus.join(name)).expect("the file is readable");
        Some((name.to_owned(), text, entry["expect"] == "valid"))
    });
    Some(files.collect())
}

fn directory() -> Option<PathBuf> {
    let directory = std::env::var_os("COALMINE_CONFORMANCE").map(PathBuf::from);
    if directory.is_none() {
        say("skipped: COALMINE_CONFORMANCE is not set");
    }
    directory
}

fn read_json(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).expect("the file is readable");
    serde_json::from_str(&text).expect("the file is JSON")
}

/// Writes past the test harness, which would keep the line of a passing test to itself.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr is open");
}
