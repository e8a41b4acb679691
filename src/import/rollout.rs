//! Argo Rollouts: `kind: Rollout` with a canary.

mod fields;
mod gate;
mod rules;
mod steps;
mod waits;

use super::draft::Draft;
use super::{Importer, build, code, fields::losses, go};
use crate::document::{Name, Node, Origin, Place, Problem, quoted};
use steps::Plan;

pub(super) const IMPORTER: Importer =
    Importer { api_version: "argoproj.io/v1alpha1", kind: "Rollout", import };

const IDEAL: &str = "the Argo controller is not simulated yet";
const ONE_POD: &str = "Argo runs one pod when replicas is not given";

/// A canary with what surrounds it.
struct Canary<'a> {
    rollout: &'a Node,
    spec: &'a Node,
    node: &'a Node,
    /// Where its key stands.
    place: Place,
    routed: bool,
}

fn import<'a>(rollout: &'a Node, draft: &mut Draft<'a>) -> Option<Node> {
    draft.lose_all(losses(rollout, "", fields::ROLLOUT));
    let canary = canary(rollout, draft)?;
    let template = template(&canary, draft);
    rules::check(&canary, template, draft);
    let name = name(rollout, draft);
    let replicas = replicas(&canary, draft);
    let plan = steps::plan(&canary, draft);
    let (replicas, plan) = (replicas?, plan?);
    routing(&canary, &replicas, &plan, draft);
    let gates = gate::offer(&canary, draft);
    let text =
        "an ideal controller carries out every step exactly; Argo's own is not simulated yet";
    draft.assume(text, rollout.get("kind").map_or(rollout.place, |kind| kind.place), None);
    Some(document(&canary, name, replicas, plan, gates))
}

fn document(
    canary: &Canary<'_>,
    name: Option<Node>,
    replicas: Node,
    plan: Plan,
    gates: Node,
) -> Node {
    let place = canary.place;
    let header = |text: &str| Node { origin: Origin::Default, ..build::text(text, place) };
    let strategy = build::map([("routing", canary.routing()), ("steps", plan.steps)], place);
    let entries = [
        ("apiVersion", header("coalmine/v1")),
        ("kind", header("Scenario")),
        ("name", name.unwrap_or_else(|| header("rollout"))),
        ("controller", build::assumed("ideal", IDEAL, place)),
        ("fleet", build::map([("replicas", replicas)], place)),
        ("strategy", build::map([("canary", strategy)], place)),
        ("gates", gates),
    ];
    build::map(entries, canary.rollout.place)
}

/// The canary, or why there is none that can be simulated.
fn canary<'a>(rollout: &'a Node, draft: &mut Draft<'_>) -> Option<Canary<'a>> {
    let spec = rollout.get("spec");
    let strategy = spec.and_then(|spec| spec.get("strategy"));
    let field = |key| strategy.and_then(|strategy| Some((strategy, strategy.get(key)?)));
    let key = |(outside, _), key| build::key_place(outside, key);
    match (spec, field("canary"), field("blueGreen")) {
        (Some(spec), Some(canary), None) => {
            let place = key(canary, "canary");
            let node = canary.1;
            if node.as_map().is_none() {
                draft.problem(rejected("a canary is a map of fields", node.place, "not a map"));
                return None;
            }
            let routed = node.get("trafficRouting").is_some();
            Some(Canary { rollout, spec, node, place, routed })
        }
        (_, Some(canary), Some(other)) => {
            let title = "a Rollout has one strategy";
            let problem = rejected(title, key(other, "blueGreen"), "a second strategy");
            draft.problem(problem.at(key(canary, "canary"), "the first one"));
            None
        }
        (_, _, Some(other)) => {
            let title = "a blue-green Rollout cannot be simulated yet";
            let problem = Problem::error(code::UNSUPPORTED, title)
                .at(key(other, "blueGreen"), "this strategy is not known to the simulator")
                .help("what can be imported: `spec.strategy.canary` with steps");
            draft.problem(problem);
            None
        }
        _ => {
            let place = strategy.or(spec).unwrap_or(rollout).place;
            let title = "this Rollout has no strategy";
            let label = "neither `spec.strategy.canary` nor `spec.strategy.blueGreen` is given";
            draft.problem(rejected(title, place, label));
            None
        }
    }
}

impl Canary<'_> {
    fn routing(&self) -> Node {
        let place = build::key_place(self.node, "trafficRouting");
        if self.routed {
            build::map([("weights", build::map([], place))], place)
        } else {
            let why = "without trafficRouting the pods share the traffic";
            build::assumed("pods", why, self.place)
        }
    }
}

/// Something that Argo rejects.
fn rejected(title: impl Into<String>, place: Place, label: impl Into<String>) -> Problem {
    Problem::error(code::REJECTED, title).at(place, label).help("Argo Rollouts rejects this file")
}

/// The name of the Rollout as a name of ours.
fn name(rollout: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let node = rollout.get("metadata")?.get("name")?;
    let text = node.as_text()?;
    if Name::new(text).is_some() {
        return Some(build::text(text, node.place));
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let all: String = text.chars().map(plain).collect();
    let words: Vec<_> = all.split('-').filter(|word| !word.is_empty()).collect();
    let short: String = words.join("-").chars().take(63).collect();
    let name = Name::new(short.trim_end_matches('-'))?;
    let text = format!("{} is called {name} here", quoted(text));
    draft.assume(text, node.place, Some(format!("--set name={name}")));
    Some(build::text(name.as_str(), node.place))
}

/// The number of pods; a Rollout decides it alone, whatever the workload it refers to says.
fn replicas(canary: &Canary<'_>, draft: &mut Draft<'_>) -> Option<Node> {
    let Some(node) = canary.spec.get("replicas") else {
        let place = build::key_place(canary.rollout, "spec");
        let change = Some("--replicas 20".to_owned());
        draft.assume("one pod: Argo's default, as replicas is not given", place, change);
        return Some(build::assumed("1", ONE_POD, place));
    };
    let count = go::whole(node).and_then(|count| u32::try_from(count).ok());
    if count.is_none() {
        let title = "`replicas` is a whole number, zero or more";
        draft.problem(rejected(title, node.place, "not such a number"));
    }
    count.map(|count| build::text(count.to_string(), node.place))
}

/// Says how the weights of the plan become traffic.
fn routing(canary: &Canary<'_>, replicas: &Node, plan: &Plan, draft: &mut Draft<'_>) {
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
    draft.assume(text, canary.place, Some(change.to_owned()));
}

/// The pod template: the Rollout's own, or that of the Deployment it refers to, of which Argo reads
/// nothing else.
fn template<'a>(canary: &Canary<'a>, draft: &mut Draft<'a>) -> Option<&'a Node> {
    if let Some(template) = canary.spec.get("template") {
        draft.lose_all(losses(template, "spec.template", fields::TEMPLATE));
        return Some(template);
    }
    let reference = canary.spec.get("workloadRef")?;
    let text = |key| reference.get(key).and_then(Node::as_text).unwrap_or("");
    let (kind, name) = (text("kind"), text("name"));
    let Some((index, workload)) = draft.document(kind, name) else {
        let why = format!("{} is not among the files: its pods are not known", quoted(name));
        let place = build::key_place(canary.spec, "workloadRef");
        draft.lose("spec.workloadRef", place, why);
        return None;
    };
    draft.take(index);
    let template = workload.node.get("spec")?.get("template")?;
    let path = format!("{} spec.template", workload.title());
    draft.lose_all(losses(template, &path, fields::TEMPLATE));
    Some(template)
}
