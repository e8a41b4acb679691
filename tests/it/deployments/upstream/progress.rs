//! Statuses, conditions and deadlines.

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::{
    Condition, Counts, Reason, ReplicaSet, Spec, State, Status, WallClock,
};
use serde_json::{Value, json};

use super::super::cases::number;
use super::{OTHER, Verdict, arguments, expect, numbers, spec, stored, template, words};

pub(super) fn complete(case: &Value) -> Verdict {
    let [wanted, replicas, updated, available] = numbers(&case["d"]);
    let status = Status { replicas, updated, available, ..Status::default() };
    expect(case, "expected", &json!(status.is_complete(wanted, 0)))
}

pub(super) fn progressing(case: &Value) -> Verdict {
    let status = |call: &Value| {
        let [replicas, updated, ready, available] = numbers(call);
        Status { replicas, updated, ready, available, ..Status::default() }
    };
    let further = status(&case["newStatus"]).is_further_than(&status(&case["d"]));
    expect(case, "expected", &json!(further))
}

/// A deadline in seconds: none, none either, or one of the constants of the tests.
fn deadline(name: &Value) -> Option<u32> {
    match name.as_str() {
        Some("ten") => Some(10),
        Some("pds") => Some(60),
        _ => None,
    }
}

/// The condition of a status that was written in a second.
fn progress(state: State, reason: Reason, second: u64) -> Condition {
    Condition { state, reason, updated: second, transitioned: second }
}

/// Minutes and seconds at the end of an argument list, in seconds, and nanoseconds rounded up.
fn clock(text: &str) -> Instant {
    let inside = text.rsplit('(').find(|it| it.contains(',')).expect("arguments");
    let list = inside.split([',', ')']).map_while(|it| it.trim().parse::<u64>().ok());
    let list: Vec<_> = list.collect();
    let (minutes, seconds, nanos) = match list[..] {
        [minutes, seconds] => (minutes, seconds, 0),
        [_, _, _, _, minutes, seconds, nanos] => (minutes, seconds, nanos),
        _ => panic!("`{text}` is a time"),
    };
    let span = Span::from_secs(60 * minutes + seconds) + Span::from_micros(nanos.div_ceil(1_000));
    Instant::ZERO + span
}

pub(super) fn timed_out(case: &Value) -> Verdict {
    let [_, _, reason, seconds, from] = arguments(&case["d"]) else { panic!("{case}") };
    let reason = match words(reason) {
        "" => Reason::ReplicaSetUpdated,
        "NewRSAvailableReason" => Reason::NewReplicaSetAvailable,
        other => panic!("`{other}` is a reason"),
    };
    let from = from["args"].as_array().map_or(0, |_| {
        let [minutes, seconds] = numbers(from);
        u64::from(60 * minutes + seconds)
    });
    let now = case["nowFn"]["_expr"].as_str().map_or(Instant::ZERO, clock);
    let progressing = Some(progress(State::True, reason, from));
    let status = Status { progressing, ..Status::default() };
    let late = status.is_late(deadline(seconds), now, WallClock::default());
    expect(case, "expected", &json!(late))
}

pub(super) fn requeued(case: &Value) -> Verdict {
    let [seconds, wanted, _, _, _, conditions] = arguments(&case["d"]) else { panic!("{case}") };
    let [replicas, updated, available] = numbers(&case["status"]);
    let updated_at = 49 * 60;
    let progressing = match conditions.as_str() {
        Some("failed") => Some((State::False, Reason::ProgressDeadlineExceeded)),
        Some("stuck") => Some((State::True, Reason::ReplicaSetUpdated)),
        _ => None,
    };
    let progressing = progressing.map(|(state, reason)| progress(state, reason, updated_at));
    let status = Status { replicas, updated, available, progressing, ..Status::default() };
    let now = case["nowFn"]["_expr"].as_str().map_or(Instant::ZERO, clock);
    let spec = Spec {
        progress_deadline_seconds: deadline(seconds),
        ..spec(number(wanted), (0, 1), OTHER)
    };
    let again = status.look_again(&spec, 0, now, WallClock::default());
    // What is left until the deadline: a second more is waited, and less than a second is none.
    let left = again.map_or(-1, |at| {
        let wait = (at - now).micros();
        if wait > 1_000_000 { i64::try_from(wait).expect("short") / 1_000_000 - 1 } else { 0 }
    });
    let wanted = match case["expected"]["_expr"].as_str() {
        Some(text) => text.split(' ').next().and_then(|it| it.parse().ok()).expect("seconds"),
        None => arguments(&case["expected"])[0].as_i64().expect("a number"),
    };
    (left == wanted).then_some(()).ok_or_else(|| left.to_string())
}

pub(super) fn judged(case: &Value) -> Verdict {
    let call = arguments(&case["d"]);
    let [seconds, wanted, replicas, updated, available, conditions] = call else {
        panic!("{case}")
    };
    let replica_set = |call: &Value| {
        let name = words(&arguments(call)[0]);
        let [wanted, replicas, available] =
            std::array::from_fn(|it| number(&arguments(call)[it + 1]));
        let status = Counts { replicas, available, ..Counts::default() };
        // One of the tests has the name of the new one for an old one.
        let created = u64::from(call == &case["newRS"]);
        ReplicaSet { replicas: wanted, status, ..ReplicaSet::new(template(name), created) }
    };
    let new = Some(&case["newRS"]).filter(|it| !it.is_null()).map(replica_set);
    let old = case["allRSs"].as_array().expect("ReplicaSets").iter().map(replica_set);
    let old = old.map(|set| ReplicaSet { template: super::Template(1), ..set });
    let spec = Spec {
        progress_deadline_seconds: deadline(seconds),
        ..spec(number(wanted), (0, 1), new.map_or(OTHER, |set| set.template))
    };
    let progressing = conditions[0].as_str().map(|name| match name {
        "replicaSetUpdated" => progress(State::True, Reason::ReplicaSetUpdated, 0),
        "newRSAvailable" => progress(State::True, Reason::NewReplicaSetAvailable, 0),
        "failedTimedOut" => progress(State::False, Reason::ProgressDeadlineExceeded, 0),
        other => panic!("`{other}` is a condition"),
    });
    let status = Status {
        observed: 1,
        replicas: number(replicas),
        updated: number(updated),
        available: number(available),
        progressing,
        ..Status::default()
    };
    let mut deployment = stored(spec, old.chain(new)).with_status(status);
    deployment.judge(Instant::ZERO + Span::from_hours(1), &mut Vec::new());
    let seen = deployment.status().progressing;
    let state = seen.map(|it| format!("Condition{:?}", it.state));
    let reason = seen.map(|it| match it.reason {
        Reason::NewReplicaSetAvailable => "NewRSAvailableReason",
        Reason::ReplicaSetUpdated => "ReplicaSetUpdatedReason",
        Reason::ProgressDeadlineExceeded => "TimedOutReason",
        _ => "another reason",
    });
    // Without the name of its package.
    let text = |key: &str| case[key]["_expr"].as_str().and_then(|it| it.rsplit('.').next());
    let same_time = |key: &str, at: Option<u64>| case[key].is_null() || at == Some(0);
    let fine = state.as_deref() == text("conditionStatus")
        && reason == text("conditionReason")
        && same_time("lastUpdate", seen.map(|it| it.updated))
        && same_time("lastTransition", seen.map(|it| it.transitioned));
    fine.then_some(()).ok_or_else(|| format!("{seen:?}"))
}
