//! How many pods may be too many or missing while they are replaced: `maxSurge` and
//! `maxUnavailable`.

use super::draft::{Draft, rejected};
use super::typed::{field, found};
use super::{build, go};
use crate::document::{Node, Place};
use crate::units::{Portion, Quantity};

/// What a controller takes for a field that is not given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Defaults {
    surge: Portion,
    unavailable: Portion,
}

impl Defaults {
    /// Those of a Deployment.
    pub(super) const QUARTER: Self =
        Self { surge: Portion::Percent(25), unavailable: Portion::Percent(25) };
    /// Those of a DaemonSet and of a StatefulSet.
    pub(super) const ONE: Self = Self { surge: Portion::Count(0), unavailable: Portion::Count(1) };
}

const EXAMPLE: &str = "25%";
const WHY: &str = "the default of the controller";

/// `maxSurge` and `maxUnavailable` for `strategy.rolling`; a field that is not given has its
/// default, at `place`.
pub(super) fn batches(
    outside: Option<&Node>,
    defaults: Defaults,
    place: Place,
    draft: &mut Draft<'_>,
) -> Option<[(&'static str, Node); 2]> {
    let mut read = |key, default| match outside.and_then(|outside| field(outside, key)) {
        Some(node) => portion(key, node, draft).map(|it| (it, node.place)),
        None => Some((default, place)),
    };
    let surge = read("maxSurge", defaults.surge);
    let unavailable = read("maxUnavailable", defaults.unavailable);
    let (surge, unavailable) = (surge?, unavailable?);
    if unavailable.0.is_zero() && surge.0.is_zero() {
        let title = "`maxSurge` and `maxUnavailable` are both zero";
        let problem = rejected(title, surge.1, "no pod can be added");
        let problem = problem.at(unavailable.1, "and none removed");
        draft.problem(problem.help("write for example: maxSurge: 1"));
        return None;
    }
    let node = |key: &str, (portion, at): (Portion, Place)| match outside
        .and_then(|outside| field(outside, key))
    {
        Some(_) => build::text(portion.to_string(), at),
        None => build::assumed(portion.to_string(), WHY, at),
    };
    Some([
        ("maxSurge", node("maxSurge", surge)),
        ("maxUnavailable", node("maxUnavailable", unavailable)),
    ])
}

/// A whole number of pods, or a whole percentage of them.
fn portion(key: &'static str, node: &Node, draft: &mut Draft<'_>) -> Option<Portion> {
    let percent = go::scalar(node).and_then(|scalar| scalar.text.strip_suffix('%'));
    let digits = percent.filter(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()));
    let count = go::whole(node).and_then(|count| u32::try_from(count).ok());
    let portion = match digits {
        Some(digits) => digits.parse().ok().map(Portion::Percent),
        None => count.map(Portion::Count),
    };
    let title = format!("`{key}` is a number of pods or a whole percentage of them");
    let Some(portion) = portion else {
        let whole = percent.and_then(|it| it.split('.').next()?.parse::<u32>().ok());
        let example = match (percent, whole) {
            (Some(_), Some(whole)) => format!("{whole}%"),
            (Some(_), None) => EXAMPLE.to_owned(),
            (None, _) => "1".to_owned(),
        };
        let problem = rejected(title, node.place, format!("{} is neither", found(node)));
        let text = node.as_text().filter(|text| percent.is_none() && text.parse::<u32>().is_ok());
        draft.problem(problem.help(match text {
            Some(text) => format!("write it without quotes: {key}: {text}"),
            None => format!("write for example: {key}: {example}"),
        }));
        return None;
    };
    if key == "maxUnavailable" && matches!(portion, Portion::Percent(percent) if percent > 100) {
        let title = "`maxUnavailable` is at most 100 %";
        let label = format!("{portion} of the pods cannot be missing");
        let help = "write for example: maxUnavailable: 25%";
        draft.problem(rejected(title, node.place, label).help(help));
        return None;
    }
    Some(portion)
}
