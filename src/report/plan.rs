//! A strategy and its gates in a few words.

use super::number::many;
use crate::controller::delivery::Plan;
use crate::controller::kubernetes::{Fenceposts, Kept};
use crate::gate::{Accepts, Bound, Floor, Gate, Judge, Metric};
use crate::scenario::Scenario;
use crate::strategy::{Replacement, Routing, Stage, Strategy, Task};

/// The strategy and its gates, such as `canary 5% > 20% > 100%, gates errors and p99`.
pub fn plan(scenario: &Scenario) -> String {
    let names: Vec<&str> = scenario.gates.iter().map(|gate| gate.name.as_str()).collect();
    let sources = scenario.strategy.delivery.iter().flat_map(|it| &it.sources);
    let mut measured: Vec<&str> = sources.map(|source| source.name.as_str()).collect();
    if let Some(Plan::Flagger(plan)) = scenario.strategy.delivery.as_ref().map(|it| &it.plan) {
        // Behind those of the release are the same of the running version.
        measured.truncate(plan.canary.checks.len());
    }
    let gates = match names.as_slice() {
        [] => match measured.as_slice() {
            [] => "no gate".to_owned(),
            [one] => format!("analysis {one}"),
            [first, ..] => format!("{} metrics of analyses, {first} the first", measured.len()),
        },
        [one] => format!("gate {one}"),
        [most @ .., last] => format!("gates {} and {last}", most.join(", ")),
    };
    let does = steps(&scenario.strategy);
    format!("{}{does}, {gates}", scenario.strategy.name)
}

/// What a strategy does, in a few words after its name.
fn steps(strategy: &Strategy) -> String {
    let weights: Vec<String> = strategy
        .stages
        .iter()
        .filter_map(|stage| match stage {
            Stage::SetWeight(weight) => Some(weight.to_string()),
            _ => None,
        })
        .collect();
    let steps = match weights.as_slice() {
        [] => String::new(),
        [first, .., last] if weights.len() > 8 => {
            format!(" {first} > .. > {last} ({} weights)", weights.len())
        }
        weights => format!(" {}", weights.join(" > ")),
    };
    match (strategy.replacement(), strategy.routing) {
        (Some(Replacement::Rolling(_, Kept::Undeleted)), _) => {
            " of pods that somebody deletes".to_owned()
        }
        (Some(Replacement::Rolling(Fenceposts { surge, unavailable }, kept)), _) => {
            let more = many(surge.into(), "pod", "pods");
            let from = match kept {
                Kept::Below(ordinal) => format!(" from ordinal {ordinal} on"),
                Kept::Nothing | Kept::Undeleted => String::new(),
            };
            format!("{from} with {more} more and {unavailable} fewer at most")
        }
        (Some(Replacement::Recreate), _) => String::new(),
        (None, Routing::Pods) => format!("{steps} of the pods"),
        (None, Routing::Weights { .. }) => steps,
    }
}

/// What a stage does.
pub(super) fn stage(stage: &Stage, gates: &[Gate]) -> String {
    match stage {
        Stage::SetWeight(weight) => format!("setWeight {weight}"),
        Stage::Pause(span) => format!("pause {span}"),
        Stage::PauseUntil { gate, passes, at_most } => {
            format!("pause until {} passes {passes} times, at most {at_most}", gates[*gate].name)
        }
        Stage::Approve => "pause until somebody approves".to_owned(),
        Stage::Prepare => "start a second fleet".to_owned(),
        Stage::Controlled(task) => match task {
            Task::Analysis => "analysis".to_owned(),
            Task::SetCanaryScale => "setCanaryScale".to_owned(),
            Task::Experiment => "experiment".to_owned(),
            Task::SetHeaderRoute(share) => format!("setHeaderRoute {share}"),
            Task::SetMirrorRoute(share) => format!("setMirrorRoute {share}"),
        },
        Stage::Check(smoke) => {
            let (count, share) = (smoke.requests, smoke.over);
            format!("{count} test requests, of which at most {share} may fail")
        }
        Stage::Replace(Replacement::Rolling(Fenceposts { surge, unavailable }, kept)) => {
            let which = match kept {
                Kept::Nothing => "every pod".to_owned(),
                Kept::Below(ordinal) => format!("the pods from ordinal {ordinal} on"),
                Kept::Undeleted => return "replace every pod that somebody deletes".to_owned(),
            };
            format!("replace {which}, {surge} more and {unavailable} fewer at most")
        }
        Stage::Replace(Replacement::Recreate) => "stop every pod, then start new ones".to_owned(),
    }
}

/// What a gate measured, and the bound, in the words of its metric.
pub(super) fn measured(gate: &Gate, value: f64, bound: Option<f64>) -> String {
    let percent = |share: f64| format!("{:.3} %", share * 100.0);
    match &gate.metric {
        Metric::Alert(_) => "fires".to_owned(),
        Metric::Throughput(it) => format!("{value:.1}/s  min {}", it.under),
        Metric::Apdex(it) => {
            let floor = match it.floor {
                Floor::Under(share) => format!("{:.3}", share.as_f64()),
                Floor::BaselineMinus(share) => {
                    let held = bound.map_or_else(String::new, |bound| format!("{bound:.3}, "));
                    format!("{held}the old version's less {:.3}", share.as_f64())
                }
            };
            format!("{value:.3}  min {floor}")
        }
        Metric::ErrorRate(it) => {
            format!("{} failed  max {}", percent(value), limit(it.bound, bound))
        }
        Metric::Query(it) => format!("{value:.6}  {}", accepted(&it.accepts)),
        Metric::SlowShare(it) => {
            let slow = format!("{} slower than {}", percent(value), it.than);
            format!("{slow}  max {}", limit(it.bound, bound))
        }
        Metric::Latency(it) => {
            let than = it.limit().map_or_else(String::new, super::number::time);
            let most = it.quantile.complement();
            format!("{} slower than {than}  max {most}", percent(value))
        }
    }
}

/// What is wanted of the value of a query.
fn accepted(accepts: &Accepts) -> String {
    match accepts {
        Accepts::Conditions { success: Some(success), .. } => {
            format!("wants {}", success.text())
        }
        Accepts::Conditions { failure: Some(failure), .. } => {
            format!("fails if {}", failure.text())
        }
        Accepts::Conditions { .. } => String::new(),
        Accepts::Range { low: Some(low), high: Some(high) } => format!("{low} to {high}"),
        Accepts::Range { low: Some(low), .. } => format!("min {low}"),
        Accepts::Range { high, .. } => format!("max {}", high.unwrap_or(f64::INFINITY)),
    }
}

fn limit(bound: Bound, value: Option<f64>) -> String {
    let held = value.map_or_else(String::new, |value| format!("{:.3} % = ", value * 100.0));
    match bound {
        Bound::Over(share) => share.to_string(),
        Bound::BaselinePlus(share) => format!("{held}old + {share}"),
        Bound::BaselineTimes(factor) => format!("{held}old {factor}"),
    }
}
