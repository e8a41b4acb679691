//! How fast an autoscaler follows, in either direction.

use crate::document::{Node, Value, closest};
use crate::import::build;
use crate::import::draft::{Draft, rejected};
use crate::import::outline::seconds;
use crate::import::typed::{field, found, whole};

const SELECT: [&str; 3] = ["Max", "Min", "Disabled"];

/// Longest times, in seconds; source: the validation of `autoscaling/v2`.
const WINDOW_MAX: u32 = 3600;
const PERIOD_MAX: u32 = 1800;

/// `behavior`.
pub(super) fn behavior(node: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let both = ["scaleUp", "scaleDown"];
    let both = both.into_iter().filter_map(|key| Some((key, rules(field(node, key)?, draft))));
    let both: Vec<_> = both.collect();
    (!both.is_empty()).then(|| build::map(both, node.place))
}

/// One direction.
fn rules(node: &Node, draft: &mut Draft<'_>) -> Node {
    let window = whole(node, "stabilizationWindowSeconds", draft);
    if let Some(long) = window.filter(|it| it.value > WINDOW_MAX) {
        let title = "`stabilizationWindowSeconds` is at most an hour";
        let problem = rejected(title, long.place, format!("at most {WINDOW_MAX}"));
        draft.problem(problem.help("write for example: stabilizationWindowSeconds: 300"));
    }
    let select = field(node, "selectPolicy");
    let select = select.and_then(|it| word("selectPolicy", it, SELECT.as_slice(), draft));
    let list = field(node, "policies");
    let policies = list.and_then(|list| policies(list, draft));
    let entries = [
        window.map(|it| ("stabilizationWindow", seconds(it))),
        select.map(|it| ("selectPolicy", it)),
        policies.map(|it| ("policies", it)),
    ];
    build::map(entries.into_iter().flatten(), node.place)
}

fn policies(list: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let items = match &list.value {
        Value::List(items) if !items.is_empty() => items,
        _ => {
            let problem = rejected("no policy is given", list.place, "needs at least one");
            let help = "write for example: policies: [{ type: Pods, value: 4, periodSeconds: 60 }]";
            draft.problem(problem.help(help));
            return None;
        }
    };
    let policies: Vec<_> = items.iter().filter_map(|it| policy(it, draft)).collect();
    Some(build::list(policies, list.place))
}

/// How much in which time.
fn policy(node: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let kinds = ["Pods", "Percent"];
    let Some(kind) = field(node, "type") else {
        draft.problem(missing("type", "Percent", node));
        return None;
    };
    let kind = word("type", kind, &kinds, draft)?;
    let mut number = |key, example, most: u32| {
        let given = whole(node, key, draft);
        if given.is_none() && field(node, key).is_none() {
            draft.problem(missing(key, example, node));
        }
        let given = given?;
        if (1..=most).contains(&given.value) {
            return Some(given);
        }
        let title = format!("`{key}` of a policy is out of its range");
        let problem = rejected(title, given.place, format!("from 1 to {most}"));
        draft.problem(problem.help(format!("write for example: {key}: {example}")));
        None
    };
    let (value, period) =
        (number("value", "100", i32::MAX as u32), number("periodSeconds", "15", PERIOD_MAX));
    let (value, period) = (value?, period?);
    let unit = if kind.as_text() == Some("Pods") { "pods" } else { "percent" };
    let size = build::text(value.value.to_string(), value.place);
    let change = build::map([(unit, size)], kind.place);
    Some(build::map([("change", change), ("period", seconds(period))], node.place))
}

fn missing(key: &str, example: &str, node: &Node) -> crate::document::Problem {
    let problem = rejected(format!("a policy needs `{key}`"), node.place, "is not complete");
    problem.help(format!("write for example: {key}: {example}"))
}

/// One of these words.
fn word(key: &str, node: &Node, words: &[&str], draft: &mut Draft<'_>) -> Option<Node> {
    let text = node.as_text().unwrap_or_default();
    if words.contains(&text) {
        return Some(build::text(text, node.place));
    }
    let title = format!("there is no {key} {}", found(node));
    let problem = rejected(title, node.place, format!("one of {}", words.join(", ")));
    let meant = closest(text, words.iter().copied()).unwrap_or(words[0]);
    draft.problem(problem.help(format!("write: {key}: {meant}")));
    None
}
