//! A canary: its steps, or a rolling update where it has none.

use super::{Plan, Rollout, gate, rules, steps};
use crate::document::{Node, Value};
use crate::import::batches::batches;
use crate::import::build;
use crate::import::draft::Draft;
use crate::import::typed::field;

const PACE: &str = "pods are not replaced at this pace: each step's pods are ordered at once";
const READY: &str = "a pod counts as available as soon as it is ready";

/// A canary with what surrounds it.
pub(super) struct Canary<'a> {
    pub(super) rollout: &'a Rollout<'a>,
    /// What is inside of `canary`.
    pub(super) node: &'a Node,
    /// Whether a router splits the traffic.
    pub(super) routed: bool,
}

/// The plan of a canary, or nothing if Argo rejects it.
pub(super) fn plan<'a>(
    rollout: &Rollout<'a>,
    replicas: Option<&Node>,
    draft: &mut Draft<'a>,
) -> Option<Plan> {
    let node = rollout.node;
    let routed = field(node, "trafficRouting").is_some();
    let canary = Canary { rollout, node, routed };
    rules::check(&canary, draft);
    let strategy = if !routed && is_without_steps(node) {
        ("rolling", rolling(&canary, draft)?)
    } else {
        ("canary", stepwise(&canary, replicas, draft)?)
    };
    let place = build::key_place(node, "analysis");
    let background = field(node, "analysis");
    if background.is_some() {
        draft.lose("spec.strategy.canary.analysis", place, gate::LOST);
    }
    let inline = items(node).iter().filter_map(|step| step.get("analysis"));
    let analyses: Vec<_> = background.into_iter().chain(inline).collect();
    let gates = gate::offer(&analyses, place, draft);
    Some(Plan { strategy, bake: None, gates })
}

/// The items of `steps`; none if that is no list.
fn items(canary: &Node) -> &[Node] {
    match field(canary, "steps").map(|steps| &steps.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn is_without_steps(canary: &Node) -> bool {
    match field(canary, "steps").map(|steps| &steps.value) {
        Some(Value::List(items)) => items.is_empty(),
        Some(_) => false,
        None => true,
    }
}

/// Without steps and without a router a canary is a rolling update.
fn rolling(canary: &Canary<'_>, draft: &mut Draft<'_>) -> Option<Node> {
    let Rollout { place, pace, .. } = *canary.rollout;
    let batches = batches(Some(canary.node), place, draft)?;
    let text = "a canary without steps and trafficRouting is a rolling update";
    draft.assume(text, place, None);
    let times = [pace.min_ready(), pace.deadline()].into_iter().flatten();
    Some(build::map(batches.into_iter().chain(times), place))
}

fn stepwise(canary: &Canary<'_>, replicas: Option<&Node>, draft: &mut Draft<'_>) -> Option<Node> {
    let Rollout { spec, place, pace, .. } = *canary.rollout;
    // Both are read, so that a value that Argo rejects is told.
    let well = batches(Some(canary.node), place, draft).is_some();
    for key in ["maxSurge", "maxUnavailable"] {
        if field(canary.node, key).is_some() {
            let at = build::key_place(canary.node, key);
            draft.lose(format!("spec.strategy.canary.{key}"), at, PACE);
        }
    }
    if pace.min_ready.is_some_and(|given| given.value > 0) {
        draft.lose("spec.minReadySeconds", build::key_place(spec, "minReadySeconds"), READY);
    }
    let plan = steps::plan(canary, draft)?;
    if let Some(replicas) = replicas {
        say_routing(canary, replicas, &plan, draft);
    }
    let entries = [("routing", routing(canary)), ("steps", plan.steps)];
    let entries = entries.into_iter().chain(pace.deadline());
    well.then(|| build::map(entries, place))
}

fn routing(canary: &Canary<'_>) -> Node {
    let place = build::key_place(canary.node, "trafficRouting");
    if canary.routed {
        build::map([("weights", build::map([], place))], place)
    } else {
        let why = "without trafficRouting the pods share the traffic";
        build::assumed("pods", why, canary.rollout.place)
    }
}

/// Says how the weights of the plan become traffic.
fn say_routing(canary: &Canary<'_>, replicas: &Node, plan: &steps::Plan, draft: &mut Draft<'_>) {
    if canary.routed {
        let text = "a router splits the traffic exactly, 2s after the order";
        let place = build::key_place(canary.node, "trafficRouting");
        let change = "--set strategy.canary.routing.weights.delay=5s";
        return draft.assume(text, place, Some(change.to_owned()));
    }
    let pods: u64 = replicas.as_text().and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut whole: Vec<String> = Vec::new();
    for weight in &plan.weights {
        let said = format!("{weight}% is {} of {pods}", (pods * weight).div_ceil(100));
        if !whole.contains(&said) {
            whole.push(said);
        }
    }
    let each = if whole.is_empty() { String::new() } else { format!(": {}", whole.join(", ")) };
    let text = format!("without trafficRouting a weight is rounded up to whole pods{each}");
    let change = "--set 'strategy.canary.routing={ weights: {} }'";
    draft.assume(text, canary.rollout.place, Some(change.to_owned()));
}
