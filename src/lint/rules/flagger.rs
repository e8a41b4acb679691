//! Canaries of Flagger that are stuck, go too far, judge nothing, or are slower than they read.

use clockwork::Span;

use crate::controller::argo::duration;
use crate::controller::flagger::Strategy;
use crate::document::{Node, Place};
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::flagger::{Canary, INTERVAL_MIN};
use crate::lint::objects::{key, list, text};

pub(crate) const RULE: Rule = Rule {
    id: "step-weights-stuck",
    level: Level::Error,
    title: "the weight does not grow any more, and the canary waits for ever",
    why: "The next weight is looked up behind the present one (nextStepWeight in Flagger): with \
          stepWeights that do not increase, or with no steps at all, the step is zero or less, and \
          the weight stays where it is. It is neither promoted nor rolled back.",
    bad: metrics!("threshold: 5" "stepWeights: [10, 30, 20, 50]"),
    good: metrics!("threshold: 5" "stepWeights: [10, 20, 30, 50]"),
    check: |files| files.canaries.iter().filter_map(stuck).collect(),
};

/// The weight goes beyond the last one.
pub(crate) const OVERSHOOT: Rule = Rule {
    id: "max-weight-overshot",
    level: Level::Warning,
    title: "the weight grows beyond maxWeight",
    why: "The weight grows by stepWeight as long as it is below maxWeight (runCanary in Flagger), \
          so that the last step may go beyond: maxWeight 50 with stepWeight 30 is 30, 60, \
          promotion.",
    bad: metrics!("threshold: 5" "maxWeight: 50" "stepWeight: 30"),
    good: metrics!("threshold: 5" "maxWeight: 50" "stepWeight: 25"),
    check: |files| files.canaries.iter().filter_map(overshoot).collect(),
};

/// No metric, no webhook.
pub(crate) const NOTHING: Rule = Rule {
    id: "canary-judged-by-nothing",
    level: Level::Warning,
    title: "the canary has no metrics, so every release is promoted",
    why: "Without metrics and without webhooks of type rollout or pre-rollout a tick has no check \
          that could fail (runAnalysis in Flagger): whatever becomes ready is promoted. \
          skipAnalysis promotes at once.",
    bad: canary!("threshold: 5" "maxWeight: 50" "stepWeight: 10"),
    good: metrics!("threshold: 5" "maxWeight: 50" "stepWeight: 10"),
    check: |files| files.canaries.iter().filter_map(nothing).collect(),
};

/// An interval that is not kept.
pub(crate) const FLOOR: Rule = Rule {
    id: "interval-below-floor",
    level: Level::Note,
    title: "ticks come every 10 s at most",
    why: "An interval below 10 s is 10 s (GetAnalysisInterval in Flagger).",
    bad: "\
kind: Canary
metadata: {name: c}
spec:
  analysis:
    interval: 2s
    threshold: 5
    iterations: 5
    metrics: [{name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}]
",
    good: "\
kind: Canary
metadata: {name: c}
spec:
  analysis:
    interval: 10s
    threshold: 5
    iterations: 5
    metrics: [{name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}]
",
    check: |files| files.canaries.iter().filter_map(floor).collect(),
};

/// A hook that takes longer than a tick.
pub(crate) const HOOK: Rule = Rule {
    id: "webhook-slower-than-tick",
    level: Level::Note,
    title: "webhooks may take longer than the interval, and ticks are left out",
    why: "Hooks are called one after the other within a tick, each with its timeout (10 s if \
          nothing is said); a tick that falls into a running one is dropped (a Go ticker keeps \
          one). Slow hooks make an analysis slower than interval x steps says, and a timeout is a \
          failed check.",
    bad: "\
kind: Canary
metadata: {name: c}
spec:
  analysis:
    interval: 30s
    threshold: 5
    maxWeight: 50
    stepWeight: 10
    webhooks: [{name: load, url: 'http://loadtester/', timeout: 2m}]
",
    good: "\
kind: Canary
metadata: {name: c}
spec:
  analysis:
    interval: 3m
    threshold: 5
    maxWeight: 50
    stepWeight: 10
    webhooks: [{name: load, url: 'http://loadtester/', timeout: 2m}]
",
    check: |files| files.canaries.iter().filter_map(hooks).collect(),
};

/// The place of a field of the analysis, else of its interval or of the whole.
pub(super) fn at(canary: &Canary<'_>, field: &str) -> Option<Place> {
    let analysis = canary.analysis?;
    let found = [field, "interval"].iter().find_map(|field| key(analysis, field));
    Some(found.map_or_else(|| crate::lint::objects::first_key(analysis), |key| key.place))
}

fn stuck(canary: &Canary<'_>) -> Option<Finding> {
    let analysis = canary.analysis?;
    if canary.plan.strategy() != Strategy::Canary || canary.ticks().is_some() {
        return None;
    }
    let mut weight = 0;
    while canary.plan.next_step(weight) > 0 && weight < canary.plan.max_weight() {
        weight = weight.saturating_add(canary.plan.next_step(weight));
    }
    let steps = list(analysis, "stepWeights");
    let is_it = |node: &&Node| node.as_text() == Some(weight.to_string().as_str());
    let place = steps.iter().find(is_it).map(|node| node.place);
    let place = place.or_else(|| at(canary, "stepWeights"))?;
    let mut sorted = canary.plan.step_weights.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let fix = if sorted.is_empty() {
        "write: stepWeight: 10 and maxWeight: 50, or iterations: 10".to_owned()
    } else {
        format!("write: stepWeights: {sorted:?}")
    };
    let number = format!("at weight {weight} % the next step is 0: it stays there for ever");
    let title = format!("the canary is stuck at weight {weight} %");
    let finding = Finding::new(place, title, "no larger weight follows", number, fix);
    let written = analysis.get("stepWeights").filter(|_| !sorted.is_empty());
    Some(
        written.into_iter().fold(finding, |finding, node| {
            finding.by(Change::Text(node.place, format!("{sorted:?}")))
        }),
    )
}

