//! Sizes of ReplicaSets.

use coalmine::controller::kubernetes::{
    Counts, Deployment, Fenceposts, ReplicaSet, Spec, Status, Strategy, Template,
};
use coalmine::units::{Portion, Quantity};
use serde_json::{Value, json};

use super::super::cases::{number, portion};
use super::{OTHER, Verdict, arguments, expect, spec, stored, template, words};

const OLD: Template = Template(1);
const NEW: Template = Template(2);

fn of(deployment: &Value) -> Spec {
    let Some([replicas, missing]) = deployment["args"].as_array().map(Vec::as_slice) else {
        assert!(deployment.to_string().contains("RecreateDeploymentStrategyType"), "{deployment}");
        let replicas = or_zero(&deployment["Spec"]["Replicas"]);
        return Spec { strategy: Strategy::Recreate, ..Spec::new(replicas, OTHER) };
    };
    let max_surge = Portion::Count(1);
    let strategy = Strategy::RollingUpdate { max_surge, max_unavailable: portion(missing) };
    Spec { strategy, ..Spec::new(number(replicas), OTHER) }
}

pub(super) fn max_unavailable(case: &Value) -> Verdict {
    expect(case, "expected", &json!(of(&case["deployment"]).fenceposts().unavailable))
}

pub(super) fn min_available(case: &Value) -> Verdict {
    expect(case, "expected", &json!(of(&case["deployment"]).min_available()))
}

pub(super) fn fenceposts(case: &Value) -> Verdict {
    let read = |key: &str| match &case[key] {
        Value::Null => Ok(Portion::Count(0)),
        text => Portion::parse(words(text)),
    };
    let (Ok(surge), Ok(missing)) = (read("maxSurge"), read("maxUnavailable")) else {
        return expect(case, "expectError", &json!(true));
    };
    let seen = Fenceposts::resolve(surge, missing, number(&case["desired"]));
    expect(case, "expectError", &json!(false))?;
    expect(case, "expectSurge", &json!(seen.surge))?;
    expect(case, "expectUnavailable", &json!(seen.unavailable))
}

fn or_zero(value: &Value) -> u32 {
    if value.is_null() { 0 } else { number(value) }
}

pub(super) fn fraction(case: &Value) -> Verdict {
    let max = case["rsAnnotations"]["MaxReplicasAnnotation"].as_str();
    let set = ReplicaSet {
        replicas: number(&case["rsReplicas"]),
        max_annotation: max.map(|it| it.parse().expect("a number")),
        ..ReplicaSet::new(OLD, 0)
    };
    let bounds = (or_zero(&case["deploymentMaxSurge"]), 1);
    let replicas = or_zero(&case["deploymentStatusReplicas"]);
    let deployment = stored(spec(number(&case["deploymentReplicas"]), bounds, OTHER), [set]);
    let mut deployment = deployment.with_status(Status { replicas, ..Status::default() });
    expect(case, "expectedFraction", &json!(deployment.fraction(0)))
}

pub(super) fn grown(case: &Value) -> Verdict {
    let mut spec = spec(number(&case["depReplicas"]), (number(&case["maxSurge"]), 1), OTHER);
    if words(&case["strategyType"]["_expr"]).contains("Recreate") {
        spec.strategy = Strategy::Recreate;
    }
    let mut deployment = stored(spec, [ReplicaSet { replicas: 5, ..ReplicaSet::new(OLD, 0) }]);
    expect(case, "expected", &json!(deployment.grown(number(&case["newRSReplicas"]))))
}

/// A Deployment with an old ReplicaSet, and a new one where the case has it.
fn rolling(case: &Value, bounds: (u32, u32), available: &str) -> Deployment {
    let set = |template, replicas: &str, available: &str| {
        let available = or_zero(&case[available]);
        let status = Counts { available, ..Counts::default() };
        let replicas = number(&case[replicas]);
        ReplicaSet { replicas, status, ..ReplicaSet::new(template, 0) }
    };
    let old = set(OLD, "oldReplicas", available);
    let has_new = case.get("newReplicas").is_some();
    let new = has_new.then(|| set(NEW, "newReplicas", "readyPodsFromNewRS"));
    let replicas = case.get("deploymentReplicas").map_or(10, number);
    stored(spec(replicas, bounds, NEW), [old].into_iter().chain(new))
}

