//! Services beside a Deployment: whether they select its pods, and what else they say.

use crate::document::{Node, quoted};
use crate::import::build;
use crate::import::draft::{Draft, Foreign, plain};
use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;
use crate::import::selector::{has_all, label};
use crate::import::typed::field;

const NEAR: &str = "requests go to all pods that are ready, wherever they come from";

/// A Service.
const SERVICE: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("spec", Inside),
    ("spec.allocateLoadBalancerNodePorts", Harmless),
    ("spec.clusterIP", Used),
    ("spec.clusterIPs", Harmless),
    ("spec.externalIPs", Harmless),
    ("spec.externalName", Harmless),
    ("spec.externalTrafficPolicy", Used),
    ("spec.healthCheckNodePort", Harmless),
    ("spec.internalTrafficPolicy", Used),
    ("spec.ipFamilies", Harmless),
    ("spec.ipFamilyPolicy", Harmless),
    ("spec.loadBalancerClass", Harmless),
    ("spec.loadBalancerIP", Harmless),
    ("spec.loadBalancerSourceRanges", Harmless),
    ("spec.ports", Harmless),
    ("spec.publishNotReadyAddresses", Used),
    ("spec.selector", Used),
    ("spec.sessionAffinity", Used),
    ("spec.sessionAffinityConfig", Used),
    ("spec.trafficDistribution", Lost(NEAR)),
    ("spec.type", Used),
    ("status", Harmless),
];

/// Fields with the value that is simulated, and what any other means for the result.
const PLAIN: [(&str, &str, &str); 5] = [
    ("type", "ClusterIP", "what stands between clients and the Service takes no time"),
    ("sessionAffinity", "None", "clients do not stay with a pod: any that is ready may answer"),
    ("publishNotReadyAddresses", "false", "pods that are not ready get no requests here"),
    ("externalTrafficPolicy", "Cluster", NEAR),
    ("internalTrafficPolicy", "Cluster", NEAR),
];

const HEADLESS: &str =
    "clients choose among the pods themselves; here any that is ready may answer";
const ELSEWHERE: &str = "it is in another namespace";
const BY_HAND: &str = "it has no selector: who answers is not said";

/// Takes the Services that select the pods of a workload, and lists the others.
pub(super) fn services(workload: &Foreign<'_>, labels: Option<&Node>, draft: &mut Draft<'_>) {
    for service in draft.take_all("", "Service") {
        let selector = service
            .at("spec.selector")
            .filter(|it| it.as_map().is_some_and(|map| !map.entries().is_empty()));
        match selector {
            _ if !service.is_beside(workload) => draft.lose_document(&service, ELSEWHERE),
            None => draft.lose_document(&service, BY_HAND),
            Some(selector) if has_all(labels, selector) => take(&service, draft),
            Some(selector) => {
                let why =
                    format!("it selects no pod of this workload: {}", missing(selector, labels));
                draft.lose_document(&service, why);
            }
        }
    }
}

/// Takes a Service, and lists what is not as plain as simulated.
pub(super) fn take(service: &Foreign<'_>, draft: &mut Draft<'_>) {
    draft.account_for(service, &[SERVICE]);
    let Some(spec) = service.at("spec") else { return };
    let mut lose = |key: &str, why| {
        let what = format!("{} spec.{key}", service.title());
        draft.lose(what, build::key_place(spec, key), why);
    };
    for (key, simulated, why) in PLAIN {
        if field(spec, key).is_some_and(|it| it.as_text() != Some(simulated)) {
            lose(key, why);
        }
    }
    if field(spec, "clusterIP").and_then(Node::as_text) == Some("None") {
        lose("clusterIP", HEADLESS);
    }
}

/// The first label that pods would have to have.
fn missing(selector: &Node, labels: Option<&Node>) -> String {
    let entries = selector.as_map().map_or(&[][..], |map| map.entries());
    let wrong = |key: &str, value: Option<&str>| label(labels, key) != value;
    let Some(entry) = entries.iter().find(|it| wrong(&it.key.text, it.node.as_text())) else {
        return String::new();
    };
    let key = plain(&entry.key.text);
    let value = entry.node.as_text().map_or_else(|| "something".to_owned(), plain);
    match label(labels, &entry.key.text) {
        Some(other) => format!("they have {key} {}, not {value}", quoted(other)),
        None => format!("they have no label {key}: {value}"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::SERVICE);
    }
}
