//! The Deployment that a Canary releases.

use super::{fields, unsupported};
use crate::document::Node;
use crate::import::batches::{Defaults, batches};
use crate::import::draft::{Draft, Foreign};
use crate::import::pace::Pace;
use crate::import::replicas::replicas;
use crate::import::typed::field;
use crate::import::{build, pods};

/// Pods of a workload of which nothing is known.
const PODS: &str = "4";
const WHY: &str = "the Deployment that it releases is not among the files";

/// What is known of the workload.
pub(super) struct Target {
    /// `fleet.replicas`.
    pub(super) replicas: Node,
    /// `fleet.pod`, if the files say anything of it.
    pub(super) pod: Option<Node>,
    /// `strategy.flagger.deployment`.
    pub(super) deployment: Node,
}

/// The workload of a Canary, or why there is none.
pub(super) fn target<'a>(
    canary: &Foreign<'a>,
    spec: &'a Node,
    draft: &mut Draft<'a>,
) -> Option<Target> {
    let reference = field(spec, "targetRef")?;
    let text = |key| field(reference, key).and_then(Node::as_text).unwrap_or_default();
    match (text("kind"), field(reference, "kind")) {
        ("Deployment", _) | (_, None) => {}
        (kind, Some(node)) => {
            let why = match kind {
                "DaemonSet" => "one pod runs on every node, and nodes do not come and go here",
                "Service" => "revisions of a Service are not pods that are known here",
                _ => "only a Deployment is",
            };
            let title = format!("a Canary of a {} cannot be simulated yet", found(kind));
            let help = "import a Canary whose targetRef has kind: Deployment";
            draft.problem(unsupported(title, node, why).help(help));
            return None;
        }
    }
    let documents = draft.documents().iter().copied();
    let named = |it: &Foreign<'_>| it.kind == "Deployment" && it.name == text("name");
    let Some(workload) = documents.filter(|it| it.is_beside(canary)).find(named) else {
        let place = build::key_place(spec, "targetRef");
        let said = format!("{PODS} pods that are replaced as Kubernetes does by default: {WHY}");
        draft.assume(said, place, Some("--replicas 20".to_owned()));
        let replicas = build::assumed(PODS, WHY, place);
        return Some(Target { replicas, pod: None, deployment: build::map([], place) });
    };
    draft.take_one(&workload);
    draft.account_for(&workload, fields::DEPLOYMENT);
    let inside = field(workload.node, "spec")?;
    let replicas = replicas(workload, "Kubernetes'", draft)?;
    let pace = Pace::of(inside, draft);
    let template = field(inside, "template");
    let path = format!("{} spec.template", workload.title());
    let pod = template.and_then(|template| pods::pod(template, &path, draft));
    let strategy = field(inside, "strategy");
    let place = build::key_place(inside, "template");
    if let Some(kind) = strategy.and_then(|it| field(it, "type"))
        && kind.as_text() == Some("Recreate")
    {
        let what = format!("{} spec.strategy.type", workload.title());
        draft.lose(what, kind.place, "the primary is replaced in batches, not all at once");
    }
    let rolling = strategy.and_then(|strategy| field(strategy, "rollingUpdate"));
    let times = [pace.min_ready(), pace.deadline()].into_iter().flatten();
    let entries = batches(rolling, Defaults::QUARTER, place, draft)?.into_iter().chain(times);
    Some(Target { replicas, pod, deployment: build::map(entries, place) })
}

fn found(kind: &str) -> String {
    crate::import::draft::plain(kind)
}
