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

/// One sentence for each query of an analysis that selects both versions as one, and for each that
/// asks for nothing that there is.
pub fn sight(scenario: &Scenario) -> Vec<String> {
    let Some(delivery) = &scenario.strategy.delivery else { return Vec::new() };
    let Plan::Argo(plan) = &delivery.plan else {
        return delivery.sources.iter().filter_map(|source| unchecked(scenario, source)).collect();
    };
    let metrics = plan.analyses.iter().flat_map(|analysis| &analysis.metrics);
    let both = |judged| [blind(scenario, judged), unmeasured(scenario, judged)];
    let mut said: Vec<String> = metrics.flat_map(both).flatten().collect();
    said.dedup();
    said
}

/// What becomes of a metric of Flagger whose query asks for nothing that there is.
fn unchecked(scenario: &Scenario, source: &Source) -> Option<String> {
    let Constant { missing, numbers, .. } = constant(scenario, source)?;
    let name = &source.name;
    Some(match numbers.last() {
        None => {
            format!("`{name}` finds nothing, since nothing has {missing}: every check of it fails")
        }
        Some(number) => format!(
            "`{name}` is {number} at every check, whatever the release does, since nothing has \
             {missing}"
        ),
    })
}

/// The same of a metric of Argo.
fn unmeasured(scenario: &Scenario, judged: &Judged) -> Option<String> {
    let source = scenario.strategy.delivery.as_ref()?.sources.get(judged.source)?;
    let Constant { missing, numbers, value } = constant(scenario, source)?;
    let phase = match judged.conditions.judge(&value).phase {
        Phase::Error => "an error".to_owned(),
        phase => phase.to_string().to_lowercase(),
    };
    let finds = numbers.first().map_or("finds nothing".to_owned(), |number| format!("is {number}"));
    Some(format!(
        "`{}` {finds}, since nothing has {missing}: every measurement of it is {phase}, whatever \
         the release does",
        source.name
    ))
}

/// The answer of a query that asks for nothing that there is.
struct Constant {
    /// The metrics that it asks for.
    missing: String,
    /// What it answers all the same, such as the zero of `or vector(0)`.
    numbers: Vec<f64>,
    /// The same, as conditions see it.
    value: Value,
}

fn constant(scenario: &Scenario, source: &Source) -> Option<Constant> {
    let (Reader::Query(query) | Reader::Number(query)) = source.reader else { return None };
    let compiled = scenario.queries.get(query).filter(|it| it.series.is_empty())?;
    let names = unknown(&scenario.telemetry, compiled.query.text()).into_iter();
    let names: Vec<String> = names.map(|(name, _)| format!("`{name}`")).collect();
    if names.is_empty() {
        return None;
    }
    let (numbers, is_scalar) = match compiled.query.evaluator().at(&Store::new(), 0) {
        Ok(Answer::Vector(vector)) => (vector.iter().map(|(_, number)| number).collect(), false),
        Ok(Answer::Scalar(number)) => (vec![number], true),
        _ => (Vec::new(), true),
    };
    let value = match (&source.reader, numbers.first()) {
        (Reader::Query(_), _) if !is_scalar => Value::Floats(numbers.clone()),
        (_, Some(number)) => Value::Float(*number),
        (_, None) => Value::Nil,
    };
    Some(Constant { missing: names.join(", "), numbers, value })
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

    const NOTHING: &str = "sum(rate(orders_failed_total[5m]))";

    /// What is said of a scenario with this strategy and what belongs to it.
    fn said(strategy: &str) -> String {
        let missing = "telemetry: { missing: [orders_failed_total] }";
        let text = format!("traffic: {{ rate: 100/s }}\n{missing}\n{strategy}");
        let scenario = Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"));
        sight(&scenario).join("\n")
    }

    #[test]
    fn a_query_of_argo_that_has_an_answer_without_its_metric_does_not_find_nothing() {
        let argo = |query: &str| {
            let metric = format!(
                "{{ measure: {{ query: '{query}' }}, interval: 1m, count: 5, successCondition: \
                 'result[0] < 5' }}"
            );
            said(&format!(
                "controller: {{ argo: {{ analyses: {{ t: {{ metrics: {{ m: {metric} }} }} }} }} }}\n\
                 strategy: {{ canary: {{ steps: [{{ setWeight: 10% }}, {{ analysis: [t] }}] }} }}"
            ))
        };
        let nothing = argo(NOTHING);
        assert!(nothing.contains("finds nothing, since nothing has `orders_f"), "{nothing}");
        assert!(nothing.contains("every measurement of it is an error"), "{nothing}");
        let zero = argo(&format!("{NOTHING} or vector(0)"));
        assert!(zero.contains("is 0, since nothing has `orders_failed_total`"), "{zero}");
        assert!(zero.contains("every measurement of it is successful"), "{zero}");
    }

    #[test]
    fn a_check_of_flagger_that_has_an_answer_without_its_metric_does_not_fail() {
        let flagger = |query: &str| {
            let metric = format!(
                "{{ name: orders, interval: 1m, measure: {{ query: '{query}' }}, thresholdRange: \
                 {{ max: 1 }} }}"
            );
            said(&format!(
                "controller: flagger\nstrategy: {{ flagger: {{ interval: 1m, threshold: 5, \
                 stepWeight: 10, metrics: [{metric}] }} }}"
            ))
        };
        let nothing = flagger(NOTHING);
        assert!(nothing.contains("`orders` finds nothing"), "{nothing}");
        let zero = flagger(&format!("{NOTHING} or vector(0)"));
        assert!(zero.contains("`orders` is 0 at every check"), "{zero}");
    }
}
