//! A strategy under Argo Rollouts: its steps as the controller knows them.

use clockwork::Span;

mod versions;

use super::analyses::Analyses;
use super::queries::Prometheus;
use super::{Pass, code};
use crate::controller::argo::{
    self, AbortDelay, AutoPromotion, BlueGreen, Canary, CanaryScale, Command, Doing, Plan, Step,
    Threshold, abort_scale_down_delay, scale_down_delay,
};
use crate::controller::kubernetes::Fenceposts;
use crate::controller::{ArgoDoc, ThresholdDoc, delivery};
use crate::document::{At, Origin, Problem};
use crate::scenario::document::ScenarioDoc;
use crate::strategy::{
    BlueGreenDoc, CanaryScaleDoc, Delivery, ExperimentDoc, PauseDoc, PromoteDoc, Routing, Stage,
    StepDoc, Strategy, StrategyDoc, VersionOfDoc,
};
use crate::units::{Quantity, Share};

/// What has not ended so long after its pauses never ends.
const ENDLESS: Span = Span::from_hours(48);

/// The strategy, carried out by Argo Rollouts.
pub(super) fn controlled(
    it: &ArgoDoc,
    doc: &ScenarioDoc,
    (replicas, prometheus): (u32, &mut Prometheus),
    strategy: Strategy,
    pass: &mut Pass<'_>,
) -> Option<Strategy> {
    let version = versions::checked(it, pass)?;
    let mut analyses = Analyses::of(it, prometheus, pass)?;
    let is_routed = matches!(strategy.routing, Routing::Weights { .. });
    let mut rollout = Rollout { it, doc, analyses: &mut analyses, is_routed };
    let (steps, doing) = rollout.steps(pass)?;
    let kind = match (&doc.strategy.value, is_routed) {
        (StrategyDoc::BlueGreen(_), _) => argo::Routing::BlueGreen,
        (_, true) => argo::Routing::RoutedCanary,
        (_, false) => argo::Routing::None,
    };
    rollout.fits(pass)?;
    let bounds = rollout.bounds(replicas, pass)?;
    let background = match &it.background.0 {
        Some(background) => {
            let analysis = rollout.analyses.named(&background.analyses, "background", pass)?;
            Some((analysis, background.from as usize))
        }
        None => None,
    };
    let blue_green = match &doc.strategy.value {
        StrategyDoc::BlueGreen(blue_green) => Some(rollout.blue_green(blue_green, pass)?),
        _ => None,
    };
    let abort_delay: AbortDelay = abort_scale_down_delay(kind, it.abort_delay);
    let plan = Plan {
        canary: Canary {
            replicas,
            steps,
            max_weight: it.max_traffic_weight.value,
            is_routed: is_routed || blue_green.is_some(),
            is_stable_dynamic: it.dynamic_stable_scale.value,
            min_pods: it.min_pods,
            abort_delay,
            version,
        },
        steps: doing,
        background,
        surge: bounds.surge,
        unavailable: bounds.unavailable,
        threshold: it.threshold.as_ref().map(|it| match it {
            ThresholdDoc::Percent(percent) => Threshold::Percent(*percent),
            ThresholdDoc::Pods(pods) => Threshold::Pods(*pods),
        }),
        deadline: strategy.deadline.unwrap_or(Span::from_mins(10)),
        aborts_when_late: it.aborts_when_late,
        rollback_window: it.rollback_window,
        scale_down_delay: Span::from_secs(scale_down_delay(kind, it.scale_down_delay).into()),
        blue_green,
        analyses: Vec::new(),
    };
    let Analyses { analyses, sources, .. } = analyses;
    let plan = delivery::Plan::Argo(Plan { analyses, ..plan });
    let min_ready = strategy.min_ready.max(it.min_ready);
    let delivery = Some(Delivery { plan, sources, latency: it.latency, commands: commands(it) });
    // The twin has clocks of its own; this one ends what would never end, such as an analysis of a
    // step that has no count.
    let pauses = strategy.stages.iter().filter_map(|stage| match stage {
        Stage::Pause(span) => Some(*span),
        _ => None,
    });
    let deadline = Some(pauses.fold(ENDLESS, |sum, span| sum + span));
    Some(Strategy { delivery, min_ready, deadline, keep_old: Span::ZERO, ..strategy })
}

