//! The plain scheme: what client libraries and their examples call requests and durations.
//!
//! `http_requests_total` and `http_request_duration_seconds` with the labels that people use for
//! the same things: `status` and `code`, `app` and `service` and `job`, `pod` and
//! `kubernetes_pod_name`.

use promql::Labels;

use super::{Outcome, Series, Source, Telemetry};

/// What an outcome is called, and its status.
pub(super) const OUTCOMES: [(Outcome, &str); 2] =
    [(Outcome::Good, "200"), (Outcome::Failed, "500")];

/// How a limit is written in `le`: as Go prints a float.
pub(super) fn le(limit: f64) -> String {
    format!("{limit}")
}

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let target = target(telemetry, version);
    let mut add = |name: &str, more: &[(&str, &str)], source: Source| {
        let mut labels = target.clone();
        labels.set(promql::NAME, name);
        more.iter().for_each(|(label, value)| labels.set(label, value));
        all.push(Series { labels, version, source });
    };
    for (outcome, status) in OUTCOMES {
        let request = [
            ("status", status),
            ("code", status),
            ("method", "GET"),
            ("route", "/"),
            ("path", "/"),
            ("handler", "/"),
        ];
        add("http_requests_total", &request, Source::Requests(outcome));
        let duration = "http_request_duration_seconds";
        for &limit in &telemetry.buckets {
            let le = le(limit);
            let labels = [&request[..], &[("le", le.as_str())]].concat();
            add(&format!("{duration}_bucket"), &labels, Source::Within(limit, outcome));
        }
        let labels = [&request[..], &[("le", "+Inf")]].concat();
        add(&format!("{duration}_bucket"), &labels, Source::Requests(outcome));
        add(&format!("{duration}_count"), &request, Source::Requests(outcome));
        add(&format!("{duration}_sum"), &request, Source::Seconds(outcome));
    }
    add("up", &[], Source::Up);
}

fn target(telemetry: &Telemetry, version: usize) -> Labels {
    let Telemetry { service, namespace, hashes, workloads, .. } = telemetry;
    let pod = telemetry.pod(version);
    let which = ["v1", "v2"][version];
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
        ("rollouts_pod_template_hash", &hashes[version]),
        ("pod_template_hash", &hashes[version]),
        ("version", which),
    ])
}
