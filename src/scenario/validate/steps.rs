//! The plan of a strategy.

use super::queries::Prometheus;
use super::{Pass, code};
use std::cmp::Ordering;

use clockwork::Span;

use crate::controller::ControllerDoc;
use crate::controller::kubernetes::{Fenceposts, Kept};
use crate::document::{At, Name, Place, Problem, closest};
use crate::scenario::document::ScenarioDoc;
use crate::strategy::{
    self, Affinity, BlueGreenDoc, CanaryDoc, LinearDoc, PauseDoc, PodReplacementPolicyDoc,
    PromoteDoc, RollingDoc, Routing, RoutingDoc, Smoke, Stage, StepDoc, Strategy, StrategyDoc,
    Task, UpdateStrategyDoc,
};
use crate::units::{Portion, Quantity, Share};

/// The most steps that a plan may have.
const STEPS_MAX: usize = 60;

pub(super) fn strategy(
    doc: &ScenarioDoc,
    replicas: Option<u32>,
    prometheus: &mut Prometheus,
    pass: &mut Pass<'_>,
) -> Option<Strategy> {
    let strategy = match &doc.strategy.value {
        StrategyDoc::AllAtOnce(it) => strategy::all_at_once(routing(&it.routing)),
        StrategyDoc::BlueGreen(it) => blue_green(doc, it, pass),
        StrategyDoc::Canary(it) => canary(doc, it, pass)?,
        StrategyDoc::Flagger(it) => {
            return super::flagger::strategy(it, doc, replicas?, prometheus, pass);
        }
        StrategyDoc::Linear(it) => linear(it, pass)?,
        StrategyDoc::Recreate(it) => strategy::recreate(it.min_ready, it.progress_deadline),
        StrategyDoc::Rolling(it) => rolling(it, replicas?, pass)?,
    };
    let deadline = strategy.deadline.unwrap_or(Span::MAX);
    let label = format!("available after {}, stuck after {deadline}", strategy.min_ready);
    let help = "write for example: minReadySeconds: 30s, progressDeadline: 10m";
    let what = ("no pod is available before the rollout is stuck", label.as_str(), help);
    let meets = strategy.min_ready < deadline;
    pass.require(meets, code::CONTRADICTION, doc.strategy.place, what);
    if !meets {
        return None;
    }
    super::controller::controlled(doc, replicas, prometheus, strategy, pass)
}

fn canary(doc: &ScenarioDoc, it: &CanaryDoc, pass: &mut Pass<'_>) -> Option<Strategy> {
    let steps = &it.steps.value;
    let count = format!("{} steps, {STEPS_MAX} are the most", steps.len());
    let many = ("more steps than a plan can have", count.as_str(), "merge some of them");
    pass.require(steps.len() <= STEPS_MAX, code::LIMIT, it.steps.place, many);
    if it.routing == RoutingDoc::Pods {
        never_back(steps, it.steps.place, pass);
    }
    let asks = steps.iter().any(|step| matches!(step, StepDoc::Pause(PauseDoc::Approve)));
    if asks {
        somebody(doc, it.steps.place, "a pause with a duration", pass);
    }
    let stages: Vec<_> = steps.iter().map(|step| stage(doc, step, pass)).collect();
    let stages = stages.into_iter().collect::<Option<_>>()?;
    if !matches!(doc.controller.value, ControllerDoc::Argo(_)) {
        only_controlled(steps, it.steps.place, pass);
    }
    let strategy = strategy::canary(stages, routing(&it.routing));
    Some(Strategy { deadline: Some(it.progress_deadline), ..strategy })
}

/// Some steps are carried out by a controller of its own.
fn only_controlled(steps: &[StepDoc], place: Place, pass: &mut Pass<'_>) {
    let needs = |step: &StepDoc| match step {
        StepDoc::Analysis(_) => Some("analysis"),
        StepDoc::SetCanaryScale(_) => Some("setCanaryScale"),
        StepDoc::Experiment(_) => Some("experiment"),
        StepDoc::SetHeaderRoute(_) => Some("setHeaderRoute"),
        StepDoc::SetMirrorRoute(_) => Some("setMirrorRoute"),
        StepDoc::SetWeight(_) | StepDoc::Pause(_) => None,
    };
    if let Some(step) = steps.iter().find_map(needs) {
        let title = format!("a step `{step}` needs a controller that knows it");
        let problem = Problem::error(code::CONTRADICTION, title).at(place, "only Argo does");
        pass.problem(problem.help("write `controller: argo`, or leave the step out"));
    }
}

/// Somebody has to be there who approves.
fn somebody(doc: &ScenarioDoc, place: Place, instead: &str, pass: &mut Pass<'_>) {
    let help = format!("write `people: {{}}`, or {instead}");
    let nobody = ("nobody is there to approve", "needs `people`", help.as_str());
    pass.require(doc.people.0.is_some(), code::MISSING, place, nobody);
}

