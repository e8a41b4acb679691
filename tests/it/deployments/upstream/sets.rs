//! Which ReplicaSets there are, and which are forgotten.

use coalmine::controller::kubernetes::{Action, Counts, ReplicaSet, ReplicaSets, Spec, Template};
use serde_json::{Value, json};

use super::super::cases::number;
use super::{OTHER, Verdict, arguments, expect, spec, stored, template, words};

/// So many times some duration after now, which is 10.
fn time(value: &Value) -> u64 {
    let text = match value["args"].as_array() {
        Some(list) => list[0].as_str().unwrap_or_else(|| words(&list[0]["_expr"])),
        None => words(&value["_expr"]),
    };
    let times: i64 = match text.split_once('*') {
        Some((times, _)) => times.parse().expect("a number"),
        None => i64::from(text == "duration"),
    };
    (10 + times).unsigned_abs()
}

fn replica_set(call: &Value) -> ReplicaSet {
    let list = arguments(call);
    let set = ReplicaSet::new(template(words(&list[0])), 10);
    let set = ReplicaSet { replicas: number(&list[1]), observed: set.generation, ..set };
    match words(&call["_call"]) {
        "newRSWithStatus" => {
            let status = Counts { replicas: number(&list[2]), ..Counts::default() };
            ReplicaSet { status, ..set }
        }
        "newRSWithRevisionAndCreationTimestamp" => {
            // Without the annotation it is as old as it can be.
            let revision = words(&list[4]).parse().unwrap_or(0);
            ReplicaSet { revision, created: time(&list[3]), ..set }
        }
        other => panic!("`{other}` makes a ReplicaSet"),
    }
}

fn deleted(case: &Value) -> Vec<Template> {
    let limit = &case["revisionHistoryLimit"];
    let unlimited = limit["_expr"] == "math.MaxInt32";
    let spec = Spec {
        revision_history_limit: (!unlimited).then(|| number(limit)),
        ..spec(10, (1, 1), OTHER)
    };
    let sets = case["oldRSs"].as_array().expect("ReplicaSets").iter().map(replica_set);
    let mut actions = Vec::new();
    stored(spec, sets).forget_old_revisions(&mut actions);
    let templates = actions.iter().map(|action| match action {
        Action::ReplicaSetDeleted { template, .. } => *template,
        other => panic!("`{other}` is no deletion"),
    });
    templates.collect()
}

pub(super) fn count_forgotten(case: &Value) -> Verdict {
    expect(case, "expectedDeletions", &json!(deleted(case).len()))
}

pub(super) fn forgotten(case: &Value) -> Verdict {
    let names = arguments(&case["expectedDeletedRSs"]).iter();
    let mut wanted: Vec<_> = names.map(|it| template(words(it))).collect();
    let mut seen = deleted(case);
    wanted.sort_unstable();
    seen.sort_unstable();
    (wanted == seen).then_some(()).ok_or_else(|| format!("{seen:?}"))
}

pub(super) fn found(case: &Value) -> Verdict {
    let mut sets = ReplicaSets::default();
    for name in case["rsList"].as_array().expect("names") {
        // Of two that are equal the duplicate is the older.
        let created = if name == "newRSDup" { 1 } else { 2 };
        sets.insert(ReplicaSet::new(Template(u32::from(name != "oldRS")), created));
    }
    let found = sets.with_template(Template(1)).map(|slot| sets[slot].created);
    let wanted = case["expected"].as_str().map(|name| if name == "newRSDup" { 1 } else { 2 });
    (found == wanted).then_some(()).ok_or_else(|| format!("{found:?}"))
}

pub(super) fn old_pods(case: &Value) -> Verdict {
    let none = Vec::new();
    let calls = case["oldRSs"].as_array().unwrap_or(&none).iter().enumerate();
    let sets = calls.map(|(place, call)| {
        if call["_call"] == "rsWithUID" {
            return ReplicaSet::new(Template(u32::try_from(place).expect("a few")), 0);
        }
        replica_set(call)
    });
    // The pods that have come to an end are no pods of anybody; all others are.
    let pods = &case["podMap"];
    let phases = ["v1.PodUnknown", "v1.PodPending", "v1.PodRunning"];
    let is_alive = pods["_call"] == "podMapWithUIDs"
        || phases.iter().any(|phase| pods.to_string().contains(phase));
    let mut deployment = stored(spec(1, (1, 1), OTHER), sets);
    expect(case, "hasOldPodsRunning", &json!(deployment.is_any_old_left(|_| is_alive)))
}
