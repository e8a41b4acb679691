//! Blue-green: a second fleet, what the switch waits for, and how long the old fleet is kept.

use clockwork::Span;

use super::{Plan, Rollout, gate, rules, waits};
use crate::document::{Node, Origin, Place};
use crate::import::build;
use crate::import::draft::{Draft, rejected};
use crate::import::outline::seconds;
use crate::import::typed::{field, found, whole};

/// The default of `scaleDownDelaySeconds`.
const KEEP: Span = Span::from_secs(30);
/// The default of `time.bake`, in which the gate watches.
const BAKE: Span = Span::from_mins(10);
/// The default of `prePromotion.requests`.
const TESTS: u64 = 200;

const SWITCHED: &str = "endpoints reach the proxies of a cluster";
const DELAY: &str = "2s";
const KEPT: &str = "Argo's default of scaleDownDelaySeconds";
const KEPT_AFTER: &str = "Argo keeps the old fleet during the analysis, and 30 s more";
const TESTED: &str = "a test offered by the import";
const NOT_WAITED: &str = "Argo does not look at it while autoPromotionEnabled is false";

/// The plan of a blue-green Rollout.
pub(super) fn plan<'a>(rollout: &Rollout<'a>, draft: &mut Draft<'a>) -> Plan {
    let Rollout { node, place, pace, .. } = *rollout;
    services(rollout, draft);
    let test = test(node, draft);
    let promote = promote(node, draft);
    let post = field(node, "postPromotionAnalysis");
    let watched = post.and_then(|post| waits::analysis(post, draft));
    let keep = keep(node, post.is_some(), watched, draft);
    let delay = build::map([("delay", build::assumed(DELAY, SWITCHED, place))], place);
    let text =
        format!("the switch takes {DELAY}, and from then on all traffic is on the new fleet");
    let change = "--set strategy.blueGreen.switch.delay=5s";
    draft.assume(text, place, Some(change.to_owned()));
    let entries = [
        test.map(|test| ("prePromotion", test)),
        promote.map(|promote| ("promote", promote)),
        Some(("switch", delay)),
        Some(("keepOld", keep)),
        pace.min_ready(),
        pace.deadline(),
    ];
    let strategy = ("blueGreen", build::map(entries.into_iter().flatten(), place));
    let at = build::key_place(node, "postPromotionAnalysis");
    if post.is_some() {
        draft.lose("spec.strategy.blueGreen.postPromotionAnalysis", at, gate::LOST);
    }
    let gates = gate::offer(post.as_slice(), at, draft);
    let bake = watched.map(|(span, place)| {
        let text =
            format!("the gate watches for {span} after the switch, as long as the analysis takes");
        draft.assume(text, at, Some("--set time.bake=10m".to_owned()));
        build::text(span.to_string(), place)
    });
    Plan { strategy, bake, gates }
}

/// An active Service is needed, and a preview is another one.
fn services(rollout: &Rollout<'_>, draft: &mut Draft<'_>) {
    let Rollout { node, place, template, .. } = *rollout;
    let service = |key| field(node, key);
    if service("activeService").is_none() {
        let title = "a blue-green Rollout needs an `activeService`";
        let problem = rejected(title, place, "no Service to switch");
        draft.problem(problem.help("write for example: activeService: shop"));
    }
    rules::services(&[[service("activeService"), service("previewService")]], template, draft);
}

/// Test requests in place of the analysis before the switch.
fn test(node: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let analysis = field(node, "prePromotionAnalysis")?;
    let place = build::key_place(node, "prePromotionAnalysis");
    let path = "spec.strategy.blueGreen.prePromotionAnalysis";
    let time = waits::analysis(analysis, draft);
    let every = time.map_or(Span::from_secs(1), |(span, _)| span / TESTS);
    let why = "it is not evaluated: test requests to the new fleet take its place";
    draft.lose(path, place, why);
    let takes = every * TESTS;
    let text = format!(
        "{TESTS} test requests in {takes} take the place of prePromotionAnalysis: the change is \
         abandoned when more than 5% of them fail"
    );
    let change = "--set strategy.blueGreen.prePromotion.over=1%";
    draft.assume(text, place, Some(change.to_owned()));
    let mut entries = vec![("requests", build::assumed(TESTS.to_string(), TESTED, place))];
    if let Some((_, at)) = time {
        entries.push(("every", build::text(every.to_string(), at)));
    }
    let test = build::map(entries, place);
    Some(Node { origin: Origin::assumed(TESTED), ..test })
}

/// What the switch waits for; nothing where that is nothing, the default.
fn promote(node: &Node, draft: &mut Draft<'_>) -> Option<Node> {
    let after = whole(node, "autoPromotionSeconds", draft).filter(|it| it.value > 0);
    let enabled = field(node, "autoPromotionEnabled");
    match enabled.map(|node| (node, node.as_text().unwrap_or_default())) {
        Some((enabled, "false")) => {
            let text = "somebody approves the promotion, as autoPromotionEnabled is false";
            let change = "--set strategy.blueGreen.promote=auto";
            draft.assume(text, enabled.place, Some(change.to_owned()));
            if after.is_some() {
                let place = build::key_place(node, "autoPromotionSeconds");
                let path = "spec.strategy.blueGreen.autoPromotionSeconds";
                draft.lose(path, place, NOT_WAITED);
            }
            Some(build::text("approve", enabled.place))
        }
        None | Some((_, "true")) => {
            let after = after?;
            Some(build::map([("after", seconds(after))], after.place))
        }
        Some((enabled, _)) => {
            let title = "`autoPromotionEnabled` is `true` or `false`";
            let problem = rejected(title, enabled.place, format!("{} is neither", found(enabled)));
            draft.problem(problem.help("write: autoPromotionEnabled: false"));
            None
        }
    }
}

/// How long the old fleet is kept after the switch.
fn keep(
    node: &Node,
    is_watched: bool,
    watched: Option<(Span, Place)>,
    draft: &mut Draft<'_>,
) -> Node {
    let place = build::key_place(node, "scaleDownDelaySeconds");
    if let Some(given) = whole(node, "scaleDownDelaySeconds", draft) {
        return seconds(given);
    }
    let (keep, why, since) = if is_watched {
        let watched = watched.map_or(BAKE, |(span, _)| span);
        (watched + KEEP, KEPT_AFTER, "the analysis and 30s")
    } else {
        (KEEP, KEPT, "Argo's default")
    };
    let text = format!("the old fleet is kept for {keep} after the switch: {since}");
    draft.assume(text, place, Some("--set strategy.blueGreen.keepOld=10m".to_owned()));
    build::assumed(keep.to_string(), why, place)
}
