//! What StatefulSets and DaemonSets have in common: each pod has a name or a node that it shares
//! with no other, so that its successor comes when it is gone.

use super::batches::{Defaults, batches};
use super::build;
use super::deployment::Body;
use super::draft::{Draft, Foreign, rejected};
use super::typed::{field, found, whole};
use crate::document::{Node, Place, closest};

const STUCK: &str = "10m";
const NO_DEADLINE: &str = "nothing reports that such a rollout gets stuck";
const COMPLETE: &str = "a pod with its name or on its node has to be gone before";
const DELETE: &str = "--set 'controller.kubernetes.kubectl=[{ at: 5m, run: kubectl delete pod }]'";

/// How the pods are replaced: one after the other, each where another is gone. `differences` is
/// what Kubernetes does and a Deployment within these bounds does not.
pub(super) fn rolling(
    workload: &Foreign<'_>,
    body: &Body<'_>,
    differences: &str,
    draft: &mut Draft<'_>,
) -> Option<(&'static str, Node)> {
    let kind = workload.kind;
    let update = field(body.spec, "updateStrategy");
    let given = if update.is_some() { "updateStrategy" } else { "template" };
    let place = build::key_place(body.spec, given);
    let who = who(update, kind, draft)?;
    let rolling = update.and_then(|it| field(it, "rollingUpdate"));
    let entries = batches(rolling, Defaults::ONE, place, draft)?;
    let surges = rolling.is_some_and(|it| !is_zero(it, "maxSurge", true));
    if surges && !rolling.is_some_and(|it| is_zero(it, "maxUnavailable", false)) {
        either(rolling, place, draft);
        return None;
    }
    let min_ready = whole(body.spec, "minReadySeconds", draft);
    let min_ready = min_ready.map(|it| ("minReadySeconds", super::outline::seconds(it)));
    // Beside a pod that is still there its successor needs not wait for its end.
    let policy = (!surges).then(|| build::assumed("TerminationComplete", COMPLETE, place));
    let deadline = build::assumed(STUCK, NO_DEADLINE, place);
    let how = if surges { "each beside the other" } else { "each when the other is gone" };
    let own = policy.map(|it| ("podReplacementPolicy", it));
    let entries = entries.into_iter().chain(min_ready).chain(own);
    if let Who::Deletes(at) = who {
        let text = format!(
            "a pod of this {kind} is replaced when somebody deletes it, and nobody is said to: \
             without an order none gets the release; {differences}"
        );
        draft.assume(text, at, Some(DELETE.to_owned()));
        let said = ("updateStrategy", build::text("OnDelete", at));
        return Some(("rolling", build::map(entries.chain([said]), place)));
    }
    let text = format!("the pods of a {kind} are replaced in turn, {how}; {differences}");
    draft.assume(text, place, None);
    let text = format!("a {kind} has no deadline: one that makes no progress for {STUCK} is stuck");
    draft.assume(text, place, Some("--set strategy.rolling.progressDeadline=1h".to_owned()));
    let partition = rolling.and_then(|it| partition(it, body, draft)).map(|it| ("partition", it));
    let all = entries.chain(partition).chain([("progressDeadline", deadline)]);
    Some(("rolling", build::map(all, place)))
}

/// Pods below the partition are not replaced: the rollout rests when the others are.
fn partition(rolling: &Node, body: &Body<'_>, draft: &mut Draft<'_>) -> Option<Node> {
    let given = whole(rolling, "partition", draft).filter(|it| it.value > 0)?;
    let pods = body.replicas.as_ref().and_then(Node::as_text).and_then(|it| it.parse().ok());
    let text = match pods.unwrap_or(0_u32).saturating_sub(given.value) {
        0 => "the partition leaves all pods as they are: none gets the release until somebody \
              lowers it"
            .to_owned(),
        updated => format!(
            "the partition lets {updated} pods have the release, from ordinal {} on, and the \
             rollout rests there until somebody lowers it",
            given.value
        ),
    };
    let change = "--set strategy.rolling.partition=0".to_owned();
    draft.assume(text, build::key_place(rolling, "partition"), Some(change));
    Some(build::text(given.value.to_string(), given.place))
}

/// Who replaces pods.
enum Who {
    /// The controller.
    Controls,
    /// Whoever deletes them, as it is said there.
    Deletes(Place),
}

/// Who replaces pods, if that can be.
fn who(update: Option<&Node>, kind: &str, draft: &mut Draft<'_>) -> Option<Who> {
    let Some(node) = update.and_then(|update| field(update, "type")) else {
        return Some(Who::Controls);
    };
    match node.as_text() {
        Some("RollingUpdate") => Some(Who::Controls),
        Some("OnDelete") => Some(Who::Deletes(node.place)),
        text => {
            let title = format!("there is no update strategy {} of a {kind}", found(node));
            let problem = rejected(title, node.place, "`RollingUpdate` or `OnDelete`");
            let kinds = ["RollingUpdate", "OnDelete"];
            let meant = closest(text.unwrap_or_default(), kinds).unwrap_or("RollingUpdate");
            draft.problem(problem.help(format!("write: type: {meant}")));
            None
        }
    }
}

/// Whether a field is none, or none by default.
fn is_zero(rolling: &Node, key: &str, default: bool) -> bool {
    let text = field(rolling, key).and_then(Node::as_text);
    text.map_or(default, |text| matches!(text, "0" | "0%"))
}

fn either(rolling: Option<&Node>, place: Place, draft: &mut Draft<'_>) {
    let at = rolling.map_or(place, |it| build::key_place(it, "maxSurge"));
    let title = "`maxSurge` needs `maxUnavailable: 0` beside it";
    let label = "either a pod more or a pod less, and one less is the default";
    draft.problem(rejected(title, at, label).help("write: maxUnavailable: 0"));
}
