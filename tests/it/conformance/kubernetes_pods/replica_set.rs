//! The tests of the `ReplicaSet` controller: pods that count, pods that go first, waves of pods.
//!
//! The tables name pods that are variables of the tests; what they are is restated here.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::{Phase, Pod, WallClock, deletion_order, slow_start};
use coalmine::units::{Portion, Quantity};
use serde_json::Value;

use super::literal::{count, now};
use super::same;

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// `newPod(now, ready, seconds since then)`.
pub(super) fn available(case: &Value) -> Result<(), String> {
    let args = list(&case["pod"]["args"]);
    let ready = now() - Span::from_secs(count(&args[2]).into());
    let at = WallClock::default().available_at(ready, count(&case["minReadySeconds"]));
    let seen = args[1] == true && at <= now();
    same("available", &seen, &(case["expected"] == true))
}

/// Calls that succeed up to a limit; a batch in which one fails is the last.
pub(super) fn batches(case: &Value) -> Result<(), String> {
    let limit = count(&case["callLimit"]);
    let (mut calls, mut successes) = (0, 0);
    for batch in slow_start(count(&case["count"]), 1) {
        calls += batch;
        successes = calls.min(limit);
        if calls > limit {
            break;
        }
    }
    same("calls", &calls, &count(&case["expectedCallCnt"]))?;
    same("successes", &successes, &count(&case["expectedSuccesses"]))?;
    same("fails", &(calls > limit), &!case["expectedErr"].is_null())
}

/// A pod that has just become what it is.
fn pod(scheduled: bool, phase: Phase, ready: Option<Instant>, created: Instant) -> Pod {
    Pod { scheduled, phase, ready, deletion_cost: 0, colocated: 1, restarts: 0, created, uid: 0 }
}

/// A variable of the test of what goes first.
fn ranked(name: &str) -> Pod {
    let hours = |hours| now() - Span::from_hours(hours);
    let zero = Instant::ZERO;
    let month = hours(24 * 30);
    match name {
        "unscheduledPod" => pod(false, Phase::Pending, None, zero),
        "scheduledPendingPod" => pod(true, Phase::Pending, None, zero),
        "unknownPhasePod" => pod(true, Phase::Unknown, None, zero),
        "runningNotReadyPod" => pod(true, Phase::Running, None, zero),
        "runningReadyNow" => pod(true, Phase::Running, Some(now()), now()),
        "runningReadyThen" => pod(true, Phase::Running, Some(month), month),
        "runningReadyNowHighRestarts" => {
            Pod { restarts: 9_001, ..pod(true, Phase::Running, Some(now()), now()) }
        }
        "runningReadyNowCreatedThen" => pod(true, Phase::Running, Some(now()), month),
        "unscheduled5Hours" => pod(false, Phase::Pending, None, hours(5)),
        "unscheduled8Hours" => pod(false, Phase::Pending, None, hours(8)),
        "ready5Hours" => pod(true, Phase::Running, Some(hours(5)), month),
        // Eight hours, whatever its name says.
        "ready10Hours" => pod(true, Phase::Running, Some(hours(8)), month),
        other => panic!("`{other}` is a pod that is not known"),
    }
}

/// Two pods neither of which goes first; a second that is not named is the first.
pub(super) fn equal(case: &Value) -> Result<(), String> {
    let name = |key: &str| case.get(key).map(|name| name.as_str().expect("a name"));
    let first = name("p1").expect("a pod");
    let second = name("p2").unwrap_or(first);
    let order = deletion_order(&ranked(first), &ranked(second), now());
    same("order", &order, &std::cmp::Ordering::Equal)
}

/// A variable of the test of what is deleted, and its node.
fn placed(name: &str) -> (Pod, &'static str) {
    let ready = Some(now());
    match name {
        "unscheduledPendingPod" => (pod(false, Phase::Pending, None, now()), ""),
        "scheduledPendingPod" => (pod(true, Phase::Pending, None, now()), "fake-node"),
        "scheduledRunningNotReadyPod" => (pod(true, Phase::Running, None, now()), "fake-node"),
        "scheduledRunningReadyPodOnNode1" => {
            (pod(true, Phase::Running, ready, now()), "fake-node-1")
        }
        "scheduledRunningReadyPodOnNode2" => {
            (pod(true, Phase::Running, ready, now()), "fake-node-2")
        }
        other => panic!("`{other}` is a pod that is not known"),
    }
}

pub(super) fn deleted(case: &Value) -> Result<(), String> {
    let names = |key: &str| -> Vec<String> {
        list(&case[key]).iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
    };
    let pods = names("pods");
    let related = if case.get("related").is_some() { names("related") } else { pods.clone() };
    let colocated = |node: &str| related.iter().filter(|it| placed(it).1 == node).count();
    let mut chosen: Vec<_> = pods
        .iter()
        .map(|name| {
            let (pod, node) = placed(name);
            (Pod { colocated: colocated(node) as u32, ..pod }, name.clone())
        })
        .collect();
    let some = count(&case["diff"]) as usize;
    // Where all go there is no order.
    if some < chosen.len() {
        chosen.sort_by(|(a, _), (b, _)| deletion_order(a, b, now()));
    }
    let seen: Vec<_> = chosen.into_iter().take(some).map(|(_, name)| name).collect();
    same("deleted", &seen, &names("expectedPodsToDelete"))
}

/// A number or a percentage: a text that is no percentage is refused, also one that is a number,
/// because a manifest tells numbers from texts.
pub(super) fn portion(case: &Value) -> Result<(), String> {
    let input = &case["input"];
    let argument = &input["args"][0];
    let read = match input["_call"].as_str() {
        Some("FromInt32") => Some(Portion::Count(count(argument))),
        Some("FromString") => {
            let text = argument.as_str().expect("a text");
            Portion::parse(text).ok().filter(|it| matches!(it, Portion::Percent(_)))
        }
        other => return Err(format!("made by {other:?}")),
    };
    same("refused", &read.is_none(), &(case["expectErr"] == true))?;
    let Some(read) = read else { return Ok(()) };
    let Some(up) = case.get("roundUp") else {
        let (value, percent) = match read {
            Portion::Count(count) => (count, false),
            Portion::Percent(percent) => (percent, true),
        };
        same("value", &value, &count(&case["expectVal"]))?;
        let expected = case.get("expectPerc").is_some_and(|it| it == true);
        return same("per cent", &percent, &expected);
    };
    let total = count(&case["total"]);
    let seen = if *up == true { read.of_rounded_up(total) } else { read.of_rounded_down(total) };
    same("value", &seen, &count(&case["expectVal"]))
}
