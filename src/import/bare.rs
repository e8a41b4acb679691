//! What stands beside a workload, without the workload: that one is assumed.

use super::batches::{Defaults, batches};
use super::deployment::{Beside, GATE, NO_GATE};
use super::draft::{Draft, Foreign, plain};
use super::kinds::group;
use super::outline::{Controller, Outline};
use super::{Importer, build};
use crate::document::Node;

pub(super) const BARE: Importer =
    Importer { api_version: "", kind: "", controller: "Kubernetes", import };

/// Kinds that stand beside a workload, by group; the first one that the files have says its name.
const KINDS: [(&str, &str); 3] = [
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("policy", "PodDisruptionBudget"),
    ("", "Service"),
];

const PODS: &str = "3";
const WHY: &str = "the workload is not among the files";

/// The document that stands for the workload, if the files have one.
pub(super) fn found(documents: &[Foreign<'_>]) -> Option<usize> {
    KINDS.iter().find_map(|(wanted, kind)| {
        documents.iter().position(|it| {
            let scales = it.at("spec.scaleTargetRef.kind").and_then(Node::as_text);
            let is_one = it.kind == *kind && group(it.api_version) == *wanted;
            is_one && selects(it) && scales.is_none_or(|it| it == "Deployment")
        })
    })
}

/// Whether it says which pods it is about.
fn selects(document: &Foreign<'_>) -> bool {
    document.at("spec.scaleTargetRef.name").is_some() || selector(document).is_some()
}

/// The labels that it wants of pods.
fn selector<'a>(document: &Foreign<'a>) -> Option<&'a Node> {
    let path =
        if document.kind == "Service" { "spec.selector" } else { "spec.selector.matchLabels" };
    document.at(path).filter(|it| it.as_map().is_some_and(|map| !map.entries().is_empty()))
}

/// What the workload is called: as it is referred to, or as its pods are labelled.
fn name<'a>(document: &Foreign<'a>) -> Option<&'a Node> {
    const LABELS: [&str; 3] = ["app", "app.kubernetes.io/name", "k8s-app"];
    let label = |key: &&str| selector(document)?.get(key).filter(|it| it.as_text().is_some());
    let own = || document.at("metadata.name");
    document.at("spec.scaleTargetRef.name").or_else(|| LABELS.iter().find_map(label)).or_else(own)
}

fn import<'a>(document: Foreign<'a>, draft: &mut Draft<'a>) -> Option<Node> {
    let name = name(&document)?;
    let called = name.as_text().unwrap_or_default();
    let workload = Foreign { kind: "Deployment", name: called, ..document };
    let place = name.place;
    let labels = draft.documents().iter().find_map(selector);
    let Beside { replicas, said } = Beside::of(&workload, (None, labels), draft, |draft| {
        let least = super::replicas::least(workload, draft).map(|it| it.2);
        let pods = least.and_then(Node::as_text).map_or(PODS.to_owned(), str::to_owned);
        let text = format!(
            "Deployment {} is not among the files: it has {pods} pods here, which are replaced as \
             Kubernetes does it by default, and are ready when they can serve",
            plain(called)
        );
        draft.assume(text, place, Some("--replicas 20".to_owned()));
        Some(build::assumed(pods, WHY, place))
    });
    let batches = batches(None, Defaults::QUARTER, place, draft)?;
    draft.assume(NO_GATE, place, Some(GATE.to_owned()));
    let outline = Outline {
        telemetry: None,
        workload,
        controller: Controller::Kubernetes(said),
        replicas: replicas?,
        pod: None,
        strategy: ("rolling", build::map(batches, place)),
        bake: None,
        gates: None,
    };
    Some(outline.document(draft))
}
