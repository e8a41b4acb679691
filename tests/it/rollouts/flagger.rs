//! The scheduler of Flagger.

use coalmine::controller::flagger::{
    Analysis, Orders, Phase, Provider, Readiness, Routes, Scale, Scheduler, Seen, Strategy,
};
use serde_json::Value;

use super::cases::{compare_in, equal, flag, number, optional, text};

/// More ticks than any release of the cases takes.
const TICKS_MAX: usize = 300;

fn analysis(input: &Value) -> Analysis {
    let field = |name: &str| optional(&input[name]).unwrap_or(0);
    let is = |name: &str| !matches!(input[name], Value::Null | Value::Bool(false));
    let weights = input["stepWeights"].as_array().map_or(&[][..], Vec::as_slice);
    Analysis {
        threshold: field("threshold"),
        max_weight: field("maxWeight"),
        step_weight: field("stepWeight"),
        step_weights: weights.iter().map(number).collect(),
        step_weight_promotion: field("stepWeightPromotion"),
        iterations: field("iterations"),
        has_match: is("match"),
        is_mirrored: is("mirror"),
        is_skipped: is("skipAnalysis"),
        ..Analysis::default()
    }
}

const CHANGED: Seen = Seen {
    is_changed: true,
    primary: Readiness::Ready,
    canary: Readiness::Ready,
    do_metrics_pass: true,
    hooks: coalmine::controller::flagger::Hooks::CONTENT,
};

/// A release that has just begun.
fn begun(analysis: &Analysis) -> Scheduler {
    let mut scheduler = Scheduler::default();
    scheduler.tick(analysis, &CHANGED);
    scheduler
}

#[test]
fn conformance_strategies() {
    compare_in("flagger", "deployment_strategy", |case| {
        let found = match analysis(&case["in"]).strategy() {
            Strategy::Canary => "canary",
            Strategy::BlueGreen => "blue-green",
            Strategy::AbTesting => "ab-testing",
        };
        equal(found, text(&case["expect"]))
    });
}

#[test]
fn conformance_weights_of_the_primary() {
    compare_in("flagger", "weight_progression", |case| {
        let analysis = analysis(&case["in"]);
        let expected = case["expectPrimaryWeights"].as_array().ok_or("no weights")?;
        let mut scheduler = begun(&analysis);
        for (tick, primary) in expected.iter().enumerate() {
            if tick > 0 {
                scheduler.tick(&analysis, &Seen::default());
            }
            equal(scheduler.routes.primary, number(primary))?;
            equal(scheduler.phase, Phase::Progressing)?;
        }
        for phase in [Phase::Promoting, Phase::Finalising, Phase::Succeeded] {
            scheduler.tick(&analysis, &Seen::default());
            equal(scheduler.phase, phase)?;
        }
        equal(scheduler.routes, Routes::PRIMARY)
    });
}

#[test]
fn conformance_weights_of_the_canary() {
    compare_in("flagger", "weight_progression_derived", |case| {
        let analysis = analysis(&case["in"]);
        let mut scheduler = begun(&analysis);
        let mut found = Vec::new();
        for _ in 0..TICKS_MAX {
            let before = scheduler.routes;
            let orders = scheduler.tick(&analysis, &Seen::default());
            if orders.is_promoted {
                found.push(Value::from("promote"));
                break;
            }
            if scheduler.routes == before {
                found.push(Value::from("stuck"));
                break;
            }
            found.push(Value::from(scheduler.routes.canary));
        }
        equal(&Value::from(found), &case["canaryWeights"])
    });
}

fn phase(value: &Value) -> Phase {
    let found = Phase::ALL.into_iter().find(|phase| phase.to_string() == text(value));
    found.unwrap_or_else(|| panic!("{value} is a phase"))
}

/// What a tick must have come to.
fn as_expected(scheduler: &Scheduler, orders: Orders, expected: &Value) -> Result<(), String> {
    equal(scheduler.phase, phase(&expected["phase"]))?;
    if let Some(weight) = optional(&expected["statusCanaryWeight"]) {
        equal(scheduler.weight, weight)?;
    }
    if let Some(routes) = expected["routes"].as_array() {
        let [primary, canary] = [0, 1].map(|index| number(&routes[index]));
        let is_mirrored = flag(&routes[2]);
        equal(scheduler.routes, Routes { primary, canary, is_mirrored })?;
    }
    if let Some(scaled) = expected["canaryScaledToZero"].as_bool() {
        equal(orders.canary == Some(Scale::Zero), scaled)?;
    }
    Ok(())
}

