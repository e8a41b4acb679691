//! Arguments that nobody gives, and dry runs of nothing.

use std::collections::BTreeSet;

use crate::controller::argo::dry_run;
use crate::document::{Node, Value, closest, quoted};
use crate::lint::argo::{Analysis, Rollout, Template};
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::objects::{Files, list, text};
use crate::lint::placed::Placed;

pub(crate) const RULE: Rule = Rule {
    id: "unresolved-argument",
    level: Level::Error,
    title: "an argument is used and not declared",
    why: "`{{args.x}}` is replaced by the value of an argument that the template declares; one \
          that is not declared stays as it is, and the run is an Error at once \
          (ResolveArgs in argo-rollouts).",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  args: [{name: service}]
  metrics:
  - name: requests
    successCondition: len(result) > 0 && result[0] > 10
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"{{args.canary-service}}\"}[5m]))'}}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  args: [{name: service}]
  metrics:
  - name: requests
    successCondition: len(result) > 0 && result[0] > 10
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"{{args.service}}-canary\"}[5m]))'}}
",
    check: |files| files.templates.iter().flat_map(|it| undeclared(files, it)).collect(),
};

/// An argument without a value.
pub(crate) const VALUE: Rule = Rule {
    id: "argument-without-value",
    level: Level::Error,
    title: "a rollout gives no value to an argument that has none",
    why: "An argument of a template without a value must be given by whoever uses the template; \
          without one the analysis run is an Error at once (MergeArgs and ResolveArgs in \
          argo-rollouts), which aborts the rollout.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  args: [{name: service}]
  metrics:
  - name: requests
    successCondition: len(result) > 0 && result[0] > 10
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"{{args.service}}-canary\"}[5m]))'}}
---
kind: Rollout
metadata: {name: r}
spec:
  strategy:
    canary:
      steps:
      - setWeight: 20
      - analysis: {templates: [{templateName: t}]}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  args: [{name: service}]
  metrics:
  - name: requests
    successCondition: len(result) > 0 && result[0] > 10
    provider: {prometheus: {query: 'sum(rate(ok_total{pod=~\"{{args.service}}-canary\"}[5m]))'}}
---
kind: Rollout
metadata: {name: r}
spec:
  strategy:
    canary:
      steps:
      - setWeight: 20
      - analysis: {templates: [{templateName: t}], args: [{name: service, value: shop}]}
",
    check: |files| {
        let all = files.rollouts.iter();
        let all = all.flat_map(|rollout| rollout.analyses.iter().map(move |it| (rollout, it)));
        all.filter_map(|(rollout, analysis)| without_value(files, rollout, analysis)).collect()
    },
};

/// A dry run of nothing.
pub(crate) const DRY_RUN: Rule = Rule {
    id: "dry-run-matches-nothing",
    level: Level::Error,
    title: "a dry run names no metric, which is an error of the whole run",
    why: "dryRun.metricName is a regular expression that must fit the name of a metric; one that \
          fits none, and `*`, which is no regular expression, make the analysis run an Error at \
          once (GetDryRunMetrics in argo-rollouts).",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  dryRun: [{metricName: '*'}]
  metrics:
  - name: smoke
    successCondition: result.ok
    provider: {web: {url: 'http://canary/health', jsonPath: '{$}'}}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  dryRun: [{metricName: '.*'}]
  metrics:
  - name: smoke
    successCondition: result.ok
    provider: {web: {url: 'http://canary/health', jsonPath: '{$}'}}
",
    check: dry_runs,
};

const AT_ONCE: &str = "the run is an error at once: the rollout is aborted after 0 s, every time";

fn undeclared(files: &Files<'_>, template: &Template<'_>) -> Vec<Finding> {
    let declared: BTreeSet<_> =
        list(template.spec, "args").iter().filter_map(|arg| text(arg, "name")).collect();
    // Templates of templates bring their own arguments.
    if !list(template.spec, "templates").is_empty() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let metrics = list(template.spec, "metrics");
    for scalar in metrics.iter().flat_map(scalars) {
        let Some(written) = Placed::of(scalar, files.sources) else { continue };
        let first = uses(&written.text).into_iter().find(|(name, _)| !declared.contains(name));
        let Some((name, part)) = first else { continue };
        let title = format!("{} is not an argument of the template", quoted(name));
        let fix = format!("add below args: - name: {name}");
        let finding = Finding::new(written.at(part), title, "stays as it is", AT_ONCE, fix);
        let item = format!("{{name: {name}}}");
        findings.push(finding.by(match list(template.spec, "args").last() {
            Some(last) => Change::item(last.place, item),
            None => Change::field(template.spec, format!("args: [{item}]")),
        }));
    }
    findings
}

