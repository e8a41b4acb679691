//! The tests of the kubelet's probes and back-off, and of the `ReplicaSet` controller.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::probe::{
    Attempt, Container, Kind, Outcome, Pod, Probe, State, Worker,
};
use coalmine::fleet::{BackOff, Wait};
use serde_json::Value;

use super::literal::{count, now, span};
use super::{Tally, replica_set, same, tables};

/// Tests that are not compared, and why.
const LEFT_OUT: [(&str, &str); 3] = [
    ("TestActivePodFiltering", "not a table"),
    ("TestBackoffWithJitter", "not a table, and of random numbers"),
    ("TestDeletionTimestamp", "not a table"),
];

/// Single cases that are not, with their place.
const CASES_LEFT_OUT: [(&str, usize, &str); 1] =
    [("TestIsPodAvailable", 2, "ready since no time at all, which the API server does not store")];

#[test]
fn conformance_of_probes_and_back_off_with_their_own_tests() {
    let file = "k8s/kubelet-replicaset-upstream-tests.json";
    let Some(tests) = tables(file) else { return };
    let mut tally = Tally::default();
    for (test, cases) in &tests {
        if let Some((_, why)) = LEFT_OUT.iter().find(|(name, _)| name == test) {
            println!("left out: {test}, {} cases: {why}", cases.len());
            tally.unsupported += cases.len();
            continue;
        }
        if test == "TestIsInBackOffSinceUpdate" {
            let mut wait = Wait::default();
            for case in cases {
                tally.case(&format!("{test} {case}"), back_off(&mut wait, case));
            }
            continue;
        }
        for (place, case) in cases.iter().enumerate() {
            let left_out = CASES_LEFT_OUT.iter().find(|(name, at, _)| name == test && *at == place);
            if let Some((_, _, why)) = left_out {
                println!("left out: {test}, case {place}: {why}");
                tally.unsupported += 1;
                continue;
            }
            let seen = match test.as_str() {
                "TestDoProbe" => attempts(case),
                "TestAlternateBackoffGC" | "TestAlternateHasExpiredFunc" => forgotten(case),
                "TestIsPodAvailable" => replica_set::available(case),
                "TestSlowStartBatch" => replica_set::batches(case),
                "TestSortingActivePodsWithRanks" => replica_set::equal(case),
                "TestGetPodsToDelete" => replica_set::deleted(case),
                "TestGetIntFromIntOrPercent" | "TestGetIntFromIntOrString" => {
                    replica_set::portion(case)
                }
                _ => Err("a test that is not known".to_owned()),
            };
            tally.case(&format!("{test} {case}"), seen);
        }
    }
    tally.report(file);
}

/// One second at first and ten at most; a row asks at its tick, and decides where nothing waits.
fn back_off(wait: &mut Wait, case: &Value) -> Result<(), String> {
    let second = Span::from_secs(1);
    let by = BackOff { first: second, most: second * 10, forgotten: second * 20 };
    let at = now() + second * u64::from(count(&case["tick"]));
    let waits = case["inBackOff"] == true;
    same("waits", &wait.lasts(&by, at), &waits)?;
    let long = if wait.is_forgotten(&by, at) { Span::ZERO } else { wait.long() };
    same("wait", &long, &(second * u64::from(count(&case["value"]))))?;
    if !waits {
        wait.grow(&by, at, at);
    }
    Ok(())
}

/// What is remembered at one time is forgotten at another, by the default or by a test's own rule.
fn forgotten(case: &Value) -> Result<(), String> {
    let most = span(&case["maxDuration"]);
    let own = case.get("hasExpiredFunc").map(|rule| {
        let text = rule["_expr"].as_str().expect("a function");
        let (_, rest) = text.split_once(">= ").expect("it compares");
        let (seconds, _) = rest.split_once('*').expect("with seconds");
        // At least so long is longer than one tick less.
        Span::from_secs(seconds.parse().expect("whole seconds")) - Span::from_micros(1)
    });
    let by = BackOff { first: Span::from_secs(1), most, forgotten: own.unwrap_or(most * 2) };
    let mut wait = Wait::default();
    wait.grow(&by, now(), now());
    for (key, expected) in [("nonExpiredTime", false), ("expiredTime", true)] {
        let at = now() + span(&case[key]);
        same(key, &wait.is_forgotten(&by, at), &expected)?;
        let mut next = wait;
        next.grow(&by, at, at);
        let long = Span::from_secs(if expected { 1 } else { 2 });
        same("the next wait", &next.long(), &long)?;
    }
    Ok(())
}

/// What the kubelet knows in a case of the test of probes; the started container has run for long.
fn known(case: &Value, kind: Kind) -> Option<Pod> {
    let container = |state| Some(Container { run: 1, state, started: kind != Kind::Startup });
    let (ended, container) = match case.get("podStatus")?.as_str().expect("the name of a status") {
        "failedStatus" => (true, None),
        "otherStatus" => (false, None),
        "pendingStatus" => (false, container(State::Waiting)),
        "terminatedStatus" => (false, container(State::Ended)),
        "runningStatus" => (false, container(State::Running { since: Instant::ZERO })),
        other => panic!("`{other}` is not a status"),
    };
    let deleting = case["setDeletionTimestamp"] == true;
    // The containers of the test are not started again.
    Some(Pod { ended, deleting, restarts: false, container })
}

/// One attempt of each kind of probe, which succeeds if it asks.
fn attempts(case: &Value) -> Result<(), String> {
    let kinds =
        [(Kind::Liveness, "liveness"), (Kind::Readiness, "readiness"), (Kind::Startup, "startup")];
    for (kind, name) in kinds {
        // A negative delay, which the API refuses, is none.
        let mut worker = Worker::new(kind, Probe { failure_threshold: 1, ..Probe::default() });
        let attempt = worker.begin(known(case, kind).as_ref(), now());
        if attempt == Attempt::Ask {
            worker.end(Outcome::Success);
        }
        let goes_on = case["expectContinue"].get(format!("map[_call:{name}.String args:[]]"));
        same(&format!("{name} goes on"), &(attempt != Attempt::Stop), &goes_on.is_some())?;
        if case["expectSet"] != true {
            // What is there from the start is no result of an attempt.
            same(&format!("{name} has no result"), &(attempt == Attempt::Ask), &false)?;
            continue;
        }
        let expected = match case["expectedResult"]["_expr"].as_str() {
            Some("results.Success") => Outcome::Success,
            Some("results.Failure") => Outcome::Failure,
            other => return Err(format!("result {other:?}")),
        };
        same(&format!("{name} result"), &worker.result(), &Some(expected))?;
    }
    Ok(())
}
