//! Blue-green: a second fleet, and what the switch waits for.

use super::analyses::{self, Analyses};
use super::{Plan, Rollout, gate, rules};
use crate::document::Node;
use crate::import::build;
use crate::import::draft::{Draft, rejected};
use crate::import::outline::seconds;
use crate::import::typed::{field, found, whole};

const SWITCHED: &str = "endpoints reach the proxies of a cluster";
const DELAY: &str = "2s";
const NOT_WAITED: &str = "Argo does not look at it while autoPromotionEnabled is false";

/// The plan of a blue-green Rollout.
pub(super) fn plan<'a>(
    rollout: &Rollout<'a>,
    analyses: &mut Analyses<'a>,
    draft: &mut Draft<'a>,
) -> Plan {
    let Rollout { node, place, pace, .. } = *rollout;
    services(rollout, draft);
    let promote = promote(node, draft);
    let mut argo = Vec::new();
    for key in ["prePromotionAnalysis", "postPromotionAnalysis"] {
        let Some(analysis) = field(node, key) else { continue };
        if let Some(names) = analyses.of(analysis, draft) {
            argo.push((key, names));
        } else {
            let path = format!("spec.strategy.blueGreen.{key}");
            draft.lose(path, build::key_place(node, key), analyses::lost(analysis));
        }
    }
    let keys = ["abortScaleDownDelaySeconds", "scaleDownDelaySeconds", "previewReplicaCount"];
    for key in keys {
        let given = whole(node, key, draft);
        argo.extend(given.map(|it| (key, build::text(it.value.to_string(), it.place))));
    }
    let delay = build::map([("delay", build::assumed(DELAY, SWITCHED, place))], place);
    let text =
        format!("the switch takes {DELAY}, and from then on all traffic is on the new fleet");
    let change = "--set strategy.blueGreen.switch.delay=5s";
    draft.assume(text, place, Some(change.to_owned()));
    let entries = [
        promote.map(|promote| ("promote", promote)),
        Some(("switch", delay)),
        pace.min_ready(),
        pace.deadline(),
    ];
    let strategy = ("blueGreen", build::map(entries.into_iter().flatten(), place));
    let gates = gate::instead(analyses, place, draft);
    Plan { strategy, argo, gates }
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
