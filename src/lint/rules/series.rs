//! Answers with other series than the condition expects.

use promql::ast::{Expr, ExprKind, Grouping, Operator};

use crate::controller::argo::Phase;
use crate::document::{closest, quoted};
use crate::lint::change::{Change, entry};
use crate::lint::condition::Condition;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::gate::{Gate, Owner, Side};
use crate::lint::number::percent;
use crate::lint::query::{Query, all, selectors};
use crate::lint::schemes::labels_without;
use crate::telemetry::known;

pub(crate) const RULE: Rule = Rule {
    id: "or-vector-adds-series",
    level: Level::Warning,
    title: "`or vector(0)` beside a grouped query adds a series that is always 0",
    why: "`or` adds the series of its right side whose labels the left side does not have. \
          vector(0) has no labels, so beside `sum by (x)` it is always added, and Argo's result \
          has one value more: `result[0]` may be it, and all(result, ...) sees it.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: 'all(result, # < 5)'
    provider:
      prometheus:
        query: sum by (route) (rate(errors_total{pod=~\"canary-.*\"}[5m])) or vector(0)
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: 'all(result, # < 5)'
    provider:
      prometheus:
        query: sum by (route) (rate(errors_total{pod=~\"canary-.*\"}[5m])) or on() vector(0)
",
    check: |files| files.queries().into_iter().filter_map(or_vector).collect(),
};

/// One series of many.
pub(crate) const ONE: Rule = Rule {
    id: "one-series-of-many",
    level: Level::Warning,
    title: "the query gives several series, and only one of them is looked at",
    why: "A query that groups by a label, or does not aggregate at all, gives a series for each \
          value of the labels. `result[0]` is the first of them, in no order that anybody \
          promises; Flagger takes the last one. The others may be as bad as they like.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: len(result) == 0 || result[0] < 5
    provider:
      prometheus: {query: 'sum by (route) (rate(errors_total{pod=~\"canary-.*\"}[5m]))'}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: 'all(result, # < 5)'
    provider:
      prometheus: {query: 'sum by (route) (rate(errors_total{pod=~\"canary-.*\"}[5m]))'}
",
    check: |files| files.gates().iter().filter_map(one_of_many).collect(),
};

/// A label that a well-known metric does not have.
pub(crate) const LABEL: Rule = Rule {
    id: "no-such-label",
    level: Level::Warning,
    title: "the metric does not have this label, so the query selects nothing, or everything",
    why: "A label that is absent has the empty value: `=` and `=~` with it select no series, `!=` \
          and `!~` select all of them, so that a filter for errors keeps them. The labels of the \
          metrics of Istio, ingress-nginx, Envoy and Traefik are those of their documentation, \
          with the labels that scraping adds.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: len(result) == 0 || result[0] < 5
    provider:
      prometheus:
        query: sum(rate(istio_requests_total{status=~\"5..\",destination_version=\"canary\"}[5m]))
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: len(result) == 0 || result[0] < 5
    provider:
      prometheus:
        query: sum(rate(istio_requests_total{response_code=~\"5..\",destination_version=\"canary\"}[5m]))
",
    check: |files| files.queries().into_iter().filter_map(label).collect(),
};

/// A metric that a well-known family does not have.
pub(crate) const METRIC: Rule = Rule {
    id: "no-such-metric",
    level: Level::Warning,
    title: "no metric of that name exists, so the query selects nothing",
    why: "Istio and ingress-nginx have a fixed set of metrics for requests, and this is none of \
          them: a misspelt name, or one that an older version had. A selector of a metric that \
          does not exist is empty, and nobody says so.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: len(result) == 0 || result[0] < 5
    provider:
      prometheus:
        query: sum(rate(istio_request_total{destination_version=\"canary\"}[5m]))
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: len(result) == 0 || result[0] < 5
    provider:
      prometheus:
        query: sum(rate(istio_requests_total{destination_version=\"canary\"}[5m]))
",
    check: |files| files.queries().into_iter().filter_map(metric).collect(),
};

fn metric(query: &Query) -> Option<Finding> {
    let (name, known) = selectors(query.root()?).into_iter().find_map(|it| {
        let name = it.selector.metric.as_ref()?;
        Some((name, known::names_without(&name.text)?))
    })?;
    let near = closest(&name.text, known.iter().copied());
    let fix = match near {
        Some(near) => format!("write: {near}"),
        None => format!(
            "names of the family: {}",
            known.iter().take(3).copied().collect::<Vec<_>>().join(", ")
        ),
    };
    let title = format!("no metric is called {}", quoted(&name.text));
    let number = format!("0 series: it is none of the {} metrics of its family", known.len());
    let finding = Finding::new(query.at(name.place), title, "selects nothing", number, fix);
    Some(near.into_iter().fold(finding, |finding, near| finding.by(query.change(name.place, near))))
}

fn or_vector(query: &Query) -> Option<Finding> {
    let found = all(query.root()?).into_iter().find_map(|it| {
        let ExprKind::Binary(binary) = &it.kind else { return None };
        let is_or = binary.operator == Operator::Or && binary.matching.is_none();
        let is_vector = matches!(&binary.right.bare().kind, ExprKind::Call(call)
            if call.function == promql::Function::Vector);
        (is_or && is_vector && has_labels(&binary.left)).then_some(binary)
    })?;
    let right = query.text(found.right.place);
    let number = "k + 1 series in place of k: one of them is 0, always";
    let title = "`or vector(...)` adds a series that is always there";
    let part = found.operator_place.to(found.right.place);
    let meant = format!("or on() {right}");
    let fix = format!("write: {meant}");
    let finding = Finding::new(query.at(part), title, "has no labels", number, fix);
    let finding = finding.by(query.change(part, meant));
    Some(finding.and(query.at(found.left.place), "has labels"))
}

/// Whether the series of an expression have labels.
fn has_labels(expr: &Expr) -> bool {
    match &expr.bare().kind {
        ExprKind::Aggregate(aggregate) => match &aggregate.grouping {
            Grouping::By(labels) => {
                let keeps = matches!(aggregate.aggregation.name(), "topk" | "bottomk");
                keeps || !labels.is_empty()
            }
            Grouping::Without(_) => true,
        },
        ExprKind::Binary(binary) => {
            has_labels(&binary.left) && !is_number(&binary.left)
                || has_labels(&binary.right) && is_number(&binary.left)
        }
        ExprKind::Selector(_) | ExprKind::Range(..) => true,
        ExprKind::Subquery(subquery) => has_labels(&subquery.inner),
        ExprKind::Sign(_, inner) => has_labels(inner),
        ExprKind::Call(call) => match call.function.name() {
            "vector" | "scalar" | "absent" | "absent_over_time" | "time" => false,
            "histogram_quantile" => call.args.last().is_some_and(quantile_has_labels),
            _ => call.args.iter().any(has_labels),
        },
        _ => false,
    }
}

fn is_number(expr: &Expr) -> bool {
    crate::lint::ratio::constant(expr).is_some()
}

/// Whether a quantile has labels beside le.
fn quantile_has_labels(inner: &Expr) -> bool {
    match &inner.bare().kind {
        ExprKind::Aggregate(aggregate) => match &aggregate.grouping {
            Grouping::By(labels) => labels.iter().any(|label| label.text != "le"),
            Grouping::Without(_) => true,
        },
        _ => has_labels(inner),
    }
}

fn one_of_many(gate: &Gate<'_>) -> Option<Finding> {
    if !has_labels(gate.root) {
        return None;
    }
    let bound = gate.bounds.first()?;
    let far = bound.value.abs().max(1.0);
    let (good, bad) = match bound.side {
        Side::Min => (bound.value + far, bound.value - far),
        Side::Max => (bound.value - far, bound.value + far),
    };
    let is_blind = match gate.owner {
        Owner::Argo(_, metric) => {
            let judge = metric.judge.as_ref()?;
            judge.of_vector(vec![good, bad]) == judge.of_one(good)
                && judge.of_one(good) == Phase::Successful
                && judge.of_one(bad) != Phase::Successful
        }
        Owner::Flagger(..) => true,
        Owner::Alert => false,
    };
    // One pod or one route by name is one series.
    let is_one = selectors(gate.root).iter().any(|it| {
        it.selector.matchers.iter().any(|it| it.label.text == "le" || it.label.text == "quantile")
    });
    if !is_blind || is_one {
        return None;
    }
    let which = if matches!(gate.owner, Owner::Flagger(..)) { "the last" } else { "the first" };
    let number = format!(
        "1 of k series is looked at: with 10 of them a bad one is missed in {} of the readings",
        percent(0.9)
    );
    let of_all = match gate.owner {
        Owner::Argo(_, metric) => metric.success.as_ref().and_then(of_all),
        _ => None,
    };
    let fix = match &of_all {
        Some((fix, _)) => fix.clone(),
        None => "aggregate to one series: sum(...) or max(...)".to_owned(),
    };
    let title = format!("the query gives several series, and {which} of them decides");
    let place = gate.query.at(gate.root.place);
    let finding = Finding::new(place, title, "a series for each value of its labels", number, fix);
    let finding = of_all.into_iter().fold(finding, |finding, (_, change)| finding.by(change));
    Some(finding.and(bound.place, "one value"))
}

/// The condition of every series in place of one of `result[0]`, which no series must be there for:
/// what to write, and the change.
fn of_all(condition: &Condition) -> Option<(String, Change)> {
    const FIRST: &str = "result[0]";
    let text = condition.written.text.trim();
    // What comes before is about there being an answer, or a number.
    let (guard, compared) = text.rsplit_once("||").unwrap_or(("", text));
    let compared = compared.trim();
    let is_plain = compared.starts_with(FIRST) && !compared.contains("&&");
    let is_guard = |it: &str| it.trim().starts_with("len(") || it.trim().starts_with("isNaN(");
    if !is_plain || compared.matches("result").count() > 1 {
        return None;
    }
    if !guard.is_empty() && !guard.split("||").all(is_guard) {
        return None;
    }
    let is_nan = if guard.contains("isNaN(") { "isNaN(#) || " } else { "" };
    let meant = format!("all(result, {is_nan}{})", compared.replacen(FIRST, "#", 1));
    Some((format!("write: {}", entry("successCondition", &meant)), condition.change(meant)))
}

fn label(query: &Query) -> Option<Finding> {
    for selected in selectors(query.root()?) {
        let Some(metric) = selected.selector.metric.as_ref() else { continue };
        for matcher in &selected.selector.matchers {
            let label = matcher.label.text.as_str();
            let Some(labels) = labels_without(&metric.text, label) else { continue };
            let keeps_all = matcher.matcher.is_met("");
            let (number, said) = if keeps_all {
                ("100 % of the series are kept, those of failures too", "keeps all")
            } else {
                ("0 series are selected: the answer is empty", "selects nothing")
            };
            let code = labels.iter().find(|it| it.ends_with("code"));
            let near = code.or_else(|| labels.iter().find(|it| it.contains("status")));
            let is_outcome = matches!(label, "status" | "code" | "status_code" | "http_status");
            let near = near.filter(|_| is_outcome);
            let meant = near.map(|near| {
                format!("{near}{}", query.text(matcher.place).trim_start_matches(label))
            });
            let fix = if let Some(meant) = &meant {
                format!("write: {meant}")
            } else {
                let labels = labels.iter().copied().filter(|it| *it != promql::NAME);
                format!("labels of it: {}", labels.collect::<Vec<_>>().join(", "))
            };
            let title = format!("{} has no label `{label}`", metric.text);
            let finding = Finding::new(query.at(matcher.place), title, said, number, fix);
            return Some(
                meant
                    .into_iter()
                    .fold(finding, |finding, meant| finding.by(query.change(matcher.place, meant))),
            );
        }
    }
    None
}
