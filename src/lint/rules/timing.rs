//! Analyses that begin too early, look too far back, end too soon or go on for too long.

use clockwork::Span;
use estimate::exposure::window_crossing;

use crate::controller::argo::duration;
use crate::document::{Map, Node};
use crate::lint::argo::{Analysis, Metric, Rollout, StepKind, Template, Watch};
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::gate::{Gate, Owner};
use crate::lint::number::{BASELINE, SCRAPE, percent, seconds, too_many};
use crate::lint::objects::{Files, Object, list, place_of};

/// What comes with every example here.
macro_rules! example {
    ($metric:literal, $canary:literal) => {
        concat!(
            "kind: AnalysisTemplate\nmetadata: {name: success}\nspec:\n  metrics:\n",
            "  - name: success\n    successCondition: len(result) == 0 || result[0] >= 0.95\n",
            $metric,
            "    provider:\n      prometheus:\n        query: |\n",
            "          sum(rate(http_requests_total{pod=~\"canary-.*\",code!~\"5..\"}[5m]))\n",
            "          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[5m]))\n",
            "---\nkind: Rollout\nmetadata: {name: r}\nspec:\n  replicas: 10\n  strategy:\n",
            "    canary:\n",
            $canary
        )
    };
}

pub(crate) const RULE: Rule = Rule {
    id: "window-longer-than-pause",
    level: Level::Warning,
    title: "the window of the query is longer than the step that it judges",
    why: "A trailing window of length W still holds requests from before the step for W after it. \
          When the share of failures steps from p0 to p1, the reading crosses a tolerance t after \
          W (t - p0) / (p1 - p0); with a step shorter than that the rollout is already further. \
          p0 is 0.1 % (assumed), p1 twice the tolerance.",
    bad: example!(
        "    interval: 1m\n    initialDelay: 2m\n    failureLimit: 2\n",
        "      analysis: {templates: [{templateName: success}], startingStep: 1}\n      \
         steps:\n      - setWeight: 20\n      - pause: {duration: 2m}\n      - setWeight: 50\n      \
         - pause: {duration: 2m}\n"
    ),
    good: example!(
        "    interval: 1m\n    initialDelay: 2m\n    failureLimit: 2\n",
        "      analysis: {templates: [{templateName: success}], startingStep: 1}\n      \
         steps:\n      - setWeight: 20\n      - pause: {duration: 10m}\n      - setWeight: 50\n      \
         - pause: {duration: 10m}\n"
    ),
    check: |files| {
        let gates = files.gates();
        let own = files.objects.iter().filter(|it| it.kind == "Scenario").flat_map(scenario);
        gates.iter().filter_map(|gate| window(files, gate)).chain(own).collect()
    },
};

/// Measurements before there is anything to measure.
pub(crate) const BEFORE: Rule = Rule {
    id: "analysis-before-traffic",
    level: Level::Warning,
    title: "the first measurement comes before the canary has had requests",
    why: "The first measurement is made as soon as the analysis run exists, unless there is an \
          initialDelay; in the background that is with the first step unless startingStep says \
          otherwise (generateMetricTasks in argo-rollouts). rate() needs two scrapes of the new \
          pods, 30 s apart (assumed), and gives nothing before: an empty answer or NaN.",
    bad: example!(
        "    interval: 1m\n    failureLimit: 2\n",
        "      analysis: {templates: [{templateName: success}]}\n      steps:\n      - setWeight: \
         20\n      - pause: {duration: 10m}\n"
    ),
    good: example!(
        "    interval: 1m\n    failureLimit: 2\n    initialDelay: 2m\n",
        "      analysis: {templates: [{templateName: success}]}\n      steps:\n      - setWeight: \
         20\n      - pause: {duration: 10m}\n"
    ),
    check: |files| used(files, &before),
};

