//! A Canary beside an autoscaler.

use clockwork::Span;

use super::super::{Plan, Scaling};
use super::canary;
use super::cluster::{Cluster, plan};
use crate::controller::kubernetes::hpa::{Autoscaler, Metric, Resource, ResourceTarget};

/// Between two and ten pods that use half of their processors.
fn scaled() -> Plan {
    let metric = Metric::Resource {
        resource: Resource::Cpu,
        container: None,
        target: ResourceTarget::Utilization(50),
    };
    let autoscaler = Autoscaler { min: 2, max: 10, metrics: vec![metric], behavior: None };
    let primary = autoscaler.clone();
    let scaling = Scaling { autoscaler, primary, saturated: 100.0 };
    Plan { scaling: Some(Box::new(scaling)), ..plan(canary()) }
}

#[test]
fn a_canary_starts_with_the_fewest_pods_and_follows_its_own_load() {
    let plan = scaled();
    let mut cluster = Cluster::new(&plan);
    cluster.tell(Span::from_secs(80), |_, _| 100.0);
    assert_eq!(cluster.controller.pods(), [[4, 0], [0, 2]], "as many as are needed");
    cluster.busy = [0.5, 1.0];
    let told = cluster.tell(Span::from_secs(110), |_, _| 100.0);
    let said = "the autoscaler of the canary wants 4 pods in place of 2";
    assert!(told.iter().any(|it| it.ends_with(said)), "{told:#?}");
    assert_eq!(cluster.controller.pods(), [[4, 0], [0, 4]]);
    cluster.busy = [0.9, 0.5];
    cluster.tell(Span::from_secs(200), |_, _| 100.0);
    let [primary, canary] = cluster.controller.pods();
    assert!(primary[0] > 4 && canary == [0, 4], "{primary:?} {canary:?}");
}

#[test]
fn a_canary_that_is_stopped_stays_so() {
    let plan = scaled();
    let mut cluster = Cluster::new(&plan);
    let told = cluster.tell(Span::from_mins(20), |_, _| 90.0);
    assert!(told.iter().any(|it| it.ends_with("phase Failed")), "{told:#?}");
    assert_eq!(cluster.controller.pods()[1], [0, 0]);
}

#[test]
fn the_primary_has_bounds_of_its_own() {
    let mut plan = scaled();
    if let Some(scaling) = &mut plan.scaling {
        (scaling.primary.min, scaling.primary.max) = (5, 6);
    }
    let mut cluster = Cluster::new(&plan);
    cluster.busy = [0.1, 0.1];
    cluster.tell(Span::from_secs(80), |_, _| 100.0);
    assert_eq!(cluster.controller.pods(), [[5, 0], [0, 2]], "the fewest of each");
    cluster.busy = [1.0, 1.0];
    cluster.tell(Span::from_secs(200), |_, _| 100.0);
    let [primary, canary] = cluster.controller.pods();
    assert_eq!(primary[0], 6, "the most of the primary's");
    assert!(canary[1] > 2, "{canary:?}");
}
