//! What the controller of ReplicaSets does to pods.

use std::cmp::Ordering;

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::{
    Phase, Pod, WallClock, deletion_order, slow_start, sort_for_deletion,
};
use serde_json::Value;

use super::cases::{none, number, text};

/// Whether a case agrees, if it has a subject here.
type Check = fn(&Value) -> Option<bool>;

/// The tests of which this is the subject. All others are of other parts of Kubernetes, or have
/// only names of variables.
const TESTS: [(&str, Check); 3] = [
    ("TestIsPodAvailable", is_available),
    ("TestSlowStartBatch", starts_slowly),
    ("TestGetPodsToDelete", deletes),
];

fn now() -> Instant {
    Instant::ZERO + Span::from_hours(1)
}

fn is_available(case: &Value) -> Option<bool> {
    // A pod that is ready since no time at all is not known here.
    let [_, ready, since] = case["pod"]["args"].as_array()?.as_slice() else { return None };
    let ready_at = now() - Span::from_secs(number(since).into());
    let at = WallClock::default().available_at(ready_at, number(&case["minReadySeconds"]));
    Some(case["expected"] == (*ready == true && at <= now()))
}

fn starts_slowly(case: &Value) -> Option<bool> {
    let limit = u32::try_from(case["callLimit"].as_u64()?).ok()?;
    let (mut calls, mut successes) = (0, 0);
    for batch in slow_start(number(&case["count"]), 1) {
        calls += batch;
        successes = calls.min(limit);
        if successes < calls {
            break;
        }
    }
    let expected = [&case["expectedCallCnt"], &case["expectedSuccesses"]].map(number);
    Some([calls, successes] == expected)
}

/// A pod by its name in the tests; on one of two nodes it is ready.
fn pod(name: &str, related: &[&str]) -> Pod {
    let node = |name: &str| {
        name.ends_with("OnNode1").then_some(1).or(name.ends_with("OnNode2").then_some(2))
    };
    let colocated = related.iter().filter(|it| node(it) == node(name)).count();
    Pod {
        scheduled: !name.starts_with("unscheduled"),
        phase: if name.contains("Pending") { Phase::Pending } else { Phase::Running },
        ready: node(name).map(|_| Instant::ZERO),
        colocated: u32::try_from(colocated).expect("a few"),
        ..plain()
    }
}

fn deletes(case: &Value) -> Option<bool> {
    let names = |key: &str| -> Option<Vec<&str>> {
        Some(case[key].as_array()?.iter().map(|it| it.as_str().expect("a name")).collect())
    };
    let pods = names("pods")?;
    let related = names("related").unwrap_or_else(|| pods.clone());
    let mut ranked: Vec<_> = pods.iter().map(|name| (pod(name, &related), *name)).collect();
    let diff = number(&case["diff"]) as usize;
    // Where all go, upstream does not sort.
    if diff < pods.len() {
        sort_for_deletion(&mut ranked, now());
    }
    let first: Vec<_> = ranked.iter().take(diff).map(|(_, name)| *name).collect();
    Some(first == names("expectedPodsToDelete")?)
}

#[test]
fn conformance_of_upstream_tests_of_replica_sets() {
    let name = "kubelet-replicaset-upstream-tests.json";
    let Some(text) = text(name) else { return };
    let file: Value = serde_json::from_str(&text).expect("the file is JSON");
    let (mut wrong, mut agree, mut left_out) = (Vec::new(), 0, 0);
    for (test, body) in file["tests"].as_object().expect("tests") {
        let check = TESTS.iter().find(|(name, _)| name == test);
        for case in body["cases"].as_array().into_iter().flatten() {
            match check.and_then(|(_, check)| check(case)) {
                Some(true) => agree += 1,
                Some(false) => wrong.push(format!("{test}: {case}")),
                None => left_out += 1,
            }
        }
    }
    let all = agree + wrong.len();
    println!("{name}, ReplicaSets: {agree} of {all} agree ({left_out} unsupported)");
    none(&wrong);
}

fn plain() -> Pod {
    Pod {
        scheduled: true,
        phase: Phase::Running,
        ready: Some(Instant::ZERO),
        deletion_cost: 0,
        colocated: 1,
        restarts: 0,
        created: Instant::ZERO,
        uid: 1,
    }
}

/// So long before now.
fn ago(seconds: u64) -> Instant {
    now() - Span::from_secs(seconds)
}

#[test]
fn pods_are_deleted_in_the_order_of_upstream() {
    let other = |change: fn(&mut Pod)| {
        let mut pod = Pod { ready: Some(ago(1_000)), created: ago(1_000), ..plain() };
        change(&mut pod);
        pod
    };
    // Each is deleted before those after it.
    let pods = [
        other(|pod| pod.scheduled = false),
        other(|pod| pod.phase = Phase::Pending),
        other(|pod| pod.phase = Phase::Unknown),
        other(|pod| pod.ready = None),
        other(|pod| pod.deletion_cost = -1),
        other(|pod| pod.colocated = 2),
        other(|pod| pod.ready = Some(ago(10))),
        other(|pod| pod.restarts = 3),
        other(|pod| pod.created = ago(10)),
        other(|_| ()),
    ];
    for (place, first) in pods.iter().enumerate() {
        for second in &pods[place + 1..] {
            assert_eq!(
                deletion_order(first, second, now()),
                Ordering::Less,
                "{first:?} {second:?}"
            );
            assert_eq!(deletion_order(second, first, now()), Ordering::Greater);
        }
    }
}

#[test]
fn ages_of_the_same_binary_order_are_equal_and_the_uid_decides() {
    // 2^32 nanoseconds are 4.3 seconds: 5 and 8 seconds are of one order, 4 and 5 are of two.
    let pod = |seconds, uid| Pod { ready: Some(ago(seconds)), uid, ..plain() };
    assert_eq!(deletion_order(&pod(8, 1), &pod(5, 2), now()), Ordering::Less);
    assert_eq!(deletion_order(&pod(8, 2), &pod(5, 1), now()), Ordering::Greater);
    assert_eq!(deletion_order(&pod(5, 1), &pod(4, 2), now()), Ordering::Greater);
}