/// The limit of failures over a whole rollout.
pub(crate) const CUMULATIVE: Rule = Rule {
    id: "failure-limit-cumulative",
    level: Level::Warning,
    title: "failures are counted over the whole run, and the run is long",
    why: "failureLimit is about all measurements of a run, not about those in a row: a run without \
          count that measures every interval over a rollout with N measurements aborts when more \
          than failureLimit of them fail, with probability P(Binomial(N, q) > failureLimit) if \
          each fails with probability q. q is 0.1 %, 1 % and 5 % here.",
    bad: example!(
        "    interval: 1m\n    initialDelay: 2m\n",
        "      analysis: {templates: [{templateName: success}]}\n      steps:\n      - setWeight: \
         20\n      - pause: {duration: 1h}\n      - setWeight: 50\n      - pause: {duration: 1h}\n"
    ),
    good: example!(
        "    interval: 10m\n    initialDelay: 2m\n    failureLimit: 1\n",
        "      analysis: {templates: [{templateName: success}]}\n      steps:\n      - setWeight: \
         20\n      - pause: {duration: 1h}\n      - setWeight: 50\n      - pause: {duration: 1h}\n"
    ),
    check: |files| used(files, &cumulative),
};

/// An analysis in the background that ends before the rollout.
pub(crate) const ENDS: Rule = Rule {
    id: "background-ends-early",
    level: Level::Warning,
    title: "the analysis in the background ends before the rollout does",
    why: "A metric with a count is Successful when that many measurements are made, and a run \
          whose metrics are all complete is over: it is not started again, and the rest of the \
          rollout is not watched (reconcileBackgroundAnalysisRun in argo-rollouts). Without count \
          and interval there is one measurement.",
    bad: example!(
        "    interval: 1m\n    initialDelay: 2m\n    count: 5\n",
        "      analysis: {templates: [{templateName: success}]}\n      steps:\n      - setWeight: \
         20\n      - pause: {duration: 30m}\n      - setWeight: 50\n      - pause: {duration: \
         30m}\n"
    ),
    good: example!(
        "    interval: 5m\n    initialDelay: 2m\n    failureLimit: 1\n",
        "      analysis: {templates: [{templateName: success}]}\n      steps:\n      - setWeight: \
         20\n      - pause: {duration: 30m}\n      - setWeight: 50\n      - pause: {duration: \
         30m}\n"
    ),
    check: |files| used(files, &ends),
};

/// What is used where.
struct Used<'s> {
    rollout: &'s Rollout<'s>,
    analysis: &'s Analysis<'s>,
    metric: &'s Metric<'s>,
}

/// What a rule says of each metric of each analysis of a canary.
fn used(files: &Files<'_>, rule: &dyn Fn(&Used<'_>) -> Option<Finding>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for template in &files.templates {
        for (rollout, analysis) in files.users(template) {
            let analysis = &rollout.analyses[analysis];
            let metrics = template.metrics.iter().filter(|_| rollout.canary.is_some());
            let used = metrics.map(|metric| Used { rollout, analysis, metric });
            findings.extend(used.filter_map(|it| rule(&it)));
        }
    }
    findings
}

fn window(files: &Files<'_>, gate: &Gate<'_>) -> Option<Finding> {
    let Owner::Argo(template, _) = gate.owner else { return None };
    let window = gate.window()?;
    let (rollout, analysis) = first_canary(files, template)?;
    let pauses = rollout.steps.iter().skip(rollout.analyses[analysis].step);
    let (pause, node) = pauses.clone().find_map(|step| match step.kind {
        StepKind::Pause(Some(lasts)) => Some((lasts, step.node)),
        _ => None,
    })?;
    if window <= pause.as_secs_f64() {
        return None;
    }
    let tolerance = gate.tolerance().map(|it| it.share).filter(|share| *share > BASELINE);
    let lag = tolerance.and_then(|share| {
        let lag = window_crossing(BASELINE, (2.0 * share).min(1.0), share, window)?;
        let bad = percent((2.0 * share).min(1.0));
        Some(format!("; a canary that fails {bad} is seen after {}", seconds(lag)))
    });
    let stale = 1.0 - pause.as_secs_f64() / window;
    let number = format!(
        "window {} of which {} lie before the step at its end{}",
        seconds(window),
        percent(stale),
        lag.unwrap_or_default()
    );
    let place = node.get("pause").and_then(|it| it.get("duration")).map(|it| it.place)?;
    let fix = format!("write: duration: {}, or a shorter window", seconds(window * 2.0));
    let title = "the window of the query is longer than the step that it judges";
    let finding = Finding::new(place, title, "the step ends", number, fix);
    let finding = finding.by(Change::Scalar(place, seconds(window * 2.0)));
    let range = crate::lint::query::selectors(gate.root).into_iter().find_map(|it| it.window)?;
    Some(finding.and(gate.query.at(range.place), "looks back further"))
}