/// What an operator does, in the order of time.
fn commands(it: &ArgoDoc) -> Vec<(Span, Command)> {
    let mut commands: Vec<_> = it.kubectl.value.iter().map(|it| (it.at, it.run)).collect();
    commands.sort_by_key(|(at, _)| *at);
    commands
}

/// A Rollout that is read.
struct Rollout<'a, 'd> {
    it: &'a ArgoDoc,
    doc: &'a ScenarioDoc,
    analyses: &'a mut Analyses<'d>,
    is_routed: bool,
}

impl Rollout<'_, '_> {
    /// The steps of a canary; a rolling update has none.
    fn steps(&mut self, pass: &mut Pass<'_>) -> Option<(Vec<Step>, Vec<Doing>)> {
        match &self.doc.strategy.value {
            StrategyDoc::Canary(canary) => {
                let steps: Vec<_> =
                    canary.steps.value.iter().map(|step| self.step(step, pass)).collect();
                let steps: Vec<(Step, Doing)> = steps.into_iter().collect::<Option<_>>()?;
                Some(steps.into_iter().unzip())
            }
            StrategyDoc::Rolling(_) | StrategyDoc::BlueGreen(_) => Some((Vec::new(), Vec::new())),
            _ => {
                let title = "Argo Rollouts does not know this strategy";
                let problem = Problem::error(code::CONTRADICTION, title)
                    .at(self.doc.controller.place, "it knows canary and blueGreen")
                    .at(self.doc.strategy.place, "this is neither");
                pass.problem(problem.help(
                    "write `controller: ideal`, or one of the strategies canary, blueGreen, or \
                     rolling, which is a canary without steps",
                ));
                None
            }
        }
    }

    fn step(&mut self, step: &StepDoc, pass: &mut Pass<'_>) -> Option<(Step, Doing)> {
        Some(match step {
            StepDoc::SetWeight(weight) => {
                (Step::SetWeight(self.weight(*weight, pass)?), Doing::Weight)
            }
            StepDoc::SetCanaryScale(scale) => {
                let scale = match scale {
                    CanaryScaleDoc::Replicas(replicas) => CanaryScale::Replicas(*replicas),
                    CanaryScaleDoc::Weight(weight) => {
                        CanaryScale::Weight(self.weight(*weight, pass)?)
                    }
                    CanaryScaleDoc::MatchTrafficWeight => CanaryScale::MatchTrafficWeight,
                };
                self.needs_routing("setCanaryScale", pass)?;
                (Step::SetCanaryScale(scale), Doing::Scale)
            }
            StepDoc::Pause(PauseDoc::For(span)) => (Step::Other, Doing::Pause(Some(*span))),
            StepDoc::Pause(PauseDoc::Approve) => (Step::Other, Doing::Pause(None)),
            StepDoc::Pause(PauseDoc::Until(until)) => {
                let title = "Argo Rollouts does not wait for a native gate";
                let problem = Problem::error(code::CONTRADICTION, title);
                let problem = problem.at(until.gate.place, "a step of ours");
                pass.problem(problem.help("write an `analysis` step, or `pause: 10m`"));
                return None;
            }
            StepDoc::Analysis(names) => {
                (Step::Other, Doing::Analysis(self.analyses.named(names, "analysis", pass)?))
            }
            StepDoc::SetHeaderRoute(share) => {
                self.needs_routing("setHeaderRoute", pass)?;
                (Step::Other, Doing::Header(*share))
            }
            StepDoc::SetMirrorRoute(share) => {
                self.needs_routing("setMirrorRoute", pass)?;
                (Step::Other, Doing::Mirror(*share))
            }
            StepDoc::Experiment(it) => {
                let analysis = if it.analyses.value.is_empty() {
                    None
                } else {
                    Some(self.analyses.named(&it.analyses, "experiment", pass)?)
                };
                let (pods, weight) = self.tested(it, pass)?;
                let duration = it.duration;
                (Step::Other, Doing::Experiment { duration, analysis, pods, weight })
            }
        })
    }

    /// The pods of an experiment by version, and the weight of those of the release.
    fn tested(&self, it: &ExperimentDoc, pass: &mut Pass<'_>) -> Option<([u32; 2], u32)> {
        let (mut pods, mut all) = ([0; 2], 0);
        for template in &it.templates.value {
            let version = usize::from(template.version == VersionOfDoc::New);
            pods[version] += template.replicas;
            let Some(weight) = template.weight else { continue };
            self.needs_routing("weight", pass)?;
            let weight = self.weight(weight, pass)?;
            all += if version == 1 { weight } else { 0 };
        }
        Some((pods, all))
    }

