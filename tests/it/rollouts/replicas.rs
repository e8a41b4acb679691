//! Replicas and weights.

use coalmine::controller::argo::{
    AtDesired, Basic, Canary, CanaryScale, Counts, Routed, Routing, Standing, Step, Threshold,
    Wanted, Weights, abort_scale_down_delay, approximate, desired_weight, is_available_for,
    replicas_for_scale_down, replicas_for_weight,
};
use coalmine::controller::kubernetes::{Fenceposts, Strategy};
use coalmine::units::{Portion, Quantity};
use serde_json::{Value, json};

use super::cases::{compare, counts, equal, flag, number, optional, pair, threshold};

const BOTH: [&str; 2] = ["canary", "stable"];

/// A number of pods, or a percentage with or without its sign; nothing at all is none.
fn portion(value: &Value) -> Result<Portion, String> {
    let written = match value {
        Value::Null => "0".to_owned(),
        Value::String(text) if text.ends_with('%') => text.clone(),
        Value::String(text) => format!("{text}%"),
        other => other.to_string(),
    };
    Portion::parse(&written).map_err(|error| format!("{value}: {error:?}"))
}

fn fenceposts(row: &Value, replicas: u32) -> Result<Fenceposts, String> {
    let (surge, unavailable) = (portion(&row["maxSurge"])?, portion(&row["maxUnavailable"])?);
    Ok(Fenceposts::resolve(surge, unavailable, replicas))
}

/// The pods that may be above and below: a canary has those of a Deployment, and a blue-green
/// rollout has none.
fn limits(row: &Value, replicas: u32) -> Result<(u32, u32), String> {
    let strategy = match row["strategy"].as_str() {
        Some("blueGreen") => Strategy::Recreate,
        _ => Strategy::RollingUpdate {
            max_surge: portion(&row["maxSurge"])?,
            max_unavailable: portion(&row["maxUnavailable"])?,
        },
    };
    let resolved = Fenceposts::of(strategy, replicas);
    Ok((resolved.surge, resolved.unavailable))
}

#[test]
fn conformance_approximate_weight() {
    compare("approximate_weight", |case| {
        let input = &case["in"];
        let [replicas, weight, max] =
            ["replicas", "weight", "maxWeight"].map(|name| number(&input[name]));
        let found = approximate(replicas, weight, number(&input["maxSurge"]), max);
        equal(found, pair(&case["expect"], BOTH))
    });
}

#[test]
fn conformance_approximate_weight_on_a_grid() {
    compare("golden_approximate_weight", |row| {
        let [replicas, weight, surge, canary, stable] =
            [0, 1, 2, 3, 4].map(|index| number(&row[index]));
        equal(approximate(replicas, weight, surge, 100), (canary, stable))
    });
}

/// The pods of a version as two numbers.
fn two(value: &Value) -> Counts {
    Counts { spec: number(&value[0]), available: number(&value[1]) }
}

#[test]
fn conformance_basic_canaries() {
    compare("golden_basic_canary", |case| {
        let replicas = number(&case["replicas"]);
        let (surge, unavailable) = limits(case, replicas)?;
        let weight = match (flag(&case["promoteFull"]), flag(&case["abort"])) {
            (true, _) => 100,
            (false, true) => 0,
            (false, false) => number(&case["setWeight"]),
        };
        let basic = Basic {
            replicas,
            weight,
            max_weight: 100,
            surge,
            unavailable,
            new: two(&case["canary"]),
            stable: Some(two(&case["stable"])),
            older: number(&case["oldReplicas"]),
        };
        equal(basic.replicas(), pair(case, ["expectCanary", "expectStable"]))
    });
}

fn canary_scale(scale: &Value) -> CanaryScale {
    match optional(&scale["replicas"]) {
        _ if scale["matchTrafficWeight"] == true => CanaryScale::MatchTrafficWeight,
        Some(replicas) => CanaryScale::Replicas(replicas),
        None => CanaryScale::Weight(number(&scale["weight"])),
    }
}

