//! Each `VirtualService` that a Rollout names: the controller writes its weights, whatever they
//! are.

use super::mesh_fields;
use crate::document::{Node, Value};
use crate::import::draft::Draft;
use crate::import::standard::mesh;
use crate::import::typed::field;

/// Reads every `VirtualService` that a canary names, as far as it is among the files.
pub(super) fn read(canary: &Node, draft: &mut Draft<'_>) {
    let Some(istio) = field(canary, "trafficRouting").and_then(|it| field(it, "istio")) else {
        return;
    };
    let several = match field(istio, "virtualServices").map(|it| &it.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    for named in field(istio, "virtualService").into_iter().chain(several) {
        let Some(name) = named.get("name").and_then(Node::as_text) else { continue };
        let Some((index, service)) = draft.document("VirtualService", name) else { continue };
        draft.take(index);
        draft.account_once(&service, mesh_fields::VIRTUAL_SERVICE);
        let weight = mesh::split(service.node).and_then(|it| it.weight);
        if let Some((weight, place)) = weight.filter(|(weight, _)| *weight > 0) {
            let title = service.title();
            let text = format!(
                "{title} has {weight}% on the canary: the controller sets 0 before a release"
            );
            draft.assume(text, place, None);
        }
    }
}
