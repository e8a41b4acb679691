//! Windows that are too short, and rates of what is no counter.

use clockwork::Span;
use promql::Function;
use promql::ast::{Expr, ExprKind, Length, Selector};

use crate::document::Node;
use crate::lint::change::Change;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::flagger::Check;
use crate::lint::gate::{Gate, Owner};
use crate::lint::number::{DELAY, SCRAPE, percent, significant, trimmed};
use crate::lint::objects::{Files, text};
use crate::lint::query::{Query, all};
use crate::lint::schemes::is_gauge;

/// A template with this query.
macro_rules! template {
    ($query:literal) => {
        concat!(
            "kind: AnalysisTemplate\nmetadata: {name: t}\nspec:\n  metrics:\n  - name: m\n",
            "    interval: 1m\n    successCondition: len(result) == 0 || result[0] < 5\n",
            "    provider:\n      prometheus:\n        query: ",
            $query,
            "\n"
        )
    };
}

pub(crate) const RULE: Rule = Rule {
    id: "window-too-short",
    level: Level::Warning,
    title: "the window may hold fewer than two samples, and rate() has no value then",
    why: "rate, increase and their like need two samples in the window (extrapolatedRate in \
          Prometheus). With scrapes every s seconds that can be read d seconds later (5 s assumed) a \
          window of W holds two with probability min(1, (W - d) / s - 1) at a random phase. The \
          interval of a metric of Flagger is the window of its query.",
    bad: template!("sum(rate(errors_total{pod=~\"canary-.*\"}[30s]))"),
    good: template!("sum(rate(errors_total{pod=~\"canary-.*\"}[2m]))"),
    check: |files| {
        let checks = files.canaries.iter().flat_map(|canary| &canary.metrics);
        let checks = checks.filter_map(|check| short_check(files, check));
        files.queries().into_iter().filter_map(short).chain(checks).collect()
    },
};

/// A rate of the last two samples.
pub(crate) const IRATE: Rule = Rule {
    id: "irate-in-gate",
    level: Level::Warning,
    title: "irate looks at two samples, however long the window is",
    why: "irate is the difference of the last two samples by their distance: of a window W with \
          scrapes every s seconds (30 s assumed) it uses the share s / W of the requests, and its \
          noise is sqrt(W / s) times that of rate. It is made for graphs, not for decisions.",
    bad: template!("sum(irate(errors_total{pod=~\"canary-.*\"}[5m]))"),
    good: template!("sum(rate(errors_total{pod=~\"canary-.*\"}[5m]))"),
    check: |files| files.gates().iter().filter_map(irate).collect(),
};

/// A rate of a gauge.
pub(crate) const GAUGE: Rule = Rule {
    id: "rate-of-gauge",
    level: Level::Error,
    title: "the rate of a gauge counts every fall as a new beginning",
    why: "rate, irate and increase take a value that falls for a counter that began anew, and add \
          the new value whole. A gauge from 100 to 90 and back to 100 has not changed, and its \
          increase is 100. delta and deriv are for gauges.",
    bad: template!("sum(rate(container_memory_working_set_bytes{pod=~\"canary-.*\"}[5m]))"),
    good: template!("sum(deriv(container_memory_working_set_bytes{pod=~\"canary-.*\"}[5m]))"),
    check: |files| files.queries().into_iter().filter_map(gauge).collect(),
};

/// A rate of a sum.
pub(crate) const SUM: Rule = Rule {
    id: "rate-of-sum",
    level: Level::Error,
    title: "the rate of a sum takes the restart of one pod for one of all",
    why: "When one of k counters begins anew, their sum falls, and rate() adds the whole of what is \
          left as if all had begun anew: the increase is too large by the values of the other \
          k - 1. Sum the rates, not the counters.",
    bad: template!("rate(sum(errors_total{pod=~\"canary-.*\"})[5m:30s])"),
    good: template!("sum(rate(errors_total{pod=~\"canary-.*\"}[5m]))"),
    check: |files| files.queries().into_iter().filter_map(sum).collect(),
};