fn steps(value: &Value) -> Vec<Step> {
    let step = |step: &Value| match (optional(&step["setWeight"]), &step["setCanaryScale"]) {
        (Some(weight), _) => Step::SetWeight(weight),
        (None, Value::Null) => Step::Other,
        (None, scale) => Step::SetCanaryScale(canary_scale(scale)),
    };
    value.as_array().expect("steps").iter().map(step).collect()
}

fn weights(value: &Value) -> Option<Weights> {
    let weights = || pair(value, BOTH);
    (!value.is_null()).then(weights).map(|(canary, stable)| Weights { canary, stable })
}

/// A canary of a case whose traffic is routed.
fn routed(case: &Value) -> Canary {
    Canary {
        is_routed: true,
        is_stable_dynamic: case["dynamicStableScale"].as_bool().unwrap_or(false),
        min_pods: optional(&case["minPodsPerReplicaSet"]),
        abort_delay: abort_scale_down_delay(
            Routing::RoutedCanary,
            optional(&case["abortScaleDownDelaySeconds"]),
        ),
        ..Canary::new(number(&case["replicas"]), steps(&case["steps"]))
    }
}

#[test]
fn conformance_routed_canaries() {
    compare("golden_routed_canary", |case| {
        let canary = routed(case);
        let standing = Standing {
            step: number(&case["currentStepIndex"]) as usize,
            is_aborted: flag(&case["abort"]),
            is_promoted_in_full: flag(&case["promoteFull"]),
            is_stable: false,
        };
        let version = |name: &str| {
            let available = optional(&case[name])?;
            Some(Counts { spec: available, available })
        };
        let seen = Routed { new: version("canaryAvailable"), stable: version("stableAvailable") };
        let found = seen.replicas(&canary, standing, weights(&case["statusWeights"]));
        equal(found, pair(case, ["expectCanary", "expectStable"]))?;
        equal(canary.current_set_weight(standing), number(&case["expectCurrentSetWeight"]))?;
        let weight = desired_weight(&canary, standing, seen.new, seen.stable);
        equal(weight, number(&case["expectDesiredCanaryWeight"]))
    });
}

#[test]
fn conformance_dynamic_stable_versions() {
    compare("replica_counts_dynamic_stable_scale", |case| {
        let input = &case["in"];
        let standing = Standing { is_aborted: flag(&input["abort"]), ..Standing::default() };
        let seen = Routed { new: counts(&input["canaryRS"]), stable: counts(&input["stableRS"]) };
        let found = seen.replicas(&routed(input), standing, weights(&input["statusWeights"]));
        equal(found, pair(&case["expect"], BOTH))
    });
}

/// The one step of a case: its weight, or its scale behind it.
fn only_step(input: &Value) -> Vec<Step> {
    let scale = &input["setCanaryScale"];
    let mut steps = vec![Step::SetWeight(number(&input["setWeight"]))];
    if !scale.is_null() {
        steps.push(Step::SetCanaryScale(canary_scale(scale)));
    }
    steps
}

#[test]
fn conformance_replica_counts() {
    compare("replica_counts_canary", |case| {
        let input = &case["in"];
        let mut with_steps = input.clone();
        with_steps["steps"] = json!([]);
        let is_routed = flag(&input["trafficRouting"]);
        let canary = Canary { steps: only_step(input), is_routed, ..routed(&with_steps) };
        let standing = Standing {
            step: canary.steps.len() - 1,
            is_aborted: flag(&input["abort"]),
            is_promoted_in_full: flag(&input["promoteFull"]),
            is_stable: false,
        };
        let (new, stable) = (counts(&input["canary"]), counts(&input["stable"]));
        let found = if is_routed {
            Routed::default().replicas(&canary, standing, None)
        } else {
            let (surge, unavailable) = limits(input, canary.replicas)?;
            let basic = Basic {
                replicas: canary.replicas,
                weight: Wanted::of(&canary, standing, new, stable).weight(),
                max_weight: 100,
                surge,
                unavailable,
                new: new.unwrap_or_default(),
                stable,
                older: counts(&input["older"]).map_or(0, |older| older.spec),
            };
            basic.replicas()
        };
        equal(found, pair(&case["expect"], BOTH))
    });
}

