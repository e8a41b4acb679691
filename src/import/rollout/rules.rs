//! What Argo rejects although each field by itself is well formed.

use super::{Canary, rejected};
use crate::document::{Node, Value};
use crate::import::draft::Draft;
use crate::import::{build, go};

/// Routers that an experiment's weight works with.
const WEIGHED: [&str; 4] = ["alb", "istio", "plugins", "smi"];

/// Reports every rule that a canary breaks.
pub(super) fn check(canary: &Canary<'_>, template: Option<&Node>, draft: &mut Draft<'_>) {
    surge(canary, draft);
    deadline(canary, draft);
    routed(canary, draft);
    services(canary, template, draft);
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

fn surge(canary: &Canary<'_>, draft: &mut Draft<'_>) {
    let zero = |key| {
        let text = canary.node.get(key).and_then(Node::as_text)?;
        (text.trim_end_matches('%').parse() == Ok(0_i64))
            .then(|| build::key_place(canary.node, key))
    };
    if let (Some(surge), Some(unavailable)) = (zero("maxSurge"), zero("maxUnavailable")) {
        let title = "`maxSurge` and `maxUnavailable` are both zero";
        let problem = rejected(title, surge, "no pod can be added");
        draft.problem(problem.at(unavailable, "and none removed"));
    }
}

fn deadline(canary: &Canary<'_>, draft: &mut Draft<'_>) {
    let seconds = |key| canary.spec.get(key).and_then(go::whole);
    let ready = seconds("minReadySeconds").unwrap_or(0);
    if seconds("progressDeadlineSeconds").unwrap_or(600) <= ready {
        let place = build::key_place(canary.spec, "minReadySeconds");
        let title = "`progressDeadlineSeconds` is not above `minReadySeconds`";
        draft.problem(rejected(title, place, "no pod becomes available before the deadline"));
    }
}

/// What needs a router, and what excludes each other with one.
fn routed(canary: &Canary<'_>, draft: &mut Draft<'_>) {
    let scale = canary.node.get("dynamicStableScale").and_then(Node::as_text) == Some("true");
    let delay = canary.node.get("scaleDownDelaySeconds").is_some();
    if canary.routed {
        if scale && delay {
            let place = build::key_place(canary.node, "dynamicStableScale");
            let title = "`dynamicStableScale` excludes `scaleDownDelaySeconds`";
            draft.problem(rejected(title, place, "both are given"));
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
    draft.problem(rejected(title, build::key_place(node, key), "there is none"));
}

fn experiment(canary: &Canary<'_>, index: usize, step: &Node, draft: &mut Draft<'_>) {
    let routing = canary.node.get("trafficRouting");
    if WEIGHED.iter().any(|router| routing.and_then(|it| it.get(router)).is_some()) {
        return;
    }
    let templates = step.get("experiment").and_then(|experiment| experiment.get("templates"));
    for template in items(templates).iter().filter(|template| template.get("weight").is_some()) {
        let title = format!("the experiment of step {index} cannot have a weight");
        let label = format!("only these routers can: {}", WEIGHED.join(", "));
        draft.problem(rejected(title, build::key_place(template, "weight"), label));
    }
}

/// The Services of both versions are two, and select the pods of the Rollout.
fn services(canary: &Canary<'_>, template: Option<&Node>, draft: &mut Draft<'_>) {
    let name = |node: Option<&'_ Node>| node.and_then(Node::as_text).map(ToOwned::to_owned);
    let pair = canary.node.get("pingPong");
    let named = [
        canary.node.get("canaryService"),
        canary.node.get("stableService"),
        pair.and_then(|pair| pair.get("pingService")),
        pair.and_then(|pair| pair.get("pongService")),
    ];
    for [one, other] in [[named[0], named[1]], [named[2], named[3]]] {
        if let (Some(one), Some(other)) = (one, other)
            && name(Some(one)) == name(Some(other))
        {
            let problem = rejected("two versions need two Services", other.place, "the same one");
            draft.problem(problem.at(one.place, "the first one"));
        }
    }
    let labels = template.and_then(|it| it.get("metadata")).and_then(|it| it.get("labels"));
    let Some(labels) = labels else { return };
    for node in named.into_iter().flatten() {
        let service = node.as_text().and_then(|name| draft.document("Service", name));
        let selector = service.and_then(|(_, it)| it.node.get("spec")?.get("selector")?.as_map());
        let entries = selector.map_or(&[][..], |map| map.entries());
        let wrong = entries.iter().find(|entry| {
            entry.key.text != "rollouts-pod-template-hash"
                && labels.get(&entry.key.text).and_then(Node::as_text) != entry.node.as_text()
        });
        if let Some(entry) = wrong {
            let title = "a Service of this Rollout does not select its pods";
            let problem = rejected(title, entry.node.place, "the pods have no such label");
            draft.problem(problem.at(node.place, "the Rollout names the Service here"));
        }
    }
}
