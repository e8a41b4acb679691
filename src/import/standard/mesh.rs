//! A `VirtualService` or an `HTTPRoute` without a Rollout: the weights or the header that it splits
//! requests by are those of a canary.
//!
//! Sources: the reference of Istio, and that of the Gateway API: weights are parts of their sum.

mod gateway;

use crate::document::{Node, Place, Value};
use crate::import::kinds::group;
use crate::import::typed::field;

/// How a route splits requests between two destinations.
pub(in crate::import) struct Split<'n> {
    /// The weight of the second destination, where it says one.
    pub(in crate::import) weight: Option<(u32, Place)>,
    /// The match that sends some requests to it, where weights do not.
    pub(super) header: Option<&'n Node>,
    /// The hosts of both destinations, where they differ.
    pub(super) hosts: Option<[&'n Node; 2]>,
    /// Where `trafficRouting` of a Rollout speaks of the router whose document it is.
    pub(super) router: &'static [&'static str],
    pub(super) place: Place,
}

const ISTIO: &[&str] = &["istio"];
const GATEWAY: &[&str] = &["plugins", "argoproj-labs/gatewayAPI"];

/// How a document splits requests, if it is a `VirtualService` or an `HTTPRoute` that does.
pub(in crate::import) fn split(document: &Node) -> Option<Split<'_>> {
    let text = |key| document.get(key).and_then(Node::as_text).unwrap_or_default();
    let group = group(text("apiVersion"));
    let spec = field(document, "spec")?;
    match (group, text("kind")) {
        ("networking.istio.io", "VirtualService") => {}
        ("gateway.networking.k8s.io", "HTTPRoute") => return gateway::split(spec),
        _ => return None,
    }
    let lists = ["http", "tcp", "tls"].map(|key| items(spec, key));
    let mut rules = lists.iter().copied().flatten();
    rules.find_map(by_weight).or_else(|| by_header(lists[0]))
}

fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    match field(node, key).map(|it| &it.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn by_weight(rule: &Node) -> Option<Split<'_>> {
    let [stable, canary] = items(rule, "route") else { return None };
    let weight = field(canary, "weight")?;
    let number: u32 = weight.as_text()?.parse().ok().filter(|it| *it <= 100)?;
    let weight = Some((number, weight.place));
    let hosts = hosts(stable, canary);
    Some(Split { weight, header: None, hosts, router: ISTIO, place: rule.place })
}

/// Requests that match go elsewhere than all others.
fn by_header(rules: &[Node]) -> Option<Split<'_>> {
    let only = |rule: &&Node| items(rule, "route").len() == 1;
    let all = rules.iter().find(|rule| only(rule) && field(rule, "match").is_none())?;
    let some = rules.iter().find(|rule| only(rule) && field(rule, "match").is_some())?;
    let (stable, canary) = (items(all, "route").first()?, items(some, "route").first()?);
    let place = |route: &Node| {
        let text = |key| route.find(["destination", key]).and_then(Node::as_text);
        (text("host").map(ToOwned::to_owned), text("subset").map(ToOwned::to_owned))
    };
    let is_split = place(stable) != place(canary);
    let header = field(some, "match").filter(|_| is_split)?;
    let hosts = hosts(stable, canary);
    Some(Split { weight: None, header: Some(header), hosts, router: ISTIO, place: some.place })
}

fn hosts<'n>(stable: &'n Node, canary: &'n Node) -> Option<[&'n Node; 2]> {
    let host = |route: &'n Node| route.find(["destination", "host"]);
    different([host(stable)?, host(canary)?])
}

fn different(both: [&Node; 2]) -> Option<[&Node; 2]> {
    (both[0].as_text() != both[1].as_text()).then_some(both)
}
