//! Open Service Mesh: `osm_request_total` and `osm_request_duration_ms`, as the sidecars of the
//! destination report them.
//!
//! Source: Open Service Mesh, *Metrics*; the limits of its buckets are those of Envoy.

use promql::Labels;

use super::rows::Rows;
use super::{OUTCOMES, Outcome, PROXY_BUCKETS, Series, Source, Telemetry};

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let common = Labels::new([
        ("source_namespace", "ingress"),
        ("source_kind", "Deployment"),
        ("source_name", "ingress"),
        ("destination_namespace", telemetry.namespace.as_str()),
        ("destination_kind", "Deployment"),
        ("destination_name", &telemetry.workloads[version]),
        ("destination_pod", &telemetry.pod(version)),
    ]);
    let pod = Some(telemetry.pod(version));
    let mut rows = Rows { common, version, pod, all };
    for (outcome, status) in OUTCOMES {
        let code = [("response_code", status)];
        rows.add("osm_request_total", &code, Source::Requests(outcome));
    }
    let buckets = (&PROXY_BUCKETS[..], 1000.0);
    rows.histogram("osm_request_duration_ms", &[], buckets, Outcome::Any);
}
