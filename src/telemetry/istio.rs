//! Istio's standard metrics: `istio_requests_total` and `istio_request_duration_milliseconds`, as
//! both ends of a request report it.
//!
//! Source: Istio, *Standard Metrics*; the limits of its buckets are those of Envoy.

use promql::Labels;

use super::rows::Rows;
use super::{OUTCOMES, PROXY_BUCKETS, Series, Source, Telemetry};

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let pod = Some(telemetry.pod(version));
    let mut rows = Rows { common: target(telemetry, version), version, pod, all };
    for reporter in ["destination", "source"] {
        for (outcome, status) in OUTCOMES {
            let request = [("reporter", reporter), ("response_code", status)];
            rows.add("istio_requests_total", &request, Source::Requests(outcome));
            let name = "istio_request_duration_milliseconds";
            rows.histogram(name, &request, (&PROXY_BUCKETS, 1000.0), outcome);
        }
    }
}

fn target(telemetry: &Telemetry, version: usize) -> Labels {
    let Telemetry { service, services, namespace, hashes, workloads, .. } = telemetry;
    let host = format!("{}.{namespace}.svc.cluster.local", services[version]);
    let revision = ["v1", "v2"][version];
    Labels::new([
        ("destination_app", service.as_str()),
        ("destination_canonical_service", service),
        ("destination_canonical_revision", revision),
        ("destination_service", &host),
        ("destination_service_name", &services[version]),
        ("destination_service_namespace", namespace),
        ("destination_version", revision),
        ("destination_workload", &workloads[version]),
        ("destination_workload_namespace", namespace),
        ("source_workload", "ingressgateway"),
        ("source_workload_namespace", "istio-system"),
        ("source_app", "ingressgateway"),
        ("request_protocol", "http"),
        ("response_flags", "-"),
        ("connection_security_policy", "mutual_tls"),
        ("rollouts_pod_template_hash", &hashes[version]),
        ("namespace", namespace),
        ("pod", &telemetry.pod(version)),
    ])
}
