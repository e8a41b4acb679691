//! Canaries of workloads that are no Deployment.

use clockwork::Span;

use super::super::{Canary, Kind};
use super::canary;
use super::cluster::{Cluster, one_by_one, plan};

fn of(target: Kind) -> Canary {
    Canary { target, ..canary() }
}

fn started(canary: Canary, startup: u64) -> Vec<String> {
    let plan = one_by_one(canary);
    let mut cluster = Cluster::new(&plan);
    cluster.startup[1] = Span::from_secs(startup);
    cluster.tell(Span::from_mins(20), |_, _| 100.0)
}

#[test]
fn a_daemon_set_goes_from_node_to_node() {
    // Four nodes of forty seconds are ready after 160 seconds: three ticks.
    let told = started(of(Kind::DaemonSet), 40);
    assert_eq!(told[5], "4:30 copying the template of the canary to the primary", "{told:#?}");
    assert_eq!(told[7], "7:30 primary 100 %, canary 0 %", "{told:#?}");
    assert_eq!(told.last().map(String::as_str), Some("8:30 Promoted"), "{told:#?}");
}

#[test]
fn a_daemon_set_that_takes_too_long_stays_with_its_canary() {
    let canary = Canary { deadline: Span::from_mins(1), ..of(Kind::DaemonSet) };
    let told = started(canary, 40);
    assert_eq!(
        told[7..],
        ["6:30 primary 0 %, canary 100 %", "6:30 phase Failed", "6:30 Stuck"],
        "{told:#?}"
    );
}

#[test]
fn the_pods_of_a_service_change_hands_with_its_selector() {
    for (kind, shares) in [(Kind::Service, [0.6, 1.0]), (Kind::Revision, [0.6, 0.6])] {
        let plan = plan(of(kind));
        let mut cluster = Cluster::new(&plan);
        let mut seen = Vec::new();
        for until in [200, 215, 275, 600] {
            cluster.tell(Span::from_secs(until), |_, _| 100.0);
            let [old, new] = cluster.controller.pods();
            seen.push((cluster.share.as_f64(), old, new));
        }
        assert_eq!([seen[0].0, seen[1].0], shares, "{kind:?}: {seen:?}");
        // All pods of the release were there from its first moment on; nothing is replaced.
        assert_eq!(seen[0].1, [4, 0], "{kind:?}");
        assert_eq!(seen[3], (1.0, [0, 4], [0, 0]), "{kind:?}");
    }
}
