//! Conditions that have no answer, always the same one, or none between two bounds.

use expr::ProblemKind;

use crate::controller::argo::Phase;
use crate::document::Place;
use crate::lint::argo::Metric;
use crate::lint::change::{Change, entry, scalar};
use crate::lint::condition::Condition;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::gate::{Bound, Gate, Owner, Side};
use crate::lint::number::{percent, seconds, trimmed};
use crate::lint::objects::{Files, key};

pub(crate) const RULE: Rule = Rule {
    id: "condition-invalid",
    level: Level::Error,
    title: "the condition has no answer for any value of its provider",
    why: "Conditions are compiled against the type of the value at every measurement: the \
          Prometheus provider gives a list of numbers, so that `result >= 0.95` compares a list \
          with a number, which is an Error (EvalCondition in argo-rollouts). Errors are retried \
          every 10 s, and consecutiveErrorLimit + 1 of them abort.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    successCondition: result >= 0.95
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"canary-.*\"}[5m]))'}}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    successCondition: result[0] >= 0.95
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"canary-.*\"}[5m]))'}}
",
    check: |files| metrics(files).filter_map(|metric| invalid(files, metric)).collect(),
};

/// A metric without conditions.
pub(crate) const MISSING: Rule = Rule {
    id: "condition-missing",
    level: Level::Warning,
    title: "a metric without conditions succeeds whatever it measures",
    why: "With neither successCondition nor failureCondition every value is Successful \
          (EvaluateResult in argo-rollouts); only a provider that does not answer can fail it.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"canary-.*\"}[5m]))'}}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    successCondition: result[0] >= 0.95
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"canary-.*\"}[5m]))'}}
",
    check: |files| metrics(files).filter_map(missing).collect(),
};

/// A gap between two conditions.
pub(crate) const GAP: Rule = Rule {
    id: "condition-gap",
    level: Level::Warning,
    title: "between the two conditions a value is inconclusive, and the rollout waits for a person",
    why: "A value that neither succeeds nor fails is Inconclusive, and more than inconclusiveLimit \
          of them (0 by default) end the metric: the rollout is paused until somebody resumes it, \
          which starts a new analysis. Inconclusive measurements are not failures: failureLimit \
          does not count them.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    successCondition: result[0] >= 0.95
    failureCondition: result[0] < 0.9
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"canary-.*\"}[5m]))'}}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    successCondition: result[0] >= 0.95
    failureCondition: result[0] < 0.95
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"canary-.*\"}[5m]))'}}
",
    check: |files| metrics(files).filter_map(gap).collect(),
};

/// A bound that a share cannot reach.
pub(crate) const REACH: Rule = Rule {
    id: "bound-out-of-reach",
    level: Level::Error,
    title: "the bound is outside of what the query can give",
    why: "A share of requests is between 0 and 1, or between 0 and 100 where it is multiplied by \
          100. A bound at or beyond an end never acts, or always: mostly percent and shares were \
          mixed up.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    successCondition: result[0] >= 95
    provider:
      prometheus:
        query: |
          sum(rate(http_requests_total{pod=~\"canary-.*\",code!~\"5..\"}[5m]))
          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[5m]))
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    successCondition: result[0] >= 95
    provider:
      prometheus:
        query: |
          sum(rate(http_requests_total{pod=~\"canary-.*\",code!~\"5..\"}[5m]))
          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[5m])) * 100
",
    check: |files| files.gates().iter().filter_map(out_of_reach).collect(),
};

fn metrics<'s>(files: &'s Files<'_>) -> impl Iterator<Item = &'s Metric<'s>> {
    files.templates.iter().flat_map(|it| &it.metrics)
}

fn invalid(files: &Files<'_>, metric: &Metric<'_>) -> Option<Finding> {
    let both = || {
        let success = metric.success.as_ref().map(|it| ("successCondition", it));
        success.into_iter().chain(metric.failure.as_ref().map(|it| ("failureCondition", it)))
    };
    let found = both().find_map(|(key, it)| Some((key, problem_of(it, metric)?)));
    let (key, (condition, problem)) = found?;
    let title = format!("the condition has no answer: {}", problem.message);
    let number = format!(
        "every measurement is an error: {} of them in {} abort the rollout",
        metric.error_limit.saturating_add(1),
        seconds(metric.error_budget().as_secs_f64())
    );
    let text = condition.written.text.trim();
    let place = condition.at(problem.span);
    if let Some(all) = cut(files, condition) {
        let title = "the condition is cut short: ` #` begins a comment in YAML";
        let fix = format!("write: {}", entry(key, all));
        let finding = Finding::new(place, title, "ends here", number, fix);
        let place = condition.written.whole;
        let end = place.start + all.len();
        let change = Change::Text(Place { end, ..place }, scalar(all, ""));
        return Some(finding.by(change));
    }
    let meant = text.replacen("result", "result[0]", 1);
    let is_it = !text.contains("result[") && metric.provider == "prometheus";
    let is_it = is_it && expr::Condition::parse(&meant).is_ok_and(|it| it.check(FLOATS).is_ok());
    let fix = match problem.help {
        _ if is_it => format!("write: {}", entry(key, &meant)),
        Some(help) => help.to_owned(),
        None => "mend the expression".to_owned(),
    };
    let finding = Finding::new(place, title, "an error each time", number, fix);
    Some(if is_it { finding.by(condition.change(meant)) } else { finding })
}

const FLOATS: expr::Shape = expr::Shape::Floats;

/// The whole line of a condition of which YAML takes a part for a comment.
fn cut<'s>(files: &'s Files<'_>, condition: &Condition) -> Option<&'s str> {
    let place = condition.written.whole;
    let text = files.sources.get(place.source).text();
    let line = text.get(place.start..)?.lines().next()?.trim_end();
    let is_cut = line.get(place.end - place.start..)?.trim_start().starts_with('#');
    let is_plain = !line.starts_with(['"', '\'', '|', '>']);
    (is_cut && is_plain && expr::Condition::parse(line).is_ok()).then_some(line)
}

/// What is wrong with a condition whatever the value; for a list of numbers, where the provider
/// gives one.
fn problem_of<'m>(
    condition: &'m Condition,
    metric: &Metric<'_>,
) -> Option<(&'m Condition, expr::Problem)> {
    let problem = match &condition.code {
        Err(problem) => problem.clone(),
        Ok(code) if metric.provider == "prometheus" => {
            code.check(expr::Shape::Floats).err()?.clone()
        }
        Ok(_) => return None,
    };
    let is_range = metric
        .node
        .get("provider")?
        .get("prometheus")
        .is_some_and(|it| it.get("rangeQuery").is_some());
    // Dates of range queries are not known here; that is no mistake of the condition.
    let is_known = problem.kind != ProblemKind::Unsupported && !is_range;
    is_known.then_some((condition, problem))
}