/// The gates of a scenario of our own whose window is longer than the first pause.
fn scenario(object: &Object<'_>) -> Vec<Finding> {
    let canary = object.node.get("strategy").and_then(|it| it.get("canary"));
    let steps = canary.map(|it| list(it, "steps")).unwrap_or_default();
    let mut pauses = steps.iter().filter_map(|step| step.get("pause"));
    let first = pauses.find_map(|node| Some((span(node)?, node.place)));
    let Some((pause, place)) = first else { return Vec::new() };
    let gates = object.node.get("gates").and_then(Node::as_map);
    let windows = gates.into_iter().flat_map(Map::entries).filter_map(|gate| {
        let node = gate.node.get("window")?;
        Some((span(node)?, node.place)).filter(|(window, _)| *window > pause)
    });
    let found = windows.map(|(window, at)| {
        let stale = 1.0 - pause.as_secs_f64() / window.as_secs_f64();
        let number =
            format!("window {window} of which {} lie before the step at its end", percent(stale));
        let fix = format!("write: pause: {}, or a shorter window", window.saturating_mul(2));
        let title = "the window of the gate is longer than the step that it judges";
        let finding = Finding::new(place, title, "the step ends", number, fix);
        let change = Change::Scalar(place, window.saturating_mul(2).to_string());
        finding.by(change).and(at, "looks back further")
    });
    found.collect()
}

fn span(node: &Node) -> Option<Span> {
    duration(node.as_text()?).ok()
}

fn first_canary<'s>(
    files: &'s Files<'_>,
    template: &Template<'_>,
) -> Option<(&'s Rollout<'s>, usize)> {
    files.users(template).into_iter().find(|(rollout, _)| rollout.canary.is_some())
}

fn before(used: &Used<'_>) -> Option<Finding> {
    let Used { rollout, analysis, metric } = used;
    let query = metric.query.as_ref()?;
    if metric.initial_delay.is_some() || query.root().is_none() {
        return None;
    }
    // How long the canary has had requests when the first measurement is made.
    let steps = rollout.steps.get(..analysis.step.min(rollout.steps.len()))?;
    let since = steps.iter().position(|it| matches!(it.kind, StepKind::Weight(1..)));
    let served = since.map_or(Some(Span::ZERO), |since| {
        let mut served = Span::ZERO;
        for step in &steps[since..] {
            match step.kind {
                StepKind::Pause(Some(lasts)) => served += lasts,
                StepKind::Pause(None) => return None,
                _ => {}
            }
        }
        Some(served)
    })?;
    let needed = 2.0 * SCRAPE;
    if served.as_secs_f64() >= needed {
        return None;
    }
    let number = format!(
        "the first measurement comes {served} after the first request of the canary, a rate \
         exists after up to {}",
        seconds(needed)
    );
    let window = crate::lint::query::selectors(query.root()?).iter().find_map(|it| it.window);
    let delay = window.map_or(needed, |it| (it.millis as f64 / 1e3).max(needed));
    let fix = format!("write in the metric: initialDelay: {}", seconds(delay));
    let place = place_of(metric.node, "interval");
    let title = "the first measurement comes before the canary has had requests";
    let finding = Finding::new(place, title, "no initialDelay", number, fix);
    let finding = finding.by(Change::set(metric.node, "initialDelay", &seconds(delay)));
    Some(finding.and(analysis.templates.first()?.place, "begins here"))
}

/// How many measurements a rollout takes, as far as its pauses tell.
fn measurements(used: &Used<'_>) -> Option<(u64, Watch)> {
    let interval = used.metric.interval.filter(|it| !it.is_zero())?;
    let watch = used.rollout.watch(used.analysis.step);
    let delay = used.metric.initial_delay.unwrap_or_default();
    let left = watch.lasts.saturating_sub(delay);
    Some((left.micros() / interval.micros() + 1, watch))
}

