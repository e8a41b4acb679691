//! Fragments of documentation, which are copied into files as they are: what they leave out and
//! can only mean one thing is filled in, and said.

use std::borrow::Cow;

use super::standard::arguments::uses;
use super::{Assumption, build};
use crate::document::{Key, Map, Node, Place, Value};

/// The version of every kind of Argo Rollouts.
pub(super) const VERSION: &str = "argoproj.io/v1alpha1";

/// Kinds that are of Argo Rollouts and of nobody else.
const KINDS: [&str; 5] =
    ["AnalysisRun", "AnalysisTemplate", "ClusterAnalysisTemplate", "Experiment", "Rollout"];

/// What a Rollout has in its `spec`, of all that a fragment may begin with.
const OF_SPEC: [&str; 4] = ["replicas", "steps", "strategy", "template"];

const KINDLESS: &str =
    "read as the `spec` of an AnalysisTemplate, as it has metrics and neither apiVersion nor kind";
const METRIC: &str = "read as a metric of an AnalysisTemplate, as it has a provider and no kind";
const VERSIONLESS: &str = "read as of argoproj.io/v1alpha1, as there is no apiVersion";
const CUT: &str = "read as the rest of `spec`: a line of three dots ends a document";
const STEPS: &str = "read as the steps of a canary";

/// The documents as they are meant, with what had to be said for that.
pub(super) fn mended<'a>(
    objects: impl Iterator<Item = &'a Node>,
) -> (Vec<Cow<'a, Node>>, Vec<Assumption>) {
    let (mut all, mut said) = (Vec::<Cow<'a, Node>>::new(), Vec::new());
    for object in objects {
        let rest = all.last().and_then(|before| joined(before, object));
        if let Some((whole, text)) = rest {
            said.push(say(text, object));
            all.pop();
            all.push(Cow::Owned(whole));
        } else if let Some((whole, text)) = completed(object) {
            said.push(say(text, object));
            all.push(Cow::Owned(whole));
        } else {
            all.push(Cow::Borrowed(object));
        }
    }
    (all, said)
}

fn say(text: &str, node: &Node) -> Assumption {
    let first = node.as_map().and_then(|map| map.entries().first());
    let place = first.map_or(node.place, |entry| entry.key.place);
    Assumption { text: text.to_owned(), place, change: None }
}

/// Whether a document without a whole header can only be one of Argo Rollouts.
pub(super) fn is_fragment(tree: &Node) -> bool {
    completed(tree).is_some()
}

/// Whether a document is the rest of the one before it.
pub(super) fn is_rest(before: &Node, tree: &Node) -> bool {
    joined(before, tree).is_some()
}

/// Whether a map has nothing but what a Rollout has in its `spec`.
fn is_of_spec(tree: &Node) -> bool {
    let entries = tree.as_map().map_or(&[][..], Map::entries);
    !entries.is_empty() && entries.iter().all(|it| OF_SPEC.contains(&it.key.text.as_str()))
}

/// A fragment with what it leaves out.
fn completed(tree: &Node) -> Option<(Node, &'static str)> {
    let kind = tree.get("kind").and_then(Node::as_text);
    if tree.get("apiVersion").is_some() {
        return None;
    }
    if kind.is_some_and(|kind| KINDS.contains(&kind)) {
        return Some((with(tree, "apiVersion", build::text(VERSION, tree.place)), VERSIONLESS));
    }
    let is_list = |key| tree.get(key).is_some_and(|it| matches!(it.value, Value::List(_)));
    if kind.is_some() || tree.get("spec").is_some() {
        return None;
    }
    if is_list("metrics") {
        return Some((template(tree.clone()), KINDLESS));
    }
    if tree.get("provider").is_some_and(|it| it.get("prometheus").is_some()) {
        let place = tree.place;
        let name = |tree: &Node| with(tree, "name", build::text("metric", place));
        let metric = if tree.get("name").is_some() { tree.clone() } else { name(tree) };
        let metrics = build::list(vec![metric], place);
        return Some((template(build::map([("metrics", metrics)], place)), METRIC));
    }
    None
}

/// An `AnalysisTemplate` with this `spec`. A fragment does not say which arguments it wants: it
/// uses them.
fn template(spec: Node) -> Node {
    let place = spec.place;
    let metrics = match spec.get("metrics").map(|it| &it.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    let queries = metrics.iter().filter_map(|it| it.find(["provider", "prometheus", "query"]));
    let mut names: Vec<(&str, Place)> = Vec::new();
    for query in queries {
        for (name, _) in uses(query.as_text().unwrap_or_default()) {
            if names.iter().all(|(known, _)| *known != name) {
                names.push((name, query.place));
            }
        }
    }
    let argument = |(name, at): (&str, Place)| build::map([("name", build::text(name, at))], at);
    let args: Vec<Node> = names.into_iter().map(argument).collect();
    let wants = !args.is_empty() && spec.get("args").is_none();
    let spec = if wants { with(&spec, "args", build::list(args, place)) } else { spec };
    let text = |text: &str| build::text(text, place);
    let metadata = build::map([("name", text("fragment"))], place);
    let entries = [
        ("apiVersion", text(VERSION)),
        ("kind", text("AnalysisTemplate")),
        ("metadata", metadata),
        ("spec", spec),
    ];
    build::map(entries, place)
}

/// A Rollout whose `spec` is cut off, together with the rest of it.
fn joined(before: &Node, rest: &Node) -> Option<(Node, &'static str)> {
    let is_rollout = before.get("kind").and_then(Node::as_text) == Some("Rollout");
    let is_cut = is_rollout && before.get("spec").is_none();
    if !is_cut || !is_of_spec(rest) || before.place.source != rest.place.source {
        return None;
    }
    let Some(steps) = rest.get("steps") else {
        return Some((with(before, "spec", rest.clone()), CUT));
    };
    let place = steps.place;
    let canary = build::map([("steps", steps.clone())], place);
    let strategy = build::map([("canary", canary)], place);
    Some((with(before, "spec", build::map([("strategy", strategy)], place)), STEPS))
}

/// A map with one more entry.
pub(super) fn with(tree: &Node, key: &str, value: Node) -> Node {
    let mut map = tree.as_map().cloned().unwrap_or_default();
    map.insert(Key::new(key, value.place), value);
    Node { value: Value::Map(map), ..tree.clone() }
}
