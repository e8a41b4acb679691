//! A canary: its steps, or a rolling update where it has none.

use super::analyses::{self, Analyses};
use super::{Plan, Rollout, gate, mesh, rules, steps};
use crate::controller::argo::approximate;
use crate::document::{Node, Value};
use crate::import::batches::{Defaults, batches};
use crate::import::build;
use crate::import::draft::Draft;
use crate::import::outline::seconds;
use crate::import::typed::{field, whole};
use crate::units::{Portion, Quantity};

const ROUTED: &str = "Argo does not read it where traffic is routed";

/// A canary with what surrounds it.
pub(super) struct Canary<'r, 'a> {
    pub(super) rollout: &'r Rollout<'a>,
    /// What is inside of `canary`.
    pub(super) node: &'a Node,
    /// Whether a router splits the traffic.
    pub(super) routed: bool,
}

/// The plan of a canary, or nothing if Argo rejects it.
pub(super) fn plan<'a>(
    rollout: &Rollout<'a>,
    replicas: Option<&Node>,
    analyses: &mut Analyses<'a>,
    draft: &mut Draft<'a>,
) -> Option<Plan> {
    let node = rollout.node;
    let routed = field(node, "trafficRouting").is_some();
    let canary = Canary { rollout, node, routed };
    rules::check(&canary, draft);
    mesh::read(node, draft);
    let mut argo = settings(&canary, draft)?;
    let strategy = if !routed && is_without_steps(node) {
        ("rolling", rolling(&canary, draft)?)
    } else {
        ("canary", stepwise(&canary, replicas, analyses, draft)?)
    };
    let place = build::key_place(node, "analysis");
    if let Some(background) = field(node, "analysis") {
        argo.extend(watched(background, analyses, draft).map(|it| ("background", it)));
    }
    let gates = gate::instead(analyses, place, draft);
    Some(Plan { strategy, argo, gates })
}

/// `background`: what runs beside the steps, and from which of them on.
fn watched<'a>(
    background: &'a Node,
    analyses: &mut Analyses<'a>,
    draft: &mut Draft<'a>,
) -> Option<Node> {
    let place = background.place;
    let Some(names) = analyses.of(background, draft) else {
        draft.lose("spec.strategy.canary.analysis", place, analyses::lost(background));
        return None;
    };
    let from = whole(background, "startingStep", draft);
    let from = from.map(|it| ("startingStep", build::text(it.value.to_string(), it.place)));
    Some(build::map([("analyses", names)].into_iter().chain(from), place))
}

/// Fields that the controller of the scenario has under the same name, and whether they are read
/// only where traffic is routed, only where it is not, or always.
const SAME: [(&str, Option<bool>); 5] = [
    ("minPodsPerReplicaSet", Some(true)),
    ("dynamicStableScale", Some(true)),
    ("abortScaleDownDelaySeconds", Some(true)),
    ("scaleDownDelaySeconds", Some(true)),
    ("maxTrafficWeight", None),
];

/// What is said beside the steps.
fn settings(canary: &Canary<'_, '_>, draft: &mut Draft<'_>) -> Option<Vec<(&'static str, Node)>> {
    let Canary { rollout, node, routed } = *canary;
    let mut argo = Vec::new();
    for (key, wants) in SAME {
        let outside =
            if key == "maxTrafficWeight" { field(node, "trafficRouting") } else { Some(node) };
        let Some(given) = outside.and_then(|it| field(it, key)) else { continue };
        if wants.is_some_and(|wants| wants != routed) {
            continue;
        }
        argo.push((key, build::text(given.as_text().unwrap_or_default(), given.place)));
    }
    if let Some(threshold) = field(node, "replicaProgressThreshold") {
        argo.extend(progress(threshold).map(|it| ("replicaProgressThreshold", it)));
    }
    if let Some(given) = rollout.pace.min_ready.filter(|given| given.value > 0) {
        argo.push(("minReadySeconds", seconds(given)));
    }
    // Both are read, so that a value that Argo rejects is told.
    let both = batches(Some(node), Defaults::QUARTER, rollout.place, draft)?;
    if routed {
        for key in ["maxSurge", "maxUnavailable"] {
            if field(node, key).is_some() {
                let at = build::key_place(node, key);
                draft.lose(format!("spec.strategy.canary.{key}"), at, ROUTED);
            }
        }
    } else if !is_without_steps(node) {
        argo.extend(both);
    }
    Some(argo)
}

