//! Which of the foreign documents is imported.

use super::draft::{Foreign, plain};
use super::{IMPORTERS, Importer, bare, build, code, deployment, go, kinds};
use crate::document::{Node, Problem, closest, quoted};

/// A document by its place among all, and what reads it.
type Found = (usize, &'static Importer);

/// More documents than this are not pointed at.
const LABELS_MAX: usize = 5;

/// The one document that describes a rollout, and what reads it: the one of that name, where the
/// files have several.
pub(super) fn workload(documents: &[Foreign<'_>], name: Option<&str>) -> Result<Found, Problem> {
    let all: Vec<Found> = IMPORTERS.iter().flat_map(|it| read_by(it, documents)).collect();
    let Some((_, importer)) = all.first() else {
        let bare = bare::found(documents).filter(|_| name.is_none());
        return bare.map(|index| (index, &bare::BARE)).ok_or_else(|| nothing(documents));
    };
    let wanted: Vec<Found> = match name {
        Some(name) => {
            let is_named = |(index, _): &&Found| documents[*index].name == name;
            all.iter().filter(is_named).copied().collect()
        }
        None => all.clone(),
    };
    // A Rollout may refer to a Deployment, which then is no workload of its own.
    let kind = wanted.first().map_or(importer.kind, |(_, importer)| importer.kind);
    let wanted: Vec<_> = wanted.into_iter().filter(|(_, it)| it.kind == kind).collect();
    match (wanted.as_slice(), name) {
        ([one], _) => Ok(*one),
        ([], Some(name)) => Err(no_such(documents, &all, name)),
        (several, Some(_)) => Err(self::several(documents, several)),
        (several, None) => match deployment::pair(documents) {
            Some(pair) => Ok((pair.new, &deployment::SWITCH)),
            None => largest(documents, several).ok_or_else(|| self::several(documents, several)),
        },
    }
}

/// Of several workloads of Kubernetes the one with most pods, the first of those.
fn largest(documents: &[Foreign<'_>], found: &[Found]) -> Option<Found> {
    let pods = |(index, _): &Found| {
        let replicas = documents[*index].at("spec.replicas").and_then(go::whole);
        replicas.unwrap_or(1)
    };
    let is_known = |(_, importer): &Found| deployment::KINDS.contains(&importer.kind);
    // The last of the largest is the first of the text.
    found.iter().rev().filter(|it| is_known(it)).max_by_key(|it| pods(it)).copied()
}

/// Whether some document describes a rollout, or looks as if it should.
pub(super) fn has_workload(documents: &[Foreign<'_>]) -> bool {
    documents.iter().any(|it| IMPORTERS.iter().any(|importer| importer.kind == it.kind))
}

/// The documents that an importer reads, each with the importer.
fn read_by(importer: &'static Importer, documents: &[Foreign<'_>]) -> Vec<Found> {
    let reads = |document: &Foreign<'_>| {
        importer.kind == document.kind && importer.api_version == document.api_version
    };
    let all = documents.iter().enumerate().filter(|(_, document)| reads(document));
    all.map(|(index, _)| (index, importer)).collect()
}

/// A file with documents of both kinds: manifests, and a scenario of ours.
pub(super) fn mixed(foreign: &Node, own: &Node) -> Problem {
    let begins = |node: &Node| {
        let first = node.as_map().and_then(|map| map.entries().first());
        first.map_or(node.place, |entry| entry.key.place)
    };
    Problem::error(code::MIXED, "manifests and a scenario in one file")
        .at(begins(own), "the scenario begins here")
        .at(Foreign::of(foreign).name_place(), "a manifest")
        .help("give each a file of its own: a scenario is run as it is, manifests become one")
}

fn nothing(documents: &[Foreign<'_>]) -> Problem {
    let same_kind =
        |document: &&Foreign<'_>| IMPORTERS.iter().any(|importer| importer.kind == document.kind);
    if let Some(document) = documents.iter().find(same_kind) {
        return other_version(document);
    }
    let mut known = documents.iter().map(|it| (it, kinds::unsupported(it.api_version, it.kind)));
    if let Some((document, Some(why))) = known.find(|(_, why)| why.is_some()) {
        let title = format!("this {} cannot be simulated", document.kind);
        return Problem::error(code::UNSUPPORTED, title)
            .at(document.name_place(), why)
            .help(kinds::wanted(document.kind));
    }
    let title = "no document here describes a rollout that can be imported";
    let is_scaler =
        |it: &&Foreign<'_>| deployment::SCALERS.contains(&(kinds::group(it.api_version), it.kind));
    if let Some(scaler) = documents.iter().find(is_scaler) {
        let target = deployment::target(scaler);
        return Problem::error(code::NOTHING, title)
            .at(deployment::target_place(scaler), format!("{target} is not among the files"))
            .help(format!(
                "give the file of {target} as well: an autoscaler alone rolls out nothing"
            ));
    }
    let rules = documents.iter().find(|it| it.kind == "PrometheusRule");
    let help = match rules {
        Some(_) => {
            "rules judge in a scenario that has them below `rules:`; what is wrong with them: \
             coalmine lint FILE"
        }
        None => "give the file of the workload as well: coalmine run deployment.yaml service.yaml",
    };
    let problem = Problem::error(code::NOTHING, title).help(importable()).help(help);
    let first = documents.iter().take(LABELS_MAX);
    first.fold(problem, |problem, document| problem.at(document.name_place(), document.title()))
}

/// What is imported without any of them.
const ALONE: &str = "and, in a standard rollout, AnalysisTemplate, AnalysisRun, Experiment, \
    MetricTemplate, and a VirtualService or HTTPRoute that splits requests";

/// What can be imported, for a message.
fn importable() -> String {
    let known: Vec<_> =
        IMPORTERS.iter().map(|it| format!("{} {}", it.api_version, it.kind)).collect();
    format!("what can be imported: {}; {ALONE}", known.join(", "))
}

/// A document of a kind that can be imported, with another `apiVersion`.
fn other_version(document: &Foreign<'_>) -> Problem {
    let known = IMPORTERS.iter().find(|importer| importer.kind == document.kind);
    let wanted = known.map_or("", |importer| importer.api_version);
    let title = format!("{} has no {}", quoted(document.api_version), document.kind);
    let node = document.node.get("apiVersion");
    let place = node.map_or_else(|| build::key_place(document.node, "kind"), |node| node.place);
    Problem::error(code::NOTHING, title)
        .at(place, format!("a {} is of {wanted}", document.kind))
        .help(format!("write: apiVersion: {wanted}"))
}

fn several(documents: &[Foreign<'_>], found: &[Found]) -> Problem {
    let title = format!("{} documents describe a rollout, one is expected", found.len());
    let problem = Problem::error(code::SEVERAL, title);
    let shown = found.iter().take(LABELS_MAX).map(|(index, _)| &documents[*index]);
    let problem = shown
        .fold(problem, |problem, document| problem.at(document.name_place(), document.title()));
    let name = found.iter().map(|(index, _)| documents[*index].name).find(|name| !name.is_empty());
    let name = plain(name.unwrap_or("NAME"));
    problem
        .help(format!("choose one: coalmine import FILE --workload {name} | coalmine run -"))
        .help("or put each into a file of its own")
}

fn no_such(documents: &[Foreign<'_>], found: &[Found], name: &str) -> Problem {
    let names: Vec<_> = found.iter().map(|(index, _)| documents[*index].name).collect();
    let title = format!("no workload here is called {}", quoted(name));
    let problem = Problem::error(code::NOTHING, title);
    let shown = found.iter().take(LABELS_MAX).map(|(index, _)| &documents[*index]);
    let problem = shown
        .fold(problem, |problem, document| problem.at(document.name_place(), document.title()));
    let all = names.iter().map(|name| plain(name)).collect::<Vec<_>>().join(", ");
    match closest(name, names) {
        Some(meant) => problem.help(format!("did you mean --workload {}?", plain(meant))),
        None => problem.help(format!("workloads: {all}")),
    }
}
