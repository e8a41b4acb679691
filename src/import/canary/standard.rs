//! What stands around metric templates that come alone: a standard Canary.

use super::query;
use crate::document::{Node, Place};
use crate::import::draft::Foreign;
use crate::import::typed::field;
use crate::import::{Assumption, build};
use crate::telemetry::Telemetry;

/// What is assumed of a template that nobody uses.
const SAID: &str = "no file says who uses the template: it is measured in a standard Canary, a \
                    tick a minute, steps of 10 % up to 50 %, rolled back by the fifth failed check";

/// Weights, ticks and the threshold are those of the first example of Flagger's documents.
const ANALYSIS: [(&str, &str); 4] =
    [("interval", "1m"), ("threshold", "5"), ("stepWeight", "10"), ("maxWeight", "50")];

/// A standard Canary for the metric templates of some documents, and what it assumes; nothing
/// where there is no template.
pub(in crate::import) fn canary(documents: &[Foreign<'_>]) -> Option<(Node, Vec<Assumption>)> {
    let templates = documents.iter().filter(|it| it.kind == "MetricTemplate");
    let templates: Vec<_> = templates.filter(|it| !it.name.is_empty()).collect();
    let first = templates.first()?;
    let place = first.name_place();
    let mut said = vec![assumption(SAID, place, "strategy.flagger.threshold=10")];
    let metrics = templates.iter().enumerate();
    let metrics = metrics.map(|(index, template)| metric(index, template, &mut said)).collect();
    let text = |text: &str| build::text(text, place);
    let map = |entries: Vec<(&'static str, Node)>| build::map(entries, place);
    let reference = map(vec![
        ("apiVersion", text("apps/v1")),
        ("kind", text("Deployment")),
        ("name", text(first.name)),
    ]);
    let mut analysis: Vec<_> = ANALYSIS.map(|(key, value)| (key, text(value))).into();
    analysis.push(("metrics", build::list(metrics, place)));
    let canary = map(vec![
        ("apiVersion", text(super::IMPORTER.api_version)),
        ("kind", text(super::IMPORTER.kind)),
        ("metadata", map(vec![("name", text(first.name))])),
        ("spec", map(vec![("targetRef", reference), ("analysis", map(analysis))])),
    ]);
    Some((canary, said))
}

/// A metric that a template measures, with the bounds that its query suggests.
fn metric(index: usize, template: &Foreign<'_>, said: &mut Vec<Assumption>) -> Node {
    let place = template.name_place();
    let text = |text: &str| build::text(text, place);
    let asks = template.at("spec.query").and_then(Node::as_text).unwrap_or_default();
    let (side, bound, what) = bound(asks, place);
    let path = format!("strategy.flagger.metrics.{index}.thresholdRange.{side}={bound}");
    said.push(assumption(
        &format!("{what} passes with a {side} of {bound}: a template says no bounds"),
        place,
        &path,
    ));
    let mut reference = vec![("name", text(template.name))];
    if let Some(namespace) = template.at("metadata.namespace").and_then(Node::as_text) {
        reference.push(("namespace", text(namespace)));
    }
    let mut entries = vec![
        ("name", text(template.name)),
        ("templateRef", build::map(reference, place)),
        ("interval", text("1m")),
        ("thresholdRange", build::map([(side, text(bound))], place)),
    ];
    let given: Vec<(String, String)> = query::variables(asks)
        .map(|variable| {
            let value = value_of(asks, variable);
            let what = format!("`variables.{variable}` is {value}, which nobody says");
            said.push(Assumption { text: what, place, change: None });
            (variable.to_owned(), value)
        })
        .collect();
    if !given.is_empty() {
        let given = given.iter().map(|(variable, value)| (variable.as_str(), text(value)));
        entries.push(("templateVariables", build::map(given, place)));
    }
    build::map(entries, place)
}

fn assumption(text: &str, place: Place, set: &str) -> Assumption {
    Assumption { text: text.to_owned(), place, change: Some(format!("--set {set}")) }
}

/// The bound of a value, and what the value is: those of the documents' examples.
fn bound(query: &str, place: Place) -> (&'static str, &'static str, &'static str) {
    let Some(measure) = query::measure(query, place) else { return ("max", "1", "its value") };
    match measure.as_text() {
        Some("success-rate") => ("min", "99", "a success rate"),
        Some(_) => ("max", "1", "an error rate"),
        None => {
            let unit = field(&measure, "latency").and_then(|it| field(it, "unit"));
            let is_seconds = unit.and_then(Node::as_text) == Some("1s");
            ("max", if is_seconds { "0.5" } else { "500" }, "a response time")
        }
    }
}

/// What a variable stands for: the first value that the label has which is held against it, else
/// its own name.
fn value_of(query: &str, variable: &str) -> String {
    let spelt =
        [format!("{{{{ variables.{variable} }}}}"), format!("{{{{variables.{variable}}}}}")];
    let at = spelt.iter().find_map(|it| query.find(it.as_str()));
    let before = at.map_or("", |at| query[..at].trim_end_matches(['"', '~', '=', ' ', '\'']));
    let start = before.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let label = &before[start.map_or(0, |at| at + 1)..];
    let all = Telemetry::default().series();
    let value = all.iter().map(|it| it.labels.get(label)).find(|value| !value.is_empty());
    value.unwrap_or(variable).to_owned()
}
