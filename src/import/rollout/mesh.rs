//! Each `VirtualService` and `HTTPRoute` that a Rollout names: the controller writes its weights,
//! whatever they are.

use super::mesh_fields;
use crate::document::{Node, Value};
use crate::import::draft::Draft;
use crate::import::standard::mesh;
use crate::import::typed::field;

/// Reads every route that a canary names, as far as it is among the files.
pub(super) fn read(canary: &Node, draft: &mut Draft<'_>) {
    let Some(routing) = field(canary, "trafficRouting") else { return };
    if let Some(istio) = field(routing, "istio") {
        let services =
            field(istio, "virtualService").into_iter().chain(all(istio, "virtualServices"));
        services.filter_map(name).for_each(|name| route("VirtualService", name, draft));
    }
    let plugin = field(routing, "plugins").and_then(|it| field(it, "argoproj-labs/gatewayAPI"));
    if let Some(gateway) = plugin {
        let one = field(gateway, "httpRoute").and_then(Node::as_text);
        let several = all(gateway, "httpRoutes").iter().filter_map(name);
        one.into_iter().chain(several).for_each(|name| route("HTTPRoute", name, draft));
    }
}

fn all<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    match field(node, key).map(|it| &it.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn name(named: &Node) -> Option<&str> {
    field(named, "name").and_then(Node::as_text)
}

fn route(kind: &'static str, name: &str, draft: &mut Draft<'_>) {
    let Some((index, document)) = draft.document(kind, name) else { return };
    draft.take(index);
    draft.account_once(&document, &[mesh_fields::of(kind)]);
    let weight = mesh::split(document.node).and_then(|it| it.weight);
    if let Some((weight, place)) = weight.filter(|(weight, _)| *weight > 0) {
        let title = document.title();
        let text =
            format!("{title} has {weight}% on the canary: the controller sets 0 before a release");
        draft.assume(text, place, None);
    }
}