fn linear(it: &LinearDoc, pass: &mut Pass<'_>) -> Option<Strategy> {
    let least = Share::from_parts(Share::ONE.parts() / STEPS_MAX as u64 + 1)?;
    let help = "write for example: step: 10%";
    if it.step.value == Share::ZERO {
        let what = ("steps that move nothing", "zero", help);
        pass.require(false, code::IMPOSSIBLE, it.step.place, what);
    } else {
        let label = format!("{} would take more than {STEPS_MAX} steps", it.step.value);
        let what = ("a step that is too small", label.as_str(), help);
        pass.require(it.step.value >= least, code::LIMIT, it.step.place, what);
    }
    let help = "write for example: every: 1m, or `allAtOnce`";
    let what = ("steps without time between them", "zero", help);
    pass.require(!it.every.value.is_zero(), code::IMPOSSIBLE, it.every.place, what);
    let fits = it.step.value >= least;
    fits.then(|| strategy::linear(routing(&it.routing), it.step.value, it.every.value))
}

fn rolling(it: &RollingDoc, replicas: u32, pass: &mut Pass<'_>) -> Option<Strategy> {
    let (surge, unavailable) = (it.max_surge, it.max_unavailable);
    if surge.value.is_zero() && unavailable.value.is_zero() {
        let title = "neither a pod more nor a pod less: nothing can be replaced";
        let problem = Problem::error(code::CONTRADICTION, title)
            .at(surge.place, "zero")
            .at(unavailable.place, "and zero")
            .help("write for example: maxSurge: 1");
        pass.problem(problem);
        return None;
    }
    let most = Portion::Percent(100);
    let fits = !matches!(unavailable.value.partial_cmp(&most), Some(Ordering::Greater));
    let help = "write for example: maxUnavailable: 25%";
    let what = ("more pods missing than there are", "above 100 %", help);
    pass.require(fits, code::IMPOSSIBLE, unavailable.place, what);
    if replicas == 0 {
        return None;
    }
    let bounds = Fenceposts::within(surge.value, unavailable.value, replicas);
    let after_termination = it.pod_replacement_policy == PodReplacementPolicyDoc::Complete;
    let kept = match (it.update_strategy, it.partition) {
        (Some(UpdateStrategyDoc::OnDelete), _) => Kept::Undeleted,
        (_, None | Some(0)) => Kept::Nothing,
        (_, Some(ordinal)) => Kept::Below(ordinal),
    };
    let strategy = strategy::rolling_but(bounds, kept, it.min_ready, it.progress_deadline);
    Some(Strategy { after_termination, ..strategy })
}

fn blue_green(doc: &ScenarioDoc, it: &BlueGreenDoc, pass: &mut Pass<'_>) -> Strategy {
    let smoke = it.pre_promotion.as_ref().map(|smoke| {
        let what = ("a test without requests", "zero", "write for example: requests: 200");
        pass.require(smoke.requests.value.get() > 0, code::IMPOSSIBLE, smoke.requests.place, what);
        let what =
            ("a test that nobody can fail", "no more than all fail", "write for example: over: 5%");
        pass.require(smoke.over.value < Share::ONE, code::IMPOSSIBLE, smoke.over.place, what);
        Smoke { requests: smoke.requests.value.get(), every: smoke.every, over: smoke.over.value }
    });
    let affinity = it.affinity.0.as_ref().map(|affinity| {
        let what = ("sessions that end in no time", "zero", "write `affinity: none`");
        pass.require(
            !affinity.session.value.is_zero(),
            code::IMPOSSIBLE,
            affinity.session.place,
            what,
        );
        Affinity { session: affinity.session.value, drain: affinity.drain.value }
    });
    let promote = match it.promote.value {
        PromoteDoc::After(span) => Some(Stage::Pause(span)),
        PromoteDoc::Approve => {
            somebody(doc, it.promote.place, "for example `promote: { after: 10m }`", pass);
            Some(Stage::Approve)
        }
        PromoteDoc::Auto => None,
    };
    let before = smoke.map(Stage::Check).into_iter().chain(promote);
    let strategy = strategy::blue_green(it.switch.delay, before, affinity, it.keep_old.value);
    Strategy { min_ready: it.min_ready, deadline: Some(it.progress_deadline), ..strategy }
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

pub(super) fn routing(doc: &RoutingDoc) -> Routing {
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
        StepDoc::Pause(PauseDoc::Approve) => Stage::Approve,
        StepDoc::Analysis(_) => Stage::Controlled(Task::Analysis),
        StepDoc::SetCanaryScale(_) => Stage::Controlled(Task::SetCanaryScale),
        StepDoc::Experiment(_) => Stage::Controlled(Task::Experiment),
        StepDoc::SetHeaderRoute(share) => Stage::Controlled(Task::SetHeaderRoute(*share)),
        StepDoc::SetMirrorRoute(share) => Stage::Controlled(Task::SetMirrorRoute(*share)),
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
        StrategyDoc::Canary(it) => {
            it.steps.value.iter().filter_map(weight).map(Share::as_f64).collect()
        }
        StrategyDoc::Linear(it) => {
            let step = it.step.value.as_f64();
            let steps = if step > 0.0 { (1.0 / step).ceil() as u32 } else { 0 };
            (1..=steps.min(STEPS_MAX as u32)).map(|k| (f64::from(k) * step).min(1.0)).collect()
        }
        StrategyDoc::AllAtOnce(_)
        | StrategyDoc::BlueGreen(_)
        | StrategyDoc::Flagger(_)
        | StrategyDoc::Recreate(_)
        | StrategyDoc::Rolling(_) => Vec::new(),
    }
}

fn weight(step: &StepDoc) -> Option<Share> {
    match step {
        StepDoc::SetWeight(weight) => Some(*weight),
        _ => None,
    }
}
