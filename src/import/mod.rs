//! Foreign files in, a scenario document out, and nothing dropped silently.
//!
//! ```text
//! foreign YAML --yaml::parse--> [Node] --import--> Imported { document, losses, assumptions }
//! ```
//!
//! Every field of the imported document decides something in the scenario, is known not to matter
//! to a simulation, or is a [`Loss`]; so is every other document of the files. A file that its own
//! controller would reject is a [`Problem`].

mod bare;
mod batches;
mod build;
mod canary;
mod choose;
mod code;
mod daemon_set;
mod deployment;
mod draft;
mod fields;
mod go;
mod kinds;
mod mend;
mod nowhere;
mod ordered;
mod outline;
mod pace;
mod pods;
mod print;
mod quantity;
mod replicas;
mod rollout;
mod selector;
mod standard;
mod stateful_set;
mod typed;
mod workload;

pub use code::{CODES, REJECTED};
pub use nowhere::settle;
pub use print::to_yaml;

use clockwork::Span;

use crate::document::{Node, Place, Problem, Problems, Value};
use draft::{Draft, Foreign};

/// Flags that say what a foreign file cannot, with the path of the scenario that each sets.
pub const FLAGS: &[(&str, &str)] = &[
    ("rate", "traffic.rate"),
    ("errors", "baseline.errors.rate"),
    ("p50", "baseline.latency.p50"),
    ("p99", "baseline.latency.p99"),
    ("replicas", "fleet.replicas"),
];

/// A scenario document that was made of foreign files.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The scenario, its places in the foreign files; what is assumed says so.
    pub document: Node,
    /// What was left out, in the order of the text.
    pub losses: Vec<Loss>,
    /// What the files do not say, in the order of the text.
    pub assumptions: Vec<Assumption>,
    /// The keys of all fields that decide something or are known not to matter, with all below
    /// them: what is neither here nor below a loss does not exist.
    pub accounted: Vec<Place>,
}

/// Something that a scenario cannot carry over from a foreign file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Its path, such as `spec.strategy.canary.analysis`, or the kind and name of a document.
    pub what: String,
    /// Where it stands.
    pub place: Place,
    /// What leaving it out means for the result: one sentence without its full stop.
    pub why: String,
}

/// Something that the files do not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// What is assumed: one sentence without its full stop.
    pub text: String,
    /// The place of the foreign file that it is about.
    pub place: Place,
    /// A flag that changes it, if one can.
    pub change: Option<String>,
}

/// What a person says of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options<'a> {
    /// When a pause without a duration is resumed.
    pub resume_after: Span,
    /// The name of the workload that is wanted, where the files have several.
    pub workload: Option<&'a str>,
    /// What metrics of foreign providers measure, by the name of the metric.
    pub metrics: Option<&'a Node>,
}

impl<'a> Options<'a> {
    /// Pauses without a duration are resumed after ten minutes, and there is one workload.
    pub const DEFAULT: Self =
        Self { resume_after: Span::from_mins(10), workload: None, metrics: None };

    /// What a metric of that name measures, if somebody says so.
    fn metric(&self, name: &str) -> Option<&'a Node> {
        self.metrics?.get(name)
    }
}

/// What to write where nothing here can measure a metric.
fn mapping(name: &str, to: &str) -> String {
    format!(
        "write into `coalmine.yaml`, beside the file, what it measures, for example:\nkind: \
         Services\nmetrics: {{ {name}: {to} }}"
    )
}

/// A kind of document that can be imported.
struct Importer {
    api_version: &'static str,
    kind: &'static str,
    /// Who reads such documents, for messages.
    controller: &'static str,
    import: for<'a> fn(Foreign<'a>, &mut Draft<'a>) -> Option<Node>,
}

/// Every kind of document that can be imported; where the files have several kinds, the first one
/// of these is the one that is meant.
const IMPORTERS: &[Importer] = &[
    rollout::IMPORTER,
    canary::IMPORTER,
    deployment::IMPORTER,
    stateful_set::IMPORTER,
    daemon_set::IMPORTER,
];

/// Whether a tree is a foreign document: an object of Kubernetes, not one of ours, or a fragment
/// that can only be of one.
pub fn is_foreign(tree: &Node) -> bool {
    if mend::is_fragment(tree) {
        return true;
    }
    let api_version = tree.get("apiVersion").and_then(Node::as_text);
    let kind = tree.get("kind").and_then(Node::as_text);
    kind.is_some() && api_version.is_some_and(|version| !version.starts_with("coalmine/"))
}

/// Whether all documents of a text are foreign, or the rest of a foreign one that is cut off.
pub fn are_foreign(trees: &[Node]) -> bool {
    (0..trees.len()).all(|index| is_foreign_at(trees, index))
}

fn is_foreign_at(trees: &[Node], index: usize) -> bool {
    let is_rest = || index > 0 && mend::is_rest(&trees[index - 1], &trees[index]);
    is_foreign(&trees[index]) || is_rest()
}

/// The problem of a text that has foreign documents and one of ours, if it has both.
pub fn mixed(trees: &[Node]) -> Option<Problem> {
    let documents = || (0..trees.len()).filter(|index| !trees[*index].is_null());
    let foreign = documents().find(|index| is_foreign_at(trees, *index))?;
    let own = documents().find(|index| !is_foreign_at(trees, *index))?;
    Some(choose::mixed(&trees[foreign], &trees[own]))
}

/// Makes a scenario document of the one document that describes a rollout; `trees` are the
/// documents of all files. Nothing is returned if there is a problem.
pub fn import(trees: &[Node], options: Options<'_>, problems: &mut Problems) -> Option<Imported> {
    let (mended, quibbles) = mend::mended(trees.iter().flat_map(objects));
    let found: Vec<Foreign<'_>> = mended.iter().map(|it| Foreign::of(it)).collect();
    let is_alone = !choose::has_workload(&found);
    let standard = if is_alone { standard::standard(&mended) } else { None };
    let canary = if is_alone && standard.is_none() { canary::standard(&found) } else { None };
    let mut documents: Vec<Foreign<'_>> = match &standard {
        Some(standard) => standard.documents.iter().map(Foreign::of).collect(),
        None => found,
    };
    documents.extend(canary.iter().map(|(canary, _)| Foreign::of(canary)));
    let (index, importer) = match choose::workload(&documents, options.workload) {
        Ok(chosen) => chosen,
        Err(problem) => {
            problems.push(problem);
            return None;
        }
    };
    let before = problems.len();
    let mut draft = Draft::new(&documents, options, importer.controller, problems);
    draft.take(index);
    draft.assumed(quibbles);
    if let Some(standard) = &standard {
        draft.assumed(standard.said.clone());
        rollout::account_steps(&standard.inside, &documents, &mut draft);
    }
    if let Some((_, said)) = &canary {
        for it in said {
            draft.assume(it.text.as_str(), it.place, it.change.clone());
        }
    }
    let document = (importer.import)(documents[index], &mut draft)?;
    let document = match &standard {
        Some(standard) => standard.marked(document),
        None => document,
    };
    let imported = draft.finish(document);
    (problems.len() == before).then_some(imported)
}

/// The documents of a tree: itself, or the items of a `List`; an empty document is none.
fn objects(tree: &Node) -> Vec<&Node> {
    let is_list = tree.get("kind").and_then(Node::as_text) == Some("List");
    match tree.get("items").map(|items| &items.value) {
        Some(Value::List(items)) if is_list => items.iter().collect(),
        _ if tree.is_null() => Vec::new(),
        _ => vec![tree],
    }
}

#[cfg(test)]
mod tests;
