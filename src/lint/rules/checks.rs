//! Checks of Flagger that add up, take long, or cannot pass.

use clockwork::Span;

use crate::controller::flagger::{Provider, Strategy};
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::flagger::Canary;
use crate::lint::number::{percent, too_many, trimmed};
use crate::lint::objects::{Files, list, text};

use super::flagger::at;

pub(crate) const RULE: Rule = Rule {
    id: "failed-checks-add-up",
    level: Level::Warning,
    title: "failed checks are never forgotten, and few are allowed",
    why: "Failed checks are counted over the whole analysis and not reset by a check that passes \
          (advanceCanary in Flagger); threshold of them roll back, whatever lies between. With N \
          ticks and a chance q of a failed check in each, a good release is rolled back with \
          probability P(Binomial(N, q) >= threshold); a failed check costs a further tick, which \
          is left out here.",
    bad: metrics!("threshold: 1" "maxWeight: 50" "stepWeight: 5"),
    good: metrics!("threshold: 5" "maxWeight: 50" "stepWeight: 5"),
    check: |files| files.canaries.iter().filter_map(cumulative).collect(),
};

/// How long a rollback takes.
pub(crate) const SLOW: Rule = Rule {
    id: "slow-rollback",
    level: Level::Note,
    title: "from the first failed check to the rollback it takes threshold ticks",
    why: "Each tick counts at most one failed check, however many metrics fail, and the threshold \
          is looked at when the next tick begins (advanceCanary in Flagger): the canary keeps its \
          weight for threshold x interval after the first failed check, and the first check comes \
          up to an interval and a window after the fault.",
    bad: metrics!("threshold: 15" "maxWeight: 50" "stepWeight: 5"),
    good: metrics!("threshold: 5" "maxWeight: 50" "stepWeight: 5"),
    check: |files| files.canaries.iter().filter_map(slow).collect(),
};

/// A success rate in shares where percent are meant.
pub(crate) const PERCENT: Rule = Rule {
    id: "success-rate-in-percent",
    level: Level::Warning,
    title: "request-success-rate is in percent",
    why: "The built-in request-success-rate is between 0 and 100: a minimum of 0.99 lets 99.01 % \
          of the requests fail.",
    bad: "\
kind: Canary
metadata: {name: c}
spec:
  analysis:
    interval: 1m
    threshold: 5
    iterations: 10
    metrics: [{name: request-success-rate, interval: 1m, thresholdRange: {min: 0.99}}]
",
    good: "\
kind: Canary
metadata: {name: c}
spec:
  analysis:
    interval: 1m
    threshold: 5
    iterations: 10
    metrics: [{name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}]
",
    check: |files| files.canaries.iter().flat_map(in_percent).collect(),
};

