//! The native gate that is offered in place of an analysis.

use clockwork::Span;

use super::analyses::Analyses;
use super::waits;
use crate::document::{Node, Origin, Place, Value, quoted};
use crate::import::draft::{Draft, Foreign};
use crate::import::{build, go};

const OVER: &str = "1%";
const WINDOW: &str = "5m";
const INTERVAL: &str = "60s";
const FAILURE_LIMIT: &str = "3";

const OFFERED: &str = "a gate offered by the import";
const COUNTED: &str = "the native gate reads until the end of the bake, however often that is";

/// A native gate in place of analyses whose templates are not among the files, if there are any.
pub(super) fn instead<'a>(
    analyses: &Analyses<'a>,
    place: Place,
    draft: &mut Draft<'a>,
) -> Option<Node> {
    (!analyses.unknown.is_empty()).then(|| offer(&analyses.unknown, place, draft))
}

/// `gates.errors`: its times and its patience from the first metric of the analyses, if the files
/// have it, else assumed; its bound assumed.
fn offer<'a>(analyses: &[&'a Node], place: Place, draft: &mut Draft<'a>) -> Node {
    let found = metric(analyses, draft);
    let mut gate = Gate { metric: found.map(|(_, metric)| metric), place, taken: Vec::new() };
    let node = gate.node();
    let mut text = format!("a native gate on the error rate, over {OVER}, watches the rollout");
    text += &match found {
        Some((template, metric)) => origin(template, metric, &gate.taken, draft),
        None if analyses.is_empty() => String::new(),
        None => "; the templates of the analysis are not among the files".to_owned(),
    };
    draft.assume(text, place, Some("--set gates.errors.over=0.5%".to_owned()));
    build::map([("errors", node)], place)
}

/// What the gate has of a metric, as the end of a sentence.
fn origin(template: Foreign<'_>, metric: &Node, taken: &[&str], draft: &mut Draft<'_>) -> String {
    if let Some(count) = metric.get("count") {
        draft.lose(format!("{} count", template.title()), count.place, COUNTED);
    }
    let name = metric.get("name").and_then(Node::as_text).unwrap_or("");
    let of = format!("metric {} of {}", quoted(name), template.title());
    match taken {
        [] => format!("; {of} says nothing that it could use"),
        taken => format!(", with the {} of {of}", taken.join(", ")),
    }
}

/// The first metric of the first template that an analysis names and the files have.
fn metric<'a>(analyses: &[&'a Node], draft: &Draft<'a>) -> Option<(Foreign<'a>, &'a Node)> {
    let lists = analyses.iter().filter_map(|analysis| match &analysis.get("templates")?.value {
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
    fn node(&mut self) -> Node {
        let offered = Node { origin: Origin::assumed(OFFERED), ..build::map([], self.place) };
        let metric = build::map([("error-rate", offered)], self.place);
        let window = self.window();
        let interval = self.time("interval").unwrap_or_else(|| self.assumed(INTERVAL));
        let delay = self.time("initialDelay");
        let limit = self.failure_limit().unwrap_or_else(|| self.assumed(FAILURE_LIMIT));
        let fields = [("metric", Some(metric)), ("over", Some(self.assumed(OVER)))];
        let times =
            [("window", Some(window)), ("interval", Some(interval)), ("initialDelay", delay)];
        let all = fields.into_iter().chain(times).chain([("failureLimit", Some(limit))]);
        build::map(all.filter_map(|(key, node)| Some((key, node?))), self.place)
    }

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
