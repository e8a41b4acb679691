//! What a metric makes of a ratio of nothing by nothing.

use promql::Function;
use promql::ast::{Expr, ExprKind, Operator};

use crate::controller::argo::Phase;
use crate::lint::change::entry;
use crate::lint::finding::{Finding, Level, Rule};
use crate::lint::gate::{Gate, Owner};
use crate::lint::number::percent;
use crate::lint::objects::Files;
use crate::lint::query::all;
use crate::lint::ratio::constant;

use super::empty::is_never_empty;

pub(crate) const RULE: Rule = Rule {
    id: "nan-fails",
    level: Level::Warning,
    title: "without requests the value is NaN, and NaN fails the condition",
    why: "A ratio without requests is 0/0, which is NaN, and so is a quantile of no observations. \
          Every comparison with NaN is false, so a lone successCondition counts it as Failed \
          (EvaluateResult in argo-rollouts). The number is the chance that a window of length W \
          has no request at weight w and rate r: exp(-r w W).",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    failureLimit: 3
    successCondition: result[0] >= 0.95
    provider:
      prometheus:
        query: |
          sum(rate(http_requests_total{pod=~\"canary-.*\",code!~\"5..\"}[1m]))
          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[1m]))
",
    good: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: success-rate
    interval: 1m
    failureLimit: 3
    successCondition: len(result) == 0 || isNaN(result[0]) || result[0] >= 0.95
    provider:
      prometheus:
        query: |
          sum(rate(http_requests_total{pod=~\"canary-.*\",code!~\"5..\"}[1m]))
          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[1m]))
",
    check: |files| check(files, Phase::Failed),
};

/// NaN is a success.
pub(crate) const PASSES: Rule = Rule {
    id: "nan-passes",
    level: Level::Warning,
    title: "without requests the value is NaN, and NaN passes the condition",
    why: "A lone failureCondition is false for NaN, and what does not fail is Successful \
          (EvaluateResult in argo-rollouts): a canary that gets no request, or whose metrics are \
          gone, passes every time. The number is the chance that a window of length W has no \
          request at weight w and rate r: exp(-r w W).",
    bad: "\
kind: AnalysisTemplate
metadata: {name: t}
spec:
  metrics:
  - name: errors
    interval: 1m
    failureCondition: result[0] > 0.05
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
    failureCondition: isNaN(result[0]) || result[0] > 0.05
    provider:
      prometheus:
        query: |
          sum(rate(http_requests_total{pod=~\"canary-.*\",code=~\"5..\"}[1m]))
          / sum(rate(http_requests_total{pod=~\"canary-.*\"}[1m]))
",
    check: |files| check(files, Phase::Successful),
};

fn check(files: &Files<'_>, wanted: Phase) -> Vec<Finding> {
    let gates = files.gates();
    gates.iter().filter_map(|gate| finding(files, gate, wanted)).collect()
}

fn finding(files: &Files<'_>, gate: &Gate<'_>, wanted: Phase) -> Option<Finding> {
    let Owner::Argo(_, metric) = gate.owner else { return None };
    let condition = metric.condition()?;
    let source = all(gate.root).into_iter().find(|it| gives_nan(it))?;
    // A bound is what tells a condition that looks at the value from one that does not.
    let is_it = metric.judge.as_ref()?.of_one(f64::NAN) == wanted && !gate.bounds.is_empty();
    // Whoever asks for NaN has decided.
    let conditions = [&metric.success, &metric.failure].into_iter().flatten();
    let is_decided = conditions.into_iter().any(|it| it.written.text.contains("isNaN"));
    if !is_it || is_decided {
        return None;
    }
    let (weight, is_known) = files.first_weight(gate);
    let window = gate.window()?;
    let share = f64::from(weight) / 100.0;
    let chance = |rate: f64| percent(empty_window(rate, share, window));
    let table = files.by_rate_of(gate, &QUIET, chance);
    let number = number((weight, is_known), window, &table);
    let text = condition.written.text.trim();
    let (title, label, key, meant) = if wanted == Phase::Failed {
        let may_be_empty = text.contains("result[0]") && !is_never_empty(gate);
        let title = "a reading without requests is NaN and counts as a failure";
        (title, "false for NaN", "successCondition", with_nan(text, may_be_empty))
    } else {
        let title = "a reading without requests is NaN and passes";
        (title, "false for NaN, so not a failure", "failureCondition", with_nan(text, false))
    };
    let fix = format!("write: {}", entry(key, &meant));
    let finding = Finding::new(condition.written.all(), title, label, number, fix);
    let finding = finding.by(condition.change(meant));
    Some(finding.and(gate.query.at(source.place), "NaN where there is no request"))
}

/// The condition that holds for NaN as well, behind the guard that it may have: where there is no
/// answer, `result[0]` is an error. Without a guard it holds for no answer too, where that may be.
fn with_nan(text: &str, may_be_empty: bool) -> String {
    let guarded = |operator: &str| {
        let (guard, rest) = text.split_once(operator)?;
        let is_guard = guard.contains("len(result)") && !guard.contains("result[");
        is_guard.then(|| (guard.trim(), rest.trim()))
    };
    if let Some((guard, rest)) = guarded("||") {
        return format!("{guard} || isNaN(result[0]) || {rest}");
    }
    match guarded("&&") {
        Some((guard, rest)) => format!("{guard} && (isNaN(result[0]) || {rest})"),
        None if may_be_empty => passing(text, true),
        None => format!("isNaN(result[0]) || {text}"),
    }
}

/// The condition that holds where there is no answer, and for NaN if that is one.
pub(super) fn passing(text: &str, may_be_nan: bool) -> String {
    let is_nan = if may_be_nan { "isNaN(result[0]) || " } else { "" };
    format!("len(result) == 0 || {is_nan}{text}")
}

/// Whether a gate has to decide what NaN means, and does not.
pub(super) fn is_open(gate: &Gate<'_>, text: &str) -> bool {
    !text.contains("isNaN") && all(gate.root).into_iter().any(gives_nan)
}

/// Rates at which a window may have no request.
const QUIET: [f64; 3] = [0.01, 0.1, 1.0];

/// The chance that a window has no request.
fn number((weight, is_known): (u32, bool), window: f64, table: &str) -> String {
    let assumed = if is_known { "" } else { " (assumed)" };
    format!(
        "chance of a window of {window} s without a request at weight {weight} %{assumed}: {table}"
    )
}

/// The chance that no request of a Poisson stream falls into a window.
fn empty_window(rate: f64, share: f64, window: f64) -> f64 {
    chance::math::exp(-rate * share * window)
}

/// Whether an expression is NaN where there are no requests.
fn gives_nan(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Binary(binary) => {
            binary.operator == Operator::Div
                && constant(&binary.right).is_none()
                && constant(&binary.left).is_none()
        }
        ExprKind::Call(call) => call.function == Function::HistogramQuantile,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_window_is_as_likely_as_no_arrival() {
        // At 0.05 requests a second a minute has three on average: exp(-3).
        assert!((empty_window(1.0, 0.05, 60.0) - 0.049_787).abs() < 1e-6);
        let (_, printed) = crate::lint::tests::linted(RULE.bad);
        assert!(printed.contains(" at 0.01/s, ") && printed.contains(" at 1/s"), "{printed}");
    }

    #[test]
    fn a_guard_stays_before_the_element_that_it_guards() {
        for (text, may_be_empty, wanted) in [
            (
                "len(result) == 0 || result[0] < 5",
                true,
                "len(result) == 0 || isNaN(result[0]) || \
                result[0] < 5",
            ),
            (
                "len(result) > 0 && result[0] < 5",
                true,
                "len(result) > 0 && (isNaN(result[0]) || \
                result[0] < 5)",
            ),
            ("result[0] < 5", true, "len(result) == 0 || isNaN(result[0]) || result[0] < 5"),
            ("result[0] < 5", false, "isNaN(result[0]) || result[0] < 5"),
        ] {
            assert_eq!(with_nan(text, may_be_empty), wanted);
            let condition = expr::Condition::parse(wanted).expect("a condition");
            assert!(condition.check(expr::Shape::Floats).is_ok(), "{wanted}");
        }
    }
}