/// How much of the new version is enough.
fn progress(threshold: &Node) -> Option<Node> {
    let value = threshold.get("value")?;
    let kind = match threshold.get("type").and_then(Node::as_text)? {
        "Percentage" => "percent",
        "Pods" => "pods",
        _ => return None,
    };
    let text = build::text(value.as_text()?, value.place);
    Some(build::map([(kind, text)], threshold.place))
}

fn is_without_steps(canary: &Node) -> bool {
    match field(canary, "steps").map(|steps| &steps.value) {
        Some(Value::List(items)) => items.is_empty(),
        Some(_) => false,
        None => true,
    }
}

/// Without steps and without a router a canary is a rolling update.
fn rolling(canary: &Canary<'_, '_>, draft: &mut Draft<'_>) -> Option<Node> {
    let Rollout { place, pace, .. } = *canary.rollout;
    let batches = batches(Some(canary.node), Defaults::QUARTER, place, draft)?;
    let text = "a canary without steps and trafficRouting is a rolling update";
    draft.assume(text, place, None);
    let times = [pace.min_ready(), pace.deadline()].into_iter().flatten();
    Some(build::map(batches.into_iter().chain(times), place))
}

fn stepwise<'a>(
    canary: &Canary<'_, 'a>,
    replicas: Option<&Node>,
    analyses: &mut Analyses<'a>,
    draft: &mut Draft<'a>,
) -> Option<Node> {
    let Rollout { place, pace, .. } = *canary.rollout;
    let plan = steps::plan(canary, analyses, draft)?;
    if let Some(replicas) = replicas {
        say_routing(canary, replicas, &plan, draft);
    }
    let entries = [("routing", routing(canary)), ("steps", plan.steps)];
    let entries = entries.into_iter().chain(pace.deadline());
    Some(build::map(entries, place))
}

fn routing(canary: &Canary<'_, '_>) -> Node {
    let place = build::key_place(canary.node, "trafficRouting");
    if canary.routed {
        build::map([("weights", build::map([], place))], place)
    } else {
        let why = "without trafficRouting the pods share the traffic";
        build::assumed("pods", why, canary.rollout.place)
    }
}

/// Says how the weights of the plan become traffic.
fn say_routing(
    canary: &Canary<'_, '_>,
    replicas: &Node,
    plan: &steps::Plan,
    draft: &mut Draft<'_>,
) {
    if canary.routed {
        let text = "a router splits the traffic exactly, 2s after the order";
        let place = build::key_place(canary.node, "trafficRouting");
        let change = "--set strategy.canary.routing.weights.delay=5s";
        return draft.assume(text, place, Some(change.to_owned()));
    }
    let pods: u32 = replicas.as_text().and_then(|text| text.parse().ok()).unwrap_or(1);
    let surge = |text: &str| Portion::parse(text).ok().map(|it| it.of_rounded_up(pods));
    let surge = field(canary.node, "maxSurge").and_then(|it| surge(it.as_text()?));
    let surge = surge.unwrap_or_else(|| Portion::Percent(25).of_rounded_up(pods));
    let mut whole: Vec<String> = Vec::new();
    for weight in &plan.weights {
        let weight = u32::try_from(*weight).unwrap_or(100);
        let (new, stable) = approximate(pods, weight, surge, 100);
        let said = format!("{weight}% is {new} of {}", new + stable);
        if !whole.contains(&said) {
            whole.push(said);
        }
    }
    let each = if whole.is_empty() { String::new() } else { format!(": {}", whole.join(", ")) };
    let text = format!("without trafficRouting a weight is a number of whole pods{each}");
    let change = "--set 'strategy.canary.routing={ weights: {} }'";
    draft.assume(text, canary.rollout.place, Some(change.to_owned()));
}
