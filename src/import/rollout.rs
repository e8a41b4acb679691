//! Argo Rollouts: `kind: Rollout`.

mod analyses;
mod arguments;
mod blue_green;
mod canary;
mod experiment_fields;
mod fields;
mod gate;
mod mesh;
mod mesh_fields;
mod metrics;
mod rules;
mod steps;
mod template_fields;
mod waits;

use analyses::Analyses;

use super::draft::{Draft, Foreign, rejected};
use super::outline::{Controller, Outline};
use super::pace::Pace;
use super::typed::{Given, field, is_true, whole};
use super::{Importer, build, pods, replicas::replicas};
use crate::document::{Node, Place, quoted};

pub(super) const IMPORTER: Importer = Importer {
    api_version: "argoproj.io/v1alpha1",
    kind: "Rollout",
    controller: "Argo Rollouts",
    import,
};

/// A strategy of a Rollout with what surrounds it.
struct Rollout<'a> {
    /// What is inside of `canary` or `blueGreen`.
    node: &'a Node,
    /// Where its key stands.
    place: Place,
    pace: Pace,
    /// The template of the pods, where the files have it.
    template: Option<&'a Node>,
}

/// What the strategy of a Rollout becomes.
struct Plan {
    strategy: (&'static str, Node),
    /// What is said of the controller beside the steps.
    argo: Vec<(&'static str, Node)>,
    gates: Option<Node>,
}

fn import<'a>(workload: Foreign<'a>, draft: &mut Draft<'a>) -> Option<Node> {
    let rollout = workload.node;
    draft.account(rollout, "", &[fields::ROLLOUT]);
    let (kind, spec, node, place) = strategy(rollout, draft)?;
    if is_true(spec, "paused") {
        let place = build::key_place(spec, "paused");
        draft.lose("spec.paused", place, "the rollout begins although it is paused");
    }
    let template = template(spec, draft);
    let pod = template.as_ref().and_then(|(node, path)| pods::pod(node, path, draft));
    let template = template.map(|(node, _)| node);
    let pace = Pace::of(spec, draft);
    let rollout = Rollout { node, place, pace, template };
    let replicas = replicas(workload, "Argo's", draft);
    let mut analyses = Analyses::new(workload.node);
    let plan = match kind {
        Kind::Canary => canary::plan(&rollout, replicas.as_ref(), &mut analyses, draft)?,
        Kind::BlueGreen => blue_green::plan(&rollout, &mut analyses, draft),
    };
    let Plan { strategy, mut argo, gates } = plan;
    if is_true(spec, "progressDeadlineAbort") {
        let place = build::key_place(spec, "progressDeadlineAbort");
        argo.push(("progressDeadlineAbort", build::text("true", place)));
    }
    if let Some(window) = field(spec, "rollbackWindow") {
        let revisions = whole(window, "revisions", draft);
        let text = |it: Given| build::text(it.value.to_string(), it.place);
        argo.extend(revisions.map(|it| ("rollbackWindow", text(it))));
    }
    let kind = build::key_place(workload.node, "kind");
    argo.extend(analyses.document(kind).map(|it| ("analyses", it)));
    let outline = Outline {
        workload,
        controller: Controller::Argo(build::map(argo, kind)),
        replicas: replicas?,
        pod,
        strategy,
        bake: None,
        telemetry: telemetry(workload, &rollout),
        gates,
    };
    Some(outline.document(draft))
}

/// Accounts for documents that have become steps of the Rollout.
pub(super) fn account_steps<'a>(
    inside: &[usize],
    documents: &[Foreign<'a>],
    draft: &mut Draft<'a>,
) {
    for index in inside {
        draft.take(*index);
        let document = &documents[*index];
        let table = match document.kind {
            "Experiment" => experiment_fields::EXPERIMENT,
            kind => mesh_fields::of(kind),
        };
        draft.account_for(document, &[table]);
    }
}

/// What the service is called in its series, as far as the file says so.
fn telemetry(workload: Foreign<'_>, rollout: &Rollout<'_>) -> Option<Node> {
    let text = |node: &Node| Some(build::text(node.as_text()?, node.place));
    let mut entries = Vec::new();
    let service = |key| field(rollout.node, key).and_then(text);
    let istio = rollout.node.get("trafficRouting").and_then(|it| it.get("istio"));
    let labels = rollout.template.and_then(|it| it.find(["metadata", "labels"]));
    if istio.is_none() {
        let app = labels.and_then(|it| it.get("app"));
        entries.extend(app.and_then(text).map(|it| ("service", it)));
    } else if istio.is_some_and(|it| it.get("destinationRule").is_none()) {
        // A mesh that splits by host has one Service for each version.
        for key in ["stableService", "canaryService"] {
            entries.extend(service(key).map(|it| (key, it)));
        }
    }
    // Users reach both versions by one Service; nobody reaches the release by the other one.
    let active = service("activeService");
    let both = active.map(|it| [("stableService", it.clone()), ("canaryService", it)]);
    entries.extend(both.into_iter().flatten());
    entries.extend(service("previewService").map(|it| ("previewService", it)));
    let namespace = workload.at("metadata.namespace");
    entries.extend(namespace.and_then(text).map(|it| ("namespace", it)));
    let place = workload.name_place();
    (!entries.is_empty()).then(|| build::map(entries, place))
}

enum Kind {
    BlueGreen,
    Canary,
}

/// The strategy: its kind, what surrounds it, what is inside and where its key stands; or why
/// there is none.
fn strategy<'a>(
    rollout: &'a Node,
    draft: &mut Draft<'_>,
) -> Option<(Kind, &'a Node, &'a Node, Place)> {
    let spec = field(rollout, "spec");
    let strategy = spec.and_then(|spec| field(spec, "strategy"));
    let inside = |key| strategy.and_then(|it| Some((field(it, key)?, build::key_place(it, key))));
    let (kind, (node, place)) = match (inside("canary"), inside("blueGreen")) {
        (Some(canary), None) => (Kind::Canary, canary),
        (None, Some(other)) => (Kind::BlueGreen, other),
        (Some((_, one)), Some((_, other))) => {
            let (first, second) = (one.min(other), one.max(other));
            let problem = rejected("a Rollout has one strategy", second, "a second strategy");
            let problem = problem.at(first, "the first one");
            draft.problem(problem.help("keep `canary` or `blueGreen`"));
            return None;
        }
        (None, None) => {
            let place = strategy.or(spec).unwrap_or(rollout).place;
            let label = "neither `spec.strategy.canary` nor `spec.strategy.blueGreen` is given";
            let problem = rejected("this Rollout has no strategy", place, label);
            let help = "write for example: strategy: { canary: { steps: [{ setWeight: 10 }, { pause: { duration: 10m } }] } }";
            draft.problem(problem.help(help));
            return None;
        }
    };
    if node.as_map().is_none() {
        let title = "a strategy is a map of fields";
        let problem = rejected(title, node.place, "not a map");
        draft.problem(problem.help("write for example: canary: { steps: [{ setWeight: 10 }] }"));
        return None;
    }
    Some((kind, spec?, node, place))
}

/// The pod template and what it is called: the Rollout's own, or that of the Deployment it refers
/// to, of which Argo reads nothing else.
fn template<'a>(spec: &'a Node, draft: &mut Draft<'a>) -> Option<(&'a Node, String)> {
    if let Some(template) = field(spec, "template") {
        return Some((template, "spec.template".to_owned()));
    }
    let reference = field(spec, "workloadRef")?;
    let text = |key| reference.get(key).and_then(Node::as_text).unwrap_or("");
    let (kind, name) = (text("kind"), text("name"));
    let Some((index, workload)) = draft.document(kind, name) else {
        let why = format!("{} is not among the files: its pods are not known", quoted(name));
        let place = build::key_place(spec, "workloadRef");
        draft.lose("spec.workloadRef", place, why);
        return None;
    };
    draft.take(index);
    let template = workload.node.get("spec")?.get("template")?;
    Some((template, format!("{} spec.template", workload.title())))
}
