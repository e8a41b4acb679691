//! What `kubectl` says of a Deployment.

use std::fmt::Write as _;

use super::deployment::Deployment;
use super::progress::Reason;
use super::replica_set::ReplicaSet;
use super::spec::Kept;

const BY_HAND: &str = "error: rollout status is only available for RollingUpdate strategy type";

/// What `kubectl rollout status` says, and whether it would go on watching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RolloutStatus {
    /// It waits, and says for what.
    Waiting(String),
    /// The rollout is done.
    Done(String),
    /// It gives up with an error, exit code 1.
    Failed(String),
}

/// What `kubectl rollout status deployment/NAME` says.
///
/// Source: `DeploymentStatusViewer` of kubectl.
pub fn rollout_status(deployment: &Deployment, name: &str) -> RolloutStatus {
    let (status, wanted) = (deployment.status(), deployment.spec().replicas);
    if status.observed < deployment.generation() {
        let text = "Waiting for deployment spec update to be observed...";
        return RolloutStatus::Waiting(text.into());
    }
    match deployment.spec().kept {
        Kept::Nothing => {}
        Kept::Below(_) => return partitioned(deployment),
        Kept::Undeleted => return RolloutStatus::Failed(BY_HAND.into()),
    }
    let late = |reason| reason == Reason::ProgressDeadlineExceeded;
    if status.progressing.is_some_and(|it| late(it.reason)) {
        return RolloutStatus::Failed(format!(
            "error: deployment \"{name}\" exceeded its progress deadline"
        ));
    }
    let updated = status.updated;
    let what = if updated < wanted {
        format!("{updated} out of {wanted} new replicas have been updated...")
    } else if status.replicas > updated {
        format!("{} old replicas are pending termination...", status.replicas - updated)
    } else if status.available < updated {
        format!("{} of {updated} updated replicas are available...", status.available)
    } else {
        return RolloutStatus::Done(format!("deployment \"{name}\" successfully rolled out"));
    };
    RolloutStatus::Waiting(format!("Waiting for deployment \"{name}\" rollout to finish: {what}"))
}

/// What `kubectl rollout status statefulset/NAME` says where a partition is given.
///
/// Source: `StatefulSetStatusViewer` of kubectl.
fn partitioned(deployment: &Deployment) -> RolloutStatus {
    let (status, spec) = (deployment.status(), deployment.spec());
    let (updated, wanted) = (status.updated, spec.updated());
    if status.ready < spec.replicas {
        let missing = spec.replicas - status.ready;
        return RolloutStatus::Waiting(format!("Waiting for {missing} pods to be ready..."));
    }
    if updated < wanted {
        return RolloutStatus::Waiting(format!(
            "Waiting for partitioned roll out to finish: {updated} out of {wanted} new pods have \
             been updated..."
        ));
    }
    RolloutStatus::Done(format!(
        "partitioned roll out complete: {updated} new pods have been updated..."
    ))
}

/// What `kubectl rollout history deployment/NAME` says. Nobody gave a cause of a change.
///
/// Source: `DeploymentHistoryViewer` of kubectl.
pub fn rollout_history(deployment: &Deployment, name: &str) -> String {
    let mut revisions: Vec<_> = deployment.replica_sets().iter().map(revision).collect();
    revisions.sort_unstable();
    let mut text = format!("deployment.apps/{name} \nREVISION  CHANGE-CAUSE\n");
    for revision in revisions {
        let _ = writeln!(text, "{revision:<8}  <none>");
    }
    text
}

fn revision(set: &ReplicaSet) -> u64 {
    set.revision
}