fn missing(metric: &Metric<'_>) -> Option<Finding> {
    let judges_itself = matches!(metric.provider, "" | "job" | "kayenta" | "plugin");
    if metric.is_judged() || judges_itself {
        return None;
    }
    let place = key(metric.node, "provider")?.place;
    let title = "the metric succeeds whatever it measures";
    let number = "100 % of all values are successful: it catches 0 % of bad releases";
    // Other providers give other values than lists.
    let meant =
        if metric.provider == "prometheus" { "result[0] >= 0.95" } else { "result >= 0.95" };
    let fix = format!("write for example: successCondition: {meant}");
    let finding = Finding::new(place, title, "its answer is compared with nothing", number, fix);
    Some(finding.by(Change::set(metric.node, "successCondition", &meant)))
}

fn gap(metric: &Metric<'_>) -> Option<Finding> {
    let (success, failure) = (metric.success.as_ref()?, metric.failure.as_ref()?);
    let judge = metric.judge.as_ref()?;
    let mut numbers = success.numbers();
    numbers.extend(failure.numbers());
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let between = |pair: &[(f64, _)]| judge.of_one(f64::midpoint(pair[0].0, pair[1].0));
    let found = numbers.windows(2).find(|pair| between(pair) == Phase::Inconclusive)?;
    let (low, high) = (found[0].0, found[1].0);
    let limit = metric.inconclusive_limit.max(0);
    let number = format!(
        "values between {} and {} decide nothing; {} of them pause the rollout",
        trimmed(low, 6),
        trimmed(high, 6),
        limit.saturating_add(1)
    );
    let title = "between the two conditions a value is inconclusive";
    let fix = "remove failureCondition: what is no success is a failure then";
    let finding = Finding::new(failure.written.all(), title, "fails only here", number, fix);
    let entry = metric.node.as_map().and_then(|map| map.entry("failureCondition"))?;
    let finding = finding.by(Change::Without(entry.key.place, entry.node.place));
    Some(finding.and(success.written.all(), "succeeds only here"))
}

fn out_of_reach(gate: &Gate<'_>) -> Option<Finding> {
    let ratio = gate.ratio()?;
    let top = ratio.scale;
    let is_off = |it: &&Bound| match it.side {
        Side::Min => it.value > top || it.value <= 0.0,
        Side::Max => it.value >= top || it.value < 0.0,
    };
    let bound = gate.bounds.iter().find(is_off)?;
    let always = match bound.side {
        Side::Min => bound.value > top,
        Side::Max => bound.value < 0.0,
    };
    let (acts, share) = if always { ("always", 1.0) } else { ("never", 0.0) };
    let number = format!(
        "the query gives 0 to {}: a bound of {} fails {} of the readings",
        trimmed(top, 4),
        trimmed(bound.value, 4),
        percent(share)
    );
    let other = if bound.value > top { bound.value * top / 100.0 } else { bound.value * 100.0 };
    let is_percent = (0.0..top).contains(&other) && bound.value > 0.0;
    let fix = match gate.owner {
        _ if is_percent => format!("write {} as {}", trimmed(bound.value, 4), trimmed(other, 6)),
        Owner::Alert => format!("compare with a value between 0 and {}", trimmed(top, 4)),
        _ => format!("write a bound between 0 and {}", trimmed(top, 4)),
    };
    let title = format!("the bound {acts} acts: it is outside of what the query can give");
    let finding = Finding::new(bound.place, title, "no share reaches this", number, fix);
    let finding =
        if is_percent { finding.by(Change::Text(bound.place, trimmed(other, 6))) } else { finding };
    Some(finding.and(gate.query.at(ratio.denominator.place), "a share of these"))
}
