//! Flagger: `kind: Canary`.

mod analysis;
mod fields;
mod metrics;
mod query;
mod scaler;
mod standard;
mod target;
mod webhooks;

pub(super) use standard::canary as standard;

use super::draft::{Draft, Foreign, rejected};
use super::outline::{Controller, Outline};
use super::typed::{field, found, is_true, whole};
use super::{Importer, build, code};
use crate::document::{Key, Node, Place, Problem, Value, quoted};
use crate::strategy::ProviderDoc;
use crate::telemetry::Telemetry;

pub(super) const IMPORTER: Importer =
    Importer { api_version: "flagger.app/v1beta1", kind: "Canary", controller: "Flagger", import };

const MESH: &str = "the provider of the installation routes by weights, as Istio does by default";

fn import<'a>(workload: Foreign<'a>, draft: &mut Draft<'a>) -> Option<Node> {
    let canary = workload.node;
    draft.account(canary, "", &[fields::CANARY]);
    let spec = spec(canary, draft)?;
    let target = target::target(&workload, spec, draft);
    let (asked, provider) = provider(spec, draft);
    let series = asked.named(called(&workload));
    let analysis = analysis::analysis(&workload, spec, &series, draft);
    // What is wrong is said all at once, before anything is given up.
    let mut entries = vec![("provider", provider)];
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
    let target = target?;
    entries.extend(analysis?);
    entries.extend(target.kind.map(|kind| ("target", kind)));
    entries.extend(target.recreate.map(|recreate| ("recreate", recreate)));
    entries.push(("deployment", target.deployment));
    let place = build::key_place(canary, "spec");
    let outline = Outline {
        workload,
        controller: Controller::Flagger(target.controller),
        replicas: target.replicas,
        pod: target.pod,
        strategy: ("flagger", build::map(entries, place)),
        bake: None,
        gates: None,
        telemetry: Some(telemetry(&workload, place)),
    };
    let mut document = outline.document(draft);
    if let Some(traffic) = sessions(spec, draft)
        && let Value::Map(map) = &mut document.value
    {
        map.insert(Key::new("traffic", traffic.place), traffic);
    }
    Some(document)
}

/// What becomes of users whom `sessionAffinity` keeps with a version, with a cookie.
fn sessions(spec: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let affinity = field(field(spec, "analysis")?, "sessionAffinity")?;
    let is_both = field(affinity, "primaryCookieName").is_some();
    let said = match (is_both, field(affinity, "maxAge").and_then(Node::as_text)) {
        (true, age) => format!("users stay with their version, {}", lasting(age)),
        (false, age) => format!(
            "users stay with the version that they meet first, {}; whoever met the primary is sent \
             on by weight with every request in truth, so that more of them meet the canary",
            lasting(age)
        ),
    };
    draft.assume(said, affinity.place, Some("--set traffic.users.sticky=false".to_owned()));
    let users = build::map([("sticky", build::text("true", affinity.place))], affinity.place);
    Some(build::map([("users", users)], affinity.place))
}

/// For how long a cookie holds: a day unless the manifest says otherwise.
fn lasting(age: Option<&str>) -> String {
    format!("beyond the {} seconds of their cookie", age.unwrap_or("86400"))
}

/// The series that there are of what is released.
fn called(workload: &Foreign<'_>) -> Telemetry {
    let default = Telemetry::default();
    let said = |path| workload.at(path).and_then(Node::as_text).map(ToOwned::to_owned);
    let service = said("spec.targetRef.name").unwrap_or_else(|| default.service.clone());
    let namespace = said("metadata.namespace").unwrap_or_else(|| default.namespace.clone());
    let services = [service.clone(), service.clone()];
    Telemetry { service, services, namespace, ..default }
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
fn provider(spec: &Node, draft: &mut Draft<'_>) -> (ProviderDoc, Node) {
    let Some(node) = field(spec, "provider") else {
        let place = build::key_place(spec, "targetRef");
        draft.assume(MESH, place, Some("--set strategy.flagger.provider=kubernetes".to_owned()));
        return (ProviderDoc::Istio, build::assumed("istio", MESH, place));
    };
    let text = node.as_text().unwrap_or_default();
    // `gatewayapi:v1` and `appmesh:v1beta2` say a version, `smi:linkerd` what is meant.
    let mut words = text.split(':');
    let known = words.find_map(|it| ProviderDoc::ALL.iter().find(|known| known.as_str() == it));
    let provider = known.copied().unwrap_or(ProviderDoc::Istio);
    if known.is_none() {
        let said = format!("Flagger knows no series of {}, and asks for Istio's", quoted(text));
        draft.assume(said, node.place, None);
    }
    (provider, build::text(provider.as_str(), node.place))
}

/// Something that cannot be simulated.
fn unsupported(title: impl Into<String>, node: &Node, why: &str) -> Problem {
    Problem::error(code::UNSUPPORTED, title).at(node.place, format!("{}: {why}", found(node)))
}