#[test]
fn conformance_surge_and_unavailable() {
    compare("max_unavailable_surge", |case| {
        let input = &case["in"];
        // Another strategy than a canary has neither.
        let replicas = optional(&input["replicas"]).unwrap_or(0);
        let (surge, unavailable) = limits(input, replicas)?;
        let found = if case["fn"] == "MaxSurge" { surge } else { unavailable };
        equal(found, number(&case["expect"]))
    });
}

#[test]
fn conformance_fenceposts() {
    compare("resolve_fenceposts", |case| {
        let input = &case["in"];
        let found = fenceposts(input, number(&input["desired"]));
        match (found, &case["expect"]["error"]) {
            (Err(_), Value::Bool(true)) => Ok(()),
            (Ok(found), Value::Null) => {
                let expected = pair(&case["expect"], ["surge", "unavailable"]);
                equal((found.surge, found.unavailable), expected)
            }
            (found, _) => Err(format!("{found:?}")),
        }
    });
}

#[test]
fn conformance_replicas_of_weights() {
    compare("traffic_weight_to_replicas", |case| {
        let [replicas, weight, max] = [0, 1, 2].map(|index| number(&case["in"][index]));
        equal(replicas_for_weight(replicas, weight, max), number(&case["expect"]))
    });
}

#[test]
fn conformance_replicas_that_count_when_others_are_removed() {
    compare("replicas_for_scaledown", |case| {
        let input = &case["in"];
        let found =
            replicas_for_scale_down(counts(&input["rs"]), flag(&input["ignoreAvailability"]));
        equal(found, number(&case["expect"]))
    });
}

#[test]
fn conformance_pods_that_have_arrived() {
    compare("at_desired_replica_counts", |case| {
        let input = &case["in"];
        let canary = Canary::new(4, vec![Step::SetWeight(number(&input["setWeight"]))]);
        let seen = AtDesired {
            surge: 1,
            new: counts(&input["new"]).ok_or("no new version")?,
            stable: counts(&input["stable"]).ok_or("no stable version")?,
            stable_replicas: number(&input["stable"]["status.replicas"]),
            older_available: 0,
            weights: None,
            threshold: None,
        };
        equal(seen.holds(&canary, Standing::default()), flag(&case["expect"]))
    });
}

#[test]
fn conformance_pods_that_carry_a_weight() {
    compare("check_replicas_available", |case| {
        let input = &case["in"];
        let (spec, available) = pair(input, ["specReplicas", "available"]);
        let found = is_available_for(
            number(&input["replicas"]),
            Counts { spec, available },
            number(&input["desiredWeight"]),
            number(&input["maxTrafficWeight"]),
            threshold(&input["threshold"]),
        );
        equal(found, flag(&case["expect"]))
    });
}

#[test]
fn conformance_how_much_is_enough() {
    compare("replica_progress_threshold", |case| {
        let input = &case["in"];
        let version = counts(&input["rs"]);
        let found =
            Threshold::is_met(threshold(&input["threshold"]), version, number(&input["desired"]));
        equal(found, flag(&case["expect"]))
    });
}

#[test]
fn conformance_weights_after_an_abort() {
    compare("abort_weight_with_delay", |case| {
        let input = &case["in"];
        let delay = optional(&input["abortScaleDownDelaySeconds"]);
        let canary = Canary {
            is_routed: true,
            is_stable_dynamic: true,
            abort_delay: abort_scale_down_delay(Routing::RoutedCanary, delay),
            ..Canary::new(10, vec![Step::SetWeight(10), Step::SetWeight(50)])
        };
        let standing = Standing { is_aborted: true, ..Standing::default() };
        let available = number(&input["stableAvailable"]);
        let stable = Some(Counts { spec: available, available });
        let new = Some(Counts { spec: 5, available: 5 });
        let found = desired_weight(&canary, standing, new, stable);
        equal(found, number(&case["expect"]["weight"]))
    });
}
