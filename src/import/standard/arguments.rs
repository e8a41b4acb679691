//! Arguments that nobody gives to templates without a Rollout: what they mean can be seen where
//! they are used.

use crate::document::{Node, Place, Value};
use crate::import::mend::VERSION;
use crate::import::typed::field;

/// An argument that a template wants and nobody gives.
pub(super) struct Wanted {
    pub(super) name: String,
    /// What it is assumed to be: a text of ours, filled in when the query is read.
    pub(super) value: &'static str,
    pub(super) place: Place,
    /// A flag that changes it.
    pub(super) change: &'static str,
}

const HOST: &str = "{{service}}.{{namespace}}.svc.cluster.local";
const SERVICE: &str = "{{service}}";
const NAMESPACE: &str = "{{namespace}}";
const RANGE: &str = "5m";

const OF_SERVICE: &str = "--set telemetry.service=shop";
const OF_NAMESPACE: &str = "--set telemetry.namespace=shop";

/// Every argument that the templates want, once each.
pub(super) fn wanted(documents: &[Node]) -> Vec<Wanted> {
    let mut all: Vec<Wanted> = Vec::new();
    for document in documents.iter().filter(|it| is_template(it)) {
        for (name, place) in missing(document) {
            if all.iter().any(|it| it.name == name) {
                continue;
            }
            let Some(value) = meaning(document, &name) else { continue };
            let change = match value {
                NAMESPACE => OF_NAMESPACE,
                HOST | SERVICE => OF_SERVICE,
                _ => "",
            };
            all.push(Wanted { name, value, place, change });
        }
    }
    all
}

fn is_template(document: &Node) -> bool {
    let text = |key| document.get(key).and_then(Node::as_text).unwrap_or_default();
    text("apiVersion") == VERSION && text("kind").ends_with("AnalysisTemplate")
}

fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    match field(node, key).map(|it| &it.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// Arguments without a value.
fn missing(document: &Node) -> Vec<(String, Place)> {
    let Some(spec) = field(document, "spec") else { return Vec::new() };
    let mut all = Vec::new();
    for item in items(spec, "args") {
        let is_given = field(item, "value").is_some() || field(item, "valueFrom").is_some();
        if let Some(name) = item.get("name").filter(|_| !is_given)
            && let Some(text) = name.as_text()
        {
            all.push((text.to_owned(), name.place));
        }
    }
    all
}

fn query(metric: &Node) -> Option<&Node> {
    metric.find(["provider", "prometheus", "query"])
}

/// Every argument that a text uses, with what stands before it.
pub(in crate::import) fn uses(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let begins = text.match_indices("{{");
    begins.filter_map(|(at, _)| {
        let inside = text[at + 2..].split_once("}}")?.0;
        Some((inside.trim().strip_prefix("args.")?.trim(), &text[..at]))
    })
}

/// What an argument means where it is used; nothing where it is no text of a query.
fn meaning(document: &Node, name: &str) -> Option<&'static str> {
    let spec = field(document, "spec")?;
    let metrics = items(spec, "metrics");
    let is_judged = |metric: &Node| {
        let entries = metric.as_map().map_or(&[][..], |map| map.entries());
        let texts = entries.iter().filter_map(|entry| entry.node.as_text());
        texts.flat_map(uses).any(|(it, _)| it == name)
    };
    if metrics.iter().any(is_judged) {
        return None;
    }
    let queries = metrics.iter().filter_map(|metric| query(metric)?.as_text());
    let before = queries.flat_map(uses).find(|(it, _)| *it == name).map(|(_, before)| before);
    Some(before.and_then(by_use).unwrap_or_else(|| by_name(name)))
}

/// What is meant after `label="`, or between brackets.
fn by_use(before: &str) -> Option<&'static str> {
    let before = before.trim_end();
    if before.ends_with('[') {
        return Some(RANGE);
    }
    let label = before.strip_suffix(['"', '\''])?.trim_end_matches(['=', '~', '!', ' ']);
    let begin = label.rfind(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    match &label[begin.map_or(0, |at| at + 1)..] {
        "destination_service" => Some(HOST),
        label if label.contains("namespace") => Some(NAMESPACE),
        label if label.contains("hash") => None,
        _ => Some(SERVICE),
    }
}

fn by_name(name: &str) -> &'static str {
    match name {
        name if name.contains("hash") && name.contains("stable") => "{{stable-hash}}",
        name if name.contains("hash") => "{{latest-hash}}",
        name if name.contains("namespace") => NAMESPACE,
        _ => SERVICE,
    }
}

/// The service and its namespace, as the value of an argument says them, and where.
pub(super) fn host(document: &Node) -> Option<(String, String, Place)> {
    let values = items(field(document, "spec")?, "args").iter().filter_map(|it| it.get("value"));
    let mut hosts = values.filter_map(|value| {
        let (name, rest) = value.as_text()?.split_once('.')?;
        let (namespace, _) = rest.split_once(".svc")?;
        let is_plain = |it: &str| it.chars().all(|it| it.is_ascii_alphanumeric() || it == '-');
        let is_host = is_plain(name) && is_plain(namespace);
        is_host.then(|| (name.to_owned(), namespace.to_owned(), value.place))
    });
    hosts.next()
}
