//! What a Canary measures.

use super::analysis::Entries;
use super::{fields, query};
use crate::controller::flagger::{Model, render};
use crate::document::{Entry, Node, Problem, Value, quoted};
use crate::import::draft::{Draft, Foreign, rejected};
use crate::import::typed::{field, found};
use crate::import::{build, code, go};

/// Names that a query may say.
const NAMES: [&str; 7] = ["name", "namespace", "target", "service", "ingress", "route", "interval"];

/// Metrics that Flagger knows how to ask for.
const KNOWN: [&str; 2] = ["request-success-rate", "request-duration"];

const NO_INTERVAL: &str =
    "a template does not get the default interval: its query is wrong, and every check fails";
const NOWHERE: &str = "its MetricTemplate is not among the files, and it is not measured";

/// `metrics` of `strategy.flagger`, if there are any.
#[expect(clippy::option_option, reason = "nothing that is wrong, and nothing that was said")]
pub(super) fn metrics<'a>(
    analysis: &'a Node,
    draft: &mut Draft<'a>,
) -> Option<Option<(&'static str, Node)>> {
    let Some(node) = field(analysis, "metrics") else { return Some(None) };
    let Value::List(items) = &node.value else {
        let problem = rejected("`metrics` is a list", node.place, "no list");
        draft.problem(problem.help("write for example: metrics: [{ name: request-success-rate }]"));
        return None;
    };
    let mut metrics = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let metric = Metric { node: item, index, place: metrics.len() };
        metrics.extend(metric.read(draft)?);
    }
    Some(Some(("metrics", build::list(metrics, node.place))))
}

struct Metric<'a> {
    node: &'a Node,
    index: usize,
    /// Its place among those that are measured.
    place: usize,
}

impl<'a> Metric<'a> {
    /// The metric, or nothing where it is not measured.
    #[expect(clippy::option_option, reason = "nothing that is wrong, and nothing that was said")]
    fn read(&self, draft: &mut Draft<'a>) -> Option<Option<Node>> {
        let Some(name) = field(self.node, "name").filter(|it| it.as_text().is_some()) else {
            let problem = rejected("a metric has a name", self.node.place, "needs `name`");
            draft.problem(problem.help("write for example: name: request-success-rate"));
            return None;
        };
        let text = name.as_text().unwrap_or_default();
        let mut entries: Entries = vec![("name", build::text(text, name.place))];
        let interval = field(self.node, "interval");
        if let Some(interval) = interval {
            let Some(span) = go::span(interval) else {
                let title = "the `interval` of a metric is a time";
                let label = format!("{} is none", found(interval));
                let problem = rejected(title, interval.place, label);
                draft.problem(problem.help("write for example: interval: 1m"));
                return None;
            };
            entries.push(("interval", build::text(span.to_string(), interval.place)));
        }
        entries.extend(self.bounds(draft)?);
        if let Some(reference) = field(self.node, "templateRef") {
            return Some(self.template(reference, interval.is_some(), entries, draft));
        }
        if KNOWN.contains(&text) {
            if let Some(query) = field(self.node, "query") {
                let why = "Flagger measures what it knows by the name, and the query beside it";
                self.lose("query", query, why, draft);
            }
            return Some(Some(build::map(entries, self.node.place)));
        }
        if let Some(query) = field(self.node, "query") {
            let text = query.as_text().unwrap_or_default().to_owned();
            entries.extend(self.measure(&text, query, draft));
        } else {
            let why = "neither known by its name nor a query: every check fails";
            draft.assume(why, name.place, None);
            entries.push(("measure", build::text("nothing", name.place)));
        }
        Some(Some(build::map(entries, self.node.place)))
    }

    /// `threshold` and `thresholdRange`.
    fn bounds(&self, draft: &mut Draft<'a>) -> Option<Entries> {
        let mut entries = Entries::new();
        if let Some(threshold) = field(self.node, "threshold") {
            entries.push(("threshold", number(threshold, draft)?));
        }
        if let Some(range) = field(self.node, "thresholdRange") {
            let mut bounds = Entries::new();
            for key in ["min", "max"] {
                if let Some(bound) = field(range, key) {
                    bounds.push((key, number(bound, draft)?));
                }
            }
            entries.push(("thresholdRange", build::map(bounds, range.place)));
        }
        Some(entries)
    }

