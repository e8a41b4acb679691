//! A metric of a template as a metric of an analysis.

mod address;
mod mapped;
mod range;

use super::arguments::{Arguments, Unfilled};
use crate::document::{Node, Place, Problem, Scalar, Value, quoted};
use crate::import::draft::{Draft, rejected};
use crate::import::outline::respelt;
use crate::import::typed::{field, found};
use crate::import::{build, code, go};
use crate::telemetry::unreadable;

/// Fields that are durations.
const TIMES: [&str; 2] = ["interval", "initialDelay"];
/// Fields that are whole numbers.
const COUNTS: [&str; 5] = [
    "count",
    "failureLimit",
    "inconclusiveLimit",
    "consecutiveErrorLimit",
    "consecutiveSuccessLimit",
];
/// Fields that are conditions.
const CONDITIONS: [&str; 2] = ["successCondition", "failureCondition"];

/// How documentation leaves out a query.
const LEFT_OUT: &str = "...";
const MEASURED: &str = "the share of requests that do not fail is measured";

/// Fields of a metric so far.
type Entries = Vec<(&'static str, Node)>;

/// A metric of a template, whose arguments are these.
pub(super) struct Metric<'m> {
    pub(super) node: &'m Node,
    pub(super) arguments: &'m Arguments,
    pub(super) is_dry: bool,
    /// What its template is called.
    pub(super) analysis: &'m str,
}

