//! The plain scheme: what client libraries and their examples call requests and durations.
//!
//! `http_requests_total` and `http_request_duration_seconds`, with the labels that people use for
//! the same things: `status` and `code`, `app` and `service` and `job`, `pod` and
//! `kubernetes_pod_name`. `errors_total` and `requests_total` are the same without details.

use promql::Labels;

use super::rows::Rows;
use super::{OUTCOMES, Outcome, Series, Source, Telemetry};

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let pod = Some(telemetry.pod(version));
    let mut rows = Rows { common: target(telemetry, version), version, pod, all };
    for (outcome, status) in OUTCOMES {
        let request = [
            ("status", status),
            ("code", status),
            ("method", "GET"),
            ("route", "/"),
            ("path", "/"),
            ("handler", "/"),
        ];
        rows.add("http_requests_total", &request, Source::Requests(outcome));
        let buckets = (telemetry.buckets.as_slice(), 1.0);
        rows.histogram("http_request_duration_seconds", &request, buckets, outcome);
    }
    rows.add("requests_total", &[], Source::Requests(Outcome::Any));
    rows.add("errors_total", &[], Source::Requests(Outcome::Failed));
    rows.add("up", &[], Source::Up);
}

/// The labels that a scrape gives what it finds in the pods of a version.
pub(super) fn target(telemetry: &Telemetry, version: usize) -> Labels {
    let Telemetry { service, namespace, hashes, workloads, .. } = telemetry;
    let pod = telemetry.pod(version);
    Labels::new([
        ("app", workloads[version].as_str()),
        ("service", service),
        ("job", service),
        ("namespace", namespace),
        ("kubernetes_namespace", namespace),
        ("pod", &pod),
        ("kubernetes_pod_name", &pod),
        ("instance", &pod),
        ("deployment", &workloads[version]),
        ("container", service),
        ("rollouts_pod_template_hash", &hashes[version]),
        ("pod_template_hash", &hashes[version]),
        ("version", ["v1", "v2"][version]),
    ])
}
