//! Which queries of an analysis cannot tell the versions apart, and how bad a release has to be at
//! each weight before they notice.

use expr::Value;

use super::number::share;
use crate::controller::argo::{Conditions, Judged, Phase};
use crate::controller::delivery::Plan;
use crate::scenario::Scenario;
use crate::strategy::{Reader, Stage};

/// One sentence for each query of an analysis that selects both versions as one.
pub fn sight(scenario: &Scenario) -> Vec<String> {
    let Some(delivery) = &scenario.strategy.delivery else { return Vec::new() };
    let Plan::Argo(plan) = &delivery.plan else { return Vec::new() };
    let metrics = plan.analyses.iter().flat_map(|analysis| &analysis.metrics);
    let mut said: Vec<String> = metrics.filter_map(|judged| blind(scenario, judged)).collect();
    said.dedup();
    said
}

fn blind(scenario: &Scenario, judged: &Judged) -> Option<String> {
    let source = scenario.strategy.delivery.as_ref()?.sources.get(judged.source)?;
    let (Reader::Query(query) | Reader::Number(query)) = source.reader else { return None };
    if !mixes(scenario, query) {
        return None;
    }
    let mut weights: Vec<f64> = scenario
        .strategy
        .stages
        .iter()
        .filter_map(|stage| match stage {
            Stage::SetWeight(weight) => Some(weight.as_f64()),
            _ => None,
        })
        // Where all requests are those of the release there is nothing to tell apart.
        .filter(|weight| *weight > 0.0 && *weight < 1.0)
        .collect();
    weights.sort_by(f64::total_cmp);
    weights.dedup();
    let seen: Vec<String> = weights
        .iter()
        .map(|weight| match needed(&judged.conditions, *weight) {
            Some(errors) => format!("at {} {}", share(*weight), share(errors)),
            None => format!("at {} it notices nothing", share(*weight)),
        })
        .collect();
    (!seen.is_empty()).then(|| {
        format!(
            "`{}` cannot see the release: its query selects both versions as one. So much of the \
             release must fail before it does: {}",
            source.name,
            seen.join(", ")
        )
    })
}

/// Whether a query reads both versions and names nothing that tells them apart.
fn mixes(scenario: &Scenario, query: usize) -> bool {
    let Some(query) = scenario.queries.get(query) else { return false };
    let of = |version: usize| query.series.iter().filter(move |it| it.version == version);
    let text = query.query.text();
    let tells = |(label, value): (&str, &str)| {
        let differs = of(0).all(|other| other.labels.get(label) != value);
        // By a value, or by a label that it groups by.
        differs
            && (value.len() > 1 && text.contains(value) || label.len() > 3 && text.contains(label))
    };
    of(0).count() > 0 && of(1).count() > 0 && !of(1).any(|series| series.labels.iter().any(tells))
}

/// The smallest share of the release's requests whose failure fails a ratio over both versions; a
/// ratio of successes where the conditions want it high, of failures where they want it low.
fn needed(conditions: &Conditions, weight: f64) -> Option<f64> {
    let fails = |value: f64| {
        let is = |value: Value| conditions.judge(&value).phase == Phase::Failed;
        is(Value::Floats(vec![value])) || is(Value::Float(value))
    };
    let wants_high = !fails(1.0);
    let value = |errors: f64| if wants_high { 1.0 - weight * errors } else { weight * errors };
    if !fails(value(1.0)) || fails(value(0.0)) {
        return None;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if fails(value(middle)) { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twentieth_of_the_traffic_hides_every_error_but_all() {
        let conditions = Conditions::parse("result[0] >= 0.95", "").expect("conditions");
        let quarter = needed(&conditions, 0.2).expect("it is seen");
        assert!((quarter - 0.25).abs() < 1e-6, "{quarter}");
        assert_eq!(needed(&conditions, 0.04), None);
        let errors = Conditions::parse("", "result[0] > 0.05").expect("conditions");
        let half = needed(&errors, 0.1).expect("it is seen");
        assert!((half - 0.5).abs() < 1e-6, "{half}");
    }
}
