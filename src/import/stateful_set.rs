//! Kubernetes: `kind: StatefulSet`.

use super::deployment::Body;
use super::draft::{Draft, Foreign};
use super::fields::Fate::{Harmless, Lost, Used};
use super::fields::Table;
use super::replicas::replicas;
use super::workload::{ORDERED, WORKLOAD};
use super::{Importer, ordered};
use crate::document::Node;

pub(super) const IMPORTER: Importer =
    Importer { api_version: "apps/v1", kind: "StatefulSet", controller: "Kubernetes", import };

const VOLUMES: &str = "a volume is attached to the successor of a pod in no time";

/// A StatefulSet.
const STATEFUL_SET: &[Table] = &[
    WORKLOAD,
    ORDERED,
    &[
        ("spec.ordinals", Harmless),
        ("spec.persistentVolumeClaimRetentionPolicy", Harmless),
        ("spec.podManagementPolicy", Harmless),
        ("spec.replicas", Used),
        ("spec.serviceName", Harmless),
        ("spec.updateStrategy.rollingUpdate.partition", Used),
        ("spec.volumeClaimTemplates", Lost(VOLUMES)),
    ],
];

/// What a StatefulSet does that a Deployment without a surge does not.
///
/// Source: `updateStatefulSet` of the StatefulSet controller, and its documented known issue of
/// rollbacks. Both round `maxUnavailable` down to one at least.
const DIFFERENCES: &str = "Kubernetes goes from the highest ordinal to the lowest, which no request \
                           can tell here, and it waits for a pod of a bad release until somebody \
                           deletes it, also on the way back, where here it is replaced";

fn import<'a>(workload: Foreign<'a>, draft: &mut Draft<'a>) -> Option<Node> {
    draft.account(workload.node, "", STATEFUL_SET);
    let body = Body::of(workload, draft, |draft| replicas(workload, "Kubernetes'", draft))?;
    let strategy = ordered::rolling(&workload, &body, DIFFERENCES, draft);
    body.outline(workload, strategy, draft)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check_all(super::STATEFUL_SET);
    }
}
