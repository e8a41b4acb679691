//! The analysis engine.

use clockwork::{Instant, Span};
use coalmine::controller::argo::{
    Assessment, Conditions, Counters, Draft, Measured, Measurement, Metric, Part, Phase, Run, Task,
    assess, dry_run, duration, validate,
};
use serde_json::Value;

use super::cases::{compare, equal, flag, number, optional, phase, text};

/// Now, in cases whose times are relative to it.
const NOW: Span = Span::from_secs(100_000);

fn now() -> Instant {
    Instant::ZERO + NOW
}

/// Seconds relative to now.
fn instant(value: &Value) -> Option<Instant> {
    let seconds = value.as_i64()?;
    let span = Span::from_secs(seconds.unsigned_abs());
    Some(if seconds < 0 { now() - span } else { now() + span })
}

fn span(value: &Value) -> Option<Span> {
    value.as_str().map(|text| duration(text).expect("a duration"))
}

fn metric(value: &Value) -> Metric {
    let plain = Metric::new(value["name"].as_str().unwrap_or("metric"));
    let limit = |name: &str, default| optional(&value[name]).unwrap_or(default);
    Metric {
        interval: span(&value["interval"]),
        initial_delay: span(&value["initialDelay"]),
        count: limit("count", 0),
        failure_limit: match value["failureLimit"].as_i64() {
            Some(-1) => None,
            _ => Some(limit("failureLimit", 0)),
        },
        inconclusive_limit: limit("inconclusiveLimit", 0),
        consecutive_error_limit: limit("consecutiveErrorLimit", Metric::CONSECUTIVE_ERROR_LIMIT),
        consecutive_success_limit: limit("consecutiveSuccessLimit", 0),
        ..plain
    }
}

fn counters(value: &Value) -> Counters {
    let counter = |name: &str| optional(&value[name]).unwrap_or(0);
    Counters {
        count: counter("count"),
        successful: counter("successful"),
        failed: counter("failed"),
        inconclusive: counter("inconclusive"),
        error: counter("error"),
        consecutive_error: counter("consecutiveError"),
        consecutive_success: counter("consecutiveSuccess"),
    }
}

#[test]
fn conformance_a_metric_comes_to_what_its_counters_say() {
    compare("assess_metric_status", |case| {
        let (metric, counters) = (metric(&case["metric"]), counters(&case["result"]));
        let last = Some(&case["lastMeasurement"]).filter(|it| !it.is_null()).map(phase);
        let found = |terminating| assess(&metric, counters, last, terminating).phase;
        equal(found(false), phase(&case["expect"]))?;
        match &case["expectIfTerminating"] {
            Value::Null => Ok(()),
            expected => equal(found(true), phase(expected)),
        }
    });
}

#[test]
fn conformance_a_metric_that_is_measured_again_and_again_comes_to_the_same_after_each() {
    compare("golden_metric_traces", |case| {
        let metric = metric(&case["metric"]);
        let mut found = Counters::default();
        let mut so_far: Option<Assessment> = None;
        let measurements = case["measurements"].as_array().ok_or("no measurements")?;
        for (index, measured) in measurements.iter().enumerate() {
            let measured = phase(measured);
            found.record(measured);
            let terminated = assess(&metric, found, Some(measured), true).phase;
            equal(terminated, phase(&case["expectIfTerminatedAfterEach"][index]))?;
            let assessment = match so_far {
                Some(done) if done.phase.is_completed() => done,
                _ => assess(&metric, found, Some(measured), false),
            };
            equal(assessment.phase, phase(&case["expectPhaseAfterEach"][index]))?;
            so_far = Some(assessment);
        }
        equal(found, counters(&case["counters"]))
    });
}

