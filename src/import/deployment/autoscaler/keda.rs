//! KEDA's `ScaledObject`: the autoscaler that KEDA makes of it, as far as it follows the processor.
//!
//! Source: KEDA, *`ScaledObject` specification* and *CPU scaler*.

use super::metrics::{self, AMOUNT, MEMORY, ONE, TWICE};
use super::{behavior, fields, pods};
use crate::document::{Node, Value};
use crate::import::build;
use crate::import::draft::{Draft, Foreign, plain, rejected};
use crate::import::typed::{Given, field, found, whole};

pub(super) const KIND: &str = "ScaledObject";

/// The most pods where nothing is said.
const MOST: u32 = 100;
const WHY: &str = "the default of KEDA";
const PAUSED: &str = "an annotation pauses it: the number of pods does not follow the load";

/// What a `ScaledObject` says, as of a `HorizontalPodAutoscaler`.
pub(super) fn scaled_object<'a>(
    document: &Foreign<'a>,
    of: (Option<&'a Node>, &str),
    draft: &mut Draft<'a>,
) -> Option<Node> {
    if is_paused(document) {
        draft.lose_document(document, PAUSED);
        return None;
    }
    let spec = document.at("spec")?;
    let bounds = bounds(document, spec, draft)?;
    let target = target(document, spec, draft);
    let cpu = metrics::cpu(document, target, of, draft)?;
    draft.account_for(document, &[fields::KEDA]);
    let config = spec.find(["advanced", "horizontalPodAutoscalerConfig", "behavior"]);
    let behavior = config.and_then(|it| behavior::behavior(it, draft));
    let entries = bounds.into_iter().chain(cpu);
    let entries = entries.chain(behavior.map(|it| ("behavior", it)));
    Some(build::map(entries, build::key_place(document.node, "spec")))
}

/// Whether an annotation keeps KEDA from scaling. Source: KEDA, *Pause autoscaling*.
fn is_paused(document: &Foreign<'_>) -> bool {
    let annotations = document.at("metadata.annotations");
    let is_said = |key: &str, is_it: fn(&str) -> bool| {
        let said = annotations.and_then(|it| it.get(key)).and_then(Node::as_text);
        said.is_some_and(is_it)
    };
    is_said("autoscaling.keda.sh/paused-replicas", |_| true)
        || is_said("autoscaling.keda.sh/paused", |it| it != "false")
}

/// `min` and `max`: a trigger of the processor never scales to zero.
fn bounds(
    document: &Foreign<'_>,
    spec: &Node,
    draft: &mut Draft<'_>,
) -> Option<[(&'static str, Node); 2]> {
    let place = build::key_place(document.node, "spec");
    let [least, most] = ["minReplicaCount", "maxReplicaCount"].map(|key| whole(spec, key, draft));
    let (min, max) = (least.map_or(0, |it| it.value).max(1), most.map_or(MOST, |it| it.value));
    if max < min {
        let at = most.or(least).map_or(place, |it| it.place);
        let problem = rejected("`maxReplicaCount` is below `minReplicaCount`", at, "no room");
        draft.problem(problem.help(format!("write for example: maxReplicaCount: {}", min * 2)));
        return None;
    }
    let node = |given: Option<Given>, value: u32| match given {
        Some(given) => pods(Given { value, ..given }),
        None => build::assumed(value.to_string(), WHY, place),
    };
    Some([("min", node(least, min)), ("max", node(most, max))])
}

/// A share of what pods request, per cent: what a trigger says is a text.
fn share(node: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let value = node.as_text().and_then(|text| text.parse::<u32>().ok());
    if let Some(value) = value.filter(|it| (1..=metrics::PERCENT_MAX).contains(it)) {
        return Some(build::text(value.to_string(), node.place));
    }
    let title = "`value` of a trigger of the processor is a share of what pods request";
    let problem = rejected(title, node.place, format!("{} is none", found(node)));
    draft.problem(problem.help("write for example: value: \"80\""));
    None
}

/// The share of the processor that a trigger aims at, if one does; the others are listed.
fn target(document: &Foreign<'_>, spec: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let triggers = match field(spec, "triggers").map(|list| &list.value) {
        Some(Value::List(triggers)) => triggers.as_slice(),
        _ => &[],
    };
    let mut chosen = None;
    for (index, trigger) in triggers.iter().enumerate() {
        let text = |path: &str| trigger.find(path.split('.')).and_then(Node::as_text);
        let measured = text("metricType").or_else(|| text("metadata.type"));
        let why = match text("type") {
            Some("cpu") if chosen.is_some() => TWICE.to_owned(),
            Some("cpu") if text("metadata.containerName").is_some() => ONE.to_owned(),
            Some("cpu") if measured.is_none_or(|it| it == "Utilization") => {
                chosen = trigger.find(["metadata", "value"]).and_then(|it| share(it, draft));
                continue;
            }
            Some("cpu") => AMOUNT.to_owned(),
            Some("memory") => MEMORY.to_owned(),
            Some(other) => format!(
                "what {} tells is not followed, only the use of the processor",
                plain(other)
            ),
            None => "not understood: it has no type".to_owned(),
        };
        draft.lose(format!("{} spec.triggers.{index}", document.title()), trigger.place, why);
    }
    chosen
}
