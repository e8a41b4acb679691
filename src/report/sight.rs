//! Which queries of an analysis cannot tell the versions apart, and how bad a release has to be at
//! each weight before they notice; and which find nothing, whatever is released.

use expr::Value;
use promql::{Answer, Store};

use super::number::share;
use crate::controller::argo::{Conditions, Judged, Phase};
use crate::controller::delivery::Plan;
use crate::scenario::Scenario;
use crate::strategy::{Reader, Source, Stage};
use crate::telemetry::{self as series, unknown};

/// One sentence for each query of an analysis that selects both versions as one.
pub fn sight(scenario: &Scenario) -> Vec<String> {
    let Some(delivery) = &scenario.strategy.delivery else { return Vec::new() };
    let Plan::Argo(plan) = &delivery.plan else {
        let sources = delivery.sources.iter();
        let empty = sources.filter_map(|it| Some((&it.name, nowhere(scenario, it)?)));
        let said = |(name, missing): (&String, String)| {
            format!("`{name}` finds nothing, since nothing has {missing}: every check of it fails")
        };
        return empty.map(said).collect();
    };
    let metrics = plan.analyses.iter().flat_map(|analysis| &analysis.metrics);
    let both = |judged| [blind(scenario, judged), empty(scenario, judged)];
    let mut said: Vec<String> = metrics.flat_map(both).flatten().collect();
    said.dedup();
    said
}

/// What becomes of a metric whose query finds nothing.
fn empty(scenario: &Scenario, judged: &Judged) -> Option<String> {
    let source = scenario.strategy.delivery.as_ref()?.sources.get(judged.source)?;
    let missing = nowhere(scenario, source)?;
    let Reader::Query(query) = source.reader else { return None };
    let query = &scenario.queries.get(query)?.query;
    let value = match query.evaluator().at(&Store::new(), 0) {
        Ok(Answer::Vector(vector)) => Value::Floats(vector.iter().map(|(_, it)| it).collect()),
        Ok(Answer::Scalar(number)) => Value::Float(number),
        _ => Value::Nil,
    };
    let phase = match judged.conditions.judge(&value).phase {
        Phase::Error => "an error".to_owned(),
        phase => phase.to_string().to_lowercase(),
    };
    Some(format!(
        "`{}` finds nothing, since nothing has {missing}: every measurement of it is {phase}, \
         whatever the release does",
        source.name
    ))
}

/// The metrics that a source asks for, if nothing has any of them.
fn nowhere(scenario: &Scenario, source: &Source) -> Option<String> {
    let Reader::Query(query) = source.reader else { return None };
    let compiled = scenario.queries.get(query).filter(|it| it.series.is_empty())?;
    let names = unknown(&scenario.telemetry, compiled.query.text()).into_iter();
    let names: Vec<String> = names.map(|(name, _)| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| names.join(", "))
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
    // A response time of each pod is no share of requests, and that of a slow one is seen.
    if query.series.iter().any(|it| matches!(it.source, series::Source::Mean(_))) {
        return false;
    }
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
