//! What a Canary measures.

use super::analysis::Entries;
use super::{fields, query};
use crate::controller::flagger::{Model, QueryError, render};
use crate::document::{Entry, Node, Problem, Value, quoted};
use crate::import::draft::{Draft, Foreign, rejected};
use crate::import::typed::{field, found};
use crate::import::{build, code, go, mapping};
use crate::telemetry::{Telemetry, compile, unreadable};

/// Names that a query may say.
const NAMES: [&str; 7] = ["name", "namespace", "target", "service", "ingress", "route", "interval"];

/// Metrics that Flagger knows how to ask for.
const KNOWN: [&str; 2] = ["request-success-rate", "request-duration"];

const NO_INTERVAL: &str =
    "a template does not get the default interval: its query is wrong, and every check fails";
const NOWHERE: &str = "its MetricTemplate is not among the files, and it is not measured";

const NO_VARIABLE: &str = "a variable that nobody gives a value: every check fails";
const NO_QUERY: &str = "Prometheus does not read its query: every check fails";

/// `metrics` of `strategy.flagger`, if there are any; `telemetry` has the series that there are.
#[expect(clippy::option_option, reason = "nothing that is wrong, and nothing that was said")]
pub(super) fn metrics<'a>(
    analysis: &'a Node,
    telemetry: &Telemetry,
    draft: &mut Draft<'a>,
) -> Option<Option<(&'static str, Node)>> {
    let Some(node) = field(analysis, "metrics") else { return Some(None) };
    let Value::List(items) = &node.value else {
        let problem = rejected("`metrics` is a list", node.place, "no list");
        draft.problem(problem.help("write for example: metrics: [{ name: request-success-rate }]"));
        return None;
    };
    let read = |(index, item)| Metric { node: item, index, telemetry }.read(draft);
    let metrics: Vec<_> = items.iter().enumerate().map(read).collect();
    let metrics = metrics.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Some(("metrics", build::list(metrics.into_iter().flatten().collect(), node.place))))
}

struct Metric<'a, 't> {
    node: &'a Node,
    telemetry: &'t Telemetry,
    index: usize,
}

impl<'a> Metric<'a, '_> {
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
            return self.template(reference, interval.is_some(), entries, draft);
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
    #[expect(clippy::option_option, reason = "nothing that is wrong, and nothing that was said")]
    fn template(
        &self,
        reference: &'a Node,
        has_interval: bool,
        mut entries: Entries,
        draft: &mut Draft<'a>,
    ) -> Option<Option<Node>> {
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
            return Some(None);
        };
        if !draft.is_taken(&template) {
            draft.take_one(&template);
            draft.account_for(&template, &[fields::TEMPLATE]);
        }
        let [query, provider] = ["query", "provider.type"].map(|key| said(&template, key, draft));
        let (query, provider) = (query?, provider?);
        let asks = query.as_text().unwrap_or_default();
        if !has_interval && asks.contains("interval") {
            draft.assume(NO_INTERVAL, reference.place, None);
            entries.push(("measure", build::text("nothing", reference.place)));
            return Some(Some(build::map(entries, self.node.place)));
        }
        if provider.as_text() == Some("prometheus") {
            entries.extend(self.measure(asks, query, draft));
        } else if let Some(mapped) = draft.options.metric(self.name()) {
            let said = format!("metric {} is measured as `coalmine.yaml` says", self.index);
            draft.assume(said, reference.place, None);
            entries.push(("measure", Node { place: reference.place, ..mapped.clone() }));
        } else {
            self.unmeasured(provider, draft);
            return None;
        }
        Some(Some(build::map(entries, self.node.place)))
    }

    /// What a query measures: its answer, if Prometheus has the series that it asks for, else what
    /// such a query counts, if that is known.
    fn measure(
        &self,
        text: &str,
        node: &Node,
        draft: &mut Draft<'a>,
    ) -> Option<(&'static str, Node)> {
        let nothing = || Some(("measure", build::text("nothing", node.place)));
        let query = match render(text, &self.model(|name, _| format!("{{{{ {name} }}}}"))) {
            Ok(query) => query,
            Err(QueryError::Unknown(name)) if name.starts_with("variables.") => {
                draft.assume(NO_VARIABLE, node.place, None);
                return nothing();
            }
            Err(error) => {
                let problem = Problem::error(code::UNSUPPORTED, error.to_string());
                let problem = problem.at(node.place, "a query of this metric");
                draft.problem(problem.help("write it without what is not a plain name"));
                return None;
            }
        };
        let filled = render(&query, &self.model(|_, text| text)).unwrap_or_default();
        if let Some(why) = unreadable(&filled) {
            draft.assume(format!("{NO_QUERY} ({why})"), node.place, None);
            return nothing();
        }
        if let Err(mistake) = compile(self.telemetry, &filled)
            && let Some(counted) = query::measure(text, node.place)
        {
            let why = format!("{}: requests are counted instead, at once", mistake.message);
            self.lose("query", node, &why, draft);
            return Some(("measure", counted));
        }
        let query = build::quoted(query.trim(), node.place);
        Some(("measure", build::map([("query", query)], node.place)))
    }

    /// What a query may name; each name with its text becomes what `of` makes of them.
    fn model(&self, of: impl Fn(&str, String) -> String) -> Model {
        let variables = field(self.node, "templateVariables").and_then(Node::as_map);
        let variables = variables.map_or(&[][..], |map| map.entries()).iter();
        let variable =
            |entry: &Entry| Some((entry.key.text.clone(), entry.node.as_text()?.to_owned()));
        let interval = field(self.node, "interval").and_then(Node::as_text).unwrap_or("1m");
        let name = |name: &str| {
            let text = match name {
                "namespace" => self.telemetry.namespace.as_str(),
                "interval" => interval,
                _ => self.telemetry.service.as_str(),
            };
            (name.to_owned(), of(name, text.to_owned()))
        };
        Model {
            names: NAMES.iter().map(|it| name(it)).collect(),
            variables: variables.filter_map(variable).collect(),
        }
    }

    fn name(&self) -> &'a str {
        field(self.node, "name").and_then(Node::as_text).unwrap_or_default()
    }

    /// Only Prometheus is simulated.
    fn unmeasured(&self, provider: &Node, draft: &mut Draft<'_>) {
        let (name, asks) = (self.name(), provider.as_text().unwrap_or_default());
        let title = format!("the provider {} of metric {}", quoted(asks), quoted(name));
        let title = format!("{title} does not exist in a simulation");
        let problem = Problem::error(code::UNMEASURED, title).at(provider.place, "not Prometheus");
        draft.problem(problem.help(mapping(name, "error-rate")));
    }

    fn lose(&self, key: &str, node: &Node, why: &str, draft: &mut Draft<'a>) {
        let what = format!("spec.analysis.metrics.{}.{key}", self.index);
        draft.lose(what, node.place, why.to_owned());
    }
}

/// What a template has to say.
fn said<'a>(template: &Foreign<'a>, key: &str, draft: &mut Draft<'_>) -> Option<&'a Node> {
    let node = template.at(&format!("spec.{key}")).filter(|it| it.as_text().is_some());
    if node.is_none() {
        let title = format!("this MetricTemplate has no `{key}`");
        let problem = rejected(title, template.name_place(), format!("needs `spec.{key}`"));
        let example = match key {
            "query" => "query: 'sum(rate(errors_total{deployment=\"{{ target }}\"}[1m]))'",
            _ => "provider: { type: prometheus, address: 'http://prometheus:9090' }",
        };
        draft.problem(problem.help(format!("write for example, in `spec`: {example}")));
    }
    node
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
