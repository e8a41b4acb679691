//! What becomes of foreign files, as tables of it are committed.

use coalmine::document::{self, Decode, Node, Problems, SourceKind, Sources, Value, yaml};
use coalmine::import::{self, Imported, Options};
use coalmine::scenario::{Scenario, ScenarioDoc, validate};
use coalmine::simulation::{Engine, Unrecorded};

use super::{Fate, fate};

/// The scenario of an import, with a rate; or why there is none.
fn scenario(imported: &Imported) -> Result<Scenario, Problems> {
    changed(imported, &[])
}

/// The same with these settings.
fn changed(imported: &Imported, settings: &[String]) -> Result<Scenario, Problems> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let mut tree = imported.document.clone();
    document::set::apply(&mut tree, "traffic.rate=100/s", &mut sources, &mut problems);
    for setting in settings {
        document::set::apply(&mut tree, setting, &mut sources, &mut problems);
    }
    import::settle(&mut tree, &mut Problems::new());
    let tree = document::complete(ScenarioDoc::shape(), tree);
    let doc: Option<ScenarioDoc> = document::decode(&tree, &mut problems);
    let scenario = doc.and_then(|doc| validate(&doc, "imported", &mut problems));
    scenario.ok_or(problems)
}

/// The settings of the flags that an assumption names: `--set a=b` and `--replicas 20`; nothing of
/// a flag that is no setting.
fn settings(flags: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = flags.trim();
    while let Some((flag, value)) = rest.split_once(' ') {
        let (value, more) = match value.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').expect("a quote that is closed"),
            None => value.split_once(' ').unwrap_or((value, "")),
        };
        let path = import::FLAGS.iter().find(|(name, _)| flag == format!("--{name}"));
        match (flag, path) {
            ("--set", _) => found.push(value.to_owned()),
            (_, Some((_, path))) => found.push(format!("{path}={value}")),
            ("--resume-after", None) => {}
            _ => panic!("no such flag: {flags}"),
        }
        rest = more.trim_start();
    }
    found
}

/// Every flag that an import names works as it is written.
fn flags_work(name: &str, imported: &Imported) {
    let settled = import::settle(&mut imported.document.clone(), &mut Problems::new());
    let all = imported.assumptions.iter().chain(&settled);
    let flags = all.filter_map(|assumption| assumption.change.as_deref());
    // A whole command is about other documents than the one that is imported.
    for flags in flags.filter(|flags| !flags.starts_with("coalmine ")) {
        if let Err(problems) = changed(imported, &settings(flags)) {
            panic!("{name}: {flags}: {problems:?}");
        }
    }
}

fn codes(problems: &Problems) -> String {
    let mut codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(", ")
}

/// What becomes of a text, and whether it runs.
pub(super) fn became(name: &str, text: &str) -> (String, bool) {
    let imported = match fate(text, None) {
        Fate::Refused(problems) => return (format!("not imported: {}", codes(&problems)), false),
        Fate::Imported(imported) => imported,
    };
    match scenario(&imported) {
        Ok(scenario) => {
            flags_work(name, &imported);
            let mut engine = Engine::new(&scenario, Unrecorded);
            for replication in 0..4 {
                let first = engine.simulate(1, replication);
                assert_eq!(first, engine.simulate(1, replication), "{name}");
            }
            (format!("runs, {} losses", imported.losses.len()), true)
        }
        Err(problems) => (format!("imported, does not run: {}", codes(&problems)), false),
    }
}

/// Whether a text runs when somebody says what its metrics measure.
pub(super) fn runs_when_mapped(text: &str) -> Option<&'static str> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let (kind, mut names) = (SourceKind::File, Vec::new());
    let trees = yaml::parse(&mut sources, kind, "file.yaml", text.as_bytes(), &mut problems);
    for tree in &trees {
        metrics(tree, &mut names);
    }
    let mapped = |to: &str| {
        let lines: Vec<_> = names.iter().map(|name| format!("{name}: {{ {to} }}")).collect();
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let bytes = lines.join("\n").into_bytes();
        let map = yaml::parse_one(&mut sources, kind, "map.yaml", &bytes, &mut problems);
        let options = Options { metrics: map.as_ref(), ..Options::DEFAULT };
        let imported = import::import(&trees, options, &mut problems);
        imported.is_some_and(|imported| scenario(&imported).is_ok())
    };
    let whole = "measure: { success-rate: {} }, successCondition: result > 0.9";
    match (mapped("success-rate: {}"), mapped(whole)) {
        (true, _) => Some("mapped"),
        (_, true) => Some("mapped and judged"),
        _ => None,
    }
}

/// The names of all metrics of a tree.
fn metrics(node: &Node, names: &mut Vec<String>) {
    match &node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::List(items) => items.iter().for_each(|item| metrics(item, names)),
        Value::Map(map) => {
            let name = map.get("name").and_then(Node::as_text);
            if let Some(name) = name.filter(|_| map.get("provider").is_some())
                && names.iter().all(|known| known != name)
            {
                names.push(name.to_owned());
            }
            map.entries().iter().for_each(|entry| metrics(&entry.node, names));
        }
    }
}

/// A table is as it is kept. `UPDATE_EXPECT=1` rewrites it.
pub(super) fn as_kept(path: &str, table: &str) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, table).expect("written");
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    for (kept, now) in kept.lines().zip(table.lines()) {
        assert_eq!(kept, now, "UPDATE_EXPECT=1 accepts the change");
    }
    assert_eq!(kept.len(), table.len(), "UPDATE_EXPECT=1 accepts the change");
}
