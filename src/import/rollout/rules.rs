//! What Argo rejects although each field by itself is well formed.

use super::canary::Canary;
use crate::document::{Node, Value, quoted};
use crate::import::build;
use crate::import::draft::{Draft, plain, rejected};

/// Routers that an experiment's weight works with.
const WEIGHED: [&str; 4] = ["alb", "istio", "plugins", "smi"];

/// Reports every rule that a canary breaks.
pub(super) fn check(canary: &Canary<'_, '_>, draft: &mut Draft<'_>) {
    routed(canary, draft);
    let pair = canary.node.get("pingPong");
    let of_pair = |key| pair.and_then(|pair| pair.get(key));
    let pairs = [
        [canary.node.get("canaryService"), canary.node.get("stableService")],
        [of_pair("pingService"), of_pair("pongService")],
    ];
    services(&pairs, canary.rollout.template, draft);
    for (index, step) in items(canary.node.get("steps")).iter().enumerate() {
        experiment(canary, index, step, draft);
    }
}

fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// What needs a router, and what excludes each other with one.
fn routed(canary: &Canary<'_, '_>, draft: &mut Draft<'_>) {
    let scale = canary.node.get("dynamicStableScale").and_then(Node::as_text) == Some("true");
    let delay = canary.node.get("scaleDownDelaySeconds").is_some();
    if canary.routed {
        if scale && delay {
            let place = build::key_place(canary.node, "dynamicStableScale");
            let title = "`dynamicStableScale` excludes `scaleDownDelaySeconds`";
            let problem = rejected(title, place, "both are given");
            draft.problem(problem.help("leave out one of the two"));
        }
        return;
    }
    let fields = [("dynamicStableScale", scale), ("scaleDownDelaySeconds", delay)];
    for (key, _) in fields.into_iter().filter(|(_, given)| *given) {
        needs_router(canary.node, key, draft);
    }
    for step in items(canary.node.get("steps")) {
        for key in ["setCanaryScale", "setHeaderRoute", "setMirrorRoute"] {
            if step.get(key).is_some() {
                needs_router(step, key, draft);
            }
        }
    }
}

fn needs_router(node: &Node, key: &str, draft: &mut Draft<'_>) {
    let title = format!("`{key}` needs `trafficRouting`");
    let problem = rejected(title, build::key_place(node, key), "there is none");
    let help = "add for example: trafficRouting: { nginx: { stableIngress: shop } }";
    draft.problem(problem.help(help));
}

fn experiment(canary: &Canary<'_, '_>, index: usize, step: &Node, draft: &mut Draft<'_>) {
    podless(index, step, draft);
    let routing = canary.node.get("trafficRouting");
    if WEIGHED.iter().any(|router| routing.and_then(|it| it.get(router)).is_some()) {
        return;
    }
    let templates = step.get("experiment").and_then(|experiment| experiment.get("templates"));
    for template in items(templates).iter().filter(|template| template.get("weight").is_some()) {
        let title = format!("the experiment of step {index} cannot have a weight");
        let label = format!("only these routers can: {}", WEIGHED.join(", "));
        let problem = rejected(title, build::key_place(template, "weight"), label);
        draft.problem(problem.help("leave out its `weight`"));
    }
}

/// A template of an experiment names a version of the Rollout, or has pods of its own.
fn podless(index: usize, step: &Node, draft: &mut Draft<'_>) {
    let templates = step.get("experiment").and_then(|it| it.get("templates"));
    for template in items(templates).iter().filter(|it| it.get("specRef").is_none()) {
        let pods = template.find(["template", "spec", "containers"]);
        if items(pods).is_empty() {
            let title = format!("a template of the experiment of step {index} has no pods");
            let problem = rejected(title, template.place, "neither `specRef` nor containers");
            draft.problem(problem.help("write for example: specRef: canary"));
        }
    }
}

/// The Services of both versions are two, and select the pods of the Rollout.
pub(super) fn services(
    pairs: &[[Option<&Node>; 2]],
    template: Option<&Node>,
    draft: &mut Draft<'_>,
) {
    for pair in pairs {
        if let [Some(one), Some(other)] = pair
            && one.as_text() == other.as_text()
        {
            let problem = rejected("two versions need two Services", other.place, "the same one");
            let name = one.as_text().map_or_else(|| "shop".to_owned(), plain);
            let problem = problem.at(one.place, "the first one");
            draft.problem(problem.help(format!("write for example: {name}-preview")));
        }
    }
    let labels = template.and_then(|it| it.get("metadata")).and_then(|it| it.get("labels"));
    let Some(labels) = labels else { return };
    for node in pairs.iter().flatten().copied().flatten() {
        let service = node.as_text().and_then(|name| draft.document("Service", name));
        let selector = service.and_then(|(_, it)| it.node.get("spec")?.get("selector")?.as_map());
        let entries = selector.map_or(&[][..], |map| map.entries());
        let wrong = entries.iter().find(|entry| {
            entry.key.text != "rollouts-pod-template-hash"
                && labels.get(&entry.key.text).and_then(Node::as_text) != entry.node.as_text()
        });
        if let Some(entry) = wrong {
            let title = "a Service of this Rollout does not select its pods";
            let key = entry.key.text.as_str();
            let own = labels.get(key).and_then(Node::as_text).map(plain);
            let (label, help) = if let Some(own) = own {
                (format!("the pods have {own}"), format!("write: {}: {own}", plain(key)))
            } else {
                let wanted = entry.node.as_text().map_or_else(String::new, plain);
                let label = format!("the pods have no label {}", quoted(key));
                (label, format!("add to the labels of the pods: {}: {wanted}", plain(key)))
            };
            let problem = rejected(title, entry.node.place, label);
            let problem = problem.at(node.place, "the Rollout names the Service here");
            draft.problem(problem.help(help));
        }
    }
}
