//! The autoscaler that a Canary names, and the copy of it that Flagger makes for the primary.

use crate::document::Node;
use crate::import::draft::{Draft, Foreign};
use crate::import::kinds::group;
use crate::import::typed::{field, whole};
use crate::import::{build, deployment};

const REPLICAS: &str = "primaryScalerReplicas";

/// `controller.flagger`: the autoscaler and the bounds of its copy, if the files have one that can
/// be followed.
pub(super) fn scaler<'a>(
    canary: &Foreign<'a>,
    spec: &'a Node,
    template: Option<&'a Node>,
    draft: &mut Draft<'a>,
) -> Vec<(&'static str, Node)> {
    let Some(reference) = field(spec, "autoscalerRef") else { return Vec::new() };
    let text = |key| field(reference, key).and_then(Node::as_text).unwrap_or_default();
    let is_it = |it: &Foreign<'_>| {
        let is_known = deployment::SCALERS.contains(&(group(it.api_version), it.kind));
        is_known && it.kind == text("kind") && it.name == text("name")
    };
    let documents = draft.documents().iter().copied();
    let Some(document) = documents.filter(|it| it.is_beside(canary)).find(is_it) else {
        fixed(spec, draft);
        return Vec::new();
    };
    draft.take_one(&document);
    let hpa = deployment::hpa(&document, (template, "flagger"), draft);
    let Some(hpa) = hpa else { return Vec::new() };
    let bounds = bounds(reference, draft).map(|it| ("primary", it));
    [("hpa", hpa)].into_iter().chain(bounds).collect()
}

/// The bounds of the primary, where they are others. Source: `primaryScalerReplicas`.
fn bounds(reference: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let node = field(reference, REPLICAS)?;
    let keys = [("minReplicas", "min"), ("maxReplicas", "max")];
    let bounds = keys.into_iter().filter_map(|(key, ours)| {
        let given = whole(node, key, draft)?;
        Some((ours, build::text(given.value.to_string(), given.place)))
    });
    let bounds: Vec<_> = bounds.collect();
    (!bounds.is_empty()).then(|| build::map(bounds, build::key_place(reference, REPLICAS)))
}

/// The pods that there are before the release: as many as the primary has at least.
pub(super) fn at_least(replicas: Node, spec: &Node, draft: &mut Draft<'_>) -> Node {
    let least = spec.find(["autoscalerRef", REPLICAS, "minReplicas"]);
    let number = |node: &Node| node.as_text().and_then(|text| text.parse::<u32>().ok());
    match least.map(|node| (node, number(node))) {
        Some((node, Some(least))) if number(&replicas).is_some_and(|now| now < least) => {
            let said = format!("{least} pods: the primary has no fewer, by {REPLICAS}");
            draft.assume(said, node.place, Some("--replicas 20".to_owned()));
            build::text(least.to_string(), node.place)
        }
        _ => replicas,
    }
}

/// Pods stay as many as they are.
pub(super) fn fixed(spec: &Node, draft: &mut Draft<'_>) {
    const WHY: &str = "the number of pods does not follow the load: its autoscaler, or the \
                       Deployment that it scales, is not among the files";
    draft.lose("spec.autoscalerRef", build::key_place(spec, "autoscalerRef"), WHY);
}
