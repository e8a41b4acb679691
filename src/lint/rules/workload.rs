//! Fields of workloads that leave no pods, no time or no way back.

use clockwork::Span;

use crate::lint::argo::{Rollout, StepKind};
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::number::{percent, seconds};
use crate::lint::objects::{Object, list, whole};

pub(crate) const RULE: Rule = Rule {
    id: "no-pods-left",
    level: Level::Warning,
    title: "the update may take all pods away before a new one is there",
    why: "maxUnavailable of replicas may be missing during a rolling update; percentages are \
          rounded down, numbers are taken as they are (ResolveFenceposts in Kubernetes). With as \
          many as there are pods, nothing serves until the new ones are ready.",
    bad: "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 2
  strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 2}}
",
    good: "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 2
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
",
    check: |files| files.objects.iter().filter_map(no_pods).collect(),
};

/// A deadline that cannot be kept.
pub(crate) const DEADLINE: Rule = Rule {
    id: "progress-deadline-too-short",
    level: Level::Error,
    title: "the deadline for progress is over before a pod can be available",
    why: "A pod is available when it has been ready for minReadySeconds, and it is not ready before \
          initialDelaySeconds of its readiness probe. progressDeadlineSeconds must be more than \
          both together: otherwise every update is reported as failed, and with \
          progressDeadlineAbort it is aborted. Pauses of a canary do not count.",
    bad: "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 2
  minReadySeconds: 60
  progressDeadlineSeconds: 60
",
    good: "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 2
  minReadySeconds: 60
  progressDeadlineSeconds: 600
",
    check: |files| files.objects.iter().filter_map(deadline).collect(),
};

/// The old version is gone before anything is seen.
pub(crate) const GONE: Rule = Rule {
    id: "way-back-is-short",
    level: Level::Note,
    title: "after the switch the old pods are kept for less than it takes to see a fault",
    why: "Blue-green sends everything to the new version at once, and scales the old one down \
          scaleDownDelaySeconds later (30 if nothing is said) unless postPromotionAnalysis holds \
          it. A window of 5 minutes needs 2m30s to show a fault of twice the tolerance, and a \
          person longer: then going back means starting all pods again.",
    bad: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    blueGreen: {activeService: a, previewService: b}
",
    good: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    blueGreen: {activeService: a, previewService: b, scaleDownDelaySeconds: 900}
",
    check: |files| files.rollouts.iter().filter_map(gone).collect(),
};

/// Steps that nobody watches.
pub(crate) const UNWATCHED: Rule = Rule {
    id: "pauses-without-analysis",
    level: Level::Note,
    title: "the canary goes on after timed pauses, and nothing judges it",
    why: "A pause with a duration ends by itself. Without an analysis, in the steps or in the \
          background, the rollout is promoted whatever its requests come to; only pods that do not \
          become ready hold it up.",
    bad: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    canary:
      steps: [{setWeight: 20}, {pause: {duration: 10m}}, {setWeight: 60}, {pause: {duration: 10m}}]
",
    good: "\
kind: Rollout
metadata: {name: r}
spec:
  replicas: 10
  strategy:
    canary:
      analysis: {templates: [{templateName: t}]}
      steps: [{setWeight: 20}, {pause: {duration: 10m}}, {setWeight: 60}, {pause: {duration: 10m}}]
",
    check: |files| files.rollouts.iter().filter_map(unwatched).collect(),
};

fn no_pods(object: &Object<'_>) -> Option<Finding> {
    let spec = object.node.get("spec").filter(|_| object.kind == "Deployment")?;
    let update = spec.get("strategy")?.get("rollingUpdate")?;
    let node = update.get("maxUnavailable")?;
    let replicas = whole(spec, "replicas").unwrap_or(1);
    let missing = match node.as_text()?.strip_suffix('%') {
        Some(percent) => replicas.saturating_mul(percent.parse::<i64>().ok()?) / 100,
        None => node.as_text()?.parse().ok()?,
    };
    if replicas < 1 || missing < replicas {
        return None;
    }
    let number = format!("0 of {replicas} pods are sure to serve during an update");
    let title = "the update may take all pods away at once";
    let fix = "write: maxUnavailable: 0 and maxSurge: 1";
    let finding = Finding::new(node.place, title, format!("all {replicas}"), number, fix);
    let finding = finding.by(Change::set(update, "maxUnavailable", &0));
    Some(finding.by(Change::set(update, "maxSurge", &1)))
}

