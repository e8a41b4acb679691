//! Rule files: what Prometheus records and alerts on, unchanged, as it reads them itself or as a
//! `PrometheusRule` wraps them.

use promql::rule::{AlertRule, RecordingRule, Rule};
use promql::{Labels, Options, Query};

use crate::document::{
    At, Code, Map, Node, Place, Problem, Problems, Value, decode, quoted, record,
};

/// The codes of what can be wrong with rules.
pub mod code {
    /// A rule cannot be read.
    pub const RULE: &str = "E0140";
    /// An alert cannot be evaluated here.
    pub const ALERT: &str = "E0141";
    /// A rule file stands where a scenario should.
    pub const FILE: &str = "E0142";
}

/// Every code of this module, in order.
pub const CODES: &[Code] = &[
    Code { code: code::RULE, meaning: "a rule of Prometheus cannot be read" },
    Code { code: code::ALERT, meaning: "an alert cannot be evaluated in this world" },
    Code { code: code::FILE, meaning: "a rule file of Prometheus stands where a scenario should" },
];

/// The time between evaluations of a group that says none, milliseconds: Prometheus's default.
const INTERVAL: i64 = 60_000;

record! {
    /// A rule file of Prometheus.
    struct RuleFileDoc {
        /// Rules that are evaluated together.
        groups: Vec<GroupDoc>,
    }
}

record! {
    /// Rules that are evaluated together, in their order.
    struct GroupDoc {
        /// What the group is called.
        name: String,
        /// Time between two evaluations; one minute when it is not given.
        interval: Option<At<String>>,
        /// How many alerts or series a rule may give; not looked at.
        limit: Option<String>,
        /// How much earlier the rules look.
        query_offset: Option<At<String>>,
        /// What Thanos does when a store is missing; not looked at.
        partial_response_strategy: Option<String>,
        /// Labels of every rule.
        labels: Option<Node>,
        /// The rules.
        rules: Vec<At<RuleDoc>> = "[]",
    }
}

record! {
    /// A rule: it records, or it alerts.
    struct RuleDoc {
        /// The metric that is written.
        record: Option<At<String>>,
        /// What the alert is called.
        alert: Option<At<String>>,
        /// The query.
        expr: At<String>,
        /// How long it has to be given before it fires.
        for => holds: Option<At<String>>,
        /// How long it fires on.
        keep_firing_for: Option<At<String>>,
        /// Labels that are added.
        labels: Option<Node>,
        /// Texts for whoever is told.
        annotations: Option<At<Node>>,
    }
}

/// Rules that are evaluated together.
#[derive(Clone, Debug)]
pub struct RuleGroup {
    /// What the group is called.
    pub name: String,
    /// Time between two evaluations, milliseconds.
    pub interval: i64,
    /// The rules, and where the expression of each stands.
    pub rules: Vec<(Rule, Place)>,
}

/// The groups of a rule file, or of the `spec` of a `PrometheusRule`; every problem of it.
pub fn read(node: &Node, problems: &mut Problems) -> Option<Vec<RuleGroup>> {
    let before = problems.iter().count();
    let file = decode::<RuleFileDoc>(node.get("spec").unwrap_or(node), problems)?;
    let groups = file.groups.iter().map(|doc| group(doc, problems)).collect();
    (problems.iter().count() == before).then_some(groups)
}

/// What to say when a document is a bare rule file and no scenario; `name` is what it is called.
pub fn mistaken(node: &Node, name: &str) -> Option<Problem> {
    let groups = node.get("groups").filter(|_| node.get("strategy").is_none())?;
    let key = node.as_map()?.entries().iter().find(|entry| entry.key.text == "groups")?;
    let rules = items(groups).iter().filter_map(|group| Some(items(group.get("rules")?))).flatten();
    let names: Vec<&str> = rules.filter_map(|rule| rule.get("alert")?.as_text()).collect();
    let count = match names.len() {
        0 => "no alerts".to_owned(),
        1 => "one alert".to_owned(),
        many => format!("{many} alerts"),
    };
    let alert = names.first().copied().unwrap_or("HighErrorRate");
    let gate = format!("gates: {{ symptoms: {{ alert: {alert} }} }}");
    let problem = Problem::error(code::FILE, "this is a rule file of Prometheus, not a scenario")
        .at(key.key.place, format!("groups of rules, with {count}"))
        .help(format!(
            "put it into a scenario, under `rules:`, and have an alert judge the rollout: `{gate}`"
        ))
        .help(format!("or have it page somebody: `people: {{ page: {{ rule: {alert} }} }}`"))
        .help(format!("what is wrong with the rules themselves is told by: coalmine lint {name}"));
    Some(problem)
}

