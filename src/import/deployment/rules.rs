//! What the API server rejects of a workload beside its numbers.

use crate::document::{Node, Value, quoted};
use crate::import::build;
use crate::import::draft::{Draft, Foreign, rejected};
use crate::import::go;
use crate::import::typed::{field, whole};

/// The least that a workload says.
pub(in crate::import) const EXAMPLE: &str = "write for example:\nspec:\n  selector: { matchLabels: { app: web } }\n  \
     template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } }";

/// Reports what is missing and what contradicts itself; the pod template, if there is one.
pub(in crate::import) fn check<'a>(
    workload: &Foreign<'_>,
    spec: &'a Node,
    draft: &mut Draft<'_>,
) -> Option<&'a Node> {
    history(spec, draft);
    let Some(template) = field(spec, "template").filter(|it| it.as_map().is_some()) else {
        let title = format!("this {} has no pod template", workload.kind);
        let place = match field(spec, "template") {
            Some(template) => template.place,
            None => spec
                .as_map()
                .and_then(|map| map.entries().first())
                .map_or(spec.place, |it| it.key.place),
        };
        draft.problem(rejected(title, place, "needs a `template` with fields").help(EXAMPLE));
        return None;
    };
    containers(spec, template, draft);
    selector(workload, (spec, template), draft);
    Some(template)
}

/// Without a history nobody can go back to the old version.
fn history(spec: &Node, draft: &mut Draft<'_>) {
    if let Some(limit) = whole(spec, "revisionHistoryLimit", draft).filter(|it| it.value == 0) {
        let why = "people can bring the old version back here, Kubernetes has forgotten it";
        draft.lose("spec.revisionHistoryLimit", limit.place, why);
    }
}

fn containers(spec: &Node, template: &Node, draft: &mut Draft<'_>) {
    let pods = field(template, "spec");
    let list = pods.and_then(|pods| field(pods, "containers"));
    if matches!(list.map(|list| &list.value), Some(Value::List(items)) if !items.is_empty()) {
        return;
    }
    let place = match (list, pods) {
        (Some(list), _) => list.place,
        (None, Some(_)) => build::key_place(template, "spec"),
        (None, None) => build::key_place(spec, "template"),
    };
    let problem = rejected("a pod without containers", place, "needs a list of `containers`");
    draft.problem(problem.help("write for example: containers: [{ name: web, image: web:1.0 }]"));
}

/// The selector selects the pods of the template.
fn selector(workload: &Foreign<'_>, (spec, template): (&Node, &Node), draft: &mut Draft<'_>) {
    let kind = workload.kind;
    let labels = field(template, "metadata").and_then(|it| field(it, "labels"));
    let first = labels.and_then(Node::as_map).and_then(|map| map.entries().first());
    let example = match first {
        Some(entry) if go::scalar(&entry.node).is_some() => {
            let value = entry.node.as_text().unwrap_or_default();
            format!(
                "{}: {}",
                crate::import::draft::plain(&entry.key.text),
                crate::import::draft::plain(value)
            )
        }
        _ => "app: web".to_owned(),
    };
    let help = format!("write: selector: {{ matchLabels: {{ {example} }} }}");
    let Some(selector) = field(spec, "selector") else {
        let place = build::key_place(spec, "template");
        let title = format!("nothing selects the pods of this {kind}");
        let problem = rejected(title, place, "no `selector`");
        draft.problem(problem.help(help));
        return;
    };
    let wanted = field(selector, "matchLabels").and_then(Node::as_map);
    let entries = wanted.map_or(&[][..], |map| map.entries());
    let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Node::as_text);
    let wrong = entries.iter().find(|entry| label(&entry.key.text) != entry.node.as_text());
    if let Some(entry) = wrong {
        let title = format!("this {kind} does not select its own pods");
        let has = match label(&entry.key.text) {
            Some(other) => format!("the pods have {}", quoted(other)),
            None => "the pods have no such label".to_owned(),
        };
        draft.problem(rejected(title, entry.node.place, has).help(help));
    }
}
