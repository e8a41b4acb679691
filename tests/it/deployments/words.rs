//! What `kubectl` and the audit log say while a Deployment is released, goes wrong and goes back.

use std::collections::BTreeMap;

use clockwork::{Instant, Span};
use coalmine::controller::kubernetes::kubectl::{RolloutStatus, rollout_history, rollout_status};
use coalmine::controller::kubernetes::{Action, Spec, Template, Twin, Undo, UndoError, WallClock};

use super::cluster::{Behaviour, Change, Cluster, Deed};

fn at(millis: u64) -> Instant {
    Instant::ZERO + Span::from_millis(millis)
}

/// Three pods of version 1, which take a second; version 2 never becomes ready, version 3 does.
fn cluster() -> Cluster {
    let behaviour = |ready: Option<u64>| {
        let ready = vec![ready.map(Span::from_millis)];
        Behaviour { ready, flap: None, term: Span::from_millis(500) }
    };
    let behaviours = [(1, Some(1_000)), (2, None), (3, Some(1_000))];
    let behaviours = behaviours.map(|(it, ready)| (Template(it), behaviour(ready)));
    let spec = Spec { progress_deadline_seconds: Some(5), ..Spec::new(3, Template(1)) };
    let run = Span::from_millis(100);
    let delays = Default::default();
    Cluster::new(spec, at(0), WallClock::default(), delays, run, BTreeMap::from(behaviours))
}

fn template(number: u32) -> Deed {
    Deed::Write(Change { template: Some(Template(number)), ..Change::default() })
}

fn says(cluster: &Cluster) -> String {
    match rollout_status(cluster.twin.deployment(), "web") {
        RolloutStatus::Waiting(text) => format!("waits: {text}"),
        RolloutStatus::Done(text) => format!("done: {text}"),
        RolloutStatus::Failed(text) => format!("failed: {text}"),
    }
}

#[test]
fn kubectl_follows_a_rollout() {
    let mut cluster = cluster();
    assert_eq!(says(&cluster), "waits: Waiting for deployment spec update to be observed...");
    cluster.run_until(at(500), |_| false);
    let waits = "waits: Waiting for deployment \"web\" rollout to finish:";
    assert_eq!(says(&cluster), format!("{waits} 0 of 3 updated replicas are available..."));
    cluster.run_until(at(2_000), |_| false);
    assert_eq!(says(&cluster), "done: deployment \"web\" successfully rolled out");
    cluster.plan(at(3_000), template(2));
    cluster.run_until(at(4_000), |_| false);
    assert_eq!(says(&cluster), format!("{waits} 1 out of 3 new replicas have been updated..."));
    cluster.run_until(at(10_000), |_| false);
    assert_eq!(says(&cluster), "failed: error: deployment \"web\" exceeded its progress deadline");
    cluster.plan(at(11_000), template(3));
    cluster.run_until(at(12_500), |_| false);
    assert_eq!(says(&cluster), format!("{waits} 2 out of 3 new replicas have been updated..."));
    cluster.run_until(at(13_500), |_| false);
    assert_eq!(says(&cluster), format!("{waits} 1 old replicas are pending termination..."));
    cluster.run_until(at(20_000), |_| false);
    assert_eq!(says(&cluster), "done: deployment \"web\" successfully rolled out");
}

#[test]
fn kubectl_knows_the_revisions_and_how_they_move() {
    let mut cluster = cluster();
    cluster.run_until(at(2_000), |_| false);
    assert_eq!(cluster.twin.undo(at(2_000), Undo::Previous), Err(UndoError::NoHistory));
    cluster.plan(at(3_000), template(3));
    cluster.run_until(at(10_000), |_| false);
    let history = |cluster: &Cluster| rollout_history(cluster.twin.deployment(), "web");
    let two = "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n";
    assert_eq!(history(&cluster), two);
    assert_eq!(cluster.twin.undo(at(10_000), Undo::To(7)), Err(UndoError::NotFound(7)));
    assert_eq!(cluster.twin.undo(at(10_000), Undo::To(2)), Err(UndoError::AlreadyThere(2)));
    cluster.undo(Undo::Previous);
    cluster.run_until(at(20_000), |_| false);
    assert_eq!(
        history(&cluster),
        two.replace("\n1 ", "\n3 ")
            .replace("3         <none>\n2         <none>", "2         <none>\n3         <none>")
    );
    assert_eq!(cluster.twin.deployment().spec().template, Template(1));
    cluster.plan(at(21_000), Deed::Write(Change { paused: Some(true), ..Change::default() }));
    cluster.run_until(at(22_000), |_| false);
    let refused = cluster.twin.undo(at(22_000), Undo::Previous).expect_err("it is paused");
    let words = "you cannot rollback a paused deployment; resume it first with \
                 'kubectl rollout resume' and try again";
    assert_eq!(refused.to_string(), words);
}

#[test]
fn the_audit_log_has_the_words_of_events() {
    let mut cluster = cluster();
    cluster.run_until(at(2_000), |_| false);
    cluster.log.clear();
    cluster.plan(at(3_000), template(3));
    cluster.run_until(at(10_000), |_| false);
    let pods =
        |action: &Action| matches!(action, Action::CreatePods { .. } | Action::DeletePods { .. });
    let said = cluster.log.iter().filter(|it| !pods(&it.action)).map(|it| it.action.to_string());
    let wanted = [
        "Scaled up replica set 3 from 0 to 1",
        "Progressing True NewReplicaSetCreated",
        "Progressing True ReplicaSetUpdated",
        "Scaled down replica set 1 from 3 to 2",
        "Scaled up replica set 3 from 1 to 2",
        "Scaled down replica set 1 from 2 to 1",
        "Scaled up replica set 3 from 2 to 3",
        "Scaled down replica set 1 from 1 to 0",
        "Progressing True NewReplicaSetAvailable",
    ];
    assert_eq!(said.collect::<Vec<_>>(), wanted);
}

#[test]
fn beginning_again_is_beginning() {
    let spec = Spec::new(4, Template(1));
    let mut twin = Twin::new(Spec::new(9, Template(5)));
    twin.step(&[], at(0), &mut Vec::new());
    twin.begin(spec);
    let deployment = twin.deployment();
    assert!(deployment.is_complete());
    assert_eq!(rollout_history(deployment, "web").lines().count(), 3);
    assert_eq!(deployment.status().available, 4);
}