impl Metric<'_> {
    /// Its name, as a name of ours, and what it is; nothing if it cannot be measured.
    pub(super) fn document(&self, draft: &mut Draft<'_>) -> Option<(String, Node)> {
        let name = field(self.node, "name");
        let Some(text) = name.and_then(Node::as_text) else {
            let problem = rejected("a metric needs a `name`", self.node.place, "there is none");
            draft.problem(problem.help("write for example: name: success-rate"));
            return None;
        };
        let name = named(text, "metric");
        let mut entries = vec![("measure", self.measure(text, draft)?)];
        entries.extend(mapped::beside(self, text, draft)?);
        for key in TIMES {
            self.time(key, &mut entries, draft)?;
        }
        for key in COUNTS {
            self.count(key, &mut entries, draft)?;
        }
        // Whoever says how a mapped metric is judged says all of it.
        if !entries.iter().any(|(key, _)| CONDITIONS.contains(key)) {
            for key in CONDITIONS {
                self.text(key, &mut entries, draft)?;
            }
        }
        if self.is_dry {
            entries.push(("dryRun", build::text("true", self.node.place)));
        }
        Some((name, build::map(entries, self.node.place)))
    }

    /// Where its numbers come from.
    fn measure(&self, name: &str, draft: &mut Draft<'_>) -> Option<Node> {
        let provider = field(self.node, "provider");
        let kinds = provider.and_then(Node::as_map).map_or(&[][..], |map| map.entries());
        let [kind] = kinds else {
            let place = provider.map_or(self.node.place, |it| it.place);
            let problem = rejected("a metric has one provider", place, "none, or several");
            let help = "write for example: provider: { prometheus: { query: .. } }";
            draft.problem(problem.help(help));
            return None;
        };
        if let Some(mapped) = draft.options.metric(name) {
            let node = Node { place: kind.key.place, ..mapped::measure(mapped).clone() };
            let text = format!("metric {} is measured as `coalmine.yaml` says", quoted(name));
            draft.assume(text, kind.key.place, None);
            return Some(node);
        }
        if kind.key.text != "prometheus" {
            let title = format!("the provider `{}` of metric {}", kind.key.text, quoted(name));
            let title = format!("{title} does not exist in a simulation");
            draft.problem(unmeasured(&title, kind.key.place, "not Prometheus", name));
            return None;
        }
        let address = field(&kind.node, "address").and_then(|it| {
            // What an argument says is not always known.
            Some((self.arguments.fill(it.as_text()?).ok()?, it.place))
        });
        if let Some((address, place)) = address.as_ref().filter(|it| !address::is_url(&it.0)) {
            let said = format!("its `address` {} is no URL", quoted(address));
            return Some(error(name, &said, address::NO_URL, *place, draft));
        }
        let query = field(&kind.node, "query").filter(|it| it.as_text() != Some(""));
        let Some(query) = query else {
            let said = address::without_query(address.as_ref().map(|it| it.0.as_str()));
            return Some(error(name, &said, address::NO_QUERY, kind.key.place, draft));
        };
        if query.as_text() == Some(LEFT_OUT) {
            let text = format!("the query of metric {} is left out: {MEASURED}", quoted(name));
            let (analysis, metric) = (named(self.analysis, "analysis"), named(name, "metric"));
            let change = format!(
                "--set 'controller.argo.analyses.{analysis}.metrics.{metric}.measure={{ query: up }}'"
            );
            draft.assume(text, query.place, Some(change));
            let all = build::map([], query.place);
            return Some(build::map([("success-rate", all)], query.place));
        }
        let text = self.filled(query, draft)?;
        if let Some(why) = unreadable(text.trim()) {
            let why = format!("bad_data: invalid parameter \"query\": {why}");
            let said = "Prometheus does not read its query";
            return Some(error(name, said, &why, query.place, draft));
        }
        let asked = ("query", build::quoted(text.trim(), query.place));
        let Some(range) = field(&kind.node, "rangeQuery") else {
            return Some(build::map([asked], query.place));
        };
        let times = self.instants(range, name, draft)?;
        let range = build::map([asked].into_iter().chain(times), query.place);
        Some(build::map([("range-query", range)], query.place))
    }

    /// The instants of a `rangeQuery`.
    fn instants(&self, range: &Node, name: &str, draft: &mut Draft<'_>) -> Option<Entries> {
        let mut times = Vec::new();
        for (key, ours) in [("start", "from"), ("end", "until"), ("step", "step")] {
            let Some(node) = field(range, key) else {
                let title = format!("a `rangeQuery` needs a `{key}`");
                let problem = rejected(title, range.place, "there is none");
                draft.problem(problem.help("write for example: step: 1m"));
                return None;
            };
            let text = self.filled(node, draft)?;
            let span = if key == "step" { go::duration(&text) } else { range::ago(&text) };
            let Some(span) = span else {
                let title = format!("`{key}` of metric {} is {}", quoted(name), quoted(&text));
                let label = "only `now() - duration(\"5m\")` and the like are understood";
                draft.problem(unmeasured(&title, node.place, label, name));
                return None;
            };
            times.push((ours, build::text(span.to_string(), node.place)));
        }
        Some(times)
    }

    /// A text with its arguments.
    fn filled(&self, node: &Node, draft: &mut Draft<'_>) -> Option<String> {
        match self.arguments.fill(node.as_text()?) {
            Ok(text) => Some(text),
            Err(Unfilled { name, is_secret: true }) => {
                let title = format!("the argument `{name}` is in a Secret");
                let problem = Problem::error(code::UNMEASURED, title)
                    .at(node.place, "its value would be needed here, and Secrets are not read");
                let help = "give the argument a `value`, or map the metric in `coalmine.yaml`";
                draft.problem(problem.help(help));
                None
            }
            Err(Unfilled { name, .. }) => {
                let title = format!("nobody gives the argument `{name}`");
                let problem = rejected(title, node.place, "it is used here");
                let help = format!("add to the `args` of the template: {{ name: {name} }}");
                draft.problem(problem.help(help));
                None
            }
        }
    }

    fn time(&self, key: &'static str, entries: &mut Entries, draft: &mut Draft<'_>) -> Option<()> {
        let Some(node) = field(self.node, key) else { return Some(()) };
        let text = self.filled(node, draft)?;
        let scalar = Value::Scalar(Scalar { text: text.clone(), quoted: false });
        if let Some(span) = go::span(&Node { value: scalar, ..node.clone() }) {
            entries.push((key, build::text(span.to_string(), node.place)));
            return Some(());
        }
        if matches!(text.as_str(), "0" | "0s") && key == "initialDelay" {
            return Some(());
        }
        let title = format!("`{key}` is a duration such as 1m30s");
        let problem = rejected(title, node.place, format!("{} is none", quoted(&text)));
        draft.problem(problem.help(format!("write for example: {key}: 1m")));
        None
    }

    fn count(&self, key: &'static str, entries: &mut Entries, draft: &mut Draft<'_>) -> Option<()> {
        let Some(node) = field(self.node, key) else { return Some(()) };
        let text = self.filled(node, draft)?;
        let said = match text.parse::<i64>() {
            Ok(-1) if key == "failureLimit" => "none".to_owned(),
            Ok(number) if u32::try_from(number).is_ok() => number.to_string(),
            _ => {
                let title = format!("`{key}` is a whole number, zero or more");
                let problem = rejected(title, node.place, format!("{} is none", found(node)));
                draft.problem(problem.help(format!("write for example: {key}: 3")));
                return None;
            }
        };
        entries.push((key, build::text(said, node.place)));
        Some(())
    }

    fn text(&self, key: &'static str, entries: &mut Entries, draft: &mut Draft<'_>) -> Option<()> {
        let node = field(self.node, key).filter(|it| it.as_text() != Some(""));
        let Some(node) = node else { return Some(()) };
        let text = self.filled(node, draft)?;
        entries.push((key, build::quoted(text.trim(), node.place)));
        Some(())
    }
}

/// A name as a name of ours, else this one.
fn named(name: &str, other: &str) -> String {
    respelt(name).map_or_else(|| other.to_owned(), |it| it.to_string())
}

/// A metric whose measurements are all the same error.
fn error(name: &str, said: &str, why: &str, place: Place, draft: &mut Draft<'_>) -> Node {
    let text = format!("every measurement of metric {} is an error: {said} ({why})", quoted(name));
    draft.assume(text, place, None);
    build::map([("error", build::quoted(why, place))], place)
}

/// A metric that nothing here can measure.
fn unmeasured(title: &str, place: Place, label: &str, name: &str) -> Problem {
    let help = crate::import::mapping(name, "{ success-rate: {} }");
    Problem::error(code::UNMEASURED, title).at(place, label).help(help)
}