fn items(node: &Node) -> &[Node] {
    if let Value::List(items) = &node.value { items } else { &[] }
}

fn group(doc: &GroupDoc, problems: &mut Problems) -> RuleGroup {
    let interval = duration(doc.interval.as_ref(), problems).unwrap_or(INTERVAL);
    if let Some(offset) = &doc.query_offset
        && duration(Some(offset), problems).is_some_and(|offset| offset != 0)
    {
        let problem = Problem::error(code::RULE, "rules that look into the past on purpose")
            .at(offset.place, "a `query_offset` is not modelled")
            .help("write `offset` in the expressions");
        problems.push(problem);
    }
    let common = labels(doc.labels.as_ref());
    let rules = doc.rules.iter().filter_map(|doc| rule(doc, &common, problems)).collect();
    RuleGroup { name: doc.name.clone(), interval: interval.max(1_000), rules }
}

fn rule(at: &At<RuleDoc>, common: &Labels, problems: &mut Problems) -> Option<(Rule, Place)> {
    let doc = &at.value;
    let query = query(&doc.expr, problems);
    let mut all = common.clone();
    labels(doc.labels.as_ref()).iter().for_each(|(label, value)| all.set(label, value));
    let rule = match (&doc.record, &doc.alert) {
        (Some(record), None) => {
            let only_alerts = [&doc.holds, &doc.keep_firing_for].into_iter().flatten().next();
            let place = only_alerts.map(|it| it.place);
            if let Some(place) = place.or(doc.annotations.as_ref().map(|it| it.place)) {
                let problem = Problem::error(code::RULE, "a rule that records does not wait")
                    .at(place, "only an alert has this")
                    .help("remove it, or write `alert` in place of `record`");
                problems.push(problem);
                return None;
            }
            Rule::Record(RecordingRule { record: record.value.clone(), query: query?, labels: all })
        }
        (None, Some(alert)) => Rule::Alert(AlertRule {
            hold: duration(doc.holds.as_ref(), problems).unwrap_or(0),
            keep_firing_for: duration(doc.keep_firing_for.as_ref(), problems).unwrap_or(0),
            labels: all,
            annotations: doc.annotations.as_ref().map(|it| pairs(&it.value)).unwrap_or_default(),
            ..AlertRule::new(&alert.value, query?)
        }),
        _ => {
            let problem = Problem::error(code::RULE, "a rule either records or alerts")
                .at(at.place, "it needs `record` or `alert`, and not both")
                .help("write for example: alert: HighErrorRate");
            problems.push(problem);
            return None;
        }
    };
    Some((rule, doc.expr.place))
}

fn query(text: &At<String>, problems: &mut Problems) -> Option<Query> {
    match Query::compile(&text.value, Options::V3) {
        Ok(query) => Some(query),
        Err(error) => {
            let what = error.place.of(&text.value);
            let at = if what.is_empty() {
                "at its end".to_owned()
            } else {
                format!("at {}", quoted(what))
            };
            let problem = Problem::error(code::RULE, error.message).at(text.place, at);
            let help = error.hint.unwrap_or_else(|| "correct the expression".to_owned());
            problems.push(problem.help(help));
            None
        }
    }
}

fn duration(text: Option<&At<String>>, problems: &mut Problems) -> Option<i64> {
    let text = text?;
    match promql::duration(&text.value) {
        Ok(millis) => Some(millis),
        Err(message) => {
            let problem = Problem::error(code::RULE, message)
                .at(text.place, "a duration as Prometheus writes it")
                .help("write for example: 5m");
            problems.push(problem);
            None
        }
    }
}

fn labels(node: Option<&Node>) -> Labels {
    let pairs = node.map(pairs).unwrap_or_default();
    Labels::new(pairs.iter().map(|(label, value)| (label.as_str(), value.as_str())))
}

fn pairs(node: &Node) -> Vec<(String, String)> {
    let entries = node.as_map().map(Map::entries).unwrap_or_default();
    let pair = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    entries
        .iter()
        .filter_map(|entry| Some(pair((&entry.key.text, entry.node.as_text()?))))
        .collect()
}
