//! A condition that has no answer for an answer without series.

use promql::Function;
use promql::ast::ExprKind;

use crate::controller::argo::Phase;
use crate::lint::argo::Metric;
use crate::lint::change::{Change, entry};
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::gate::{Gate, Owner};
use crate::lint::number::{BASELINE, SCRAPE, percent, seconds};
use crate::lint::objects::{Files, key};
use crate::lint::query::{all, selectors};

use super::nan::{is_open, passing};

pub(crate) const RULE: Rule = Rule {
    id: "empty-result-aborts",
    level: Level::Warning,
    title: "an empty answer is an error, and a few errors abort whatever failureLimit says",
    why: "A query whose series do not exist yet gives an empty vector. `result[0]` of it is an \
          error; errors are retried every 10 s, not every interval, and consecutiveErrorLimit + 1 \
          of them abort (DefaultErrorRetryInterval in argo-rollouts): after consecutiveErrorLimit \
          x 10 s. rate() needs two scrapes of a new pod (30 s apart is assumed), so a canary that \
          has just started gives nothing for longer than that.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: requests
    interval: 1m
    failureLimit: 5
    successCondition: result[0] >= 10
    provider:
      prometheus: {query: 'sum(rate(http_requests_total{pod=~\"canary-.*\"}[1m]))'}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: requests
    interval: 1m
    failureLimit: 5
    successCondition: len(result) > 0 && result[0] >= 10
    provider:
      prometheus: {query: 'sum(rate(http_requests_total{pod=~\"canary-.*\"}[1m]))'}
",
    check: |files| files.gates().iter().filter_map(empty).collect(),
};

