//! `coalmine.yaml` beside foreign files: what they cannot say, by service.

use std::path::{Path, PathBuf};

use super::files::{name, read};
use crate::document::{
    Decode, Entry, Node, Problem, Problems, SourceKind, Sources, UNKNOWN_FIELD, closest, merge,
    quoted, yaml,
};
use crate::scenario::ScenarioDoc;
use crate::units::{Quantity, Rate};

/// What the file is called.
pub(super) const FILE: &str = "coalmine.yaml";

/// What it says of itself.
const KIND: &str = "Services";

/// Its fields beside `apiVersion` and `kind`.
const FIELDS: [&str; 2] = ["services", "metrics"];

/// What was found beside foreign files.
#[derive(Debug, Default)]
pub(super) struct Services {
    tree: Option<Node>,
}

impl Services {
    /// Reads the file beside the first of these that has one; beside the standard input is the
    /// current directory.
    pub(super) fn beside(
        files: &[PathBuf],
        sources: &mut Sources,
        problems: &mut Problems,
    ) -> Self {
        let mut paths = files.iter().map(|file| file.with_file_name(FILE));
        let Some(path) = paths.find(|path| path.is_file()) else { return Self::default() };
        let Ok(bytes) = read(&path) else { return Self::default() };
        let kind = SourceKind::File;
        let tree = yaml::parse_one(sources, kind, &name(&path), &bytes, problems);
        Self { tree: tree.filter(|tree| is_known(tree, problems)) }
    }

    /// Whether a file is such a file, and no scenario.
    pub(super) fn is_one(file: &Path, bytes: &[u8]) -> bool {
        let is_called = file.file_name().is_some_and(|name| name == FILE);
        is_called && super::files::trees(bytes).0.iter().any(|tree| says_kind(tree) == Some(KIND))
    }

    /// What metrics of foreign providers measure, by name.
    pub(super) fn metrics(&self) -> Option<&Node> {
        self.tree.as_ref()?.get("metrics")
    }

    /// Requests a second of the services, as far as they are plain numbers, by name.
    pub(super) fn rates(&self) -> Vec<(String, Rate)> {
        let services = self.tree.as_ref().and_then(|tree| tree.get("services")?.as_map());
        let rate = |entry: &Entry| {
            let rate = entry.node.find(["traffic", "rate"])?.as_text()?;
            Some((entry.key.text.clone(), Rate::parse(rate).ok()?))
        };
        services.map_or(&[][..], |map| map.entries()).iter().filter_map(rate).collect()
    }

    /// The scenario of a service with what is said of that laid over it; `*` is every service.
    pub(super) fn lay_over(&self, document: Node) -> Node {
        let called = document.get("name").and_then(Node::as_text).map(ToOwned::to_owned);
        let services = self.tree.as_ref().and_then(|tree| tree.get("services"));
        let names = ["*".to_owned()].into_iter().chain(called);
        let over = names.filter_map(|name| services?.get(&name).cloned());
        over.fold(document, |document, over| merge::merge(&[ScenarioDoc::shape()], document, over))
    }
}

fn says_kind(tree: &Node) -> Option<&str> {
    tree.get("kind").and_then(Node::as_text)
}

/// Reports what such a file cannot say; whether it says nothing of that.
fn is_known(tree: &Node, problems: &mut Problems) -> bool {
    let before = problems.len();
    if says_kind(tree) != Some(KIND) {
        let title = format!("a `{FILE}` beside manifests says `kind: {KIND}`");
        let problem = Problem::error(UNKNOWN_FIELD, title).at(tree.place, "here");
        let help = "write: kind: Services, and below it: services: { shop: { traffic: .. } }";
        problems.push(problem.help(help));
    }
    for entry in tree.as_map().map_or(&[][..], |map| map.entries()) {
        let key = entry.key.text.as_str();
        if ["apiVersion", "kind"].contains(&key) || FIELDS.contains(&key) {
            continue;
        }
        let title = format!("{} has no field {}", quoted(FILE), quoted(key));
        let problem = Problem::error(UNKNOWN_FIELD, title);
        let meant = closest(key, FIELDS).unwrap_or("services");
        let problem = problem.at(entry.key.place, "not understood");
        problems.push(problem.help(format!("did you mean `{meant}`? fields: services, metrics")));
    }
    problems.len() == before
}