/// A small bound for an increase.
pub(crate) const INCREASE: Rule = Rule {
    id: "increase-is-extrapolated",
    level: Level::Note,
    title: "an increase is extrapolated to the whole window, so it is no whole number",
    why: "increase takes the difference of the first and the last sample, which are less than the \
          window apart, and extrapolates it to the ends: with n samples s seconds apart (30 s \
          assumed) one event is counted as up to W / ((n - 1) s), and a counter that begins with 1 \
          is not seen at all.",
    bad: template!("sum(increase(errors_total{pod=~\"canary-.*\"}[1m]))"),
    good: template!("sum(rate(errors_total{pod=~\"canary-.*\"}[1m])) * 60"),
    check: |files| files.gates().iter().filter_map(increase).collect(),
};

/// Functions that need two samples of a counter.
const RATES: [Function; 3] = [Function::Rate, Function::Increase, Function::Irate];

/// Every call of such a function on a selector.
fn rates(expr: &Expr) -> impl Iterator<Item = (&Expr, Function, &Selector, Length)> {
    all(expr).into_iter().filter_map(|it| {
        let ExprKind::Call(call) = &it.kind else { return None };
        let argument = call.args.first()?.bare();
        let ExprKind::Range(selector, window) = &argument.kind else { return None };
        RATES.contains(&call.function).then_some((it, call.function, selector, *window))
    })
}

/// The interval of a metric of Flagger is the window of its query.
fn short_check(files: &Files<'_>, check: &Check<'_>) -> Option<Finding> {
    let node = check.node.get("interval")?;
    let window =
        check.window().filter(|window| *window < Span::from_mins(1) && !window.is_zero())?;
    let from = node.place.source;
    let template = check.template.and_then(Node::as_text);
    let asks = |query: &Node| {
        query
            .as_text()
            .is_some_and(|it| it.contains("[{{ interval }}]") || it.contains("[{{interval}}]"))
    };
    let is_window = match template {
        Some(name) => {
            let spec = files.metric_template(name, from)?.object.node.get("spec")?;
            let provider = spec.get("provider").and_then(|it| text(it, "type"));
            provider == Some("prometheus") && spec.get("query").is_some_and(asks)
        }
        None => {
            ["request-success-rate", "request-duration"].contains(&check.name)
                || check.node.get("query").is_some_and(asks)
        }
    };
    if !is_window {
        return None;
    }
    let title = format!("a window of {window} may hold fewer than two samples");
    let number = format!("{}; without a value the check fails", by_scrape(window.as_secs_f64()));
    let fix = "write: interval: 2m";
    let finding = Finding::new(node.place, title, "the window of its query", number, fix);
    Some(finding.by(Change::Scalar(node.place, "2m".to_owned())))
}

/// The chance of two samples at usual distances of scrapes.
fn by_scrape(window: f64) -> String {
    let chance =
        |scrape: f64| format!("{} with scrapes every {scrape} s", percent(two(window, scrape)));
    format!("two samples: {}, {}, {}", chance(15.0), chance(30.0), chance(60.0))
}

fn short(query: &Query) -> Option<Finding> {
    let found = rates(query.root()?).find(|(_, _, _, window)| window.millis < 60_000)?;
    let window = found.3;
    let seconds = window.millis as f64 / 1e3;
    let number = by_scrape(seconds);
    let title = format!("a window of {seconds} s may hold fewer than two samples");
    let place = query.at(window.place);
    let finding = Finding::new(place, title, "too short for two scrapes", number, "write: [2m]");
    let change = if query.text(window.place).starts_with('[') { "[2m]" } else { "2m" };
    Some(finding.by(query.change(window.place, change)))
}

/// The chance that a window holds two samples at a random phase: of those that can be read, as if
/// it were shorter by the delay.
fn two(window: f64, scrape: f64) -> f64 {
    ((window - DELAY) / scrape - 1.0).clamp(0.0, 1.0)
}