fn cumulative(used: &Used<'_>) -> Option<Finding> {
    let (all, watch) = measurements(used)?;
    let metric = used.metric;
    let limit = u64::try_from(metric.failure_limit).ok()?;
    let is_it = used.analysis.is_background && metric.count.is_none() && metric.is_judged();
    let chance = |q: f64| too_many(q, all, limit);
    // More measurements than that are no rollout.
    if !is_it || all > 100_000 || chance(0.01) < 0.05 {
        return None;
    }
    let open = if watch.is_open { " and what a person waits" } else { "" };
    let number = format!(
        "{all} measurements in {}{open}: aborted by chance {} if 0.1 % of them fail, {} if 1 %, {} \
         if 5 %",
        watch.lasts,
        percent(chance(0.001)),
        percent(chance(0.01)),
        percent(chance(0.05))
    );
    let enough = (limit..all).find(|limit| too_many(0.01, all, *limit) < 0.01)?;
    let fix = format!("write: failureLimit: {enough} (1 % of failing measurements abort {})", {
        percent(too_many(0.01, all, enough))
    });
    let place = place_of(metric.node, "failureLimit");
    let title = format!("{limit} failures are forgiven in all {all} measurements together");
    let finding = Finding::new(place, title, "not in a row: in the whole run", number, fix);
    Some(finding.by(Change::set(metric.node, "failureLimit", &enough)))
}

fn ends(used: &Used<'_>) -> Option<Finding> {
    let Used { rollout, analysis, metric } = used;
    let count = metric.count.filter(|_| analysis.is_background && metric.is_judged())?;
    let watch = rollout.watch(analysis.step);
    let interval = metric.interval.unwrap_or_default();
    let lasts = interval.saturating_mul(count.saturating_sub(1).max(0) as u64);
    let lasts = lasts + metric.initial_delay.unwrap_or_default();
    let is_short = lasts.as_secs_f64() < 0.8 * watch.lasts.as_secs_f64();
    if !is_short {
        return None;
    }
    let unwatched = 1.0 - lasts.as_secs_f64() / watch.lasts.as_secs_f64();
    let number = format!(
        "the last measurement comes after {lasts} of {}: {} of the rollout is not watched",
        watch.lasts,
        percent(unwatched)
    );
    let fix = if metric.interval.is_some() {
        "remove count: the analysis then goes on until the promotion"
    } else {
        "write: interval: 1m"
    };
    let title = format!("the analysis in the background ends after {count} measurements");
    let place = place_of(metric.node, "count");
    let finding = Finding::new(place, title, "then it is over", number, fix);
    let counted = metric.node.as_map().and_then(|map| map.entry("count"));
    let finding = finding.by(match counted.filter(|_| metric.interval.is_some()) {
        Some(entry) => Change::Without(entry.key.place, entry.node.place),
        None => Change::set(metric.node, "interval", &"1m"),
    });
    Some(finding.and(analysis.templates.first()?.place, "should last as long as the rollout"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;

    #[test]
    fn the_numbers_are_those_of_the_formulas() {
        // 5m window, 2m pause: 60 % older. 300 s x (0.05 - 0.001) / (0.1 - 0.001) = 148.5 s.
        let (_, printed) = linted(RULE.bad);
        assert!(printed.contains("of which 60 % lie before the step"), "{printed}");
        assert!(printed.contains("fails 10 % is seen after 2m28s"), "{printed}");
        let own = "kind: Scenario\nstrategy: {canary: {steps: [{setWeight: 5%}, {pause: 2m}]}}\n\
                   gates: {errors: {window: 5m}}\n";
        assert!(linted(own).1.contains("window 5m of which 60 % lie before"));
        assert!(linted(&own.replace("2m", "6m")).0.is_empty());
        // 119 measurements, none may fail: 1 - 0.99^119 = 69.8 %, 1 - 0.95^119 = 99.78 %.
        let (_, printed) = linted(CUMULATIVE.bad);
        assert!(printed.contains("119 measurements in 2h"), "{printed}");
        assert!(printed.contains("70 % if 1 %, 99.78 % if 5 %"), "{printed}");
        // 2m + 4 x 1m of 60m.
        let (_, printed) = linted(ENDS.bad);
        assert!(printed.contains("after 6m of 1h: 90 % of the rollout"), "{printed}");
    }
}