/// A metric of a case and what it has come to.
fn part(value: &Value, dry: &Value) -> Part {
    let metric = metric(value);
    let is_dry = dry.as_array().is_some_and(|dry| dry.iter().any(|it| text(it) == metric.name));
    let last = value["last"].as_str();
    // A metric that resumes has a measurement that is complete by the time it is assessed.
    let resumed = last.is_some_and(|it| it.ends_with("(resumes to Successful)"));
    let last = if resumed { Some(Phase::Successful) } else { last.map(|_| phase(&value["last"])) };
    let state = phase(&value["phase"]);
    let last = last.or(state.is_completed().then_some(state));
    let finished = last.is_some_and(Phase::is_completed).then(now);
    let last = last.map(|phase| Measurement { phase, finished, resume: None });
    let measured = Measured { phase: state, counters: counters(value), last };
    Part { metric, is_dry, measured: Some(measured) }
}

#[test]
fn conformance_a_run_comes_to_the_worst_of_what_counts() {
    compare("assess_run_status", |case| {
        let (input, expected) = (&case["in"], &case["expect"]);
        let metrics = input["metrics"].as_array().ok_or("no metrics")?;
        let parts = metrics.iter().map(|metric| part(metric, &input["dryRun"])).collect();
        let mut run = Run { parts, terminate: false, started: Some(now()) };
        let verdict = run.assess();
        equal(verdict.phase, phase(&expected["run"]))?;
        if let Some(message) = expected["message"].as_str() {
            equal(verdict.message.as_deref(), Some(message))?;
        }
        if !expected["metric[1]"].is_null() {
            let found = run.parts[1].measured.map(|it| it.phase);
            equal(found, Some(phase(&expected["metric[1]"])))?;
        }
        let summary = &expected["dryRunSummary"];
        if !summary.is_null() {
            equal(run.dry().count, number(&summary["count"]))?;
            equal(run.dry().failed, number(&summary["failed"]))?;
        }
        Ok(())
    });
}

#[test]
fn conformance_a_run_ends_when_a_metric_that_counts_has_ended_badly() {
    compare("is_terminating", |case| {
        let input = &case["in"];
        let metrics = input["metrics"].as_array().ok_or("no metrics")?;
        let part = |state: &Value| Part {
            metric: Metric::new("metric"),
            is_dry: flag(&state[1]),
            measured: Some(Measured {
                phase: phase(&state[0]),
                counters: Counters::default(),
                last: None,
            }),
        };
        let parts = metrics.iter().map(part).collect();
        let run = Run { parts, terminate: flag(&input["terminate"]), started: None };
        equal(run.is_terminating(), flag(&case["expect"]))
    });
}

#[test]
fn conformance_phases_are_worse_than_others() {
    compare("is_worse", |case| {
        let [current, new] = [&case["in"][0], &case["in"][1]].map(phase);
        equal(current.is_worse(new), flag(&case["expect"]))
    });
}

/// A metric of a case that is measured at certain times.
fn timed(value: &Value) -> Part {
    let last = &value["last"];
    let measurement = || Measurement {
        phase: phase(&last["phase"]),
        finished: instant(&last["finishedAt"]),
        resume: instant(&last["resumeAt"]),
    };
    let measured = (!last.is_null()).then(|| {
        let measurement = measurement();
        let mut counters = Counters::default();
        counters.record(measurement.phase);
        let is_completed = value["completed"].as_bool().unwrap_or(false);
        let phase = if is_completed { measurement.phase } else { Phase::Running };
        Measured { phase, counters, last: Some(measurement) }
    });
    Part { metric: metric(value), is_dry: false, measured }
}

#[test]
fn conformance_a_metric_is_measured_when_it_is_due() {
    compare("generate_metric_tasks", |case| {
        let input = &case["in"];
        let terminate = input["terminating"].as_bool().unwrap_or(false);
        let started = instant(&input["startedAt"]);
        let run = Run { parts: vec![timed(input)], terminate, started };
        let tasks: Vec<Task> = run.tasks(now()).flatten().collect();
        equal(tasks.len(), number(&case["expect"]) as usize)
    });
}

#[test]
fn conformance_a_run_is_looked_at_again_when_a_metric_is_due() {
    compare("next_reconcile_time", |case| {
        let metrics = case["in"].as_array().ok_or("no metrics")?;
        let started = metrics.iter().find_map(|metric| instant(&metric["runStartedAt"]));
        let run = Run { parts: metrics.iter().map(timed).collect(), terminate: false, started };
        equal(run.wake(), instant(&case["expect"]))
    });
}

