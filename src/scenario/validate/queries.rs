//! What the service is called in its series, and queries of them: compiled, or what is wrong.

use clockwork::Span;
use expr::{Condition, Shape};
use promql::Type;

use super::{Pass, code};
use crate::document::{At, Origin, Place, Problem, quoted};
use crate::gate::{Accepts, GateDoc, LimitDoc, Metric, Query};
use crate::scenario::document::ScenarioDoc;
use crate::telemetry::{
    Alarm, Arguments, Birth, BirthDoc, Compiled, HASHES, NamingDoc, PhasesDoc, Proxies, TargetsDoc,
    Telemetry, compile, rules::RuleGroup, unit,
};

/// What is asked of Prometheus in a scenario, as far as it has been read.
pub(super) struct Prometheus {
    pub(super) telemetry: Telemetry,
    pub(super) tick: Span,
    pub(super) groups: Vec<RuleGroup>,
    pub(super) queries: Vec<Compiled>,
    pub(super) alarms: Vec<Alarm>,
}

impl Prometheus {
    /// A time in milliseconds as ticks.
    pub(super) fn ticks(&self, millis: i64) -> u32 {
        let millis = u64::try_from(millis).unwrap_or(0).min(u64::MAX / 1000);
        let ticks = Span::from_millis(millis).div_ceil(self.tick);
        u32::try_from(ticks).unwrap_or(u32::MAX).max(1)
    }
}

/// The most buckets of a histogram.
const BUCKETS_MAX: usize = 14;

/// The most pods that are told apart.
const PODS_MAX: u32 = 200;

/// Whoever looks at single pods has to look at each of them in every tick.
pub(super) fn few_pods(
    doc: &ScenarioDoc,
    prometheus: &Prometheus,
    replicas: u32,
    pass: &mut Pass<'_>,
) {
    let mut queries = prometheus.queries.iter().map(|it| it.by_pod);
    let mut alarms = prometheus.alarms.iter().map(|it| it.by_pod);
    let looks = queries.any(|it| it) || alarms.any(|it| it);
    let place = doc.fleet.replicas.as_ref().map_or(doc.strategy.place, |it| it.place);
    let count = format!("{replicas} pods, {PODS_MAX} are the most");
    let help = "add the pods up in the queries: sum by (version) (rate(..[5m]))";
    let what = ("a query looks at single pods of too many", count.as_str(), help);
    pass.require(!looks || replicas <= PODS_MAX, code::LIMIT, place, what);
}

/// What can be asked in a scenario: nothing is yet.
pub(super) fn prometheus(
    doc: &ScenarioDoc,
    name: &str,
    tick: Span,
    pass: &mut Pass<'_>,
) -> Prometheus {
    let telemetry = super::flagger::named(doc, telemetry(doc, name, pass));
    let groups = super::alarms::groups(doc, pass);
    Prometheus { telemetry, tick, groups, queries: Vec::new(), alarms: Vec::new() }
}

/// What the service of a scenario is called.
fn telemetry(doc: &ScenarioDoc, name: &str, pass: &mut Pass<'_>) -> Telemetry {
    let it = &doc.telemetry;
    let name = doc.name.as_ref().map_or(name, |name| name.as_str());
    let service = it.service.clone().unwrap_or_else(|| name.to_owned());
    let workloads = match it.naming {
        NamingDoc::Shared => [service.clone(), service.clone()],
        NamingDoc::Flagger => [format!("{service}-primary"), service.clone()],
    };
    let called = |written: &Option<String>| written.clone().unwrap_or_else(|| service.clone());
    Telemetry {
        proxies: Proxies::default(),
        services: [called(&it.stable_service), called(&it.canary_service)],
        preview: it.preview_service.clone(),
        namespace: it.namespace.clone(),
        workloads,
        hashes: HASHES.map(ToOwned::to_owned),
        birth: match it.series {
            BirthDoc::Start => Birth::Start,
            BirthDoc::FirstEvent => Birth::FirstEvent,
        },
        failed_scrapes: it.failed_scrapes.as_f64(),
        by_pod: it.targets == Some(TargetsDoc::ByPod),
        spread: it.phases == Some(PhasesDoc::Spread),
        buckets: buckets(&it.buckets, pass),
        labels: pairs("labels", "team=checkout", &it.labels, pass),
        renamed: pairs("rename", "http_requests_total=api_requests_total", &it.rename, pass),
        gauges: gauges(it.gauges.as_ref(), pass),
        missing: missing(it.missing.as_ref(), pass),
        service,
    }
}