fn size(deployment: &Deployment, template: Template) -> Value {
    let sets = deployment.replica_sets();
    json!(sets.with_template(template).map(|slot| sets[slot].replicas))
}

pub(super) fn scaled_up(case: &Value) -> Verdict {
    let mut deployment = rolling(case, (number(&case["maxSurge"]), 0), "-");
    let scaled = deployment.scale_up_new(&mut Vec::new());
    expect(case, "scaleExpected", &json!(scaled))?;
    if scaled { expect(case, "expectedNewReplicas", &size(&deployment, NEW)) } else { Ok(()) }
}

pub(super) fn scaled_down(case: &Value) -> Verdict {
    let bounds = (0, number(&case["maxUnavailable"]));
    let mut deployment = rolling(case, bounds, "readyPodsFromOldRS");
    let scaled = deployment.scale_down_old(&mut Vec::new());
    expect(case, "scaleExpected", &json!(scaled))?;
    if scaled { expect(case, "expectedOldReplicas", &size(&deployment, OLD)) } else { Ok(()) }
}

pub(super) fn healthy(case: &Value) -> Verdict {
    let bounds = (0, number(&case["maxUnavailable"]));
    let mut deployment = rolling(case, bounds, "readyPods");
    let scaled = deployment.scale_down_healthy(&mut Vec::new()) > 0;
    expect(case, "scaleExpected", &json!(scaled))?;
    if scaled { expect(case, "expectedOldReplicas", &size(&deployment, OLD)) } else { Ok(()) }
}

pub(super) fn unhealthy(case: &Value) -> Verdict {
    let mut deployment = rolling(case, (2, 2), "readyPods");
    let most = number(&case["maxCleanupCount"]);
    let cleaned = deployment.clean_up_unhealthy(most, &mut Vec::new());
    expect(case, "cleanupCountExpected", &json!(cleaned))
}

/// Replicas and bounds of a constructed Deployment; its bounds are 0 where nothing is said.
fn wanted(call: &Value) -> (u32, (u32, u32)) {
    let list = arguments(call);
    match call["_call"].as_str() {
        Some("newDeployment") => (number(&list[1]), (or_zero(&list[3]), or_zero(&list[4]))),
        Some("updatedTemplate") => (number(&list[0]), (0, 0)),
        other => panic!("{other:?} makes a Deployment"),
    }
}

/// Name, size and age of a constructed ReplicaSet.
fn constructed(call: &Value) -> (&str, u32, u64) {
    if let Some(code) = call["_func"].as_str() {
        assert!(code.contains(r#"rs("foo-v2", 2, nil, newTimestamp)"#), "{code}");
        return ("foo-v2", 2, 2);
    }
    let list = arguments(call);
    let age = ["olderTimestamp", "oldTimestamp", "newTimestamp"];
    let created = age.iter().position(|it| *it == words(&list[3])).expect("a time");
    (words(&list[0]), number(&list[1]), created as u64)
}

pub(super) fn scaled(case: &Value) -> Verdict {
    let (before, (surge_before, _)) = wanted(&case["oldDeployment"]);
    let set = |call: &Value| {
        let (name, replicas, created) = constructed(call);
        let desired = case["desiredReplicasAnnotations"].get(name).map_or(before, number);
        let set = ReplicaSet::new(template(name), created);
        let (desired, max) = (Some(desired), Some(desired + surge_before));
        ReplicaSet { replicas, desired_annotation: desired, max_annotation: max, ..set }
    };
    let new = Some(&case["newRS"]).filter(|it| !it.is_null());
    let old = case["oldRSs"].as_array().expect("ReplicaSets");
    let (replicas, bounds) = wanted(&case["deployment"]);
    let template = new.map_or(OTHER, |call| template(constructed(call).0));
    let mut deployment =
        stored(spec(replicas, bounds, template), new.into_iter().chain(old).map(set));
    deployment.scale_in_proportion(&mut Vec::new());
    let expected = case["expectedOld"].as_array().expect("ReplicaSets");
    let expected = expected.iter().chain(new.map(|_| &case["expectedNew"]));
    for (name, replicas, _) in expected.map(constructed) {
        let seen = size(&deployment, super::template(name));
        if seen != json!(replicas) {
            return Err(format!("{name} has {seen}"));
        }
    }
    Ok(())
}
