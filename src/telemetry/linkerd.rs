//! Linkerd's proxy metrics: `request_total`, `response_total` and `response_latency_ms`.
//!
//! The proxies have 26 limits from 1 ms to 50 s; here are the powers of ten and twice and five
//! times them, from 5 ms on. Source: Linkerd, *Proxy Metrics*.

use promql::Labels;

use super::rows::Rows;
use super::{OUTCOMES, Outcome, Series, Source, Telemetry};

const BUCKETS: [f64; 13] =
    [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0];

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let common = Labels::new([
        ("namespace", telemetry.namespace.as_str()),
        ("deployment", &telemetry.workloads[version]),
        ("app", &telemetry.workloads[version]),
        ("rollouts_pod_template_hash", &telemetry.hashes[version]),
        ("pod", &telemetry.pod(version)),
        ("direction", "inbound"),
        ("tls", "true"),
        ("authority", &format!("{}.{}", telemetry.service, telemetry.namespace)),
    ]);
    let pod = Some(telemetry.pod(version));
    let mut rows = Rows { common, version, pod, all };
    rows.add("request_total", &[], Source::Requests(Outcome::Any));
    for (outcome, status) in OUTCOMES {
        let class = if outcome == Outcome::Failed { "failure" } else { "success" };
        let response = [("classification", class), ("status_code", status)];
        rows.add("response_total", &response, Source::Requests(outcome));
        let status = [("status_code", status)];
        rows.histogram("response_latency_ms", &status, (&BUCKETS, 1000.0), outcome);
    }
}
