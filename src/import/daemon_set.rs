//! Kubernetes: `kind: DaemonSet`.

use super::deployment::Body;
use super::draft::{Draft, Foreign};
use super::fields::Fate::Used;
use super::fields::Table;
use super::typed::field;
use super::workload::{ORDERED, WORKLOAD};
use super::{Importer, build, ordered};
use crate::document::Node;

pub(super) const IMPORTER: Importer =
    Importer { api_version: "apps/v1", kind: "DaemonSet", controller: "Kubernetes", import };

/// Nodes, where nothing says how many there are.
const NODES: &str = "10";
const WHY: &str = "one pod runs on every node, and how many nodes there are is not in the file";

const ROUNDED: &str = "a share of the nodes is rounded up by a DaemonSet, and down here";

/// A DaemonSet.
pub(super) const DAEMON_SET: &[Table] =
    &[WORKLOAD, ORDERED, &[("spec.updateStrategy.rollingUpdate.maxSurge", Used)]];

/// What a DaemonSet does that a Deployment within the same bounds does not.
///
/// Source: `rollingUpdate` of the DaemonSet controller.
const DIFFERENCES: &str = "a node that comes or goes in the meantime brings or takes no pod";

fn import<'a>(workload: Foreign<'a>, draft: &mut Draft<'a>) -> Option<Node> {
    draft.account(workload.node, "", DAEMON_SET);
    let body = Body::of(workload, draft, |draft| {
        let place = build::key_place(workload.node, "kind");
        let text = format!("{NODES} pods, one on each of {NODES} nodes: how many is not said");
        draft.assume(text, place, Some("--replicas 20".to_owned()));
        Some(build::assumed(NODES, WHY, place))
    })?;
    rounding(body.spec, draft);
    let strategy = ordered::rolling(&workload, &body, DIFFERENCES, draft);
    body.outline(workload, strategy, draft)
}

/// Shares are rounded in another way.
fn rounding(spec: &Node, draft: &mut Draft<'_>) {
    let update = field(spec, "updateStrategy").and_then(|it| field(it, "rollingUpdate"));
    let share = update.and_then(|it| field(it, "maxUnavailable"));
    if let Some(share) = share.filter(|it| it.as_text().is_some_and(|it| it.ends_with('%'))) {
        draft.lose("spec.updateStrategy.rollingUpdate.maxUnavailable", share.place, ROUNDED);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check_all(super::DAEMON_SET);
    }
}
