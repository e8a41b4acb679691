//! Disruption budgets beside a workload: what evictions leave of its pods.

use crate::controller::kubernetes::disruption::Budget;
use crate::document::Node;
use crate::import::draft::{Draft, Foreign};
use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;
use crate::import::selector::selects;
use crate::import::typed::field;
use crate::import::{build, go};
use crate::units::Portion;

const ASKED: &str = "controllers do not ask a PodDisruptionBudget, so that a rolling update is not \
                     bound by it: it holds back whoever drains a node, and nobody does here";
const DRAIN: &str = "--set 'controller.kubernetes.nodes={ count: 3, pods: 20 }' --set \
                     'controller.kubernetes.kubectl=[{ at: 5m, run: drain node-1 }]'";
const OTHERS: &str = "it selects no pod of this workload";
const SEVERAL: &str = "several budgets of the same pods: Kubernetes refuses every eviction";
const NOTHING: &str = "it says neither `minAvailable` nor `maxUnavailable` as they are read";
const POLICY: &str = "pods that are not ready are evicted where the ready ones are enough";

/// A `PodDisruptionBudget`.
const BUDGET: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.maxUnavailable", Used),
    ("spec.minAvailable", Used),
    ("spec.selector", Used),
    ("spec.unhealthyPodEvictionPolicy", Lost(POLICY)),
];

/// `controller.kubernetes.pdb`: the budget of a workload of so many pods; others are listed.
pub(super) fn budget(
    workload: &Foreign<'_>,
    labels: Option<&Node>,
    replicas: Option<u32>,
    draft: &mut Draft<'_>,
) -> Option<Node> {
    let mut own = Vec::new();
    for document in draft.take_all("policy", "PodDisruptionBudget") {
        let selector = document.at("spec.selector");
        if selector.is_some_and(|it| selects(it, labels)) && document.is_beside(workload) {
            own.push(document);
        } else {
            draft.lose_document(&document, OTHERS);
        }
    }
    if let [one] = own.as_slice() {
        return read(one, replicas, draft);
    }
    for document in own {
        draft.lose_document(&document, SEVERAL);
    }
    None
}

/// What a budget asks for.
fn read(document: &Foreign<'_>, replicas: Option<u32>, draft: &mut Draft<'_>) -> Option<Node> {
    let spec = document.at("spec")?;
    let Some((key, node, budget)) = asked(spec) else {
        draft.lose_document(document, NOTHING);
        return None;
    };
    draft.account_for(document, &[BUDGET]);
    let allows = |pods: u32| budget.disruptions(pods, pods, pods).allowed;
    let text = match replicas.filter(|it| *it > 0 && allows(*it) == 0) {
        Some(1) => format!("{ASKED}; with 1 pod it allows no eviction, and a drain waits for ever"),
        Some(pods) => {
            format!("{ASKED}; with {pods} pods it allows no eviction, and a drain waits for ever")
        }
        None => ASKED.to_owned(),
    };
    draft.assume(text, document.name_place(), Some(DRAIN.to_owned()));
    let value = build::text(node.as_text().unwrap_or_default(), node.place);
    Some(build::map([(key, value)], build::key_place(document.node, "spec")))
}

/// The field that says it.
fn asked(spec: &Node) -> Option<(&'static str, &Node, Budget)> {
    let portion = |key: &str| {
        let node = field(spec, key)?;
        let percent = node.as_text().and_then(|text| text.strip_suffix('%'));
        let portion = match percent {
            Some(percent) => percent.parse().ok().map(Portion::Percent),
            None => go::whole(node)?.try_into().ok().map(Portion::Count),
        };
        Some((node, portion?))
    };
    if let Some((node, least)) = portion("minAvailable") {
        return Some(("minAvailable", node, Budget::MinAvailable(least)));
    }
    let (node, most) = portion("maxUnavailable")?;
    Some(("maxUnavailable", node, Budget::MaxUnavailable(most)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::BUDGET);
    }
}