/// A share of errors whose numerator does not exist while all goes well.
pub(crate) const NO_ERRORS: Rule = Rule {
    id: "no-errors-no-series",
    level: Level::Warning,
    title: "while nothing has failed the series of failures do not exist, and the answer is empty",
    why: "A counter with a label for the status appears with the first request of that status. \
          While no request has failed, the numerator of failures/total is an empty vector, and so \
          is the whole query: Argo counts an Error and aborts after consecutiveErrorLimit x 10 s, \
          Flagger counts a failed check. It happens to the best releases. The number is the chance \
          that nothing has failed within five minutes, exp(-r w p 300 s), with p = 0.1 % assumed.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: errors
    interval: 1m
    successCondition: result[0] < 0.05
    provider:
      prometheus:
        query: |
          sum(rate(http_requests_total{pod=~\"canary-.*\",code=~\"5..\"}[1m]))
          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[1m]))
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: errors
    interval: 1m
    successCondition: result[0] < 0.05
    provider:
      prometheus:
        query: |
          (sum(rate(http_requests_total{pod=~\"canary-.*\",code=~\"5..\"}[1m])) or vector(0))
          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[1m]))
",
    check: |files| files.gates().iter().filter_map(|gate| no_errors(files, gate)).collect(),
};

/// Errors are retried faster than the interval.
pub(crate) const RETRY: Rule = Rule {
    id: "error-retry-is-fast",
    level: Level::Note,
    title: "errors are retried every 10 s, not every interval",
    why: "After an Error the next measurement comes 10 s later, whatever the interval says \
          (DefaultErrorRetryInterval in argo-rollouts); the default consecutiveErrorLimit of 4 \
          means that a Prometheus which restarts for 40 s aborts every rollout with such a \
          metric.",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: requests
    interval: 5m
    successCondition: len(result) > 0 && result[0] >= 10
    provider:
      prometheus: {query: 'sum(rate(http_requests_total{pod=~\"canary-.*\"}[5m]))'}
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: requests
    interval: 5m
    consecutiveErrorLimit: 30
    successCondition: len(result) > 0 && result[0] >= 10
    provider:
      prometheus: {query: 'sum(rate(http_requests_total{pod=~\"canary-.*\"}[5m]))'}
",
    check: retry,
};

fn empty(gate: &Gate<'_>) -> Option<Finding> {
    let Owner::Argo(_, metric) = gate.owner else { return None };
    let judge = metric.judge.as_ref()?;
    // What is wrong with a vector of one value is another mistake.
    let is_it = judge.of_vector(Vec::new()) == Phase::Error && judge.of_one(0.5) != Phase::Error;
    if !is_it || is_never_empty(gate) {
        return None;
    }
    let condition = metric.condition()?;
    let problem = judge.problem(Vec::new())?;
    let place = condition.at(problem.span);
    let needed = 2.0 * SCRAPE;
    let budget = metric.error_budget().as_secs_f64();
    let window = gate.window().filter(|window| *window > budget);
    let window = window.map(|it| format!(", and a window of {} is longer", seconds(it)));
    let number = format!(
        "{} from the first empty answer to the abort ({} retries x 10 s); a new pod has a rate \
         after up to {} (2 scrapes){}",
        seconds(budget),
        metric.error_limit.max(0),
        seconds(needed),
        window.unwrap_or_default(),
    );
    let text = condition.written.text.trim();
    let (key, meant) = if metric.success.is_some() {
        let may_be_nan = text.contains("result[0]") && is_open(gate, text);
        ("successCondition", passing(text, may_be_nan))
    } else {
        ("failureCondition", format!("len(result) > 0 && ({text})"))
    };
    let fix = format!("write: {}\nor consecutiveErrorLimit: {}", entry(key, &meant), limit(needed));
    let title = "an empty answer is an error, which aborts without regard to failureLimit";
    let finding = Finding::new(place, title, "there is no element 0 of nothing", number, fix);
    Some(finding.by(condition.change(meant)))
}

/// The limit whose retries outlast so many seconds with a spare scrape.
fn limit(needed: f64) -> u32 {
    ((needed + SCRAPE) / 10.0).ceil() as u32
}

/// Whether a query has an answer even without series: one with `vector(...)` as a last resort.
pub(super) fn is_never_empty(gate: &Gate<'_>) -> bool {
    selectors(gate.root).is_empty()
        || matches!(&gate.root.bare().kind, ExprKind::Binary(binary)
            if binary.operator == promql::ast::Operator::Or
                && all(&binary.right).iter().any(|it| is_vector(it)))
}

fn is_vector(expr: &promql::ast::Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call(call) if call.function == Function::Vector)
}

fn no_errors(files: &Files<'_>, gate: &Gate<'_>) -> Option<Finding> {
    let ratio = gate.ratio()?;
    let is_guarded = all(ratio.numerator).iter().any(|it| is_vector(it));
    // The query itself may be a complement: what counts is what the numerator selects.
    let selects_errors = crate::lint::ratio::selects_errors(&ratio)?;
    if is_guarded || !selects_errors {
        return None;
    }
    let (consequence, is_answered) = match gate.owner {
        Owner::Argo(_, metric) => {
            let judged = metric.judge.as_ref().map(|it| it.of_vector(Vec::new()));
            (format!("aborts after {}", seconds(metric.error_budget().as_secs_f64())), {
                judged != Some(Phase::Error)
            })
        }
        Owner::Flagger(..) => ("each such reading is a failed check".to_owned(), false),
        Owner::Alert => return None,
    };
    if is_answered || is_never_empty(gate) {
        return None;
    }
    let (weight, is_known) = files.first_weight(gate);
    let share = f64::from(weight) / 100.0;
    let table = files.by_rate(gate, |rate| percent(nothing_failed(rate, share, 300.0)));
    let assumed = if is_known { "" } else { " (assumed)" };
    let number = format!(
        "chance that nothing has failed in 5 minutes at weight {weight} %{assumed} with {} errors: \
         {table}; {consequence}",
        percent(BASELINE)
    );
    let text = gate.query.text(ratio.numerator.place).split_whitespace();
    let text = text.collect::<Vec<_>>().join(" ");
    let meant = format!("({text} or vector(0))");
    let fix = format!("write the numerator as {meant}");
    let title = "while nothing fails there is no series of failures, and the answer is empty";
    let place = gate.query.at(ratio.numerator.place);
    let finding = Finding::new(place, title, "no such series until something fails", number, fix);
    Some(finding.by(gate.query.change(ratio.numerator.place, meant)))
}

/// The chance that none of the requests of some seconds has failed.
fn nothing_failed(rate: f64, share: f64, lasts: f64) -> f64 {
    chance::math::exp(-rate * share * BASELINE * lasts)
}

fn retry(files: &Files<'_>) -> Vec<Finding> {
    let metrics = files.templates.iter().flat_map(|it| &it.metrics);
    metrics.filter_map(retried).collect()
}

fn retried(metric: &Metric<'_>) -> Option<Finding> {
    let interval = metric.interval?;
    let asks =
        matches!(metric.provider, "prometheus" | "web" | "datadog" | "newRelic" | "graphite");
    let budget = metric.error_budget();
    let expected = interval.saturating_mul(metric.error_limit.max(0) as u64);
    // Whoever sets the limit, or measures every few seconds, knows; where an empty answer is an
    // error the other rule says it.
    let is_told = metric.provider == "prometheus"
        && metric.judge.as_ref().is_some_and(|it| it.of_vector(Vec::new()) == Phase::Error);
    let is_it = asks
        && !is_told
        && metric.node.get("consecutiveErrorLimit").is_none()
        && expected.as_secs_f64() >= 4.0 * budget.as_secs_f64();
    if !is_it {
        return None;
    }
    let place = key(metric.node, "interval")?.place;
    let number = format!(
        "{budget} of errors abort, not {} intervals = {expected}",
        metric.error_limit.max(0)
    );
    let wanted = expected.as_secs_f64().min(600.0) / 10.0;
    let fix = format!("write: consecutiveErrorLimit: {wanted:.0}");
    let title = format!("errors are retried every 10 s: {budget} without an answer abort");
    let finding = Finding::new(place, title, "does not hold after an error", number, fix);
    Some(finding.by(Change::set(metric.node, "consecutiveErrorLimit", &format!("{wanted:.0}"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::tests::linted;

    #[test]
    fn five_errors_take_forty_seconds() {
        let (_, printed) = linted(RULE.bad);
        assert!(
            printed.contains("40s from the first empty answer to the abort (4 retries x 10 s)"),
            "{printed}"
        );
        assert!(printed.contains("a.yaml:8:23"), "{printed}");
        assert!(linted(RETRY.bad).1.contains("40s of errors abort, not 4 intervals = 20m"));
        assert_eq!(limit(60.0), 9);
    }

    #[test]
    fn good_releases_have_no_series_of_failures() {
        // 10/s x 5 % x 0.1 % x 300 s = 0.15 failures on average.
        assert!((nothing_failed(10.0, 0.05, 300.0) - 0.860_708).abs() < 1e-6);
        assert!(linted(NO_ERRORS.bad).1.contains("86 % at 10/s"));
    }
}
