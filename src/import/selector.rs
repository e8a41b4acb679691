//! Label selectors: which pods a Service, a Deployment or a budget means.

use super::typed::field;
use crate::document::{Node, Value};

/// The labels of the pods of a template.
pub(super) fn labels(template: &Node) -> Option<&Node> {
    field(field(template, "metadata")?, "labels")
}

/// The value of a label.
pub(super) fn label<'a>(labels: Option<&'a Node>, key: &str) -> Option<&'a str> {
    labels?.get(key)?.as_text()
}

/// Whether pods with these labels have all of the wanted ones.
pub(super) fn has_all(labels: Option<&Node>, wanted: &Node) -> bool {
    let wanted = wanted.as_map().map_or(&[][..], |map| map.entries());
    wanted.iter().all(|it| label(labels, &it.key.text) == it.node.as_text())
}

/// Whether a selector with `matchLabels` and `matchExpressions` selects pods with these labels;
/// an empty one selects all.
pub(super) fn selects(selector: &Node, labels: Option<&Node>) -> bool {
    let expressions = match field(selector, "matchExpressions").map(|list| &list.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    field(selector, "matchLabels").is_none_or(|wanted| has_all(labels, wanted))
        && expressions.iter().all(|it| holds(it, labels))
}

/// Whether an expression holds; one that the API server would reject does not.
fn holds(expression: &Node, labels: Option<&Node>) -> bool {
    let text = |key| field(expression, key).and_then(Node::as_text).unwrap_or_default();
    let value = label(labels, text("key"));
    let is_listed = || match field(expression, "values").map(|list| &list.value) {
        Some(Value::List(values)) => values.iter().any(|it| it.as_text() == value),
        _ => false,
    };
    match text("operator") {
        "In" => value.is_some() && is_listed(),
        "NotIn" => value.is_none() || !is_listed(),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        _ => false,
    }
}