/// A query without its interval.
pub(crate) const INTERVAL: Rule = Rule {
    id: "template-ref-without-interval",
    level: Level::Warning,
    title: "the metric has no interval, and the query of its template asks for it",
    why: "Metrics with a templateRef get no default interval (runMetricChecks in Flagger): \
          `[{{ interval }}]` becomes `[]`, which Prometheus refuses, and that is a failed check at \
          every tick.",
    bad: "\
kind: Canary
metadata: {name: c}
spec:
  analysis:
    interval: 1m
    threshold: 5
    iterations: 10
    metrics: [{name: errors, templateRef: {name: errors}, thresholdRange: {max: 1}}]
---
kind: MetricTemplate
metadata: {name: errors}
spec:
  provider: {type: prometheus, address: 'http://prometheus:9090'}
  query: sum(rate(errors_total{pod=~\"{{ target }}-.*\"}[{{ interval }}]))
",
    good: "\
kind: Canary
metadata: {name: c}
spec:
  analysis:
    interval: 1m
    threshold: 5
    iterations: 10
    metrics: [{name: errors, interval: 1m, templateRef: {name: errors}, thresholdRange: {max: 1}}]
---
kind: MetricTemplate
metadata: {name: errors}
spec:
  provider: {type: prometheus, address: 'http://prometheus:9090'}
  query: sum(rate(errors_total{pod=~\"{{ target }}-.*\"}[{{ interval }}]))
",
    check: |files| files.canaries.iter().flat_map(|it| without_interval(files, it)).collect(),
};

/// A canary without requests is measured.
pub(crate) const UNASKED: Rule = Rule {
    id: "checks-without-traffic",
    level: Level::Error,
    title: "the canary is measured before any request reaches it, and nobody sends it any",
    why: "With iterations and without match no user reaches the canary before the last iteration \
          (runBlueGreen in Flagger): request-success-rate is 0/0 then, which is no value, and no \
          value is a failed check. From the second tick on each is one, and after threshold of \
          them the next tick rolls back. Copies (mirror, where a mesh routes) or a load test that a \
          webhook starts are requests.",
    bad: canary!(
        "threshold: 5" "iterations: 10" "metrics:"
        "- {name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}"
    ),
    good: canary!(
        "threshold: 5" "iterations: 10" "metrics:"
        "- {name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}"
        "webhooks:"
        "- {name: load, url: 'http://tester/', timeout: 5s, metadata: {cmd: hey -z 1m http://c-canary/}}"
    ),
    check: |files| files.canaries.iter().filter_map(unasked).collect(),
};

fn unasked(canary: &Canary<'_>) -> Option<Finding> {
    let plan = &canary.plan;
    let is_mirrored = plan.is_mirrored && plan.provider == Provider::Mesh;
    let known = ["request-success-rate", "request-duration"];
    let metric = canary.metrics.iter().find(|it| known.contains(&it.name))?;
    let hooks = list(canary.analysis?, "webhooks").iter();
    let mut tests = hooks.map(|hook| text(hook, "type").unwrap_or_default());
    // Whatever is called before the metrics may send requests.
    let is_tested = tests.any(|kind| matches!(kind, "" | "rollout" | "pre-rollout"));
    let is_blue_green = plan.strategy() == Strategy::BlueGreen;
    if !is_blue_green || is_mirrored || is_tested || plan.is_skipped {
        return None;
    }
    let ticks = u64::from(plan.threshold()) + 1;
    let number = format!(
        "{} of {} checks have no value: 100 % of good releases are rolled back, {} after the \
         canary is ready",
        plan.threshold(),
        plan.threshold(),
        canary.interval.saturating_mul(ticks)
    );
    let named = |key: &str, other| {
        canary.object.node.get("metadata").and_then(|it| text(it, key)).unwrap_or(other)
    };
    let hook = format!(
        "{{name: load, type: rollout, url: 'http://flagger-loadtester.test/', timeout: 5s, metadata: \
         {{cmd: 'hey -z 2m -q 10 -c 2 http://{}-canary.{}/'}}}}",
        named("name", "APP"),
        named("namespace", "default")
    );
    let fix = format!("add a webhook that sends requests: - {hook}");
    let change = match list(canary.analysis?, "webhooks").last() {
        Some(last) => Change::item(last.place, hook),
        None => Change::field(canary.analysis?, format!("webhooks: [{hook}]")),
    };
    let title = "no request reaches the canary while it is measured";
    let place = metric.node.get("name")?.place;
    Some(Finding::new(place, title, "0 requests", number, fix).by(change))
}

fn cumulative(canary: &Canary<'_>) -> Option<Finding> {
    let ticks = canary.ticks().filter(|_| !canary.metrics.is_empty() && !canary.plan.is_skipped)?;
    let threshold = u64::from(canary.plan.threshold());
    let chance = |q: f64| too_many(q, ticks, threshold - 1);
    if chance(0.01) < 0.05 {
        return None;
    }
    let number = format!(
        "{ticks} ticks: rolled back by chance {} if 0.1 % of the checks fail, {} if 1 %, {} if 5 %",
        percent(chance(0.001)),
        percent(chance(0.01)),
        percent(chance(0.05))
    );
    let enough = (threshold..=ticks).find(|it| too_many(0.01, ticks, it - 1) < 0.01)?;
    let place = at(canary, "threshold")?;
    let title = format!("{threshold} failed check{} in {ticks} ticks roll back", {
        if threshold == 1 { "" } else { "s" }
    });
    let fix = format!("write: threshold: {enough} (a rollback then takes {})", {
        canary.interval.saturating_mul(enough)
    });
    let finding = Finding::new(place, title, "of the whole analysis, not in a row", number, fix);
    Some(finding.by(Change::set(canary.analysis?, "threshold", &enough)))
}

fn slow(canary: &Canary<'_>) -> Option<Finding> {
    let threshold = canary.plan.threshold();
    let lasts = canary.interval.saturating_mul(u64::from(threshold));
    let is_it = lasts >= Span::from_mins(10) && !canary.metrics.is_empty();
    if !is_it || canary.analysis?.get("threshold").is_none() {
        return None;
    }
    let weight = canary.plan.max_weight();
    let number = format!(
        "{threshold} x {} = {lasts} at up to {weight} % of the requests after the first failed check",
        canary.interval
    );
    let wanted = (300 / (canary.interval.micros() / 1_000_000).max(1)).max(2);
    let is_slow = canary.interval.saturating_mul(wanted) >= Span::from_mins(10);
    let (change, fix) = if is_slow {
        let change = Change::set(canary.analysis?, "interval", &"1m");
        (change, "write: interval: 1m, with as many steps more".to_owned())
    } else {
        let change = Change::set(canary.analysis?, "threshold", &wanted);
        (change, format!("write: threshold: {wanted}, or a shorter interval"))
    };
    let title = format!("a rollback comes {lasts} after the first failed check");
    let place = at(canary, "threshold")?;
    Some(Finding::new(place, title, "one failed check a tick", number, fix).by(change))
}

fn in_percent(canary: &Canary<'_>) -> Vec<Finding> {
    let rates = canary.metrics.iter().filter(|it| it.name == "request-success-rate");
    let found = rates.filter_map(|check| {
        let [min, _] = check.range();
        let node = min.or_else(|| check.node.get("threshold"))?;
        let value: f64 = node.as_text()?.parse().ok()?;
        let is_it = value > 0.0 && value <= 1.0 && check.template.is_none();
        is_it.then(|| {
            let number = format!(
                "a minimum of {value} in percent lets {:.2} % of the requests fail",
                100.0 - value
            );
            let meant = if value < 1.0 { value * 100.0 } else { 99.0 };
            let meant = trimmed(meant, 4);
            let fix = format!("write: min: {meant}");
            let title = "the success rate is in percent, and this is a share";
            let finding = Finding::new(node.place, title, "percent", number, fix);
            finding.by(Change::Scalar(node.place, meant))
        })
    });
    found.collect()
}

fn without_interval(files: &Files<'_>, canary: &Canary<'_>) -> Vec<Finding> {
    let from = canary.object.node.place.source;
    let found = canary.metrics.iter().filter_map(|check| {
        let name = check.template?;
        let template = files.metric_template(name.as_text()?, from)?;
        let query = template.object.node.get("spec")?.get("query")?;
        let needs = query.as_text()?.split("{{").any(|it| it.trim().starts_with("interval"));
        if !needs || check.window().is_some() {
            return None;
        }
        let threshold = canary.plan.threshold();
        let number = format!(
            "every check fails: rolled back after {threshold} x {} = {}, every time",
            canary.interval,
            canary.interval.saturating_mul(u64::from(threshold))
        );
        let title = "the query asks for an interval that the metric does not have";
        let finding =
            Finding::new(name.place, title, "no interval beside it", number, "add: interval: 1m");
        let finding = finding.by(Change::set(check.node, "interval", &"1m"));
        Some(finding.and(query.place, "`{{ interval }}` becomes nothing"))
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;

    #[test]
    fn the_numbers_are_those_of_the_scheduler() {
        assert!(linted(SLOW.bad).1.contains("15 x 1m = 15m at up to 50 %"));
        assert!(linted(PERCENT.bad).1.contains("lets 99.01 % of the requests fail"));
        assert!(linted(INTERVAL.bad).1.contains("after 5 x 1m = 5m"));
        // 1 - 0.99^10 = 9.6 %, 1 - 0.95^10 = 40 %.
        assert!(linted(RULE.bad).1.contains("9.6 % if 1 %, 40 % if 5 %"));
    }
}
