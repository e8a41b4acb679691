//! Kubernetes: `kind: Deployment`.

mod autoscaler;
mod budget;
mod fields;
mod rules;
mod service;
mod switch;

pub(super) use autoscaler::{KINDS as SCALERS, hpa, scales, target, target_place};
pub(super) use fields::DEPLOYMENT;
pub(super) use switch::{SWITCH, pair};

use super::batches::{Defaults, batches};
use super::draft::{Draft, Foreign, plain, rejected};
use super::outline::{Controller, Outline};
use super::pace::Pace;
use super::replicas::replicas;
use super::selector::labels;
use super::typed::{field, found, is_true};
use super::{Importer, build, pods};
use crate::document::{Node, closest};

pub(super) const IMPORTER: Importer =
    Importer { api_version: "apps/v1", kind: "Deployment", controller: "Kubernetes", import };

/// Workloads whose controllers replace pods.
pub(super) const KINDS: [&str; 3] = ["Deployment", "StatefulSet", "DaemonSet"];

pub(super) const NO_GATE: &str = "nothing judges the release: Kubernetes only waits for its pods, and people \
                       are paged when an alert fires";
pub(super) const GATE: &str = "--set 'gates.errors={ metric: error-rate, over: 1%, window: 5m }'";

/// What stands beside a workload, and how many pods it has.
pub(super) struct Beside {
    pub(super) replicas: Option<Node>,
    /// What is said of the controllers.
    pub(super) said: Vec<(&'static str, Node)>,
}

impl Beside {
    /// Reads it, for a workload with such pods.
    pub(super) fn of<'a>(
        workload: &Foreign<'a>,
        (template, labels): (Option<&'a Node>, Option<&'a Node>),
        draft: &mut Draft<'a>,
        replicas: impl FnOnce(&mut Draft<'a>) -> Option<Node>,
    ) -> Self {
        let replicas = replicas(draft);
        service::services(workload, labels, draft);
        let pods = replicas.as_ref().and_then(Node::as_text).and_then(|it| it.parse().ok());
        let pdb = budget::budget(workload, labels, pods, draft).map(|it| ("pdb", it));
        let hpa = autoscaler::autoscaler(workload, template, draft).map(|it| ("hpa", it));
        Self { replicas, said: hpa.into_iter().chain(pdb).collect() }
    }
}

/// What every workload says of its pods and of what is beside them.
pub(super) struct Body<'a> {
    pub(super) spec: &'a Node,
    pub(super) replicas: Option<Node>,
    pub(super) pod: Option<Node>,
    said: Vec<(&'static str, Node)>,
}

impl<'a> Body<'a> {
    /// Reads it, with what is beside the workload; `replicas` says how many pods there are.
    pub(super) fn of(
        workload: Foreign<'a>,
        draft: &mut Draft<'a>,
        replicas: impl FnOnce(&mut Draft<'a>) -> Option<Node>,
    ) -> Option<Self> {
        let spec = spec(&workload, draft)?;
        let template = rules::check(&workload, spec, draft);
        let labels = template.and_then(labels);
        let Beside { replicas, said } = Beside::of(&workload, (template, labels), draft, replicas);
        let pod = template.and_then(|template| pods::pod(template, "spec.template", draft));
        Some(Self { spec, replicas, pod, said })
    }

    /// The document, of a workload whose pods are replaced like this.
    pub(super) fn outline(
        self,
        workload: Foreign<'a>,
        strategy: Option<(&'static str, Node)>,
        draft: &mut Draft<'a>,
    ) -> Option<Node> {
        chosen(&workload, draft);
        draft.assume(NO_GATE, build::key_place(workload.node, "kind"), Some(GATE.to_owned()));
        let outline = Outline {
            telemetry: None,
            workload,
            controller: Controller::Kubernetes(self.said),
            replicas: self.replicas?,
            pod: self.pod,
            strategy: strategy?,
            bake: None,
            gates: None,
        };
        Some(outline.document(draft))
    }
}

fn import<'a>(workload: Foreign<'a>, draft: &mut Draft<'a>) -> Option<Node> {
    draft.account(workload.node, "", fields::DEPLOYMENT);
    let body = Body::of(workload, draft, |draft| replicas(workload, "Kubernetes'", draft))?;
    let pace = Pace::of(body.spec, draft);
    let strategy = strategy(body.spec, pace, draft);
    body.outline(workload, strategy, draft)
}

/// What is inside of a workload, or why there is nothing.
fn spec<'a>(workload: &Foreign<'a>, draft: &mut Draft<'_>) -> Option<&'a Node> {
    let node = workload.node;
    let Some(spec) = field(node, "spec").filter(|spec| spec.as_map().is_some()) else {
        let place = build::key_place(node, "spec");
        let title = format!("this {} says nothing", workload.kind);
        let problem = rejected(title, place, "needs a `spec` with fields");
        draft.problem(problem.help(rules::EXAMPLE));
        return None;
    };
    if workload.kind == "Deployment" && is_true(spec, "paused") {
        let place = build::key_place(spec, "paused");
        draft.lose("spec.paused", place, "the rollout begins although it is paused");
    }
    Some(spec)
}

/// Says which of several workloads is rolled out, unless a person has said it.
fn chosen(workload: &Foreign<'_>, draft: &mut Draft<'_>) {
    let is_other = |it: &&Foreign<'_>| {
        KINDS.contains(&it.kind) && !std::ptr::eq(it.node, workload.node) && !draft.is_taken(it)
    };
    let others: Vec<_> = draft.documents().iter().filter(is_other).collect();
    if let Some(other) = others.first().filter(|_| draft.options.workload.is_none()) {
        let count = others.len() + 1;
        let text = format!(
            "{count} workloads are given, and {} is the one that is rolled out: it has most pods, \
             or comes first",
            workload.title()
        );
        let change = format!("coalmine import FILE --workload {}", plain(other.name));
        draft.assume(text, workload.name_place(), Some(change));
    }
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
            let batches = batches(rolling, Defaults::QUARTER, place, draft)?;
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
