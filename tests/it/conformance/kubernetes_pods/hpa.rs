//! The tests of the horizontal pod autoscaler.

mod calculator;
mod rules;

use super::{Tally, tables};

/// Tests that are not compared, and why.
const LEFT_OUT: [(&str, &str); 2] = [
    ("TestCalculateScaleDownLimitWithBehaviors", "not a table: it repeats one rule by hand"),
    ("TestCalculateScaleUpLimitWithScalingRules", "not a table: it repeats one rule by hand"),
];

#[test]
fn conformance_of_the_autoscaler_with_its_own_tests() {
    let file = "k8s/hpa-upstream-tests.json";
    let Some(tests) = tables(file) else { return };
    let mut tally = Tally::default();
    for (test, cases) in &tests {
        if let Some((_, why)) = LEFT_OUT.iter().find(|(name, _)| name == test) {
            println!("left out: {test}, {why}");
            tally.unsupported += cases.len();
            continue;
        }
        for (place, case) in cases.iter().enumerate() {
            let name = case["name"].as_str().or(case["annotation"].as_str()).unwrap_or_default();
            let seen = match test.as_str() {
                "TestGroupPods" => calculator::groups(case),
                "TestConvertDesiredReplicasWithRules" => rules::bounds(case),
                "TestNormalizeDesiredReplicas" => rules::stabilized(case),
                "TestNormalizeDesiredReplicasWithBehavior" => rules::stabilized_both(case),
                "TestScalingWithRules" => rules::rates(case),
                "TestStoreScaleEvents" => rules::remembered(case),
                _ if test.contains("ReplicaCalc") => calculator::replicas(case),
                _ => Err("a test that is not known".to_owned()),
            };
            tally.case(&format!("{test}[{place}] {name}"), seen);
        }
    }
    tally.report(file);
}