#[test]
fn conformance_rules_of_dry_run_match_names() {
    compare("dry_run_matching", |case| {
        let names = |value: &'static str| {
            let names = case["in"][value].as_array().expect("names");
            names.iter().map(text).collect::<Vec<_>>()
        };
        let found = dry_run(&names("rules"), &names("metrics"));
        match case["expect"].as_array() {
            Some(expected) => equal(found, Ok(expected.iter().map(text).collect())),
            None => equal(found, Err(text(&case["expect"]["error"]).to_owned())),
        }
    });
}

#[test]
fn conformance_metrics_that_cannot_run_are_refused() {
    compare("validate_metrics", |case| {
        let drafts: Vec<Draft> =
            case["in"].as_array().ok_or("no metrics")?.iter().map(draft).collect();
        let found = validate(&drafts).map(|_| ());
        match case["expect"].as_str() {
            None => equal(found, Ok(())),
            // The table has shortened what stands for an error of a Go library.
            Some(expected) => match expected.strip_suffix(" ...") {
                Some(beginning) => match found {
                    Err(message) if message.starts_with(beginning) => Ok(()),
                    other => Err(format!("{other:?}, expected {beginning} ..")),
                },
                None => equal(found, Err(expected.to_owned())),
            },
        }
    });
}

fn draft(value: &Value) -> Draft {
    let limit = |name: &str| value[name].as_i64();
    let owned = |name: &str| value[name].as_str().map(str::to_owned);
    let providers = value["provider"].as_array().expect("providers");
    Draft {
        name: owned("name").expect("a name"),
        providers: providers.iter().map(|it| text(it).to_owned()).collect(),
        interval: owned("interval"),
        initial_delay: owned("initialDelay"),
        count: limit("count").unwrap_or(0),
        failure_limit: limit("failureLimit").unwrap_or(0),
        inconclusive_limit: limit("inconclusiveLimit").unwrap_or(0),
        consecutive_error_limit: limit("consecutiveErrorLimit"),
        consecutive_success_limit: limit("consecutiveSuccessLimit").unwrap_or(0),
    }
}

/// A float, which JSON cannot always say.
fn float(json: &Value) -> Option<f64> {
    match json.as_str() {
        None => json.as_f64(),
        Some("NaN") => Some(f64::NAN),
        Some("+Inf") => Some(f64::INFINITY),
        Some("-Inf") => Some(f64::NEG_INFINITY),
        Some(_) => None,
    }
}

fn judged(success: &Value, failure: &Value, value: &expr::Value) -> Phase {
    let judge = Conditions::parse(text(success), text(failure)).map(|it| it.judge(value));
    judge.map_or(Phase::Error, |it| it.phase)
}

#[test]
fn conformance_values_mean_what_the_conditions_say() {
    compare("evaluate_result_golden", |case| {
        let result = &case["result"]["value"];
        let value = match text(&case["result"]["kind"]) {
            "scalar" => expr::Value::Float(float(result).ok_or("no number")?),
            "vector" => {
                let numbers = result.as_array().ok_or("no vector")?.iter().map(float);
                expr::Value::Floats(numbers.collect::<Option<_>>().ok_or("no numbers")?)
            }
            "int" => expr::Value::Int(result.as_i64().ok_or("no integer")?),
            "nil" => expr::Value::Nil,
            _ => expr::Value::from_json(result),
        };
        let found = judged(&case["successCondition"], &case["failureCondition"], &value);
        equal(found, phase(&case["expect"]["phase"]))
    });
}

#[test]
fn conformance_values_mean_what_the_conditions_say_in_upstream_s_tests() {
    compare("evaluate_result", |case| {
        let input = &case["in"];
        let value = match &input["result"] {
            Value::Array(numbers) => {
                expr::Value::Floats(numbers.iter().filter_map(float).collect())
            }
            other => match float(other) {
                Some(number) => expr::Value::Float(number),
                None => expr::Value::from_json(other),
            },
        };
        let found = judged(&input["successCondition"], &input["failureCondition"], &value);
        equal(found, phase(&case["expect"]))
    });
}
