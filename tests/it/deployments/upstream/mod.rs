//! The twin against the table tests of the Deployment controller itself.

mod progress;
mod sets;
mod sizes;

use coalmine::controller::kubernetes::{
    Deployment, ReplicaSet, ReplicaSets, Spec, Status, Strategy, Template,
};
use coalmine::units::Portion;
use serde_json::Value;

use super::cases::{none, number, text};

/// Whether a case agrees, or what was seen instead.
type Verdict = Result<(), String>;

type Check = fn(&Value) -> Verdict;

/// The tests with a subject here.
const TESTS: [(&str, Check); 19] = [
    ("TestDeploymentComplete", progress::complete),
    ("TestDeploymentProgressing", progress::progressing),
    ("TestDeploymentTimedOut", progress::timed_out),
    ("TestRequeueStuckDeployment", progress::requeued),
    ("TestSyncRolloutStatus", progress::judged),
    ("TestMaxUnavailable", sizes::max_unavailable),
    ("TestMinAvailable", sizes::min_available),
    ("TestResolveFenceposts", sizes::fenceposts),
    ("TestGetReplicaSetFraction", sizes::fraction),
    ("TestNewRSNewReplicas", sizes::grown),
    ("TestScale", sizes::scaled),
    ("TestDeploymentController_reconcileNewReplicaSet", sizes::scaled_up),
    ("TestDeploymentController_reconcileOldReplicaSets", sizes::scaled_down),
    ("TestDeploymentController_scaleDownOldReplicaSetsForRollingUpdate", sizes::healthy),
    ("TestDeploymentController_cleanupUnhealthyReplicas", sizes::unhealthy),
    ("TestDeploymentController_cleanupDeployment", sets::count_forgotten),
    ("TestDeploymentController_cleanupDeploymentOrder", sets::forgotten),
    ("TestFindNewReplicaSet", sets::found),
    ("TestOldPodsRunning", sets::old_pods),
];

/// Cases without a subject here: the test, a word of the case, and why.
const LEFT_OUT: [(&str, &str, &str); 6] = [
    ("TestAnnotationUtils", "", "it is no table of cases"),
    ("TestGetReplicaCountForReplicaSets", "", "its ReplicaSets are names of variables"),
    ("TestReplicasAnnotationsNeedUpdate", "", "its annotations are names of variables"),
    ("TestDeploymentController_cleanupDeployment", "alreadyDeleted", "what is deleted is gone"),
    ("TestRequeueStuckDeployment", "1s after deadline", "upstream looks again, to no effect"),
    ("TestRequeueStuckDeployment", "60s after deadline", "upstream looks again, to no effect"),
];

#[test]
fn conformance_of_upstream_tests() {
    let name = "deployment-upstream-tests.json";
    let Some(text) = text(name) else { return };
    let file: Value = serde_json::from_str(&text).expect("the file is JSON");
    let (mut wrong, mut agree, mut left_out) = (Vec::new(), 0, 0);
    for (test, body) in file["tests"].as_object().expect("tests") {
        let no_table = vec![Value::Null];
        for case in body["cases"].as_array().unwrap_or(&no_table) {
            let is_out = |(name, word, _): &(&str, &str, &str)| {
                name == test && case.to_string().contains(word)
            };
            let Some(reason) = LEFT_OUT.iter().find(|it| is_out(it)) else {
                let check = TESTS.iter().find(|(name, _)| name == test);
                let (_, check) = check.unwrap_or_else(|| panic!("`{test}` has no subject"));
                match check(case) {
                    Ok(()) => agree += 1,
                    Err(seen) => wrong.push(format!("{test}: {seen} in {case}")),
                }
                continue;
            };
            left_out += 1;
            println!("left out, {}: {test} {}", reason.2, case["name"]);
        }
    }
    println!("{name}: {agree} of {} agree ({left_out} unsupported)", agree + wrong.len());
    none(&wrong);
}

fn expect(case: &Value, key: &str, seen: &Value) -> Verdict {
    (*seen == case[key]).then_some(()).ok_or_else(|| seen.to_string())
}

fn words(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text"))
}

/// The arguments of a call that the file keeps as it is.
fn arguments(call: &Value) -> &[Value] {
    call["args"].as_array().unwrap_or_else(|| panic!("{call} is a call"))
}

fn numbers<const N: usize>(call: &Value) -> [u32; N] {
    std::array::from_fn(|place| number(&arguments(call)[place]))
}

/// The template of a ReplicaSet: the number at the end of its name, and 100 without any.
fn template(name: &str) -> Template {
    let digits = name.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    Template(digits.parse().unwrap_or(100))
}

/// A template that no ReplicaSet has.
const OTHER: Template = Template(1_000);

fn spec(replicas: u32, (surge, unavailable): (u32, u32), template: Template) -> Spec {
    let strategy = Strategy::RollingUpdate {
        max_surge: Portion::Count(surge),
        max_unavailable: Portion::Count(unavailable),
    };
    Spec { strategy, ..Spec::new(replicas, template) }
}

fn stored(spec: Spec, sets: impl IntoIterator<Item = ReplicaSet>) -> Deployment {
    let mut all = ReplicaSets::default();
    for set in sets {
        all.insert(set);
    }
    Deployment::stored(spec, all, Status::default())
}
