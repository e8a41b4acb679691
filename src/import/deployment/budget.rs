//! Disruption budgets beside a Deployment: no controller asks them, so they are listed.

use crate::controller::kubernetes::disruption::Budget;
use crate::document::Node;
use crate::import::draft::{Draft, Foreign};
use crate::import::go;
use crate::import::selector::selects;
use crate::units::Portion;

const UNBOUND: &str = "controllers do not ask a PodDisruptionBudget: a rolling update is not bound \
                       by it, and nobody drains a node here";
const OTHERS: &str = "it selects no pod of this workload";

/// Lists every budget with what it means for a workload of so many pods.
pub(super) fn budgets(
    workload: &Foreign<'_>,
    labels: Option<&Node>,
    replicas: Option<u32>,
    draft: &mut Draft<'_>,
) {
    for document in draft.take_all("policy", "PodDisruptionBudget") {
        let selector = document.at("spec.selector");
        let is_ours =
            selector.is_some_and(|it| selects(it, labels)) && document.is_beside(workload);
        if !is_ours {
            draft.lose_document(&document, OTHERS);
            continue;
        }
        let never = replicas.filter(|replicas| {
            *replicas > 0
                && budget(&document)
                    .is_some_and(|it| it.disruptions(*replicas, *replicas, *replicas).allowed == 0)
        });
        let why = match never {
            Some(replicas) => format!(
                "{UNBOUND}; with {replicas} {} it never allows an eviction, and a drain waits for \
                 ever",
                if replicas == 1 { "pod" } else { "pods" }
            ),
            None => UNBOUND.to_owned(),
        };
        draft.lose_document(&document, why);
    }
}

/// What a budget asks for, if that is understood.
fn budget(document: &Foreign<'_>) -> Option<Budget> {
    let portion = |key: &str| {
        let node = document.at(&format!("spec.{key}"))?;
        let percent = node.as_text().and_then(|text| text.strip_suffix('%'));
        match percent {
            Some(percent) => percent.parse().ok().map(Portion::Percent),
            None => go::whole(node)?.try_into().ok().map(Portion::Count),
        }
    };
    let least = portion("minAvailable").map(Budget::MinAvailable);
    least.or_else(|| portion("maxUnavailable").map(Budget::MaxUnavailable))
}