fn irate(gate: &Gate<'_>) -> Option<Finding> {
    if matches!(gate.owner, Owner::Alert) {
        return None;
    }
    let mut found = rates(gate.root).filter(|it| it.1 == Function::Irate).filter_map(|it| {
        let ExprKind::Call(inner) = &it.0.kind else { return None };
        Some((inner.name, it.3))
    });
    let (name, window) = found.next()?;
    let others: Vec<_> = found.map(|(name, _)| name).collect();
    let seconds = window.millis as f64 / 1e3;
    let ratio = (seconds / SCRAPE).max(1.0);
    let number = format!(
        "{} of the requests of {seconds} s are looked at: the noise is {} times that of rate",
        percent(1.0 / ratio),
        significant(chance::math::sqrt(ratio))
    );
    let title = "irate looks at two samples, however long the window is";
    let place = gate.query.at(name);
    let finding = Finding::new(place, title, "the last two samples", number, "write: rate");
    let all = [name].into_iter().chain(others);
    Some(all.fold(finding, |finding, name| finding.by(gate.query.change(name, "rate"))))
}

fn gauge(query: &Query) -> Option<Finding> {
    let is_gauge = |it: &Selector| it.metric.as_ref().is_some_and(|it| is_gauge(&it.text));
    let (call, function, selector, _) = rates(query.root()?).find(|it| is_gauge(it.2))?;
    let ExprKind::Call(inner) = &call.kind else { return None };
    let number = "from 100 to 90 and back to 100 is an increase of 100, not of 0";
    let instead = if function == Function::Increase { "delta" } else { "deriv" };
    let title = format!("{} of a gauge counts every fall as a new beginning", function.name());
    let place = query.at(inner.name);
    let finding =
        Finding::new(place, title, "is for counters", number, format!("write: {instead}"));
    let finding = finding.by(query.change(inner.name, instead));
    Some(finding.and(query.at(selector.metric.as_ref()?.place), "a gauge"))
}

fn sum(query: &Query) -> Option<Finding> {
    let found = all(query.root()?).into_iter().find_map(|it| {
        let ExprKind::Call(call) = &it.kind else { return None };
        let ExprKind::Subquery(subquery) = &call.args.first()?.bare().kind else { return None };
        let ExprKind::Aggregate(aggregate) = &subquery.inner.bare().kind else { return None };
        let is_it = RATES.contains(&call.function) && aggregate.aggregation.name() == "sum";
        // What is no counter any more, such as a sum of rates, is another matter.
        let counters = matches!(aggregate.inner.bare().kind, ExprKind::Selector(_));
        (is_it && counters).then_some((it, call, subquery, aggregate))
    })?;
    let (whole, call, subquery, aggregate) = found;
    let pods = 4.0;
    let number = format!(
        "with {pods} pods at 1000 each, one restart counts as an increase of {}",
        trimmed((pods - 1.0) * 1000.0, 0)
    );
    let window = query.text(subquery.range.place);
    let inside = query.text(aggregate.inner.place);
    let meant = format!("sum({}({inside}[{window}]))", call.function.name());
    let fix = format!("write: {meant}");
    let title = "the rate of a sum takes the restart of one pod for one of all";
    let finding = Finding::new(query.at(whole.place), title, "sums first", number, fix);
    Some(finding.by(query.change(whole.place, meant)))
}

fn increase(gate: &Gate<'_>) -> Option<Finding> {
    let small = gate.bounds.iter().find(|it| it.value.fract() == 0.0 && it.value.abs() <= 10.0)?;
    // Of a ratio the factor cancels.
    let is_plain = gate.ratio().is_none()
        && !all(gate.root).iter().any(|it| matches!(&it.kind, ExprKind::Binary(_)));
    let (call, _, _, window) = rates(gate.root).find(|it| it.1 == Function::Increase)?;
    let seconds = window.millis as f64 / 1e3;
    let factor = extrapolated(seconds, SCRAPE)?;
    if !is_plain || factor < 1.2 {
        return None;
    }
    let number = format!(
        "1 event in {seconds} s is counted as up to {} with scrapes every {SCRAPE} s",
        trimmed(factor, 2)
    );
    let fix = format!("compare with {} in place of {}", small.value + 0.5, small.value);
    let title = "an increase is extrapolated: it is no whole number of events";
    let finding = Finding::new(small.place, title, "compared with few events", number, fix);
    let finding = finding.by(Change::Text(small.place, (small.value + 0.5).to_string()));
    Some(finding.and(gate.query.at(call.place), "extrapolated to the whole window"))
}

