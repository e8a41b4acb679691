//! What Flagger makes of answers: readiness, metrics, webhooks and queries.

use clockwork::Span;
use coalmine::controller::flagger::{
    Check, DaemonSet, Deployment, Limits, Model, Readiness, Source, Waiting, is_daemon_set_ready,
    is_deployment_ready, passes, render, value,
};
use serde_json::Value;

use super::cases::{compare_in, equal, flag, number, optional, text};

/// Compares what is said of readiness with what a case says of it.
fn as_expected(found: Readiness, expected: &Value) -> Result<(), String> {
    equal(found == Readiness::Ready, flag(&expected["ready"]))?;
    if let Some(is_retriable) = expected["retriable"].as_bool() {
        equal(found.is_retriable(), is_retriable)?;
    }
    let waiting = match expected["reason"].as_str() {
        None => return Ok(()),
        Some("new pods" | "new replicas") => Waiting::NewPods,
        Some("termination") => Waiting::Termination,
        Some("available") => Waiting::Available,
        Some(other) => return Err(format!("`{other}` is no reason")),
    };
    equal(found, Readiness::Waiting(waiting))
}

#[test]
fn conformance_deployments_that_are_ready() {
    compare_in("flagger", "deployment_ready", |case| {
        let input = &case["in"];
        let pods = |name: &str| optional(&input[name]).unwrap_or(0);
        let condition = "False/MinimumReplicasUnavailable, ";
        let age = input["availableCond"].as_str().and_then(|it| it.strip_prefix(condition));
        let age = age.and_then(|it| it.strip_suffix("s old")?.parse().ok()).map(Span::from_secs);
        let seen = Deployment {
            is_observed: input["observedGeneration"].is_null(),
            wanted: optional(&input["specReplicas"]),
            replicas: pods("replicas"),
            updated: pods("updated"),
            available: pods("available"),
            is_stuck: input["progressing"] == "ProgressDeadlineExceeded",
            unavailable_for: age,
        };
        let deadline = Span::from_secs(u64::from(number(&input["deadline"])));
        let found = is_deployment_ready(&seen, deadline, number(&input["threshold"]));
        as_expected(found, &case["expect"])
    });
}

#[test]
fn conformance_daemon_sets_that_are_ready() {
    compare_in("flagger", "daemonset_ready", |case| {
        let input = &case["in"];
        let nodes = |name: &str| optional(&input[name]).unwrap_or(0);
        let seen = DaemonSet {
            is_observed: input["observedGeneration"].is_null(),
            desired: nodes("desired"),
            updated: nodes("updated"),
            available: nodes("available"),
            is_overdue: input["deadline"].as_i64().is_some_and(|deadline| deadline < 0),
        };
        as_expected(is_daemon_set_ready(&seen, number(&input["threshold"])), &case["expect"])
    });
}

fn check(input: &Value) -> Check {
    let limits = &input["thresholdRange"];
    let bound = |name: &str| limits[name].as_f64();
    Check {
        name: input["name"].as_str().unwrap_or_default().to_owned(),
        has_query: !input["query"].is_null(),
        has_template: !input["templateRef"].is_null(),
        limits: (!limits.is_null()).then(|| Limits { min: bound("min"), max: bound("max") }),
        threshold: input["threshold"].as_f64().unwrap_or(0.0),
    }
}

#[test]
fn conformance_metrics_with_a_source() {
    compare_in("flagger", "metric_check_dispatch", |case| {
        let check = check(&case["in"]);
        let found = check.source().is_some_and(|_| check.passes(100.0));
        equal(found, flag(&case["expect"]))
    });
    let both = Check { has_query: true, has_template: true, ..Check::default() };
    assert_eq!(both.source(), Some(Source::Template));
}

#[test]
fn conformance_values_within_bounds() {
    compare_in("flagger", "threshold_semantics_derived", |case| {
        let input = &case["in"];
        let value = input["value"].as_f64().or_else(|| input["valueMs"].as_f64());
        equal(check(input).passes(value.ok_or("no value")?), flag(&case["expect"]))
    });
}

#[test]
fn conformance_answers_of_webhooks() {
    compare_in("flagger", "webhook_status", |case| {
        let status = u16::try_from(number(&case["in"])).map_err(|_| "no status")?;
        equal(passes(status), flag(&case["expectPass"]))
    });
}

#[test]
fn conformance_answers_of_prometheus() {
    compare_in("flagger", "prometheus_response", |case| {
        let found = value(text(&case["in"])).map_err(|error| error.to_string());
        let expected = match &case["expect"] {
            Value::Number(number) => Ok(number.as_f64().ok_or("no number")?),
            Value::String(infinite) if infinite == "+Inf" => Ok(f64::INFINITY),
            other => Err(text(&other["error"]).to_owned()),
        };
        equal(found, expected)
    });
}

#[test]
fn conformance_queries() {
    compare_in("flagger", "render_query", |case| {
        let mut model = Model::default();
        for (name, value) in case["model"].as_object().ok_or("no model")? {
            match value {
                Value::String(value) => _ = model.names.insert(name.clone(), value.clone()),
                other => {
                    let variables = other.as_object().ok_or("no variables")?.iter();
                    let pair =
                        |(name, value): (&String, &Value)| (name.clone(), text(value).to_owned());
                    model.variables = variables.map(pair).collect();
                }
            }
        }
        let found = render(text(&case["template"]), &model);
        match case["expect"].as_str() {
            Some(expected) => equal(found.as_deref(), Ok(expected)),
            None if found.is_err() => Ok(()),
            None => Err(format!("{found:?}, expected an error")),
        }
    });
    let error = render("{{ if target }}x{{ end }}", &Model::default()).expect_err("too much");
    assert!(error.to_string().contains("not supported"), "{error}");
}
