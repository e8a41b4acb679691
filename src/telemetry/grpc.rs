//! gRPC servers: `grpc_server_started_total` and `grpc_server_handled_total`, whose label
//! `grpc_code` tells what became of a call, and `grpc_server_handling_seconds`.
//!
//! Source: go-grpc-middleware, providers/prometheus.

use promql::Labels;

use super::rows::Rows;
use super::{Outcome, Series, Source, Telemetry};

/// What becomes of a call, and its code.
const CODES: [(Outcome, &str); 2] = [(Outcome::Good, "OK"), (Outcome::Failed, "Internal")];

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let Telemetry { service, namespace, hashes, workloads, .. } = telemetry;
    let pod = telemetry.pod(version);
    let common = Labels::new([
        ("app", workloads[version].as_str()),
        ("job", service),
        ("namespace", namespace),
        ("kubernetes_namespace", namespace),
        ("pod", &pod),
        ("kubernetes_pod_name", &pod),
        ("instance", &pod),
        ("rollouts_pod_template_hash", &hashes[version]),
        ("grpc_service", service),
        ("grpc_method", "Call"),
        ("grpc_type", "unary"),
    ]);
    let mut rows = Rows { common, version, pod: Some(pod.clone()), all };
    rows.add("grpc_server_started_total", &[], Source::Requests(Outcome::Any));
    for (outcome, code) in CODES {
        let code = [("grpc_code", code)];
        rows.add("grpc_server_handled_total", &code, Source::Requests(outcome));
    }
    let buckets = (telemetry.buckets.as_slice(), 1.0);
    rows.histogram("grpc_server_handling_seconds", &[], buckets, Outcome::Any);
}
