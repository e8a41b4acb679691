//! The native gate that is offered in place of an analysis.

use std::fmt::Write;

use clockwork::Span;

use super::{Canary, waits};
use crate::document::{Node, Origin, Place, Value, quoted};
use crate::import::draft::{Draft, Foreign};
use crate::import::{build, go};

const OVER: &str = "1%";
const WINDOW: &str = "5m";
const INTERVAL: &str = "60s";
const FAILURE_LIMIT: &str = "3";

const OFFERED: &str = "a gate offered by the import";
const LOST: &str =
    "it is not evaluated: the native gate watches instead, from the first traffic on";
const COUNTED: &str = "the native gate reads until the end of the bake, however often that is";

/// `gates.errors`: its times and its patience from the first metric of the analysis, if the files
/// have it, else assumed; its bound assumed.
pub(super) fn offer<'a>(canary: &Canary<'a>, draft: &mut Draft<'a>) -> Node {
    let background = canary.node.get("analysis");
    if background.is_some() {
        let place = build::key_place(canary.node, "analysis");
        draft.lose("spec.strategy.canary.analysis", place, LOST);
    }
    let place = build::key_place(canary.node, "analysis");
    let found = metric(canary, draft);
    let metric = found.map(|(_, metric)| metric);
    let mut gate = Gate { metric, place, taken: Vec::new() };
    let window = gate.window();
    let interval = gate.time("interval").unwrap_or_else(|| gate.assumed(INTERVAL));
    let initial_delay = gate.time("initialDelay");
    let failure_limit = gate.failure_limit().unwrap_or_else(|| gate.assumed(FAILURE_LIMIT));
    let offered = Node { origin: Origin::Assumed(OFFERED), ..build::map([], place) };
    let error_rate = build::map([("error-rate", offered)], place);
    let entries = [("metric", error_rate), ("over", gate.assumed(OVER)), ("window", window)];
    let mut entries = Vec::from(entries);
    entries.push(("interval", interval));
    entries.extend(initial_delay.map(|delay| ("initialDelay", delay)));
    entries.push(("failureLimit", failure_limit));
    say(found, &gate.taken, place, draft);
    build::map([("errors", build::map(entries, place))], place)
}

fn say(found: Option<(Foreign<'_>, &Node)>, taken: &[&str], place: Place, draft: &mut Draft<'_>) {
    let mut text = format!("a native gate on the error rate, over {OVER}, watches the rollout");
    if let Some((template, metric)) = found {
        let name = metric.get("name").and_then(Node::as_text).unwrap_or("");
        let of = format!("metric {} of {}", quoted(name), template.title());
        if taken.is_empty() {
            let _ = write!(text, "; {of} says nothing that it could use");
        } else {
            let _ = write!(text, ", with the {} of {of}", taken.join(", "));
        }
        if let Some(count) = metric.get("count") {
            draft.lose(format!("{} count", template.title()), count.place, COUNTED);
        }
    }
    draft.assume(text, place, Some("--set gates.errors.over=0.5%".to_owned()));
}

/// The first metric of the first template that an analysis names and the files have: that of the
/// background analysis, else that of the first step.
fn metric<'a>(canary: &Canary<'a>, draft: &Draft<'a>) -> Option<(Foreign<'a>, &'a Node)> {
    let steps = match canary.node.get("steps").map(|steps| &steps.value) {
        Some(Value::List(steps)) => steps.as_slice(),
        _ => &[],
    };
    let inline = steps.iter().filter_map(|step| step.get("analysis"));
    let analyses = canary.node.get("analysis").into_iter().chain(inline);
    let lists = analyses.filter_map(|analysis| match &analysis.get("templates")?.value {
        Value::List(references) => Some(references.as_slice()),
        _ => None,
    });
    let mut templates = lists.flatten().filter_map(|reference| waits::template(reference, draft));
    templates.find_map(|template| Some((template, waits::metrics(&template).first()?)))
}

struct Gate<'a> {
    metric: Option<&'a Node>,
    place: Place,
    /// Fields that the metric says.
    taken: Vec<&'static str>,
}

impl<'a> Gate<'a> {
    fn assumed(&self, text: &str) -> Node {
        build::assumed(text, OFFERED, self.place)
    }

    fn field(&self, key: &str) -> Option<&'a Node> {
        self.metric?.get(key)
    }

    fn time(&mut self, key: &'static str) -> Option<Node> {
        let node = self.field(key)?;
        let span = go::span(node)?;
        self.taken.push(key);
        Some(build::text(span.to_string(), node.place))
    }

    /// The limit, unless the metric disables it.
    fn failure_limit(&mut self) -> Option<Node> {
        let Some(node) = self.field("failureLimit") else {
            let metric = self.metric?;
            self.taken.push("failureLimit");
            return Some(build::assumed("0", "Argo's default", metric.place));
        };
        let limit = u32::try_from(go::int_or_string(node)?).ok()?;
        self.taken.push("failureLimit");
        Some(build::text(limit.to_string(), node.place))
    }

    /// The range of the query, if it is a number of scrapes.
    fn window(&mut self) -> Node {
        let query = self
            .field("provider")
            .and_then(|provider| provider.get("prometheus")?.get("query"))
            .and_then(|query| Some((query.place, range(query.as_text()?)?)));
        let Some((place, window)) = query else { return self.assumed(WINDOW) };
        self.taken.push("window");
        build::text(window.to_string(), place)
    }
}

/// The one range that all selectors of a query share, if it is a number of usual scrapes.
fn range(query: &str) -> Option<Span> {
    let mut ranges: Vec<&str> = query
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split([']', ':']).next())
        .map(str::trim)
        .collect();
    ranges.sort_unstable();
    ranges.dedup();
    let [range] = ranges.as_slice() else { return None };
    let span = Span::parse(range).ok()?;
    let scrapes = (span % Span::from_secs(15)).is_zero() && !span.is_zero();
    scrapes.then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_taken_if_there_is_one() {
        let ratio = |a, b| format!("sum(rate(bad[{a}])) / sum(rate(all[{b}]))");
        assert_eq!(range(&ratio("5m", "5m")), Some(Span::from_mins(5)));
        assert_eq!(range(&ratio("5m", "1m")), None);
        assert_eq!(range("up[20s]"), None);
        assert_eq!(range("up[{{args.window}}]"), None);
        assert_eq!(range("up"), None);
    }
}