fn buckets(doc: &At<Vec<Span>>, pass: &mut Pass<'_>) -> Vec<f64> {
    let limits = &doc.value;
    let help = "write for example: buckets: [50ms, 100ms, 250ms, 500ms, 1s]";
    let ascend = limits.windows(2).all(|pair| pair[0] < pair[1]);
    let positive = limits.first().is_some_and(|first| !first.is_zero());
    let what = ("these are no buckets", "limits of buckets ascend from above zero", help);
    pass.require(ascend && positive, code::IMPOSSIBLE, doc.place, what);
    let count = format!("{} of them, {BUCKETS_MAX} are the most", limits.len());
    let many = ("more buckets than can be told apart", count.as_str(), help);
    pass.require(limits.len() <= BUCKETS_MAX, code::LIMIT, doc.place, many);
    limits.iter().map(|limit| limit.as_secs_f64()).collect()
}

/// Gauges of response times, whose names say their units.
fn gauges(doc: Option<&At<Vec<String>>>, pass: &mut Pass<'_>) -> Vec<String> {
    let Some(doc) = doc else { return Vec::new() };
    for name in doc.value.iter().filter(|name| !is_label(name) || unit(name).is_none()) {
        let title = format!("the unit of the gauge {} is not known", quoted(name));
        let problem = Problem::error(code::IMPOSSIBLE, title)
            .at(doc.place, "a name ends with `_ms`, `_milliseconds` or `_seconds`")
            .help("write for example: gauges: [http_latency_ms]");
        pass.problem(problem);
    }
    doc.value.clone()
}

/// Names of metrics.
fn missing(doc: Option<&At<Vec<String>>>, pass: &mut Pass<'_>) -> Vec<String> {
    let Some(doc) = doc else { return Vec::new() };
    for name in doc.value.iter().filter(|name| !is_label(name)) {
        let title = format!("{} is not the name of a metric", quoted(name));
        let problem = Problem::error(code::IMPOSSIBLE, title)
            .at(doc.place, "letters, digits, `_` and `:`")
            .help("write for example: missing: [orders_total]");
        pass.problem(problem);
    }
    doc.value.clone()
}