/// The names after `args.` in double braces, and where they stand.
fn uses(text: &str) -> Vec<(&str, std::ops::Range<usize>)> {
    let mut found = Vec::new();
    for (open, _) in text.match_indices("{{") {
        let Some(close) = text[open..].find("}}").map(|close| open + close) else { break };
        let inside = text[open + 2..close].trim();
        if let Some(name) = inside.strip_prefix("args.") {
            found.push((name, open..close + 2));
        }
    }
    found
}

/// Every single value of a tree.
fn scalars(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::Null => Vec::new(),
        Value::Scalar(_) => vec![node],
        Value::List(items) => items.iter().flat_map(scalars).collect(),
        Value::Map(map) => map.entries().iter().flat_map(|it| scalars(&it.node)).collect(),
    }
}

fn without_value(
    files: &Files<'_>,
    rollout: &Rollout<'_>,
    analysis: &Analysis<'_>,
) -> Option<Finding> {
    let from = rollout.object.node.place.source;
    let has_value = |arg: &&Node| arg.get("value").is_some() || arg.get("valueFrom").is_some();
    // All templates of an analysis have the same arguments.
    let names = analysis.templates.iter().filter_map(|it| it.as_text());
    let others = names.filter_map(|name| files.template(name, from));
    let others = others.flat_map(|it| list(it.spec, "args")).filter(has_value);
    let given = list(analysis.node, "args").iter().chain(others);
    let given: BTreeSet<_> = given.filter_map(|arg| text(arg, "name")).collect();
    for name in &analysis.templates {
        let Some(template) = files.template(name.as_text()?, from) else { continue };
        let missing = list(template.spec, "args").iter().find(|arg| {
            let is_given = text(arg, "name").is_some_and(|name| given.contains(name));
            !is_given && !has_value(arg)
        });
        let Some(arg) = missing else { continue };
        let arg_name = text(arg, "name")?;
        let title = format!("the argument {} has no value", quoted(arg_name));
        let fix = format!("add to the args of the analysis: - name: {arg_name}\n  value: ...");
        let finding = Finding::new(name.place, title, "needs the argument", AT_ONCE, fix);
        return Some(finding.and(arg.place, "declared without a value"));
    }
    None
}

fn dry_runs(files: &Files<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for template in files.templates.iter().filter(|it| !it.metrics.is_empty()) {
        let names: Vec<_> = template.metrics.iter().map(|it| it.name).collect();
        findings.extend(dry(list(template.spec, "dryRun"), &names));
    }
    for rollout in &files.rollouts {
        let from = rollout.object.node.place.source;
        for analysis in &rollout.analyses {
            let names = analysis.templates.iter().filter_map(|it| it.as_text());
            let templates: Option<Vec<_>> = names.map(|it| files.template(it, from)).collect();
            let Some(templates) = templates.filter(|it| !it.is_empty()) else { continue };
            let metrics = templates.iter().flat_map(|it| &it.metrics).map(|it| it.name);
            findings.extend(dry(list(analysis.node, "dryRun"), &metrics.collect::<Vec<_>>()));
        }
    }
    findings
}

/// The first rule that fits no name.
fn dry(rules: &[Node], names: &[&str]) -> Option<Finding> {
    let rule = rules
        .iter()
        .filter_map(|it| it.get("metricName"))
        .find(|rule| rule.as_text().is_some_and(|text| dry_run(&[text], names).is_err()))?;
    let number = format!("it fits 0 of {} metrics; {AT_ONCE}", names.len());
    let is_star = rule.as_text() == Some("*");
    let all = names.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ");
    let fix = if is_star {
        "write: metricName: '.*'".to_owned()
    } else {
        format!("write the name of a metric: {all}")
    };
    let title = format!("the dry run {} fits no metric", quoted(rule.as_text()?));
    let meant = match names {
        _ if is_star => Some(".*"),
        [only] => Some(*only),
        _ => closest(rule.as_text()?, names.iter().copied()),
    };
    let finding = Finding::new(rule.place, title, "no metric has such a name", number, fix);
    Some(
        meant.into_iter().fold(finding, |finding, meant| {
            finding.by(Change::Scalar(rule.place, meant.to_owned()))
        }),
    )
}
