//! `kind: HorizontalPodAutoscaler`, and KEDA's `ScaledObject`, which makes one: how the pods of a
//! Deployment follow the load.

mod behavior;
mod fields;
mod keda;
mod metrics;

use crate::document::{Node, Place};
use crate::import::build;
use crate::import::draft::{Draft, Foreign, plain, rejected};
use crate::import::typed::{Given, field, whole};

/// More pods than a scenario can ask for.
const PODS_MAX: u32 = 100_000;

/// Kinds of autoscalers, by group.
pub(in crate::import) const KINDS: [(&str, &str); 2] =
    [("autoscaling", "HorizontalPodAutoscaler"), ("keda.sh", "ScaledObject")];

const SEVERAL: &str = "several autoscalers of the same pods: Kubernetes lets none of them act";
const UNLIMITED: &str = "as good as no limit";

/// `controller.kubernetes.hpa`: the autoscaler of a workload; those of others are listed.
pub(super) fn autoscaler<'a>(
    workload: &Foreign<'a>,
    template: Option<&'a Node>,
    draft: &mut Draft<'a>,
) -> Option<Node> {
    let mut own = Vec::new();
    for document in all(draft) {
        if scales(&document, workload) {
            own.push(document);
        } else {
            let why = format!("it scales {}, which is not rolled out here", target(&document));
            draft.lose_document(&document, why);
        }
    }
    if let [one] = own.as_slice() {
        return hpa(one, (template, "kubernetes"), draft);
    }
    for document in own {
        draft.lose_document(&document, SEVERAL);
    }
    None
}

/// Lists the autoscalers where there are two Deployments.
pub(super) fn lose_all(why: &'static str, draft: &mut Draft<'_>) {
    for document in all(draft) {
        draft.lose_document(&document, why);
    }
}

/// Every autoscaler of the files, which the import accounts for from now on.
fn all<'a>(draft: &mut Draft<'a>) -> Vec<Foreign<'a>> {
    let kinds = KINDS.into_iter();
    kinds.flat_map(|(group, kind)| draft.take_all(group, kind)).collect()
}

/// What it scales, for a message.
pub(in crate::import) fn target(document: &Foreign<'_>) -> String {
    let text = |key: &str| {
        let node = document.at(&format!("spec.scaleTargetRef.{key}"));
        node.and_then(Node::as_text).map(plain)
    };
    match (text("kind"), text("name")) {
        (Some(kind), Some(name)) => format!("{kind} {name}"),
        (None, Some(name)) if document.kind == keda::KIND => format!("Deployment {name}"),
        _ => "nothing that it names".to_owned(),
    }
}

/// Whether an autoscaler is that of a workload.
pub(in crate::import) fn scales(document: &Foreign<'_>, workload: &Foreign<'_>) -> bool {
    let text = |key: &str| {
        let node = document.at(&format!("spec.scaleTargetRef.{key}"));
        node.and_then(Node::as_text)
    };
    // KEDA scales a Deployment where nothing is said.
    let kind = text("kind").or((document.kind == keda::KIND).then_some("Deployment"));
    let is_it = kind == Some(workload.kind) && text("name") == Some(workload.name);
    is_it && document.is_beside(workload)
}

/// What one autoscaler says, for pods of this template under that controller; nothing if it cannot
/// be followed.
pub(in crate::import) fn hpa<'a>(
    document: &Foreign<'a>,
    pods: (Option<&'a Node>, &str),
    draft: &mut Draft<'a>,
) -> Option<Node> {
    if document.kind == keda::KIND {
        return keda::scaled_object(document, pods, draft);
    }
    let table = match document.api_version {
        "autoscaling/v2" => fields::V2,
        "autoscaling/v1" => fields::V1,
        other => {
            let why = format!("{} is not served: autoscaling/v2 is", plain(other));
            draft.lose_document(document, why);
            return None;
        }
    };
    let spec = document.at("spec")?;
    let bounds = bounds(document, spec, draft)?;
    let cpu = metrics::target(document, spec, draft);
    let cpu = metrics::cpu(document, cpu, pods, draft)?;
    draft.account_for(document, &[table]);
    let behavior = field(spec, "behavior").and_then(|it| behavior::behavior(it, draft));
    let entries = bounds.into_iter().flatten().chain(cpu);
    let entries = entries.chain(behavior.map(|it| ("behavior", it)));
    Some(build::map(entries, build::key_place(document.node, "spec")))
}

/// `min` and `max`.
fn bounds(
    document: &Foreign<'_>,
    spec: &Node,
    draft: &mut Draft<'_>,
) -> Option<[Option<(&'static str, Node)>; 2]> {
    let least = whole(spec, "minReplicas", draft);
    let Some(most) = whole(spec, "maxReplicas", draft) else {
        if field(spec, "maxReplicas").is_none() {
            let title = "an autoscaler needs `maxReplicas`";
            let place = build::key_place(document.node, "spec");
            let problem = rejected(title, place, "nothing says how many pods there may be");
            draft.problem(problem.help("write for example: maxReplicas: 10"));
        }
        return None;
    };
    if let Some(zero) = least.filter(|it| it.value == 0) {
        let problem = rejected("`minReplicas` is at least one", zero.place, "no pod at all");
        draft.problem(problem.help("write: minReplicas: 1"));
        return None;
    }
    if most.value < least.map_or(1, |it| it.value) {
        let title = "`maxReplicas` is below `minReplicas`";
        let problem = rejected(title, most.place, format!("at most {}", most.value));
        let problem = match least {
            Some(least) => problem.at(least.place, format!("at least {}", least.value)),
            None => problem,
        };
        let floor = least.map_or(1, |it| it.value);
        draft
            .problem(problem.help(format!("write for example: maxReplicas: {}", floor.max(1) * 2)));
        return None;
    }
    Some([least.map(|it| ("min", pods(it))), Some(("max", pods(most)))])
}

fn pods(Given { value, place }: Given) -> Node {
    if value > PODS_MAX {
        return build::assumed(PODS_MAX.to_string(), UNLIMITED, place);
    }
    build::text(value.to_string(), place)
}

/// Where the target of an autoscaler stands, else its name.
pub(in crate::import) fn target_place(document: &Foreign<'_>) -> Place {
    let name = document.at("spec.scaleTargetRef.name");
    name.map_or_else(|| document.name_place(), |node| node.place)
}
