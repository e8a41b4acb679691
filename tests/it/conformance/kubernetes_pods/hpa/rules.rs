//! Bounds, rates and what is remembered.

use clockwork::Span;
use coalmine::controller::kubernetes::hpa::{
    Behavior, Change, Limited, Memory, Policy, Recommendation, Rules, Size, by_behavior, by_rules,
};
use serde_json::Value;

use super::super::literal::{count, instant, now};
use super::super::same;

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn limited(case: &Value, seen: &Limited, key: &str) -> Result<(), String> {
    same("replicas", &seen.replicas, &count(&case[key]))?;
    let expected = case["expectedCondition"].as_str().expect("a condition");
    same("condition", &seen.condition.reason, &expected)
}

pub(super) fn bounds(case: &Value) -> Result<(), String> {
    let bounds = [count(&case["hpaMinReplicas"]), count(&case["hpaMaxReplicas"])];
    let current = count(&case["currentReplicas"]);
    let seen = by_rules(current, count(&case["expectedDesiredReplicas"]), bounds);
    if case["expectedConvertedDesiredReplicas"]["_call"] == "calculateScaleUpLimit" {
        // Twice as many, or four.
        return same("replicas", &seen.replicas, &(2 * current).max(4));
    }
    limited(case, &seen, "expectedConvertedDesiredReplicas")
}

fn memory(case: &Value) -> Memory {
    let recommended = list(&case["recommendations"]);
    let recommendation =
        |it: &Value| Recommendation { replicas: count(&it["0"]), at: instant(&it["1"]) };
    Memory {
        recommendations: recommended.iter().map(recommendation).collect(),
        ..Memory::default()
    }
}

pub(super) fn stabilized(case: &Value) -> Result<(), String> {
    let mut memory = memory(case);
    let wanted = count(&case["prenormalizedDesiredReplicas"]);
    let seen = memory.stabilize(wanted, Span::from_mins(5), now());
    same("replicas", &seen, &count(&case["expectedStabilizedReplicas"]))?;
    same("memory", &memory.recommendations.len(), &(count(&case["expectedLogLength"]) as usize))
}

pub(super) fn stabilized_both(case: &Value) -> Result<(), String> {
    let mut memory = memory(case);
    let wanted = count(&case["prenormalizedDesiredReplicas"]);
    let window = |key: &str| {
        case.get(key).map_or(Span::ZERO, |seconds| Span::from_secs(count(seconds).into()))
    };
    let windows = [
        window("scaleUpStabilizationWindowSeconds"),
        window("scaleDownStabilizationWindowSeconds"),
    ];
    let change = (count(&case["currentReplicas"]), wanted);
    let seen = memory.stabilize_both(change, windows, now());
    same("replicas", &seen, &count(&case["expectedStabilizedReplicas"]))?;
    let Some(expected) = case.get("expectedRecommendations") else { return Ok(()) };
    let expected: Vec<_> = list(expected).iter().map(|it| count(&it["0"])).collect();
    let seen: Vec<_> = memory.recommendations.iter().map(|it| it.replicas).collect();
    same("memory", &seen, &expected)
}

/// `generateScalingRules(pods, period, percent, period, stabilization)`.
fn rules(value: Option<&Value>, default: Rules) -> Rules {
    let Some(value) = value else { return default };
    assert_eq!(value["_call"], "generateScalingRules", "of no other maker");
    let args: Vec<_> = list(&value["args"]).iter().map(count).collect();
    let [pods, pods_period, percent, percent_period, stabilization] = args[..] else {
        panic!("{value} has five arguments")
    };
    let policy = |size, period: u32| Policy { size, period: Span::from_secs(period.into()) };
    let mut policies = Vec::new();
    if pods != 0 {
        policies.push(policy(Size::Pods(pods), pods_period));
    }
    if percent != 0 {
        policies.push(policy(Size::Percent(percent), percent_period));
    }
    Rules { policies, stabilization: Some(Span::from_secs(stabilization.into())), ..default }
}

/// `generateEventsUniformDistribution(changes, seconds)`: each in the middle of its share of the
/// time before now.
fn changes(value: Option<&Value>) -> Vec<Change> {
    let Some(value) = value else { return Vec::new() };
    assert_eq!(value["_call"], "generateEventsUniformDistribution", "of no other maker");
    let replicas: Vec<_> = list(&value["args"][0]).iter().map(count).collect();
    let share = Span::from_secs(count(&value["args"][1]).into()) / replicas.len() as u64;
    let last = replicas.len() as u64;
    let at = |place: u64| now() - (share * (last - place) - share / 2);
    let change = |(place, replicas): (usize, &u32)| Change {
        replicas: *replicas,
        at: at(place as u64),
        outdated: false,
    };
    replicas.iter().enumerate().map(change).collect()
}

pub(super) fn rates(case: &Value) -> Result<(), String> {
    let behavior = Behavior {
        up: rules(case.get("scaleUpRules"), Rules::up()),
        down: rules(case.get("scaleDownRules"), Rules::down()),
    };
    let memory = Memory {
        ups: changes(case.get("scaleUpEvents")),
        downs: changes(case.get("scaleDownEvents")),
        ..Memory::default()
    };
    let bounds = [count(&case["specMinReplicas"]), count(&case["specMaxReplicas"])];
    let current = count(&case["currentReplicas"]);
    let change = (current, count(&case["prenormalizedDesiredReplicas"]));
    let seen = by_behavior(change, bounds, (&behavior, &memory), now());
    limited(case, &seen, "expectedReplicas")
}

pub(super) fn remembered(case: &Value) -> Result<(), String> {
    let given = case.get("scalingRules");
    let events = |key: &str| -> Vec<Change> {
        let change = |it: &Value| Change {
            replicas: count(&it["0"]),
            at: instant(&it["1"]),
            outdated: it["2"] == true,
        };
        list(&case[key]).iter().map(change).collect()
    };
    // Both directions are remembered in the same way.
    for up in [true, false] {
        let given = |asked: bool, default| if asked { rules(given, default) } else { default };
        let behavior = case
            .get("scalingRules")
            .map(|_| Behavior { up: given(up, Rules::up()), down: given(!up, Rules::down()) });
        let mut memory = Memory::default();
        let before = events("prevScaleEvents");
        let recent = before.iter().filter(|it| it.at + Span::from_secs(60) > now());
        let recent: u32 = recent.map(|it| it.replicas).sum();
        same("recent", &recent, &count(&case["expectedReplicasChange"]))?;
        let by = count(&case["replicaChange"]);
        let change = if up { (10, 10 + by) } else { (10 + by, 10) };
        *(if up { &mut memory.ups } else { &mut memory.downs }) = before;
        memory.changed(behavior.as_ref(), change, now());
        let brief = |it: &Change| (it.replicas, it.outdated);
        let seen: Vec<_> = if up { &memory.ups } else { &memory.downs }.iter().map(brief).collect();
        let expected: Vec<_> = events("newScaleEvents").iter().map(brief).collect();
        same("remembered", &seen, &expected)?;
    }
    Ok(())
}
