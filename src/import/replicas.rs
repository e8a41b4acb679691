//! How many pods a workload has.

use super::draft::{Draft, Foreign};
use super::typed::{field, whole};
use super::{build, deployment, go};
use crate::document::Node;

const ONE_POD: &str = "one pod runs when replicas is not given";
const CHANGE: &str = "--replicas 20";

/// `fleet.replicas`: what the workload says, else what an autoscaler of it keeps at least, else
/// one; `controller` is whose default that is.
pub(super) fn replicas(
    workload: Foreign<'_>,
    controller: &str,
    draft: &mut Draft<'_>,
) -> Option<Node> {
    let spec = workload.node.get("spec");
    if let Some(spec) = spec
        && field(spec, "replicas").is_some()
    {
        let given = whole(spec, "replicas", draft)?;
        return Some(build::text(given.value.to_string(), given.place));
    }
    let place = build::key_place(workload.node, "spec");
    if let Some((scaler, key, least)) = least(workload, draft) {
        let pods = least.as_text().unwrap_or_default();
        let text = format!("{pods} pods: {key} of {}, as replicas is not given", scaler.title());
        draft.assume(text, place, Some(CHANGE.to_owned()));
        return Some(build::text(pods, least.place));
    }
    let text = format!("one pod: {controller} default, as replicas is not given");
    draft.assume(text, place, Some(CHANGE.to_owned()));
    Some(build::assumed("1", ONE_POD, place))
}

/// The autoscaler of a workload, and what it says of the least number of pods.
pub(super) fn least<'a>(
    workload: Foreign<'_>,
    draft: &Draft<'a>,
) -> Option<(Foreign<'a>, &'static str, &'a Node)> {
    let scales = |it: &&Foreign<'_>| key(it).is_some() && deployment::scales(it, &workload);
    let scaler = draft.documents().iter().find(scales)?;
    let key = key(scaler)?;
    let least = scaler.node.get("spec")?.get(key)?;
    go::whole(least).filter(|least| *least > 0).map(|_| (*scaler, key, least))
}

/// Where an autoscaler says the least number of pods.
fn key(document: &Foreign<'_>) -> Option<&'static str> {
    match document.kind {
        "HorizontalPodAutoscaler" => Some("minReplicas"),
        "ScaledObject" => Some("minReplicaCount"),
        _ => None,
    }
}
