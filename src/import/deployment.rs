//! Kubernetes: `kind: Deployment`.

mod autoscaler;
mod budget;
mod fields;
mod rules;
mod service;
mod switch;

pub(super) use autoscaler::{hpa, target, target_place};
pub(super) use fields::DEPLOYMENT;
pub(super) use switch::{SWITCH, pair};

use super::batches::batches;
use super::draft::{Draft, Foreign, rejected};
use super::outline::{Controller, Outline};
use super::pace::Pace;
use super::replicas::replicas;
use super::selector::labels;
use super::typed::{field, found, is_true};
use super::{Importer, build, pods};
use crate::document::{Node, closest};

pub(super) const IMPORTER: Importer =
    Importer { api_version: "apps/v1", kind: "Deployment", controller: "Kubernetes", import };

const NO_GATE: &str = "nothing judges the release: Kubernetes only waits for its pods, and people \
                       are paged when an alert fires";
const GATE: &str = "--set 'gates.errors={ metric: error-rate, over: 1%, window: 5m }'";

fn import<'a>(workload: Foreign<'a>, draft: &mut Draft<'a>) -> Option<Node> {
    let deployment = workload.node;
    draft.account(deployment, "", fields::DEPLOYMENT);
    let spec = spec(&workload, draft)?;
    let template = rules::check(spec, draft);
    let replicas = replicas(workload, "Kubernetes'", draft);
    let labels = template.and_then(labels);
    service::services(&workload, labels, draft);
    let pods = replicas.as_ref().and_then(Node::as_text).and_then(|it| it.parse().ok());
    budget::budgets(&workload, labels, pods, draft);
    let hpa = autoscaler::autoscaler(&workload, template, draft);
    let pace = Pace::of(spec, draft);
    let strategy = strategy(spec, pace, draft);
    let pod = template.and_then(|template| pods::pod(template, "spec.template", draft));
    draft.assume(NO_GATE, build::key_place(deployment, "kind"), Some(GATE.to_owned()));
    let outline = Outline {
        telemetry: None,
        workload,
        controller: Controller::Kubernetes(hpa),
        replicas: replicas?,
        pod,
        strategy: strategy?,
        bake: None,
        gates: None,
    };
    Some(outline.document(draft))
}

/// What is inside of a Deployment, or why there is nothing.
fn spec<'a>(workload: &Foreign<'a>, draft: &mut Draft<'_>) -> Option<&'a Node> {
    let deployment = workload.node;
    let Some(spec) = field(deployment, "spec").filter(|spec| spec.as_map().is_some()) else {
        let place = build::key_place(deployment, "spec");
        let problem = rejected("this Deployment says nothing", place, "needs a `spec` with fields");
        draft.problem(problem.help(rules::EXAMPLE));
        return None;
    };
    if is_true(spec, "paused") {
        let place = build::key_place(spec, "paused");
        draft.lose("spec.paused", place, "the rollout begins although it is paused");
    }
    Some(spec)
}

/// How pods are replaced: in batches unless the file says otherwise.
fn strategy(spec: &Node, pace: Pace, draft: &mut Draft<'_>) -> Option<(&'static str, Node)> {
    let strategy = field(spec, "strategy");
    let place = build::key_place(spec, if strategy.is_some() { "strategy" } else { "template" });
    let place = if strategy.is_none() { spec.place } else { place };
    let kind = strategy.and_then(|strategy| field(strategy, "type"));
    let rolling = strategy.and_then(|strategy| field(strategy, "rollingUpdate"));
    let times = [pace.min_ready(), pace.deadline()].into_iter().flatten();
    match kind.map(|kind| (kind, kind.as_text().unwrap_or_default())) {
        None | Some((_, "RollingUpdate")) => {
            if strategy.is_none() {
                let text = "pods are replaced by a RollingUpdate, the default of Kubernetes: a \
                            quarter of them more, a quarter fewer";
                let change = "--set strategy.rolling.maxUnavailable=0";
                draft.assume(text, build::key_place(spec, "replicas"), Some(change.to_owned()));
            }
            let batches = batches(rolling, place, draft)?;
            Some(("rolling", build::map(batches.into_iter().chain(times), place)))
        }
        Some((_, "Recreate")) => {
            if rolling.is_some() {
                let at = strategy.map_or(place, |it| build::key_place(it, "rollingUpdate"));
                let title = "`Recreate` has no batches";
                let problem = rejected(title, at, "belongs to `type: RollingUpdate`");
                draft.problem(
                    problem.help("leave out `rollingUpdate`, or write: type: RollingUpdate"),
                );
                return None;
            }
            Some(("recreate", build::map(times, place)))
        }
        Some((node, text)) => {
            let title = format!("there is no strategy {} of a Deployment", found(node));
            let problem = rejected(title, node.place, "`RollingUpdate` or `Recreate`");
            let kinds = ["RollingUpdate", "Recreate"];
            let meant = closest(text, kinds).unwrap_or("RollingUpdate");
            draft.problem(problem.help(format!("write: type: {meant}")));
            None
        }
    }
}
