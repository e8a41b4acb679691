//! What an autoscaler measures, and whether it can: only the use of the processor is simulated.

use crate::document::{Node, Place, Value};
use crate::import::draft::{Draft, Foreign, plain, rejected};
use crate::import::typed::{field, whole};
use crate::import::{build, quantity};

const DEFAULT: &str = "80";
const WHY: &str = "the default of Kubernetes";
pub(super) const PERCENT_MAX: u32 = 10_000;

pub(super) const AMOUNT: &str =
    "an amount of the processor is not followed, only a share of what pods request";
pub(super) const ONE: &str =
    "the processor of one container is not known apart from that of its pod";
pub(super) const MEMORY: &str = "memory is not followed, only the use of the processor";
const OTHER: &str = "what Kubernetes does not measure itself is not followed, only the use of the \
                     processor";
pub(super) const TWICE: &str = "the use of the processor is followed once";
const UNKNOWN: &str = "not understood";
const NONE: &str = "none of its metrics is followed: the number of pods does not follow the load";

const SATURATED: &str = "a saturated pod uses all of the processor that it requests";

type Entries = Vec<(&'static str, Node)>;

/// `cpu`, with what is assumed of pods of this template under that controller; or nothing where it
/// cannot be followed.
pub(super) fn cpu(
    document: &Foreign<'_>,
    target: Option<Node>,
    (template, controller): (Option<&Node>, &str),
    draft: &mut Draft<'_>,
) -> Option<Entries> {
    let Some(cpu) = target else {
        draft.lose_document(document, NONE);
        return None;
    };
    let (mut requested, mut limit) = (0, Some(0));
    for container in template.map(containers).unwrap_or_default() {
        let [request, most] = amounts(container);
        let Some(request) = request.filter(|it| *it > 0) else {
            let name = field(container, "name").and_then(Node::as_text).unwrap_or("a container");
            let why = format!(
                "{} requests no cpu, so Kubernetes cannot tell which share of it pods use: their \
                 number does not follow the load",
                plain(name)
            );
            draft.lose_document(document, why);
            return None;
        };
        requested += request;
        limit = limit.zip(most).map(|(limit, most)| limit + most);
    }
    if limit != Some(requested) {
        let change = format!("--set controller.{controller}.hpa.saturated=200");
        draft.assume(saturated(requested, limit), cpu.place, Some(change));
    }
    Some(vec![("cpu", cpu)])
}

fn saturated(requested: u64, limit: Option<u64>) -> String {
    match limit.filter(|_| requested > 0) {
        Some(limit) => format!("{SATURATED}; its limit is {}% of that", limit * 100 / requested),
        None => SATURATED.to_owned(),
    }
}

/// The share of the processor that is aimed at, if any.
pub(super) fn target(document: &Foreign<'_>, spec: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let default = |place: Place| Some(build::assumed(DEFAULT, WHY, place));
    if document.api_version == "autoscaling/v1" {
        return match field(spec, "targetCPUUtilizationPercentage") {
            Some(_) => percent(spec, "targetCPUUtilizationPercentage", draft),
            None => default(document.name_place()),
        };
    }
    let Some(Value::List(metrics)) = field(spec, "metrics").map(|list| &list.value) else {
        return default(document.name_place());
    };
    let mut chosen = None;
    for (index, metric) in metrics.iter().enumerate() {
        let why = match utilization(metric) {
            Ok(_) if chosen.is_some() => TWICE,
            Ok(target) => {
                chosen = percent(target, "averageUtilization", draft);
                continue;
            }
            Err(why) => why,
        };
        draft.lose(format!("{} spec.metrics.{index}", document.title()), metric.place, why);
    }
    chosen
}

/// The target of a metric of the processor, or why it is not followed.
fn utilization(metric: &Node) -> Result<&Node, &'static str> {
    let text = |path: &str| metric.find(path.split('.')).and_then(Node::as_text);
    match (text("type"), text("resource.name")) {
        (Some("Resource"), Some("cpu")) => {
            let target = metric.find(["resource", "target"]);
            target.filter(|it| field(it, "averageUtilization").is_some()).ok_or(AMOUNT)
        }
        (Some("Resource"), Some("memory")) => Err(MEMORY),
        (Some("ContainerResource"), _) => Err(ONE),
        (Some("Pods" | "Object" | "External"), _) => Err(OTHER),
        _ => Err(UNKNOWN),
    }
}

/// A share of what pods request, per cent.
fn percent(outside: &Node, key: &str, draft: &mut Draft<'_>) -> Option<Node> {
    let given = whole(outside, key, draft)?;
    if (1..=PERCENT_MAX).contains(&given.value) {
        return Some(build::text(given.value.to_string(), given.place));
    }
    let title = format!("`{key}` is a share of what pods request");
    let problem = rejected(title, given.place, format!("from 1 to {PERCENT_MAX} per cent"));
    draft.problem(problem.help(format!("write for example: {key}: 80")));
    None
}

fn containers(template: &Node) -> Vec<&Node> {
    match template.find(["spec", "containers"]).map(|list| &list.value) {
        Some(Value::List(items)) => items.iter().collect(),
        _ => Vec::new(),
    }
}

/// The processor that a container requests, its limit where it does not say, and the limit; in
/// thousandths.
fn amounts(container: &Node) -> [Option<u64>; 2] {
    let amount = |of: &str| {
        let node = container.find(["resources", of, "cpu"])?;
        node.as_text().and_then(quantity::thousandths)
    };
    let limit = amount("limits");
    [amount("requests").or(limit), limit]
}
