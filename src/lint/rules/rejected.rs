//! What a controller refuses before anything is released.

use crate::document::{Problem, Problems};
use crate::import::{self, Options, REJECTED};
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::objects::Files;

pub(crate) const RULE: Rule = Rule {
    id: "manifest-rejected",
    level: Level::Error,
    title: "the controller refuses the Rollout or the Canary",
    why: "A value out of its range, a duration that Go does not read, two fields that exclude each \
          other: the API server or the controller refuses the object (InvalidSpec in \
          argo-rollouts), and no release begins until it is mended. `coalmine run` says the same.",
    bad: "\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    canary:
      steps: [{setWeight: 120}, {pause: {duration: 10 minutes}}]
",
    good: "\
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    canary:
      steps: [{setWeight: 20}, {pause: {duration: 10m}}]
",
    check,
};

/// So many workloads are looked at; no folder of people has more.
const WORKLOADS_MAX: usize = 100;

fn check(files: &Files<'_>) -> Vec<Finding> {
    let is_meant = |kind: &str| matches!(kind, "Rollout" | "Canary");
    let meant = files.objects.iter().filter(|it| is_meant(it.kind) && !it.name.is_empty());
    let mut names: Vec<_> = meant.map(|it| it.name).collect();
    names.sort_unstable();
    names.dedup();
    let mut findings = Vec::new();
    for name in names.into_iter().take(WORKLOADS_MAX) {
        let mut problems = Problems::new();
        let options = Options { workload: Some(name), ..Options::DEFAULT };
        let _ = import::import(files.trees, options, &mut problems);
        findings.extend(problems.iter().filter_map(|problem| finding(files, problem)));
    }
    findings
}

fn finding(files: &Files<'_>, problem: &Problem) -> Option<Finding> {
    let first = problem.labels.first()?;
    let written = files.sources.get(first.place.source).at(first.place);
    // Arguments have rules of their own; what another tool fills in is not known here.
    let is_open = ["$", "{{"].iter().any(|mark| written.contains(mark));
    if problem.code != REJECTED || problem.title.contains("the argument") || is_open {
        return None;
    }
    let number = "0 releases begin: the object is refused as a whole, every time";
    let fix = problem.help.first().map_or("mend it", String::as_str);
    let finding = Finding::new(first.place, &problem.title, &first.text, number, fix);
    let others = problem.labels.iter().skip(1);
    Some(others.fold(finding, |finding, it| finding.and(it.place, &it.text)))
}