/// What one event between the first and the last sample counts as, at most.
fn extrapolated(window: f64, scrape: f64) -> Option<f64> {
    let samples = (window / scrape).floor();
    (samples >= 2.0).then(|| window / ((samples - 1.0) * scrape))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;
    use promql::{Answer, Labels, Options, Store};

    fn value(samples: &[&[f64]], text: &str, at: i64) -> f64 {
        let mut store = Store::new();
        for (pod, values) in samples.iter().enumerate() {
            let pod = pod.to_string();
            let series = store.series(Labels::of("a", [("pod", pod.as_str())]));
            for (scrape, value) in values.iter().enumerate() {
                store.push(series, scrape as i64 * 30_000, *value).expect("in order");
            }
        }
        let query = promql::Query::compile(text, Options::V3).expect("a query");
        let mut evaluator = query.evaluator();
        let Ok(Answer::Vector(vector)) = evaluator.at(&store, at) else { panic!("{text}") };
        vector.first().expect("a value")
    }

    /// What Prometheus makes of gauges, sums and few events.
    #[test]
    fn the_numbers_are_what_prometheus_gives() {
        let fall = value(&[&[100.0, 90.0, 100.0]], "increase(a[1m1s])", 60_000);
        // 90 for the new beginning and 10 for the way back, extrapolated by 61/60.
        assert!((fall - 100.0).abs() < 2.0, "{fall}");
        let pods: [&[f64]; 4] = [&[1000.0, 0.0, 0.0], &[1000.0; 3], &[1000.0; 3], &[1000.0; 3]];
        let sum = value(&pods, "increase(sum(a)[1m1s:30s])", 60_000);
        assert!((sum - 3000.0).abs() < 60.0, "{sum}");
        let one = value(&[&[5.0, 5.0, 6.0]], "increase(a[1m])", 60_000);
        assert!((one - extrapolated(60.0, 30.0).expect("two samples")).abs() < 1e-9, "{one}");
    }

    #[test]
    fn the_interval_of_a_check_is_a_window() {
        let found = |metric: &str| {
            let canary = "kind: Canary\nmetadata: {name: c}\nspec:\n  analysis: {interval: 1m, \
                threshold: 5, stepWeight: 10, metrics: [";
            let template = "]}\n---\nkind: MetricTemplate\nmetadata: {name: t}\nspec: {provider: \
                {type: prometheus}, query: 'sum(rate(a_total[{{ interval }}]))'}\n";
            linted(&format!("{canary}{metric}{template}")).1
        };
        let short = found("{name: request-duration, interval: 30s, thresholdRange: {max: 500}}");
        assert!(short.contains("a window of 30s may hold fewer than two samples"), "{short}");
        let by_template = "{name: t, interval: 20s, templateRef: {name: t}}";
        assert!(found(by_template).contains("0 % with scrapes every 15 s"));
        assert!(!found("{name: request-duration, interval: 1m}").contains("window-too-short"));
    }

    #[test]
    fn two_samples_are_as_likely_as_the_phase_says() {
        // Scrapes at phase u, u + 30, ... of (0, 45], which can be read until 40: two if u <= 10.
        let hits = (0..30_000).filter(|it| f64::from(*it) / 1e3 + 30.0 <= 40.0).count();
        assert!((two(45.0, 30.0) - hits as f64 / 30_000.0).abs() < 1e-3);
        assert!(
            linted(RULE.bad)
                .1
                .contains("67 % with scrapes every 15 s, 0 % with scrapes every 30 s")
        );
        // 30 s of 5 minutes: a tenth, and the square root of ten.
        assert!(linted(IRATE.bad).1.contains("10 % of the requests of 300 s"));
        assert!(linted(IRATE.bad).1.contains("3.2 times"));
    }
}
