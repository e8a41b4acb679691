//! Counts and limits of a metric that cannot work together.

use crate::controller::argo::{self, Draft};
use crate::document::{Map, Node, Place};
use crate::lint::argo::Metric;
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::objects::{Files, first_key, key, text, whole};

pub(crate) const RULE: Rule = Rule {
    id: "count-never-fails",
    level: Level::Error,
    title: "as many failures are forgiven as there are measurements",
    why: "A metric fails when *more* than failureLimit measurements have failed \
          (assessMetricStatus in argo-rollouts). With count equal to failureLimit that cannot \
          happen: all of them may fail and the metric is Successful.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: smoke
    interval: 30s
    count: 3
    failureLimit: 3
    successCondition: result.ok
    provider: {web: {url: 'http://canary/health', jsonPath: '{$}'}}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: smoke
    interval: 30s
    count: 3
    failureLimit: 2
    successCondition: result.ok
    provider: {web: {url: 'http://canary/health', jsonPath: '{$}'}}
",
    check: |files| metrics(files).filter_map(never_fails).collect(),
};

/// A metric that the controller does not run.
pub(crate) const REJECTED: Rule = Rule {
    id: "metric-rejected",
    level: Level::Error,
    title: "the controller does not run such a metric",
    why: "Metrics are validated when the analysis starts (ValidateMetrics in argo-rollouts), not \
          when the template is applied: a run with a metric that is not valid is an Error at once, \
          and aborts the rollout.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    count: 5
    successCondition: result[0] > 0.9
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"canary-.*\"}[5m]))'}}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    count: 5
    interval: 1m
    successCondition: result[0] > 0.9
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"canary-.*\"}[5m]))'}}
",
    check: |files| files.templates.iter().filter_map(|it| rejected(&it.metrics)).collect(),
};

fn metrics<'s>(files: &'s Files<'_>) -> impl Iterator<Item = &'s Metric<'s>> {
    files.templates.iter().flat_map(|it| &it.metrics)
}

fn never_fails(metric: &Metric<'_>) -> Option<Finding> {
    let (count, limit) = (metric.count?, metric.failure_limit);
    // Less than the limit is not even valid.
    if count != limit || count < 1 {
        return None;
    }
    let place = metric.node.get("failureLimit")?.place;
    let number = format!(
        "{count} of {count} measurements may fail: the metric catches 0 % of what it measures"
    );
    let fix = format!("write: failureLimit: {}", count - 1);
    let title = "the metric is successful even if every measurement fails";
    let finding = Finding::new(place, title, "forgives so many failures", number, fix);
    let finding = finding.by(Change::set(metric.node, "failureLimit", &(count - 1)));
    Some(finding.and(metric.node.get("count")?.place, "of so many measurements"))
}

/// The first metric that is not valid.
fn rejected(metrics: &[Metric<'_>]) -> Option<Finding> {
    let is_filled_in = |metric: &&Metric<'_>| {
        let fields = metric.node.as_map().map(Map::entries).unwrap_or_default();
        fields.iter().any(|it| it.node.as_text().is_some_and(|text| text.contains("{{")))
    };
    if metrics.is_empty() || metrics.iter().any(|it| is_filled_in(&it)) {
        return None;
    }
    let drafts: Vec<_> = metrics.iter().map(draft).collect();
    let message = argo::validate(&drafts).err()?;
    let (at, message) = message.strip_prefix("metrics[")?.split_once("]: ")?;
    let metric = &metrics[at.parse::<usize>().ok()?];
    let title = format!("the controller does not run this metric: {message}");
    let label = "refused when the analysis starts";
    let number = "the run is an error at once: the rollout is aborted after 0 s, every time";
    let (fix, change) = fix(metric, message);
    let finding = Finding::new(place(metric, message), title, label, number, fix);
    Some(change.into_iter().fold(finding, Finding::by))
}

/// The first field that the message names, else the name of the metric.
fn place(metric: &Metric<'_>, message: &str) -> Place {
    let fields = ["count", "interval", "initialDelay", "failureLimit", "inconclusiveLimit"];
    let mut fields = fields.iter().filter(|field| message.contains(*field));
    let key = fields.find_map(|field| key(metric.node, field));
    key.map_or_else(|| first_key(metric.node), |key| key.place)
}

fn fix(metric: &Metric<'_>, message: &str) -> (String, Option<Change>) {
    if message.contains("interval must be specified") {
        let change = Change::set(metric.node, "interval", &"1m");
        return ("write: interval: 1m".to_owned(), Some(change));
    }
    if message.starts_with("count (") {
        let limit = metric.count.unwrap_or(1).saturating_sub(1);
        let change = Change::set(metric.node, "failureLimit", &limit);
        return (format!("write: failureLimit: {limit}"), Some(change));
    }
    let fix = if message.contains("provider") {
        "give exactly one provider, such as provider: {prometheus: {query: ...}}".to_owned()
    } else {
        format!("mend what the controller complains of: {message}")
    };
    (fix, None)
}

fn draft(metric: &Metric<'_>) -> Draft {
    let node = metric.node;
    let providers = node.get("provider").and_then(Node::as_map);
    let providers = providers.map(Map::entries).unwrap_or_default();
    Draft {
        name: metric.name.to_owned(),
        providers: providers.iter().map(|it| it.key.text.clone()).collect(),
        interval: text(node, "interval").map(str::to_owned),
        initial_delay: text(node, "initialDelay").map(str::to_owned),
        count: whole(node, "count").unwrap_or(0),
        failure_limit: metric.failure_limit,
        inconclusive_limit: metric.inconclusive_limit,
        consecutive_error_limit: whole(node, "consecutiveErrorLimit"),
        consecutive_success_limit: whole(node, "consecutiveSuccessLimit").unwrap_or(0),
    }
}
