//! What a pod needs of memory, and where it is killed.

use super::Part;
use crate::document::{Entry, Node, Place};
use crate::import::draft::{Draft, rejected};
use crate::import::typed::found;
use crate::import::{build, quantity};
use crate::units::{Bytes, Quantity};

const SHARE: &str = "60 % of the limit, as no smaller request is given";
const CHANGE: &str = "--set fleet.pod.memory={baseline: 400Mi, limit: 650Mi}";

/// `memory` from the first container with a limit.
pub(super) fn memory(containers: &[Part<'_>], draft: &mut Draft<'_>) -> Option<Node> {
    let amounts: Vec<_> = containers.iter().map(|container| amounts(container, draft)).collect();
    let change = || Some(format!("'{CHANGE}'").replace("'--set ", "--set '"));
    let chosen = amounts.iter().position(|(limit, _)| limit.is_some());
    for (index, container) in containers.iter().enumerate() {
        let (limit, request) = amounts[index];
        let said = [("limits", limit), ("requests", request)];
        let said = said.into_iter().find_map(|(key, amount)| Some((key, amount?.1)));
        if let Some((key, place)) = said.filter(|_| chosen != Some(index)) {
            let why = match chosen {
                Some(_) => "a pod has the memory of one container here",
                None => "without a limit it does not say where the container is killed",
            };
            draft.lose(format!("{}.resources.{key}.memory", container.path), place, why);
        }
    }
    let Some((Some((limit, place)), request)) = chosen.map(|index| amounts[index]) else {
        if let Some(first) = containers.first() {
            let text = "no limit on memory is given: a pod that leaks is killed at 650Mi";
            draft.assume(text, first.place, change());
        }
        return None;
    };
    let below = request.filter(|(request, _)| *request > 0 && *request < limit);
    let (baseline, text) = match below {
        Some((request, at)) => {
            (build::text(said(request), at), "a healthy pod uses what it requests")
        }
        None => (build::assumed(said(most(limit)), SHARE, place), "a healthy pod uses 60% of it"),
    };
    let text = format!("a pod is killed at its limit of {}, and {text}", said(limit));
    draft.assume(text, place, change());
    let limit = build::text(said(limit), place);
    Some(build::map([("baseline", baseline), ("limit", limit)], place))
}

fn said(bytes: u64) -> String {
    Bytes::new(bytes).to_string()
}

/// 60 % of a limit, in whole mebibytes where it has some.
fn most(limit: u64) -> u64 {
    let share = limit / 5 * 3;
    if share > 8 << 20 { share >> 20 << 20 } else { share.max(1).min(limit.saturating_sub(1)) }
}

type Amount = Option<(u64, Place)>;

/// The limit and the request of a container; reports what the API server rejects.
fn amounts(container: &Part<'_>, draft: &mut Draft<'_>) -> (Amount, Amount) {
    let Some(resources) = container.inside("resources") else { return (None, None) };
    let mut read = |key| {
        let part = resources.inside(key)?;
        let entries = part.node.as_map().map_or(&[][..], |map| map.entries());
        let read = entries.iter().map(|entry| (entry, amount(entry, draft)));
        let mut memory = None;
        for (entry, amount) in read {
            if entry.key.text == "memory" {
                memory = amount.map(|amount| (amount, entry.node.place));
            }
        }
        memory
    };
    let (limit, request): (Amount, Amount) = (read("limits"), read("requests"));
    if let (Some((limit, at)), Some((request, place))) = (limit, request)
        && request > limit
    {
        let title = "a container requests more memory than its limit";
        let problem = rejected(title, place, format!("above {}", said(limit)));
        let problem = problem.at(at, "the limit");
        draft.problem(problem.help(format!("write at most: memory: {}", said(limit))));
    }
    (limit.filter(|(limit, _)| *limit > 0), request)
}

/// An amount of a resource.
fn amount(Entry { key, node }: &Entry, draft: &mut Draft<'_>) -> Option<u64> {
    if node.is_null() {
        return None;
    }
    let amount = node.as_text().and_then(quantity::whole);
    if amount.is_none() {
        let is_memory = key.text == "memory";
        let title = format!("{} is not an amount", found(node));
        let label = if is_memory { "a number with Ki, Mi, Gi, k, M or G" } else { "a number" };
        let problem = rejected(title, node.place, label);
        let respelt = node.as_text().and_then(|text| Bytes::parse(text).err()?.instead.pop());
        let help = match respelt.filter(|_| is_memory) {
            Some(text) => format!("did you mean memory: {text}?"),
            None if is_memory => "write for example: memory: 512Mi".to_owned(),
            None => "write for example: cpu: 500m".to_owned(),
        };
        draft.problem(problem.help(help));
    }
    amount
}
