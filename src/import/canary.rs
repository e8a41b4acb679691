//! Flagger: `kind: Canary`.

mod analysis;
mod fields;
mod metrics;
mod query;
mod target;
mod webhooks;

use super::draft::{Draft, Foreign, rejected};
use super::outline::{Controller, Outline};
use super::typed::{field, found, is_true, whole};
use super::{Importer, build, code};
use crate::document::{Node, Place, Problem};

pub(super) const IMPORTER: Importer =
    Importer { api_version: "flagger.app/v1beta1", kind: "Canary", controller: "Flagger", import };

/// Providers that route nothing.
const KUBERNETES: &str = "kubernetes";

const MESH: &str = "the provider of the installation routes by weights, as Istio does by default";

fn import<'a>(workload: Foreign<'a>, draft: &mut Draft<'a>) -> Option<Node> {
    let canary = workload.node;
    draft.account(canary, "", fields::CANARY);
    let spec = spec(canary, draft)?;
    let target = target::target(&workload, spec, draft);
    let analysis = analysis::analysis(&workload, spec, draft);
    let (target, mut entries) = (target?, analysis?);
    entries.insert(0, ("provider", provider(spec, draft)));
    for (key, name) in [
        ("primaryReadyThreshold", "primaryReadyThreshold"),
        ("canaryReadyThreshold", "canaryReadyThreshold"),
    ] {
        let analysis = field(spec, "analysis");
        let percent = analysis.and_then(|analysis| whole(analysis, key, draft));
        entries.extend(percent.map(|it| (name, build::text(it.value.to_string(), it.place))));
    }
    if let Some(deadline) = whole(spec, "progressDeadlineSeconds", draft) {
        entries.push(("progressDeadline", super::outline::seconds(deadline)));
    }
    for key in ["skipAnalysis", "suspend"] {
        if is_true(spec, key) {
            entries.push((key, build::text("true", build::key_place(spec, key))));
        }
    }
    entries.push(("deployment", target.deployment));
    let place = build::key_place(canary, "spec");
    let outline = Outline {
        workload,
        controller: Controller::Flagger,
        replicas: target.replicas,
        pod: target.pod,
        strategy: ("flagger", build::map(entries, place)),
        bake: None,
        gates: None,
        telemetry: Some(telemetry(&workload, place)),
    };
    Some(outline.document(draft))
}

/// What the service is called in its series: Flagger calls the running version the primary.
fn telemetry(workload: &Foreign<'_>, place: Place) -> Node {
    let namespace = workload.at("metadata.namespace");
    let namespace = namespace.and_then(|it| Some(build::text(it.as_text()?, it.place)));
    let service = workload.at("spec.targetRef.name");
    let service = service.and_then(|it| Some(build::text(it.as_text()?, it.place)));
    let naming = Some(build::text("flagger", place));
    let entries = [("service", service), ("namespace", namespace), ("naming", naming)];
    build::map(entries.into_iter().filter_map(|(key, node)| Some((key, node?))), place)
}

/// What is inside of a Canary, or why there is nothing.
fn spec<'a>(canary: &'a Node, draft: &mut Draft<'_>) -> Option<&'a Node> {
    let Some(spec) = field(canary, "spec").filter(|spec| spec.as_map().is_some()) else {
        let place = build::key_place(canary, "spec");
        let problem = rejected("this Canary says nothing", place, "needs a `spec` with fields");
        draft.problem(problem.help(
            "write for example: spec: { targetRef: { kind: Deployment, name: app }, analysis: \
             { interval: 1m, threshold: 5, stepWeight: 10 } }",
        ));
        return None;
    };
    if field(spec, "targetRef").is_none() {
        let place = build::key_place(canary, "spec");
        let problem = rejected("this Canary has no `targetRef`", place, "what is released?");
        let help = "write for example: targetRef: { apiVersion: apps/v1, kind: Deployment, \
                    name: app }";
        draft.problem(problem.help(help));
        return None;
    }
    Some(spec)
}

/// Who routes.
fn provider(spec: &Node, draft: &mut Draft<'_>) -> Node {
    match field(spec, "provider") {
        Some(node) if node.as_text() == Some(KUBERNETES) => build::text(KUBERNETES, node.place),
        Some(node) => build::text("mesh", node.place),
        None => {
            let place = build::key_place(spec, "targetRef");
            let change = "--set strategy.flagger.provider=kubernetes";
            draft.assume(MESH, place, Some(change.to_owned()));
            build::assumed("mesh", MESH, place)
        }
    }
}

/// Something that cannot be simulated.
fn unsupported(title: impl Into<String>, node: &Node, why: &str) -> Problem {
    Problem::error(code::UNSUPPORTED, title).at(node.place, format!("{}: {why}", found(node)))
}
