//! The workload that a Canary releases.

use super::{scaler, unsupported};
use crate::document::{Node, Place};
use crate::import::batches::{Defaults, batches};
use crate::import::daemon_set::DAEMON_SET;
use crate::import::deployment::DEPLOYMENT;
use crate::import::draft::{Draft, Foreign};
use crate::import::kinds::group;
use crate::import::pace::Pace;
use crate::import::replicas::replicas;
use crate::import::typed::field;
use crate::import::{build, pods};
use crate::strategy::TargetDoc;

/// Pods of a workload of which nothing is known.
const PODS: &str = "4";

/// What is known of the workload.
pub(super) struct Target {
    /// `strategy.flagger.target`, unless it is a Deployment.
    pub(super) kind: Option<Node>,
    /// `fleet.replicas`.
    pub(super) replicas: Node,
    /// `fleet.pod`, if the files say anything of it.
    pub(super) pod: Option<Node>,
    /// `strategy.flagger.deployment`.
    pub(super) deployment: Node,
    /// `controller.flagger`, if the pods follow the load.
    pub(super) controller: Vec<(&'static str, Node)>,
    /// `strategy.flagger.recreate`, if all pods are replaced at once.
    pub(super) recreate: Option<Node>,
}

/// The workload of a Canary, or why there is none.
pub(super) fn target<'a>(
    canary: &Foreign<'a>,
    spec: &'a Node,
    draft: &mut Draft<'a>,
) -> Option<Target> {
    let reference = field(spec, "targetRef")?;
    let text = |key| field(reference, key).and_then(Node::as_text).unwrap_or_default();
    let kind = kind(reference, draft)?;
    let place = build::key_place(spec, "targetRef");
    let node = field(reference, "kind").filter(|_| kind != TargetDoc::Deployment);
    let said = node.map(|node| build::text(kind.as_str(), node.place));
    let documents = draft.documents().iter().copied();
    let named = |it: &Foreign<'_>| it.kind == text("kind") && it.name == text("name");
    let is_pods = matches!(kind, TargetDoc::Deployment | TargetDoc::DaemonSet);
    let workload = documents.filter(|it| is_pods && it.is_beside(canary)).find(named);
    let Some(workload) = workload else {
        if field(spec, "autoscalerRef").is_some() {
            scaler::fixed(spec, draft);
        }
        return Some(Target { kind: said, ..unknown(kind, place, draft) });
    };
    draft.take_one(&workload);
    let inside = field(workload.node, "spec")?;
    let template = field(inside, "template");
    let path = format!("{} spec.template", workload.title());
    let pod = template.and_then(|template| pods::pod(template, &path, draft));
    let (replicas, deployment) = if kind == TargetDoc::DaemonSet {
        draft.account_for(&workload, DAEMON_SET);
        (nodes(place, draft), daemons(inside, draft)?)
    } else {
        draft.account_for(&workload, DEPLOYMENT);
        let replicas = replicas(workload, "Kubernetes'", draft)?;
        (scaler::at_least(replicas, spec, draft), batched(inside, draft)?)
    };
    let recreate = recreate(inside);
    let controller = scaler::scaler(canary, spec, template, draft);
    Some(Target { kind: said, replicas, pod, deployment, controller, recreate })
}

/// What is released, as far as Flagger releases it.
fn kind(reference: &Node, draft: &mut Draft<'_>) -> Option<TargetDoc> {
    let text = |key| field(reference, key).and_then(Node::as_text).unwrap_or_default();
    let node = field(reference, "kind");
    match (text("kind"), group(text("apiVersion"))) {
        ("Deployment", _) => Some(TargetDoc::Deployment),
        ("DaemonSet", _) => Some(TargetDoc::DaemonSet),
        ("Service", "serving.knative.dev") => Some(TargetDoc::Revision),
        ("Service", _) => Some(TargetDoc::Service),
        ("", _) if node.is_none() => Some(TargetDoc::Deployment),
        (kind, _) => {
            let title = format!("a Canary of a {} cannot be simulated", found(kind));
            let why = "Flagger releases a Deployment, a DaemonSet or a Service";
            let help = "import a Canary whose targetRef has kind: Deployment";
            draft.problem(unsupported(title, node.unwrap_or(reference), why).help(help));
            None
        }
    }
}

/// A workload that is not among the files, or whose pods no file tells of.
fn unknown(kind: TargetDoc, place: Place, draft: &mut Draft<'_>) -> Target {
    let why = match kind {
        TargetDoc::Deployment => "the Deployment that it releases is not among the files",
        TargetDoc::DaemonSet => "the DaemonSet that it releases is not among the files",
        TargetDoc::Service => {
            "who changes a Service starts the pods that it selects, and stops them"
        }
        TargetDoc::Revision => "Knative starts a revision with its change, and stops it unused",
    };
    let pods = match kind {
        TargetDoc::Deployment => "pods that are replaced as Kubernetes does by default",
        TargetDoc::DaemonSet => "pods on as many nodes, replaced one by one",
        TargetDoc::Service | TargetDoc::Revision => "pods of each version",
    };
    draft.assume(format!("{PODS} {pods}: {why}"), place, Some("--replicas 20".to_owned()));
    let replicas = build::assumed(PODS, why, place);
    let deployment = build::map([], place);
    Target { kind: None, replicas, pod: None, deployment, controller: Vec::new(), recreate: None }
}

/// How a Deployment replaces its pods.
fn batched(inside: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let pace = Pace::of(inside, draft);
    let strategy = field(inside, "strategy");
    let place = build::key_place(inside, "template");
    let rolling = strategy.and_then(|strategy| field(strategy, "rollingUpdate"));
    let times = [pace.min_ready(), pace.deadline()].into_iter().flatten();
    Some(build::map(
        batches(rolling, Defaults::QUARTER, place, draft)?.into_iter().chain(times),
        place,
    ))
}

/// Whether all pods go before new ones come.
fn recreate(inside: &Node) -> Option<Node> {
    let kind = field(field(inside, "strategy")?, "type")?;
    (kind.as_text() == Some("Recreate")).then(|| build::text("true", kind.place))
}

/// How a `DaemonSet` replaces its pods: one by one unless it says otherwise.
fn daemons(inside: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let place = build::key_place(inside, "template");
    let strategy = field(inside, "updateStrategy");
    if let Some(kind) = strategy.and_then(|it| field(it, "type"))
        && kind.as_text() == Some("OnDelete")
    {
        let why = "its pods are replaced when somebody deletes them, and nobody does";
        let problem = unsupported("a DaemonSet that waits for deletions", kind, why);
        draft.problem(problem.help("write: type: RollingUpdate"));
        return None;
    }
    let rolling = strategy.and_then(|strategy| field(strategy, "rollingUpdate"));
    let min_ready = Pace::of(inside, draft).min_ready();
    let entries = batches(rolling, Defaults::ONE, place, draft)?.into_iter();
    Some(build::map(entries.chain(min_ready), place))
}

/// Nodes that have a pod of a `DaemonSet`: no file says how many there are.
fn nodes(place: Place, draft: &mut Draft<'_>) -> Node {
    const WHY: &str = "a pod runs on every node, and no file says how many there are";
    draft.assume(format!("{PODS} nodes: {WHY}"), place, Some("--replicas 20".to_owned()));
    build::assumed(PODS, WHY, place)
}

fn found(kind: &str) -> String {
    crate::import::draft::plain(kind)
}