#[test]
fn conformance_phases() {
    compare_in("flagger", "phase_sequences", |case| {
        let input = &case["in"];
        let analysis = analysis(input);
        let state = &input["state"];
        let mut seen = Seen { is_changed: state.is_null(), ..Seen::default() };
        let mut scheduler = Scheduler::default();
        if !state.is_null() {
            scheduler.phase = phase(&state["phase"]);
            scheduler.failed_checks = optional(&state["failedChecks"]).unwrap_or(0);
            if let Some(routes) = state["routes"].as_array() {
                scheduler.routes = Routes::split(number(&routes[1]));
                scheduler.weight = scheduler.routes.canary;
            }
        }
        if input["primary"] == "ProgressDeadlineExceeded" {
            seen.primary = Readiness::Failed;
        }
        seen.do_metrics_pass = input["metric"].is_null();
        for (index, expected) in case["ticks"].as_array().ok_or("no ticks")?.iter().enumerate() {
            match expected["op"].as_str() {
                Some("set status.iterations=10") => scheduler.iterations = 10,
                Some("second spec change") => seen.is_changed = true,
                Some(other) => return Err(format!("`{other}` is not known")),
                None => {
                    let orders = scheduler.tick(&analysis, &seen);
                    let found = as_expected(&scheduler, orders, expected);
                    found.map_err(|it| format!("tick {index}: {it}"))?;
                    seen.is_changed = false;
                }
            }
        }
        Ok(())
    });
}

#[test]
fn failed_checks_add_up_and_roll_back_one_tick_late() {
    let analysis = Analysis { threshold: 2, step_weight: 10, ..Analysis::default() };
    let mut scheduler = begun(&analysis);
    let failing = Seen { do_metrics_pass: false, ..Seen::default() };
    // The first tick asks the hooks before any traffic, and no metrics.
    for (seen, phase, failed, weight) in [
        (failing, Phase::Progressing, 0, 10),
        (failing, Phase::Progressing, 1, 10),
        (Seen::default(), Phase::Progressing, 1, 20),
        (failing, Phase::Progressing, 2, 20),
        (Seen::default(), Phase::Failed, 0, 0),
    ] {
        scheduler.tick(&analysis, &seen);
        let found = (scheduler.phase, scheduler.failed_checks, scheduler.weight);
        assert_eq!(found, (phase, failed, weight));
    }
    assert_eq!(scheduler.routes, Routes::PRIMARY);
}

#[test]
fn a_release_waits_for_whom_it_must() {
    let analysis = Analysis { step_weight: 100, ..Analysis::default() };
    let mut scheduler = Scheduler::default();
    let mut seen = CHANGED;
    seen.hooks.confirm_rollout = false;
    scheduler.tick(&analysis, &seen);
    assert_eq!(scheduler.phase, Phase::Waiting);
    seen.hooks.confirm_rollout = true;
    let orders = scheduler.tick(&analysis, &seen);
    assert_eq!((scheduler.phase, orders.canary), (Phase::Progressing, Some(Scale::Up)));
    seen.is_changed = false;
    seen.hooks.confirm_traffic_increase = false;
    scheduler.tick(&analysis, &seen);
    assert_eq!(scheduler.weight, 0);
    seen.hooks.confirm_traffic_increase = true;
    scheduler.tick(&analysis, &seen);
    assert_eq!(scheduler.weight, 100);
    seen.hooks.confirm_promotion = false;
    scheduler.tick(&analysis, &seen);
    assert_eq!(scheduler.phase, Phase::WaitingPromotion);
    seen.hooks.rollback = true;
    scheduler.tick(&analysis, &seen);
    assert_eq!((scheduler.phase, scheduler.routes), (Phase::Failed, Routes::PRIMARY));
}

#[test]
fn a_canary_begins_with_a_primary_that_is_ready() {
    let analysis = Analysis { step_weight: 10, ..Analysis::default() };
    let mut scheduler = Scheduler { phase: Phase::Initializing, ..Scheduler::default() };
    let waiting = Readiness::Waiting(coalmine::controller::flagger::Waiting::Available);
    scheduler.tick(&analysis, &Seen { primary: waiting, ..CHANGED });
    assert_eq!(scheduler.phase, Phase::Initializing);
    let orders = scheduler.tick(&analysis, &CHANGED);
    assert_eq!((scheduler.phase, orders.canary), (Phase::Initialized, Some(Scale::Zero)));
}

#[test]
fn one_service_counts_ticks_and_routes_nothing() {
    let analysis = Analysis { provider: Provider::Kubernetes, ..Analysis::default() };
    assert_eq!((analysis.strategy(), analysis.iterations()), (Strategy::BlueGreen, 10));
    let mut scheduler = begun(&analysis);
    let mut ticks = 0;
    while scheduler.phase == Phase::Progressing {
        scheduler.tick(&analysis, &Seen::default());
        assert_eq!(scheduler.routes, Routes::PRIMARY);
        ticks += 1;
    }
    assert_eq!((ticks, scheduler.phase), (12, Phase::Promoting));
}