    /// A weight in whole parts of `maxTrafficWeight`.
    fn weight(&self, weight: Share, pass: &mut Pass<'_>) -> Option<u32> {
        let max = u128::from(self.it.max_traffic_weight.value);
        let parts = u128::from(weight.parts()) * max;
        let whole = u128::from(Share::ONE.parts());
        if parts % whole == 0 {
            return u32::try_from(parts / whole).ok();
        }
        let title = format!("{weight} is no whole weight of {max}");
        let problem = Problem::error(code::IMPOSSIBLE, title)
            .at(self.doc.strategy.place, "weights of Argo Rollouts are whole numbers");
        pass.problem(problem.help("write a whole percentage, or a larger `maxTrafficWeight`"));
        None
    }

    fn needs_routing(&self, what: &str, pass: &mut Pass<'_>) -> Option<()> {
        let title = format!("`{what}` needs a router that splits the traffic");
        let place = self.doc.controller.place;
        let what = (title.as_str(), "the pods share the traffic", "write `routing: weights`");
        pass.require(self.is_routed, code::CONTRADICTION, place, what);
        self.is_routed.then_some(())
    }

    /// What only traffic routing allows is asked for with it.
    fn fits(&self, pass: &mut Pass<'_>) -> Option<()> {
        let dynamic = self.it.dynamic_stable_scale;
        if dynamic.value {
            self.needs_routing("dynamicStableScale", pass)?;
            if self.it.scale_down_delay.is_some() {
                let title = "`dynamicStableScale` removes old pods as it goes";
                let problem = Problem::error(code::CONTRADICTION, title)
                    .at(dynamic.place, "with `scaleDownDelaySeconds` Argo rejects it");
                pass.problem(problem.help("leave one of the two out"));
                return None;
            }
        }
        Some(())
    }

    fn bounds(&self, replicas: u32, pass: &mut Pass<'_>) -> Option<Fenceposts> {
        let (surge, unavailable) = match &self.doc.strategy.value {
            StrategyDoc::Rolling(rolling) => (rolling.max_surge, rolling.max_unavailable),
            _ => (self.it.max_surge, self.it.max_unavailable),
        };
        if surge.value.is_zero() && unavailable.value.is_zero() {
            let title = "neither a pod more nor a pod less: nothing can be replaced";
            let problem = Problem::error(code::CONTRADICTION, title)
                .at(surge.place, "zero")
                .at(unavailable.place, "and zero");
            pass.problem(problem.help("write for example: maxSurge: 1"));
            return None;
        }
        Some(Fenceposts::within(surge.value, unavailable.value, replicas))
    }

    fn blue_green(&mut self, it: &BlueGreenDoc, pass: &mut Pass<'_>) -> Option<BlueGreen> {
        if it.pre_promotion.is_some() {
            let title = "Argo Rollouts sends no test requests";
            let problem = Problem::error(code::CONTRADICTION, title)
                .at(self.doc.strategy.place, "`prePromotion` is a test of ours");
            let help = "leave it out, or name analyses: \
                        controller: { argo: { prePromotionAnalysis: [..] } }";
            pass.problem(problem.help(help));
            return None;
        }
        if it.keep_old.origin == Origin::Written {
            let title = "Argo Rollouts has a delay of its own for the old version";
            let problem = Problem::error(code::CONTRADICTION, title)
                .at(it.keep_old.place, "not looked at under this controller");
            let help = "write: controller: { argo: { scaleDownDelaySeconds: 3600 } }";
            pass.problem(problem.help(help));
            return None;
        }
        let promotion = match it.promote.value {
            PromoteDoc::After(span) => AutoPromotion::After(span),
            PromoteDoc::Approve => AutoPromotion::Manual,
            PromoteDoc::Auto => AutoPromotion::AtOnce,
        };
        let mut analysis = |names: &Option<At<Vec<_>>>, what| match names {
            Some(names) => self.analyses.named(names, what, pass).map(Some),
            None => Some(None),
        };
        Some(BlueGreen {
            pre: analysis(&self.it.pre, "prePromotionAnalysis")?,
            post: analysis(&self.it.post, "postPromotionAnalysis")?,
            preview_replicas: self.it.preview_replicas,
            promotion,
            is_delay_explicit: self.it.scale_down_delay.is_some(),
        })
    }
}