/// Texts of the form `name=value`.
fn pairs(
    field: &str,
    example: &str,
    doc: &At<Vec<String>>,
    pass: &mut Pass<'_>,
) -> Vec<(String, String)> {
    let split = |text: &String| {
        let pair = text.split_once('=').filter(|(name, value)| is_label(name) && !value.is_empty());
        if pair.is_none() {
            let title = format!("expected `name=value`, found {}", quoted(text));
            let problem = Problem::error(code::IMPOSSIBLE, title)
                .at(doc.place, "a name of a series or label, and what goes with it")
                .help(format!("write for example: {field}: [\"{example}\"]"));
            pass.problem(problem);
        }
        pair.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    doc.value.iter().filter_map(split).collect()
}

/// Whether Prometheus would take it as the name of a label or a metric.
fn is_label(name: &str) -> bool {
    let starts = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_' || it == ':');
    starts && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_' || it == ':')
}

/// A gate that asks: the metric of it, and how far its query looks back in ticks.
pub(super) fn query(
    doc: &GateDoc,
    text: &At<String>,
    prometheus: &mut Prometheus,
    pass: &mut Pass<'_>,
) -> Option<(Metric, u32)> {
    let telemetry = &prometheus.telemetry;
    let fits = fits(doc, pass);
    let arguments = doc.args.iter().fold(Arguments::of(telemetry), |arguments, (name, value)| {
        arguments.with(name.as_str(), value)
    });
    let compiled = filled(&arguments, text, pass)
        .and_then(|filled| compiled(telemetry, &filled, text.place, pass));
    let shape = compiled.as_ref().map(|it| match it.query.gives() {
        Type::Scalar => Shape::Float,
        _ => Shape::Floats,
    });
    let accepts = accepts(doc, (text.place, shape), pass);
    let (compiled, accepts) = (compiled?, accepts?);
    fits?;
    let window = prometheus.ticks(compiled.reach);
    let inconclusive_limit = whole(inconclusive(doc, &accepts, pass)).ok()?;
    let (query, error_limit) = (prometheus.queries.len(), doc.consecutive_error_limit);
    prometheus.queries.push(compiled);
    Some((Metric::Query(Query { query, accepts, error_limit, inconclusive_limit }), window))
}

/// Nothing is said of a query that only counts of requests have.
fn fits(doc: &GateDoc, pass: &mut Pass<'_>) -> Option<()> {
    if doc.window.origin == Origin::Written {
        let problem = Problem::error(code::BOUND, "a query has its windows in itself")
            .at(doc.window.place, "says nothing of a query")
            .help("remove `window`, and write it in the query: rate(..[5m])");
        pass.problem(problem);
        return None;
    }
    Some(())
}

/// How many inconclusive readings are forgiven; a reading can only be one between two conditions.
fn inconclusive(
    doc: &GateDoc,
    accepts: &Accepts,
    pass: &mut Pass<'_>,
) -> Option<Result<u32, Refused>> {
    let limit = doc.inconclusive_limit?;
    if let Accepts::Conditions { success: Some(_), failure: Some(_) } = accepts {
        return Some(Ok(limit.value));
    }
    let title = "no reading of this gate is inconclusive";
    let problem = Problem::error(code::CONTRADICTION, title)
        .at(limit.place, "only what meets neither condition is")
        .help("write both `successCondition` and `failureCondition`, or remove it");
    pass.problem(problem);
    Some(Err(Refused))
}

pub(super) fn filled(
    arguments: &Arguments,
    text: &At<String>,
    pass: &mut Pass<'_>,
) -> Option<String> {
    match arguments.fill(&text.value) {
        Ok(filled) => Some(filled),
        Err(unknown) => {
            let what = text.value.get(unknown.place).unwrap_or_default();
            let problem = Problem::error(code::REFERENCE, unknown.message)
                .at(text.place, format!("in {what}"))
                .help(unknown.help);
            pass.problem(problem);
            None
        }
    }
}

/// A query, its arguments filled in, that stands at a place of the document.
pub(super) fn compiled(
    telemetry: &Telemetry,
    text: &str,
    place: Place,
    pass: &mut Pass<'_>,
) -> Option<Compiled> {
    match compile(telemetry, text) {
        Ok(compiled) => Some(compiled),
        Err(mistake) => {
            let what = text.get(mistake.place).unwrap_or_default().trim();
            let label = if what.is_empty() {
                "at the end of the query".to_owned()
            } else {
                format!("at {}", quoted(what))
            };
            let problem = Problem::error(code::QUERY, mistake.message).at(place, label);
            let help = mistake.help.unwrap_or_else(|| "correct the query".to_owned());
            pass.problem(problem.help(help));
            None
        }
    }
}

fn accepts(
    doc: &GateDoc,
    (place, shape): (Place, Option<Shape>),
    pass: &mut Pass<'_>,
) -> Option<Accepts> {
    let conditions = doc.success_condition.is_some() || doc.failure_condition.is_some();
    let range = doc.over.is_some() || doc.under.is_some();
    let example = "write for example: successCondition: \"result[0] >= 0.95\", or under: 0.95";
    if conditions == range {
        let (code, title, label) = if range {
            (code::CONTRADICTION, "conditions and a range", "one of them decides")
        } else {
            (code::MISSING, "this gate has no condition", "nothing says what is too bad")
        };
        pass.problem(Problem::error(code, title).at(place, label).help(example));
        return None;
    }
    if range {
        let mut read = |doc: &Option<At<LimitDoc>>| doc.as_ref().map(|doc| bound(doc, pass));
        let (low, high) = (whole(read(&doc.under)), whole(read(&doc.over)));
        return Some(Accepts::Range { low: low.ok()?, high: high.ok()? });
    }
    let mut read = |doc: &Option<At<String>>| doc.as_ref().map(|doc| condition(doc, shape, pass));
    let (success, failure) =
        (whole(read(&doc.success_condition)), whole(read(&doc.failure_condition)));
    Some(Accepts::Conditions { success: success.ok()?, failure: failure.ok()? })
}

/// A problem was reported.
struct Refused;

/// What was read of something that may be left out.
fn whole<T>(read: Option<Result<T, Refused>>) -> Result<Option<T>, Refused> {
    read.transpose()
}

/// A bound of a query's value: a plain number.
fn bound(limit: &At<LimitDoc>, pass: &mut Pass<'_>) -> Result<f64, Refused> {
    let text = match &limit.value {
        LimitDoc::Value(text) | LimitDoc::Baseline(text) => text,
    };
    let number = matches!(limit.value, LimitDoc::Value(_)).then(|| text.parse::<f64>().ok());
    let number = number.flatten().filter(|number| number.is_finite());
    if number.is_none() {
        let title = format!("expected a number, found {}", quoted(text));
        let problem = Problem::error(code::BOUND, title)
            .at(limit.place, "the value of a query has no unit")
            .help("write for example: under: 0.95");
        pass.problem(problem);
    }
    number.ok_or(Refused)
}

/// What to write instead of a condition: one that ends in the middle has lost what stood behind a
/// `#`.
pub(super) fn instead(text: &str, example: &str) -> String {
    if text.trim_end().ends_with([',', '(', '{']) {
        return "put it in quotes: in YAML a `#` behind a space begins a comment".to_owned();
    }
    format!("write for example: {example}")
}

/// A condition that has an answer for what the query gives.
fn condition(
    text: &At<String>,
    shape: Option<Shape>,
    pass: &mut Pass<'_>,
) -> Result<Condition, Refused> {
    let read = Condition::parse(&text.value).and_then(|condition| {
        shape.map_or(Ok(()), |shape| condition.check(shape).map_err(Clone::clone))?;
        Ok(condition)
    });
    read.map_err(|problem| {
        let what = text.value.get(problem.span.from..problem.span.to).unwrap_or_default();
        let problem = Problem::error(code::CONDITION, problem.message.clone())
            .at(text.place, format!("at {}", quoted(what)))
            .help(instead(&text.value, "successCondition: \"result[0] >= 0.95\""));
        pass.problem(problem);
        Refused
    })
}
