//! Queries that Prometheus does not read.

use promql::Place as Part;

use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::objects::Files;
use crate::lint::query::Query;

pub(crate) const RULE: Rule = Rule {
    id: "query-invalid",
    level: Level::Error,
    title: "Prometheus does not read the query",
    why: "A query that cannot be parsed, or whose types do not fit, is answered with an error every \
          time: Argo retries every 10 s and aborts after consecutiveErrorLimit + 1 errors, Flagger \
          counts a failed check at every tick, an alerting rule is not loaded.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: len(result) == 0 || result[0] < 5
    provider: {prometheus: {query: 'sum(rate(errors_total[5m])'}}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: len(result) == 0 || result[0] < 5
    provider: {prometheus: {query: 'sum(rate(errors_total{pod=~\"canary-.*\"}[5m]))'}}
",
    check: |files| files.queries().into_iter().filter_map(|it| invalid(files, it)).collect(),
};

/// A matcher without its first sign.
pub(crate) const TYPO: Rule = Rule {
    id: "matcher-typo",
    level: Level::Error,
    title: "`~` alone is no operator of a matcher: `=~` or `!~` is meant",
    why: "Labels are matched with =, !=, =~ and !~. Examples with `response_code~\"5.*\"` are copied \
          from page to page; Prometheus rejects them with a parse error at every measurement.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: len(result) == 0 || result[0] < 5
    provider: {prometheus: {query: 'sum(rate(errors_total{code~\"5.*\"}[5m]))'}}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: m
    interval: 1m
    successCondition: len(result) == 0 || result[0] < 5
    provider: {prometheus: {query: 'sum(rate(errors_total{code=~\"5.*\",pod=~\"canary-.*\"}[5m]))'}}
",
    check: |files| files.queries().into_iter().filter_map(|it| typo(files, it)).collect(),
};

/// Where a `~` stands without its first sign.
fn lone_tilde(query: &Query) -> Option<Part> {
    query.error()?;
    let text = query.written.text.as_str();
    let is_lone = |at: &usize| {
        let before = text[..*at].trim_end();
        let behind = text[at + 1..].trim_start();
        behind.starts_with(['"', '\''])
            && before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    };
    let at = text.match_indices('~').map(|(at, _)| at).find(is_lone)?;
    let label = text[..at].rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
    let quote = text[at + 1..].trim_start().chars().next()?;
    let value = at + 1 + text[at + 1..].find(quote)? + 1;
    let end = text[value..].find(quote).map_or(text.len(), |end| value + end + 1);
    Some(Part::new(label.map_or(0, |label| label + 1), end))
}

/// The label around a dash, as Prometheus knows it: dashes of Kubernetes become underscores, and
/// Argo's own label has an `s`.
fn dashed_label(query: &Query, at: usize) -> Option<String> {
    let text = query.written.text.as_str();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let (before, behind) = (text.get(..at)?, text.get(at..)?);
    let start = before.rfind(|c| !is_part(c)).map_or(0, |start| start + 1);
    let end = at + behind.find(|c| !is_part(c)).unwrap_or(behind.len());
    let label = text[start..end].replace('-', "_");
    let is_label = behind.starts_with('-') && text[end..].trim_start().starts_with(['=', '!']);
    let argo = label == "rollout_pod_template_hash";
    is_label.then(|| if argo { "rollouts_pod_template_hash".to_owned() } else { label })
}

/// What an error costs whoever asks.
fn price(files: &Files<'_>, query: &Query) -> String {
    let is_it = |other: Option<&Query>| other.is_some_and(|other| std::ptr::eq(other, query));
    let metrics = files.templates.iter().flat_map(|it| &it.metrics);
    if let Some(metric) = metrics.into_iter().find(|it| is_it(it.query.as_ref())) {
        let errors = metric.error_limit.saturating_add(1);
        return format!("{errors} errors in {}: every rollout is aborted", metric.error_budget());
    }
    if files.alerts.iter().any(|it| is_it(Some(&it.query))) {
        return "0 alerts: Prometheus refuses the whole file".to_owned();
    }
    "each of its checks fails: 100 % of the releases are rolled back".to_owned()
}

fn typo(files: &Files<'_>, query: &Query) -> Option<Finding> {
    let part = lone_tilde(query)?;
    let text = query.text(part);
    let meant = text.replacen('~', "=~", 1);
    let fix = format!("write: {meant}");
    let title = "Prometheus refuses the query: `~` alone is no operator";
    let finding = Finding::new(query.at(part), title, "`=~` or `!~`", price(files, query), fix);
    Some(finding.by(query.change(part, meant)))
}

fn invalid(files: &Files<'_>, query: &Query) -> Option<Finding> {
    let error = query.error()?;
    let said = format!("{} {}", error.message, error.hint.as_deref().unwrap_or_default());
    // What is fine for Prometheus and not for us is no mistake; what is not written is another.
    let is_ours = said.contains("not supported") || query.written.text.trim().is_empty();
    if is_ours || lone_tilde(query).is_some() {
        return None;
    }
    let title = format!("Prometheus refuses the query: {}", error.message);
    let dashed = dashed_label(query, error.place.start);
    let fix = match (dashed, &error.hint) {
        (Some(label), _) => format!("labels have no dashes in Prometheus; write: {label}"),
        (None, Some(hint)) => hint.clone(),
        (None, None) => "mend the query here".to_owned(),
    };
    Some(Finding::new(query.at(error.place), title, "not understood", price(files, query), fix))
}