    /// A metric with a template: it is measured if the files have it.
    fn template(
        &self,
        reference: &'a Node,
        has_interval: bool,
        mut entries: Entries,
        draft: &mut Draft<'a>,
    ) -> Option<Node> {
        let text = |key| field(reference, key).and_then(Node::as_text);
        let (name, namespace) = (text("name").unwrap_or_default(), text("namespace"));
        let is_it = |it: &Foreign<'_>| {
            let own = it.at("metadata.namespace").and_then(Node::as_text);
            it.kind == "MetricTemplate"
                && it.name == name
                && namespace.zip(own).is_none_or(|(one, other)| one == other)
        };
        let template = draft.documents().iter().copied().find(is_it);
        let Some(template) = template else {
            let why = format!("{NOWHERE}: give the file of {} as well", quoted(name));
            self.lose("templateRef", reference, &why, draft);
            return None;
        };
        if !draft.is_taken(&template) {
            draft.take_one(&template);
            draft.account_for(&template, fields::TEMPLATE);
        }
        let query = template.at("spec.query");
        let asks = query.and_then(Node::as_text).unwrap_or_default();
        if !has_interval && asks.contains("interval") {
            draft.assume(NO_INTERVAL, reference.place, None);
            entries.push(("measure", build::text("nothing", reference.place)));
            return Some(build::map(entries, self.node.place));
        }
        let provider = template.at("spec.provider.type").and_then(Node::as_text);
        if provider == Some("prometheus") {
            entries.extend(self.measure(asks, query.unwrap_or(reference), draft));
        } else {
            let provider = provider.unwrap_or("nobody");
            self.unknown(
                &format!("{} asks {}", template.title(), quoted(provider)),
                reference,
                draft,
            );
        }
        Some(build::map(entries, self.node.place))
    }

    /// What a query measures, where that is known.
    fn measure(
        &self,
        text: &str,
        node: &Node,
        draft: &mut Draft<'a>,
    ) -> Option<(&'static str, Node)> {
        if let Some(measure) = query::measure(text, node.place) {
            let said = format!("metric {} of the Canary is measured by counts", self.index);
            draft.assume(said, node.place, None);
            return Some(("measure", measure));
        }
        Some(("measure", self.asked(text, node, draft)?))
    }

    /// A query as it is, with what its variables stand for.
    fn asked(&self, text: &str, node: &Node, draft: &mut Draft<'a>) -> Option<Node> {
        let variables = field(self.node, "templateVariables").and_then(Node::as_map);
        let variables = variables.map_or(&[][..], |map| map.entries()).iter();
        let variable =
            |entry: &Entry| Some((entry.key.text.clone(), entry.node.as_text()?.to_owned()));
        let names = NAMES.map(|name| (name.to_owned(), format!("{{{{ {name} }}}}")));
        let model = Model {
            names: names.into_iter().collect(),
            variables: variables.filter_map(variable).collect(),
        };
        match render(text, &model) {
            Ok(query) => {
                let query = build::quoted(query.trim(), node.place);
                Some(build::map([("query", query)], node.place))
            }
            Err(error) => {
                let problem = Problem::error(code::UNSUPPORTED, error.to_string());
                let problem = problem.at(node.place, "a query of this metric");
                draft.problem(problem.help("write it without what is not a plain name"));
                None
            }
        }
    }

    /// The scenario then lacks `measure`, which a person has to give.
    fn unknown(&self, why: &str, node: &Node, draft: &mut Draft<'a>) {
        let set = format!("--set strategy.flagger.metrics.{}.measure=error-rate", self.place);
        draft.assume(format!("what a metric measures is to be said: {why}"), node.place, Some(set));
    }

    fn lose(&self, key: &str, node: &Node, why: &str, draft: &mut Draft<'a>) {
        let what = format!("spec.analysis.metrics.{}.{key}", self.index);
        draft.lose(what, node.place, why.to_owned());
    }
}

/// A number.
fn number(node: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let text = node.as_text().unwrap_or_default();
    if text.parse::<f64>().is_ok_and(f64::is_finite) {
        return Some(build::text(text, node.place));
    }
    let problem = rejected("a bound is a number", node.place, format!("{} is none", found(node)));
    draft.problem(problem.help("write for example: max: 500"));
    None
}
