//! Kubernetes: `kind: StatefulSet`.

use super::deployment::Body;
use super::draft::{Draft, Foreign};
use super::fields::Fate::{Harmless, Lost, Used};
use super::fields::Table;
use super::replicas::replicas;
use super::typed::{field, whole};
use super::workload::{ORDERED, WORKLOAD};
use super::{Importer, build, ordered};
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
    partition(&body, draft);
    let strategy = ordered::rolling(&workload, &body, DIFFERENCES, draft);
    body.outline(workload, strategy, draft)
}

/// Pods below the partition are not replaced.
fn partition(body: &Body<'_>, draft: &mut Draft<'_>) {
    let update = field(body.spec, "updateStrategy").and_then(|it| field(it, "rollingUpdate"));
    let Some(rolling) = update else { return };
    let Some(partition) = whole(rolling, "partition", draft).filter(|it| it.value > 0) else {
        return;
    };
    let pods = body.replicas.as_ref().and_then(Node::as_text).and_then(|it| it.parse().ok());
    let why = match pods.unwrap_or(0_u32).saturating_sub(partition.value) {
        0 => "no pod would be replaced: here all of them are".to_owned(),
        updated => format!(
            "only the {updated} pods from this ordinal on get the release until somebody lowers \
             it: here all of them do"
        ),
    };
    let place = build::key_place(rolling, "partition");
    draft.lose("spec.updateStrategy.rollingUpdate.partition", place, why);
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check_all(super::STATEFUL_SET);
    }
}
