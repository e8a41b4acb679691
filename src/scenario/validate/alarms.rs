//! Rules of Prometheus: read, and the alerts among them that judge or page.

use clockwork::Span;

use super::queries::Prometheus;
use super::{Pass, code};
use crate::document::{At, Origin, Problem};
use crate::gate::{Action, Alert, Exceptions, Gate, GateDoc, Metric, Patience};
use crate::scenario::document::ScenarioDoc;
use crate::telemetry::{alarm, rules};

/// The groups of rules of a document; none where it has none.
pub(super) fn groups(doc: &ScenarioDoc, pass: &mut Pass<'_>) -> Vec<rules::RuleGroup> {
    let read = doc.rules.as_ref().map(|at| rules::read(&at.value, pass.problems));
    read.flatten().unwrap_or_default()
}

/// A gate that fails while an alert fires: its metric, and how far the rules look back in ticks.
pub(super) fn metric(
    name: &At<String>,
    prometheus: &mut Prometheus,
    pass: &mut Pass<'_>,
) -> Option<(Metric, u32)> {
    match alarm(&prometheus.telemetry, &prometheus.groups, &name.value) {
        Ok(alarm) => {
            let window = prometheus.ticks(alarm.reach);
            prometheus.alarms.push(alarm);
            Some((Metric::Alert(Alert { alarm: prometheus.alarms.len() - 1 }), window))
        }
        Err((place, mistake)) => {
            let mut problem = Problem::error(rules::code::ALERT, mistake.message)
                .at(name.place, "an alert that nobody can evaluate");
            if let Some(place) = place {
                problem = problem.at(place, "in this rule");
            }
            let help = mistake.help.unwrap_or_else(|| "name another alert".to_owned());
            pass.problem(problem.help(help));
            None
        }
    }
}

/// The time between two readings of a gate: that of the alert's group unless another is written.
pub(super) fn interval(doc: &GateDoc, metric: &Metric, prometheus: &Prometheus) -> Span {
    match metric {
        Metric::Alert(alert) if doc.interval.origin != Origin::Written => {
            millis(prometheus.alarms[alert.alarm].interval)
        }
        _ => doc.interval.value,
    }
}

/// The judge that pages people in place of the usual alert, if an alert of the rules is to do it.
pub(super) fn page(
    doc: &ScenarioDoc,
    prometheus: &mut Prometheus,
    pass: &mut Pass<'_>,
) -> Option<Gate> {
    let name = doc.people.0.as_ref()?.page.rule.as_ref()?;
    let (metric, window) = metric(name, prometheus, pass)?;
    let interval = millis(prometheus.alarms.last()?.interval);
    Some(Gate {
        name: name.value.clone(),
        metric,
        window,
        interval,
        initial_delay: interval,
        min_samples: 1,
        patience: Patience::Consecutive(1),
        unless: Exceptions::default(),
        action: Action::Pause,
    })
}

fn millis(millis: i64) -> Span {
    Span::from_millis(u64::try_from(millis).unwrap_or(0).max(1))
}

/// What only a metric or a query has must not be written of an alert.
pub(super) fn fits(doc: &GateDoc, name: &At<String>, pass: &mut Pass<'_>) -> Option<()> {
    let conditions = [&doc.success_condition, &doc.failure_condition].into_iter().flatten();
    let bounds = [&doc.over, &doc.under].into_iter().flatten();
    let place = conditions.map(|it| it.place).chain(bounds.map(|it| it.place)).next();
    let Some(place) = place else { return Some(()) };
    let problem = Problem::error(code::CONTRADICTION, "an alert has its bound in its rule")
        .at(place, format!("`{}` fires or does not", name.value))
        .help("remove it, and write the bound in the rule's expression");
    pass.problem(problem);
    None
}
