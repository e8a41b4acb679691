//! kube-state-metrics: what the objects of a cluster say of themselves.
//!
//! Pods are there from when they are ready, or fail to be; what the nodes, other kinds of objects
//! and the scheduler do is not known. Source: kube-state-metrics, *Exposed metrics*.

use promql::Labels;

use super::rows::Rows;
use super::{Fact, Replicas, Series, Source, Telemetry};

const PHASES: [&str; 5] = ["Failed", "Pending", "Running", "Succeeded", "Unknown"];

/// Numbers of a Deployment.
const DEPLOYMENT: [(&str, Replicas); 8] = [
    ("kube_deployment_spec_replicas", Replicas::Wanted),
    ("kube_deployment_status_replicas", Replicas::Exist),
    ("kube_deployment_status_replicas_ready", Replicas::Ready),
    ("kube_deployment_status_replicas_available", Replicas::Available),
    ("kube_deployment_status_replicas_unavailable", Replicas::Unavailable),
    ("kube_deployment_status_replicas_updated", Replicas::Updated),
    ("kube_deployment_metadata_generation", Replicas::One),
    ("kube_deployment_status_observed_generation", Replicas::One),
];

/// Numbers of a ReplicaSet.
const REPLICA_SET: [(&str, Replicas); 3] = [
    ("kube_replicaset_spec_replicas", Replicas::Exist),
    ("kube_replicaset_status_replicas", Replicas::Exist),
    ("kube_replicaset_status_ready_replicas", Replicas::Ready),
];

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let workloads = &telemetry.workloads;
    let set = format!("{}-{}", workloads[version], telemetry.hashes[version]);
    let mut rows = Rows { common: exporter(telemetry), version, pod: None, all };
    // Versions of one Deployment are counted together, by the first of them.
    let shared = workloads[0] == workloads[1];
    if !shared || version == 0 {
        let of = (!shared).then_some(version);
        for (name, number) in DEPLOYMENT {
            let labels = [("deployment", workloads[version].as_str())];
            rows.add(name, &labels, Source::Replicas(number, of));
        }
    }
    for (name, number) in REPLICA_SET {
        rows.add(name, &[("replicaset", set.as_str())], Source::Replicas(number, Some(version)));
    }
    pods(telemetry, version, &set, rows.all);
}

fn exporter(telemetry: &Telemetry) -> Labels {
    Labels::new([
        ("job", "kube-state-metrics"),
        ("instance", "kube-state-metrics:8080"),
        ("namespace", telemetry.namespace.as_str()),
    ])
}

fn pods(telemetry: &Telemetry, version: usize, set: &str, all: &mut Vec<Series>) {
    let pod = telemetry.pod(version);
    let mut common = exporter(telemetry);
    common.set("pod", &pod);
    common.set("uid", &pod);
    let mut rows = Rows { common, version, pod: Some(pod), all };
    let created = [("created_by_kind", "ReplicaSet"), ("created_by_name", set), ("node", "node-0")];
    rows.add("kube_pod_info", &created, Source::Pod(Fact::Is(1.0)));
    for phase in PHASES {
        let is = Fact::Is(f64::from(u8::from(phase == "Running")));
        rows.add("kube_pod_status_phase", &[("phase", phase)], Source::Pod(is));
    }
    let conditions =
        [("true", Fact::Ready(true)), ("false", Fact::Ready(false)), ("unknown", Fact::Is(0.0))];
    for (condition, fact) in conditions {
        rows.add("kube_pod_status_ready", &[("condition", condition)], Source::Pod(fact));
    }
    rows.common.set("container", &telemetry.service);
    for (name, more, fact) in [
        ("kube_pod_container_status_ready", ("", ""), Fact::Ready(true)),
        ("kube_pod_container_status_running", ("", ""), Fact::Ready(true)),
        ("kube_pod_container_status_restarts_total", ("", ""), Fact::Restarts),
        ("kube_pod_container_status_waiting", ("", ""), Fact::Ready(false)),
        ("kube_pod_container_status_waiting_reason", ("reason", "CrashLoopBackOff"), Fact::Waits),
        ("kube_pod_container_status_last_terminated_reason", ("reason", "OOMKilled"), Fact::Killed),
    ] {
        let labels = [more];
        let more = if more.0.is_empty() { &[][..] } else { &labels[..] };
        rows.add(name, more, Source::Pod(fact));
    }
    let memory = [("resource", "memory"), ("unit", "byte")];
    let cores = [("resource", "cpu"), ("unit", "core")];
    let limits = "kube_pod_container_resource_limits";
    let requests = "kube_pod_container_resource_requests";
    rows.add(limits, &memory, Source::Pod(Fact::MemoryLimit));
    rows.add(limits, &cores, Source::Pod(Fact::Is(1.0)));
    rows.add(requests, &memory, Source::Pod(Fact::MemoryRequest));
    rows.add(requests, &cores, Source::Pod(Fact::Is(1.0)));
}
