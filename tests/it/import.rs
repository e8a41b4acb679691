//! Rollouts and Deployments of public projects, imported unmodified.
//!
//! `COALMINE_CONFORMANCE` names a directory whose `corpus/INDEX.json` says of each file whether its
//! controller accepts it. Without it the test is skipped with a line that says so.

mod canaries;
mod fates;
mod leaves;
mod mesh;
mod table;
mod workloads;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use coalmine::document::{self, Decode, Node, Problems, SourceKind, Sources, yaml};
use coalmine::import::{self, Imported, Options};
use coalmine::scenario::ScenarioDoc;
use serde_json::Value;

/// Codes of an import that finds nothing it could import: no document, no such strategy yet, or a
/// metric that nothing here measures unless somebody says what it is.
const UNSUPPORTED: [&str; 3] = ["E0301", "E0303", UNMEASURED];

/// The code of a metric that nothing here measures.
const UNMEASURED: &str = "E0306";

/// The code of a file that its own controller is said to reject.
const REJECTED: &str = "E0304";

/// The code of an import that finds several workloads.
const SEVERAL: &str = "E0302";

/// Where a blue-green strategy stands.
const BLUE_GREEN: &str = "spec.strategy.blueGreen.activeService";

/// What became of a file.
enum Fate {
    Imported(Imported),
    Refused(Problems),
}

/// A file of the corpus.
struct File {
    name: String,
    text: String,
    /// Whether its own controller accepts it.
    valid: bool,
}

