//! Envoy's own statistics: a cluster for each version, and one listener for both.
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
    let cluster = format!("{namespace}_{}_80", cluster(telemetry, version));
    let common = Labels::new([
        ("envoy_cluster_name", cluster.as_str()),
        ("namespace", namespace),
        ("kubernetes_namespace", namespace),
        ("app", &workloads[version]),
        ("instance", "envoy-0"),
    ]);
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

/// The cluster of a version, as progressive delivery names it.
fn cluster(telemetry: &Telemetry, version: usize) -> String {
    format!("{}-{}", telemetry.service, ["primary", "canary"][version])
}
