//! How an `HTTPRoute` of the Gateway API splits requests.

use super::{GATEWAY, Split, different, items};
use crate::document::Node;
use crate::import::typed::field;

/// By weights, or by what requests match.
pub(super) fn split(spec: &Node) -> Option<Split<'_>> {
    let rules = items(spec, "rules");
    rules.iter().find_map(by_weight).or_else(|| by_header(rules))
}

/// The share of the second backend, as the nearest percent.
fn by_weight(rule: &Node) -> Option<Split<'_>> {
    let [stable, canary] = items(rule, "backendRefs") else { return None };
    let number = |backend| match field(backend, "weight") {
        None => Some(1),
        Some(weight) => weight.as_text()?.parse::<u32>().ok().filter(|it| *it <= 1_000_000),
    };
    let (rest, part) = (number(stable)?, number(canary)?);
    let sum = rest + part;
    let percent = (part * 100 + sum / 2).checked_div(sum)?;
    let place = field(canary, "weight").map_or(canary.place, |weight| weight.place);
    let weight = Some((percent, place));
    Some(Split { weight, header: None, hosts: names(stable, canary), router: GATEWAY, place })
}

/// Requests that match go elsewhere than all others.
fn by_header(rules: &[Node]) -> Option<Split<'_>> {
    let headers = |rule| items(rule, "matches").iter().find(|it| field(it, "headers").is_some());
    let only = |rule: &&Node| items(rule, "backendRefs").len() == 1;
    let all = rules.iter().find(|rule| only(rule) && headers(rule).is_none())?;
    let some = rules.iter().find(|rule| only(rule) && headers(rule).is_some())?;
    let backend = |rule| items(rule, "backendRefs").first();
    let hosts = Some(names(backend(all)?, backend(some)?)?);
    let header = field(some, "matches");
    Some(Split { weight: None, header, hosts, router: GATEWAY, place: some.place })
}

fn names<'n>(stable: &'n Node, canary: &'n Node) -> Option<[&'n Node; 2]> {
    different([field(stable, "name")?, field(canary, "name")?])
}