/// Imports all files of a folder of the corpus, says how many agree, and returns complaints:
/// imports that are no scenarios, and files that are refused although they must not be.
fn agree(folder: &str, must_import: impl Fn(&File) -> bool) -> Vec<String> {
    let Some(all) = files(folder) else { return Vec::new() };
    let (mut agree, mut unsupported, mut complaints) = (0, 0, Vec::new());
    for file in &all {
        let File { name, text, valid } = file;
        let fate = fate(text, None);
        say(&format!("{name}: {}", describe(&fate)));
        match (&fate, *valid) {
            (Fate::Refused(problems), _) if says(problems, &UNSUPPORTED) => unsupported += 1,
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
        let several = |problems: &Problems| says(problems, &[SEVERAL]);
        let is_open = |it: &Problems| several(it) || says(it, &[UNMEASURED]);
        let refused = matches!(&fate, Fate::Refused(problems) if !is_open(problems));
        if *valid && refused && must_import(file) {
            complaints.push(format!("{name}: it is refused"));
        }
    }
    say(&format!("corpus/{folder}: {agree} of {} agree ({unsupported} unsupported)", all.len()));
    complaints
}

/// Imports every workload of a text by its name, and returns complaints.
fn one_by_one(text: &str) -> Vec<String> {
    let kinds = ["Deployment", "StatefulSet", "DaemonSet"];
    let names = trees(text);
    let names = names.iter().filter(|tree| kind(tree).is_some_and(|it| kinds.contains(&it)));
    let names: Vec<String> = names
        .filter_map(|tree| Some(tree.get("metadata")?.get("name")?.as_text()?.to_owned()))
        .collect();
    let complaint = |name: &String| match fate(text, Some(name)) {
        Fate::Imported(imported) => complaint(&imported),
        Fate::Refused(problems) => Some(format!("{name}: {problems:?}")),
    };
    names.iter().filter_map(complaint).collect()
}

#[test]
fn rollouts_of_public_projects_import_or_say_why_not() {
    let must_import = |file: &File| sets_weights(&file.text) || has(&file.text, BLUE_GREEN);
    let complaints = agree("argo", must_import);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn manifests_of_public_projects_import() {
    let mut complaints = agree("kubernetes", |file| file.valid);
    let all = files("kubernetes").unwrap_or_default();
    complaints.extend(all.iter().flat_map(|file| one_by_one(&file.text)));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// The one document that a text imports as says the same when it is printed and read again.
#[test]
fn an_imported_scenario_runs_as_the_manifest_does() {
    for manifest in [DEPLOYMENT, SWITCH] {
        let first = run(&["run", "-", "-n", "50", "-o", "json"], manifest);
        let scenario = run(&["import", "-"], manifest);
        let again = run(&["run", "-", "-n", "50", "-o", "json"], &scenario);
        let [first, again] = [&first, &again].map(|text| measured(text));
        assert!(first.as_object().is_some_and(|it| it.len() > 3), "{first}");
        assert_eq!(first, again);
    }
}

#[test]
fn manifests_on_the_standard_input_are_one_workload() {
    let service = "---\napiVersion: v1\nkind: Service\nmetadata: { name: web }\n";
    let alone = run(&["run", "-", "-n", "20", "-o", "json"], DEPLOYMENT);
    let with = run(&["run", "-", "-n", "20", "-o", "json"], &format!("{DEPLOYMENT}{service}"));
    assert_eq!(measured(&alone), measured(&with));
    assert!(with.contains("Service web: it has no selector"), "{with}");
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 6
  minReadySeconds: 5
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: web
          readinessProbe: { httpGet: { port: 80 }, initialDelaySeconds: 10 }
          resources: { limits: { memory: 512Mi } }
          lifecycle: { preStop: { exec: { command: [sleep, \"15\"] } } }
";

const SWITCH: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: shop }
spec:
  replicas: 4
  strategy:
    blueGreen:
      activeService: shop
      autoPromotionEnabled: false
      prePromotionAnalysis: { templates: [{ templateName: smoke }] }
";

/// What the binary prints for a text on its standard input.
fn run(arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a standard input");
    stdin.write_all(input.as_bytes()).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {messages}");
    String::from_utf8(output.stdout).expect("text")
}

/// A report without what it says of its files.
fn measured(report: &str) -> Value {
    let mut report: Value = serde_json::from_str(report).expect("JSON");
    let result = report["results"][0].as_object_mut().expect("a result");
    for key in ["assumptions", "lint", "losses", "next", "notes", "provenance"] {
        result.remove(key);
    }
    report["results"][0].take()
}

#[test]
fn a_damaged_file_imports_or_is_refused() {
    let folders = ["argo", "kubernetes"].into_iter().filter_map(files).flatten();
    let kinds = ["kind: Rollout", "kind: Deployment"];
    for File { text, .. } in folders.filter(|file| kinds.iter().any(|it| file.text.contains(it))) {
        let lines: Vec<&str> = text.lines().collect();
        for left_out in 0..lines.len() {
            let damaged = [&lines[..left_out], &lines[left_out + 1..]].concat().join("\n");
            if let Fate::Imported(imported) = fate(&damaged, None) {
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
    let Fate::Imported(imported) = fate(&text, None) else { return Some(-1) };
    if duration.is_null() {
        return imported.assumptions.iter().any(|it| it.text.contains("resumed")).then_some(0);
    }
    let step = imported.document.find("strategy.canary.steps.1.pause".split('.'))?;
    let span: clockwork::Span = step.as_text()?.parse().ok()?;
    i64::try_from(span.micros() / 1_000_000).ok()
}

fn fate(text: &str, workload: Option<&str>) -> Fate {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let kind = SourceKind::File;
    let trees = yaml::parse(&mut sources, kind, "file.yaml", text.as_bytes(), &mut problems);
    if !problems.is_empty() {
        return Fate::Refused(problems);
    }
    let options = Options { workload, ..Options::DEFAULT };
    let Some(imported) = import::import(&trees, options, &mut problems) else {
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

fn says(problems: &Problems, codes: &[&str]) -> bool {
    problems.iter().all(|problem| codes.contains(&problem.code))
}

/// Whether a Rollout of the text has a canary whose steps set weights.
fn sets_weights(text: &str) -> bool {
    trees(text).iter().any(|tree| {
        let steps = tree.find("spec.strategy.canary.steps".split('.'));
        let items = steps.map(|steps| &steps.value);
        let document::Value::List(items) = items.unwrap_or(&document::Value::Null) else {
            return false;
        };
        kind(tree) == Some("Rollout") && items.iter().any(|step| step.get("setWeight").is_some())
    })
}

/// Whether a document of the text has something at a path.
fn has(text: &str, path: &str) -> bool {
    trees(text).iter().any(|tree| tree.find(path.split('.')).is_some())
}

fn kind(tree: &Node) -> Option<&str> {
    tree.get("kind").and_then(Node::as_text)
}

fn trees(text: &str) -> Vec<Node> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let kind = SourceKind::File;
    yaml::parse(&mut sources, kind, "file.yaml", text.as_bytes(), &mut problems)
}

/// Every file of a folder of the corpus.
fn files(folder: &str) -> Option<Vec<File>> {
    let corpus = directory()?.join("corpus");
    let index = read_json(&corpus.join("INDEX.json"));
    let entries = index["files"].as_array().expect("files").iter();
    let inside = |name: &&str| name.split('/').next() == Some(folder);
    let files = entries.filter_map(|entry| {
        let name = entry["file"].as_str().filter(inside)?;
        let text = std::fs::read_to_string(corpus.join(name)).expect("the file is readable");
        Some(File { name: name.to_owned(), text, valid: entry["expect"] == "valid" })
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
