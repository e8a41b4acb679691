//! Envoy's own statistics: a cluster for each version, and one listener for both. What a cluster is
//! called depends on who made it.
//!
//! A statistic of a listener is told apart by version all the same: the parts add up.
//! Source: Envoy, statistics of upstream clusters and of downstream HTTP connections.

use promql::Labels;

use super::rows::Rows;
use super::{OUTCOMES, Outcome, PROXY_BUCKETS, Series, Source, Telemetry};

/// The label of a listener.
const PREFIX: &str = concat!("envoy_http_conn_man", "ager_prefix");

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let Telemetry { namespace, workloads, .. } = telemetry;
    let cluster = telemetry.proxies.cluster(telemetry, version);
    let mut common = Labels::new([
        ("envoy_cluster_name", cluster.as_str()),
        ("namespace", namespace),
        ("kubernetes_namespace", namespace),
        ("app", &workloads[version]),
        ("instance", "envoy-0"),
    ]);
    match telemetry.proxies {
        Proxies::Kuma => common.set("service", &cluster),
        Proxies::AppMesh => common.set("kubernetes_pod_name", &telemetry.pod(version)),
        _ => {}
    }
    let mut rows = Rows { common, version, pod: None, all };
    parts(&mut rows, "envoy_cluster_upstream_rq");
    for (outcome, status) in OUTCOMES {
        let code = [("envoy_response_code", status)];
        rows.add("envoy_cluster_upstream_rq", &code, Source::Requests(outcome));
    }
    let name = "envoy_cluster_upstream_rq_time";
    rows.histogram(name, &[], (&PROXY_BUCKETS, 1000.0), Outcome::Any);
    rows.common = Labels::new([
        (PREFIX, "ingress_http"),
        ("instance", "envoy-0"),
        ("version", ["v1", "v2"][version]),
    ]);
    parts(&mut rows, "envoy_http_downstream_rq");
}

/// Requests that were completed, all of them and by the class of their status.
fn parts(rows: &mut Rows<'_>, name: &str) {
    for (outcome, status) in OUTCOMES {
        let class = [("envoy_response_code_class", &status[..1])];
        rows.add(&format!("{name}_xx"), &class, Source::Requests(outcome));
    }
    for part in ["completed", "total"] {
        rows.add(&format!("{name}_{part}"), &[], Source::Requests(Outcome::Any));
    }
}

/// Who made the clusters of Envoy, and so how they are called.
///
/// Source: the names that `pkg/metrics/observers` of Flagger expects of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proxies {
    /// Contour: `namespace_service_port`.
    #[default]
    Contour,
    /// Gloo Edge: `namespace-service-port_gloo-system`.
    Gloo,
    /// Kuma: `service_namespace_svc_port`, which its label `service` has as well.
    Kuma,
    /// AWS App Mesh: a sidecar in every pod, told apart by the pods.
    AppMesh,
    /// Knative: `namespace/revision`.
    Knative,
}

impl Proxies {
    /// The cluster of a version, as progressive delivery names it.
    fn cluster(self, telemetry: &Telemetry, version: usize) -> String {
        let Telemetry { service, namespace, .. } = telemetry;
        let which = ["primary", "canary"][version];
        match self {
            Self::Contour => format!("{namespace}_{service}-{which}_80"),
            Self::Gloo => format!("{namespace}-{service}-{which}-80_gloo-system"),
            Self::Kuma => format!("{service}-{which}_{namespace}_svc_80"),
            Self::AppMesh => format!("cds_ingress_{namespace}_{service}-{which}_http_80"),
            Self::Knative => format!("{namespace}/{}", revision(service, version)),
        }
    }
}

/// What Knative calls the revision of a version.
pub fn revision(service: &str, version: usize) -> String {
    format!("{service}-0000{}", version + 1)
}