fn overshoot(canary: &Canary<'_>) -> Option<Finding> {
    let plan = &canary.plan;
    let is_it = plan.strategy() == Strategy::Canary
        && plan.step_weight > 0
        && plan.step_weights.is_empty()
        && !plan.max_weight().is_multiple_of(plan.step_weight);
    if !is_it {
        return None;
    }
    let (step, most) = (plan.step_weight, plan.max_weight());
    let last = most.div_ceil(step) * step;
    let place = canary.analysis?.get("stepWeight")?.place;
    let number = format!("the last weight is {} %, not {most} %", last.min(100));
    let fix = format!("write: maxWeight: {}, or a stepWeight that divides {most}", last.min(100));
    let title = format!("steps of {step} % do not end at {most} %");
    let finding = Finding::new(place, title, "goes beyond maxWeight", number, fix);
    Some(finding.by(Change::set(canary.analysis?, "maxWeight", &last.min(100))))
}

fn nothing(canary: &Canary<'_>) -> Option<Finding> {
    let analysis = canary.analysis?;
    let checks = |hook: &&Node| {
        matches!(text(hook, "type").unwrap_or("rollout"), "rollout" | "pre-rollout" | "rollback")
            || text(hook, "type").is_some_and(|it| it.starts_with("confirm"))
    };
    let has_hooks = list(analysis, "webhooks").iter().any(|hook| checks(&hook));
    let (place, why) = if canary.plan.is_skipped {
        (canary.spec.get("skipAnalysis")?.place, "skipAnalysis: true")
    } else if canary.metrics.is_empty() && !has_hooks {
        (at(canary, "metrics")?, "no metrics")
    } else {
        return None;
    };
    let ticks = if canary.plan.is_skipped { 0 } else { canary.ticks().unwrap_or(0) };
    let lasts = canary.interval.saturating_mul(ticks);
    let number =
        format!("{ticks} ticks in {lasts} with 0 checks: 100 % of bad releases are promoted");
    let title = "nothing can fail: every release that becomes ready is promoted";
    if canary.plan.is_skipped {
        let fix = "write: skipAnalysis: false";
        let change = Change::Scalar(place, "false".to_owned());
        return Some(Finding::new(place, title, why, number, fix).by(change));
    }
    let metric = "{name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}";
    let finding = Finding::new(place, title, why, number, format!("add metrics: - {metric}"));
    Some(finding.by(match analysis.get("metrics") {
        Some(empty) => Change::Text(empty.place, format!("[{metric}]")),
        None => Change::field(analysis, format!("metrics: [{metric}]")),
    }))
}

fn floor(canary: &Canary<'_>) -> Option<Finding> {
    let node = canary.analysis?.get("interval")?;
    let written = node.as_text().and_then(|it| duration(it).ok())?;
    if written >= INTERVAL_MIN || written.is_zero() {
        return None;
    }
    let factor = INTERVAL_MIN.as_secs_f64() / written.as_secs_f64();
    let number = format!("{INTERVAL_MIN} instead of {written}: {factor:.1} times as long");
    let title = format!("ticks come every {INTERVAL_MIN}, not every {written}");
    let fix = "write: interval: 10s";
    let finding = Finding::new(node.place, title, "below the least interval", number, fix);
    Some(finding.by(Change::Scalar(node.place, "10s".to_owned())))
}

fn hooks(canary: &Canary<'_>) -> Option<Finding> {
    let hooks = list(canary.analysis?, "webhooks").iter();
    let hooks = hooks.filter(|hook| text(hook, "type").unwrap_or("rollout") == "rollout");
    let timed: Vec<_> = hooks
        .map(|hook| {
            let timeout = text(hook, "timeout").and_then(|it| duration(it).ok());
            (hook, timeout.unwrap_or(Span::from_secs(10)))
        })
        .collect();
    let all = timed.iter().fold(Span::ZERO, |sum, (_, timeout)| sum + *timeout);
    let (slowest, timeout) = timed.iter().max_by_key(|(_, timeout)| *timeout)?;
    if all <= canary.interval {
        return None;
    }
    let ticks = all.div_ceil(canary.interval);
    let number = format!(
        "{} hook{} may take {all} of an interval of {}: a tick lasts up to {ticks} intervals",
        timed.len(),
        if timed.len() == 1 { "" } else { "s" },
        canary.interval
    );
    let place = slowest.get("timeout").or_else(|| slowest.get("url"))?.place;
    let fix = format!("write: interval: {all} or more, or a shorter timeout");
    let title = "webhooks may take longer than the interval";
    let finding = Finding::new(place, title, format!("up to {timeout}"), number, fix);
    Some(finding.by(Change::set(canary.analysis?, "interval", &all)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;

    #[test]
    fn the_numbers_are_those_of_the_scheduler() {
        assert!(linted(RULE.bad).1.contains("at weight 30 % the next step is 0"));
        assert!(linted(OVERSHOOT.bad).1.contains("the last weight is 60 %, not 50 %"));
        assert!(linted(HOOK.bad).1.contains("a tick lasts up to 4 intervals"));
    }
}
