//! How a Canary is analysed.

use super::{metrics, webhooks};
use crate::document::{Node, Value};
use crate::import::draft::{Draft, Foreign, rejected};
use crate::import::typed::{field, found, is_true, whole};
use crate::import::{build, go};
use crate::telemetry::Telemetry;

/// Entries of a map.
pub(super) type Entries = Vec<(&'static str, Node)>;

const MATCHED: &str = "10%";
const WHO: &str = "one request in ten matches: how many do depends on who they are";

/// Whole numbers of an analysis, which a scenario calls as the manifest does.
const NUMBERS: [&str; 5] =
    ["threshold", "maxWeight", "stepWeight", "stepWeightPromotion", "iterations"];

/// The entries of `strategy.flagger` that an analysis says, or why there are none.
pub(super) fn analysis<'a>(
    canary: &Foreign<'a>,
    spec: &'a Node,
    telemetry: &Telemetry,
    draft: &mut Draft<'a>,
) -> Option<Entries> {
    let Some(analysis) = field(spec, "analysis").filter(|it| it.as_map().is_some()) else {
        let place = build::key_place(canary.node, "spec");
        let problem = rejected("this Canary has no `analysis`", place, "how is it released?");
        let help = "write for example: analysis: { interval: 1m, threshold: 5, stepWeight: 10 }";
        draft.problem(problem.help(help));
        return None;
    };
    // What is wrong is said all at once, before anything is given up.
    let required = required(analysis, spec, draft);
    let (interval, weights) = (interval(analysis, draft), weights(analysis, draft));
    let metrics = metrics::metrics(analysis, telemetry, draft);
    let mut entries = Entries::new();
    for key in NUMBERS {
        let given = whole(analysis, key, draft);
        entries.extend(given.map(|it| (key, build::text(it.value.to_string(), it.place))));
    }
    entries.extend(matched(analysis, draft).map(|node| ("matched", node)));
    if is_true(analysis, "mirror") {
        entries.push(("mirror", build::text("true", build::key_place(analysis, "mirror"))));
    }
    if let Some(weight) = whole(analysis, "mirrorWeight", draft) {
        let percent = build::text(format!("{}%", weight.value.min(100)), weight.place);
        entries.push(("mirrorWeight", percent));
    }
    entries.extend(webhooks::webhooks(spec, analysis, draft));
    required?;
    entries.extend(interval?);
    entries.extend(weights?.map(|node| ("stepWeights", node)));
    entries.extend(metrics?);
    Some(entries)
}

/// What the schema of a Canary wants.
fn required(analysis: &Node, spec: &Node, draft: &mut Draft<'_>) -> Option<()> {
    let place = build::key_place(spec, "analysis");
    let mut found = Some(());
    for (key, example) in [("interval", "1m"), ("threshold", "5")] {
        if field(analysis, key).is_none() {
            let title = format!("this analysis has no `{key}`");
            let problem = rejected(title, place, format!("needs `{key}`"));
            draft.problem(problem.help(format!("write for example: {key}: {example}")));
            found = None;
        }
    }
    let kinds = ["iterations", "stepWeight", "stepWeights"];
    if kinds.iter().all(|key| field(analysis, key).is_none()) {
        let title = "this analysis neither moves weights nor counts iterations";
        let problem = rejected(title, place, "needs one of stepWeight, stepWeights, iterations");
        draft.problem(problem.help("write for example: stepWeight: 10"));
        found = None;
    }
    found
}

/// `interval`. The schema wants whole minutes or seconds.
#[expect(clippy::option_option, reason = "nothing that is wrong, and nothing that was said")]
fn interval(analysis: &Node, draft: &mut Draft<'_>) -> Option<Option<(&'static str, Node)>> {
    let Some(node) = field(analysis, "interval") else { return Some(None) };
    let Some(span) = go::span(node) else {
        let title = "`interval` is a time in minutes or seconds";
        let label = format!("{} is none", found(node));
        draft.problem(rejected(title, node.place, label).help("write for example: interval: 1m"));
        return None;
    };
    Some(Some(("interval", build::text(span.to_string(), node.place))))
}

/// `stepWeights`: whole numbers.
#[expect(clippy::option_option, reason = "nothing that is wrong, and nothing that was said")]
fn weights(analysis: &Node, draft: &mut Draft<'_>) -> Option<Option<Node>> {
    let Some(node) = field(analysis, "stepWeights") else { return Some(None) };
    let Value::List(items) = &node.value else {
        let problem = rejected("`stepWeights` is a list", node.place, "no list");
        draft.problem(problem.help("write for example: stepWeights: [1, 5, 20, 50]"));
        return None;
    };
    let mut read = |item: &Node| {
        let weight = go::whole(item).and_then(|it| u32::try_from(it).ok());
        if weight.is_none() {
            let title = "a weight is a whole number, zero or more";
            let problem = rejected(title, item.place, format!("{} is none", found(item)));
            draft.problem(problem.help("write for example: stepWeights: [1, 5, 20, 50]"));
        }
        weight.map(|weight| build::text(weight.to_string(), item.place))
    };
    let weights: Vec<_> = items.iter().map(&mut read).collect();
    let weights = weights.into_iter().collect::<Option<Vec<_>>>()?;
    Some(Some(build::list(weights, node.place)))
}

/// The share of the requests that match, if only some users get the canary.
fn matched(analysis: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let node = field(analysis, "match")?;
    let is_empty = matches!(&node.value, Value::List(items) if items.is_empty());
    if is_empty {
        return None;
    }
    let place = build::key_place(analysis, "match");
    draft.assume(WHO, place, Some("--set strategy.flagger.matched=25%".to_owned()));
    Some(build::assumed(MATCHED, WHO, place))
}