fn deadline(object: &Object<'_>) -> Option<Finding> {
    let spec = object.node.get("spec")?;
    let node = spec.get("progressDeadlineSeconds")?;
    let is_workload = matches!(object.kind, "Deployment" | "Rollout");
    let limit: i64 = node.as_text()?.parse().ok()?;
    let ready = whole(spec, "minReadySeconds").unwrap_or(0);
    let pod = spec.get("template").and_then(|it| it.get("spec"));
    let containers = pod.map(|it| list(it, "containers")).unwrap_or_default();
    let probes = containers.iter().filter_map(|it| it.get("readinessProbe"));
    let delay = probes.filter_map(|it| whole(it, "initialDelaySeconds")).max().unwrap_or(0);
    let needed = ready.saturating_add(delay);
    if !is_workload || limit > needed {
        return None;
    }
    let number = format!("{limit} s of at least {needed} s that a pod needs");
    let enough = needed.saturating_mul(2).max(600);
    let fix = format!("write: progressDeadlineSeconds: {enough}");
    let title = "the deadline for progress is over before a pod can be available";
    let finding = Finding::new(node.place, title, "too short", number, fix);
    Some(finding.by(Change::Scalar(node.place, enough.to_string())))
}

fn gone(rollout: &Rollout<'_>) -> Option<Finding> {
    let node = rollout.blue_green?;
    if node.get("postPromotionAnalysis").is_some() || node.get("activeService").is_none() {
        return None;
    }
    let delay = whole(node, "scaleDownDelaySeconds").unwrap_or(30);
    // A trailing window shows a fault of twice the tolerance when it is half full.
    let needed = 150.0;
    if delay as f64 >= needed {
        return None;
    }
    let place = match node.get("scaleDownDelaySeconds") {
        Some(node) => node.place,
        None => node.get("activeService")?.place,
    };
    let number = format!(
        "{delay} s until the old pods go, {} until a window of 5m shows a fault: {} of that",
        seconds(needed),
        percent(delay as f64 / needed)
    );
    let fix = "write: scaleDownDelaySeconds: 900, or add postPromotionAnalysis";
    let title = format!("the old pods are gone {delay} s after the switch");
    let finding = Finding::new(place, title, "no fast way back after that", number, fix);
    Some(finding.by(Change::set(node, "scaleDownDelaySeconds", &900)))
}

fn unwatched(rollout: &Rollout<'_>) -> Option<Finding> {
    rollout.canary?;
    let (mut lasts, mut pauses) = (Span::ZERO, 0);
    for step in &rollout.steps {
        match step.kind {
            StepKind::Pause(Some(pause)) => {
                lasts += pause;
                pauses += 1;
            }
            StepKind::Weight(_) => {}
            // A person, an analysis or an experiment looks.
            _ => return None,
        }
    }
    if pauses == 0 || !rollout.analyses.is_empty() {
        return None;
    }
    let place = rollout.canary?.get("steps")?.place;
    let first = rollout.steps.iter().find(|it| matches!(it.kind, StepKind::Pause(_)));
    let place = first.map_or(place, |step| step.node.place);
    let number = format!(
        "promoted {lasts} after the first weight in 100 % of the releases whose pods become ready"
    );
    let fix = "add below canary: analysis: {templates: [{templateName: success-rate}]}";
    let title =
        format!("the canary goes on after {pauses} timed pause{}, and nothing judges it", {
            if pauses == 1 { "" } else { "s" }
        });
    Some(Finding::new(place, title, "ends by itself", number, fix))
}
