//! The plan of a strategy.

use super::{Pass, code};
use crate::document::{At, Name, Place, Problem, closest};
use crate::scenario::document::ScenarioDoc;
use crate::strategy::{
    AllAtOnce, Canary, PauseDoc, Routing, RoutingDoc, Stage, StepDoc, Strategy, StrategyDoc,
};
use crate::units::Share;

/// The most steps that a plan may have.
const STEPS_MAX: usize = 60;

pub(super) fn strategy(doc: &ScenarioDoc, pass: &mut Pass<'_>) -> Option<Strategy> {
    match &doc.strategy.value {
        StrategyDoc::AllAtOnce(it) => {
            Some(Strategy::AllAtOnce(AllAtOnce { routing: routing(&it.routing) }))
        }
        StrategyDoc::Canary(it) => {
            let steps = &it.steps.value;
            let count = format!("{} steps, {STEPS_MAX} are the most", steps.len());
            let many = ("more steps than a plan can have", count.as_str(), "merge some of them");
            pass.require(steps.len() <= STEPS_MAX, code::LIMIT, it.steps.place, many);
            if it.routing == RoutingDoc::Pods {
                never_back(steps, it.steps.place, pass);
            }
            let stages: Vec<_> = steps.iter().map(|step| stage(doc, step, pass)).collect();
            let stages = stages.into_iter().collect::<Option<_>>()?;
            Some(Strategy::Canary(Canary::new(stages, routing(&it.routing))))
        }
    }
}

/// Pods that were taken away cannot be given back yet.
fn never_back(steps: &[StepDoc], place: Place, pass: &mut Pass<'_>) {
    let weights: Vec<Share> = steps.iter().filter_map(weight).collect();
    let mut pairs = weights.iter().zip(weights.iter().skip(1));
    if let Some((before, after)) = pairs.find(|(before, after)| before > after) {
        let label = format!("{after} comes after {before}");
        let problem = Problem::error(code::IMPOSSIBLE, "a weight below the one before, by pods");
        let help = "write the weights in rising order, or `routing: weights`";
        pass.problem(problem.at(place, label).help(help));
    }
}

fn routing(doc: &RoutingDoc) -> Routing {
    match doc {
        RoutingDoc::Weights(it) => Routing::Weights { delay: it.delay },
        RoutingDoc::Pods => Routing::Pods,
    }
}

fn stage(doc: &ScenarioDoc, step: &StepDoc, pass: &mut Pass<'_>) -> Option<Stage> {
    Some(match step {
        StepDoc::SetWeight(weight) => Stage::SetWeight(*weight),
        StepDoc::Pause(PauseDoc::For(span)) => Stage::Pause(*span),
        StepDoc::Pause(PauseDoc::Until(until)) => Stage::PauseUntil {
            gate: gate(doc, &until.gate, pass)?,
            passes: until.passes,
            at_most: until.at_most,
        },
    })
}

fn gate(doc: &ScenarioDoc, name: &At<Name>, pass: &mut Pass<'_>) -> Option<usize> {
    let names: Vec<&str> = doc.gates.iter().map(|(name, _)| name.as_str()).collect();
    let wanted = name.value.as_str();
    let found = names.iter().position(|gate| *gate == wanted);
    if found.is_none() {
        let listed = names.join(", ");
        let help = match closest(wanted, names) {
            Some(meant) => format!("did you mean `{meant}`? gates: {listed}"),
            None if listed.is_empty() => format!(
                "there are no gates: write for example \
                 gates: {{ {wanted}: {{ metric: error-rate, over: 1% }} }}"
            ),
            None => format!("gates: {listed}"),
        };
        let problem = Problem::error(code::REFERENCE, format!("there is no gate `{wanted}`"));
        pass.problem(problem.at(name.place, "not a name under `gates`").help(help));
    }
    found
}

/// The weights of all steps, zero to one.
pub(super) fn weights(doc: &ScenarioDoc) -> Vec<f64> {
    match &doc.strategy.value {
        StrategyDoc::AllAtOnce(_) => Vec::new(),
        StrategyDoc::Canary(it) => {
            it.steps.value.iter().filter_map(weight).map(Share::as_f64).collect()
        }
    }
}

fn weight(step: &StepDoc) -> Option<Share> {
    match step {
        StepDoc::SetWeight(weight) => Some(*weight),
        StepDoc::Pause(_) => None,
    }
}
