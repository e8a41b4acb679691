//! Metrics that a foreign query asks for and that nothing has which is simulated.
//!
//! A scenario that names such a metric is wrong; a manifest is not, since its cluster may have any.
//! So a gauge that is called a response time is taken for one, and any other is known to be
//! missing: its queries find nothing, as a Prometheus answers that has no such series. Both are
//! assumed, and said.

use super::{Assumption, build, code};
use crate::document::{Key, Map, Node, Origin, Place, Problem, Problems, Value, closest, quoted};
use crate::telemetry::{Arguments, Telemetry, is_response_time, unknown};

const NOWHERE: &str = "nothing that is simulated exports it";
const GAUGE: &str = "its name says that it is a response time";

/// A metric that nothing has, and where it is asked for.
struct Unknown {
    name: String,
    is_gauge: bool,
    place: Place,
}

/// Says in an imported scenario what becomes of the metrics that nothing has, and returns what is
/// assumed for that; each that is missing is a warning as well. Whatever else is said of the
/// scenario has to be in it before: `telemetry.rename` says what a metric is.
pub fn settle(document: &mut Node, problems: &mut Problems) -> Vec<Assumption> {
    let telemetry = Telemetry {
        renamed: renamed(document),
        gauges: names(document, "gauges"),
        missing: Vec::new(),
        ..Telemetry::default()
    };
    let known = names(document, "missing");
    let mut all: Vec<Unknown> = Vec::new();
    queries(document, false, &mut |text, place| {
        let arguments = Arguments::of(&telemetry).with("interval", "1m");
        let filled = arguments.fill(text).unwrap_or_default();
        for (name, is_gauge) in unknown(&telemetry, &filled) {
            let is_gauge = is_gauge && is_response_time(&name);
            match all.iter_mut().find(|it| it.name == name) {
                Some(it) => it.is_gauge &= is_gauge,
                None if known.contains(&name) => {}
                None => all.push(Unknown { name, is_gauge, place }),
            }
        }
    });
    let (gauges, missing): (Vec<_>, Vec<_>) = all.into_iter().partition(|it| it.is_gauge);
    add(document, ("gauges", GAUGE), &gauges);
    add(document, ("missing", NOWHERE), &missing);
    let rename = rename(&telemetry, &missing);
    problems.extend(missing.iter().map(|it| it.problem(&rename)));
    let said = gauges.iter().map(|it| it.gauge(&known));
    said.chain(missing.iter().map(|it| it.missing(&rename))).collect()
}

impl Unknown {
    /// A flag replaces a whole list: what is known to be missing is in it.
    fn gauge(&self, known: &[String]) -> Assumption {
        let text = format!(
            "no known exporter has the gauge {}, which by its name is a response time: each pod \
             shows the mean of the requests since its last scrape",
            quoted(&self.name)
        );
        let all = [known, std::slice::from_ref(&self.name)].concat();
        let change = format!("--set 'telemetry.missing=[{}]'", all.join(", "));
        Assumption { text, place: self.place, change: Some(change) }
    }

    fn missing(&self, rename: &str) -> Assumption {
        let name = quoted(&self.name);
        let text = format!("nothing that is simulated exports {name}: its queries find nothing");
        Assumption { text, place: self.place, change: Some(rename.to_owned()) }
    }

    fn problem(&self, rename: &str) -> Problem {
        let name = quoted(&self.name);
        let title = format!("nothing that is simulated exports {name}: its queries find nothing");
        let help = format!("if something does, say what it is: {rename}");
        Problem::warning(code::NOWHERE, title).at(self.place, "asked for here").help(help)
    }
}

/// The flag that says what missing metrics are, beside what is said already.
fn rename(telemetry: &Telemetry, missing: &[Unknown]) -> String {
    let said = telemetry.renamed.iter().map(|(from, to)| format!("\"{from}={to}\""));
    let more = missing.iter().map(|it| format!("\"{}={}\"", meant(telemetry, &it.name), it.name));
    let all: Vec<String> = said.chain(more).collect();
    format!("--set 'telemetry.rename=[{}]'", all.join(", "))
}

/// What a metric probably is: one that is called almost so, else the one of its kind.
fn meant(telemetry: &Telemetry, name: &str) -> String {
    let is_bad = |name: &str| ["error", "fail", "5xx"].iter().any(|word| name.contains(word));
    let all = telemetry.series();
    let names = all.iter().map(|it| it.labels.get(promql::NAME));
    if let Some(near) = closest(name, names.filter(|it| is_bad(it) == is_bad(name))) {
        return near.to_owned();
    }
    let part = ["_bucket", "_count", "_sum"].into_iter().find(|end| name.ends_with(end));
    match part {
        Some(part) => format!("http_request_duration_seconds{part}"),
        None if is_bad(name) => "errors_total".to_owned(),
        None => "http_requests_total".to_owned(),
    }
}

/// Every query that something measures, and where it stands.
fn queries(node: &Node, measures: bool, tell: &mut dyn FnMut(&str, Place)) {
    match &node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::List(items) => items.iter().for_each(|item| queries(item, false, tell)),
        Value::Map(map) => {
            for entry in map.entries() {
                let key = entry.key.text.as_str();
                if let Some(text) = entry.node.as_text().filter(|_| measures && key == "query") {
                    tell(text, entry.node.place);
                    continue;
                }
                let inside = key == "measure" || measures && key == "range-query";
                queries(&entry.node, inside, tell);
            }
        }
    }
}

/// The texts of a list of `telemetry`.
fn names(document: &Node, key: &str) -> Vec<String> {
    match document.find(["telemetry", key]).map(|node| &node.value) {
        Some(Value::List(items)) => {
            items.iter().filter_map(|it| Some(it.as_text()?.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}

fn renamed(document: &Node) -> Vec<(String, String)> {
    let pairs = names(document, "rename").into_iter();
    pairs.filter_map(|it| it.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned()))).collect()
}

/// Adds assumed names to a list of `telemetry`.
fn add(document: &mut Node, (key, why): (&str, &'static str), more: &[Unknown]) {
    let (Some(first), Value::Map(map)) = (more.first(), &mut document.value) else { return };
    let place = first.place;
    let empty = || build::map([], place);
    let mut telemetry = map.get("telemetry").cloned().unwrap_or_else(empty);
    let mut items = match telemetry.get(key).map(|node| &node.value) {
        Some(Value::List(items)) => items.clone(),
        _ => Vec::new(),
    };
    items.extend(more.iter().map(|it| build::assumed(it.name.as_str(), why, it.place)));
    let list = Node { origin: Origin::assumed(why), ..build::list(items, place) };
    let mut inside = match &telemetry.value {
        Value::Map(inside) => inside.clone(),
        _ => Map::default(),
    };
    inside.insert(Key::new(key, place), list);
    telemetry.value = Value::Map(inside);
    map.insert(Key::new("telemetry", place), telemetry);
}
