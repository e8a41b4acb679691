//! Documents that can rot: scenarios, the changelog, and what the architecture claims.

use std::path::Path;

use coalmine::document::{
    self, Decode, Look, Node, Problems, SourceKind, Sources, base, complete, yaml,
};
use coalmine::experiment::expectations;
use coalmine::import::{self, Options};
use coalmine::scenario::{Claim, ScenarioDoc, Variants, shapes, validate};

use super::nothing;
use super::source::{File, files, rust};

/// Folders of manifests, each of which is one rollout.
const FOREIGN: [&str; 5] = [
    "scenarios/kubernetes/checkout",
    "scenarios/rollout",
    "scenarios/my-app",
    "scenarios/my-app-comparison",
    "scenarios/template",
];

#[test]
fn every_scenario_reads() {
    let scenarios: Vec<_> = files().into_iter().filter(is_scenario).collect();
    assert!(scenarios.len() > 5, "the scenarios are somewhere else");
    nothing(scenarios.iter().filter_map(|file| {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        read(file, &mut sources, &mut problems);
        let text = problems.render(&sources, Look::Plain);
        (!text.is_empty()).then(|| format!("{}:\n{text}", file.path))
    }));
}

/// Reads a scenario, every variant of a comparison or every case of a claim.
fn read(file: &File, sources: &mut Sources, problems: &mut Problems) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let bytes = |path: &str| std::fs::read(root.join(path));
    let text = file.text.as_bytes();
    let tree = base::load(&file.path, text, &bytes, &shapes(), sources, problems);
    let Some(tree) = tree else { return };
    let documents = match tree.get("kind").and_then(Node::as_text) {
        Some(Variants::KIND) => Variants::of(tree, problems).map(|it| it.documents),
        Some(Claim::KIND) => Claim::of(tree, problems).map(|it| it.documents),
        _ => Some(vec![("scenario".to_owned(), tree)]),
    };
    for (name, tree) in documents.unwrap_or_default() {
        let (tree, expect) = tree.split(&["expect"]);
        expect.get("expect").map(|expect| expectations(expect, problems));
        let tree = complete(ScenarioDoc::shape(), tree);
        let doc = document::decode::<ScenarioDoc>(&tree, problems);
        doc.and_then(|doc| validate(&doc, &name, problems));
    }
}

#[test]
fn the_foreign_manifests_import_without_a_problem() {
    for folder in FOREIGN {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let mut trees = Vec::new();
        for file in files().iter().filter(|file| file.is_in(folder)) {
            let text = file.text.as_bytes();
            let kind = SourceKind::Import;
            trees.extend(yaml::parse(&mut sources, kind, &file.path, text, &mut problems));
        }
        let imported = import::import(&trees, Options::DEFAULT, &mut problems);
        assert!(imported.is_some(), "{}", problems.render(&sources, Look::Plain));
    }
}

#[test]
fn the_changelog_has_a_place_for_changes_of_values() {
    let changelog = named("CHANGELOG.md");
    let (_, unreleased) = changelog.split_once("\n## [Unreleased]\n").expect("a section");
    let unreleased = unreleased.split("\n## ").next().unwrap_or_default();
    assert!(unreleased.contains("\n### Changes of simulated values\n"));
}

#[test]
fn every_invariant_of_the_architecture_names_a_test_that_exists() {
    let architecture = named("ARCHITECTURE.md");
    let (_, table) = architecture.split_once("\n## Invariants\n").expect("a section");
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 10, "{} invariants", rows.len());
    let sources: String = rust().iter().map(File::code).collect();
    nothing(rows.iter().flat_map(|row| {
        let guard = row.trim_end_matches(" |").rsplit('|').next().unwrap_or_default();
        let names: Vec<_> = guard.split('`').skip(1).step_by(2).collect();
        let none = names.is_empty().then(|| format!("nobody guards: {row}"));
        let missing = names.into_iter().filter(|name| {
            let name = name.rsplit("::").next().unwrap_or(name);
            !sources.contains(&format!("fn {name}(")) && !is_tool(name)
        });
        let missing = missing.map(|name| format!("ARCHITECTURE.md: there is no test `{name}`"));
        missing.chain(none).collect::<Vec<_>>()
    }));
}

/// Guards that are no tests.
fn is_tool(name: &str) -> bool {
    matches!(name, "clippy.toml" | "scripts/determinism" | "deny.toml") && !named(name).is_empty()
}

fn is_scenario(file: &File) -> bool {
    let is_foreign = FOREIGN.iter().any(|folder| file.is_in(folder));
    file.is_in("scenarios") && file.has_end("yaml") && !is_foreign
}

fn named(path: &str) -> String {
    let found = files().into_iter().find(|file| file.path == path);
    found.unwrap_or_else(|| panic!("there is no {path}")).text
}
