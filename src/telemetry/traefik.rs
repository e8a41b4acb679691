//! Traefik's services: `traefik_service_requests_total` and its durations.
//!
//! Source: Traefik, *Metrics overview*, default buckets 0.1, 0.3, 1.2 and 5 seconds.

use promql::Labels;

use super::rows::Rows;
use super::{OUTCOMES, Series, Source, Telemetry};

const BUCKETS: [f64; 4] = [0.1, 0.3, 1.2, 5.0];

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let Telemetry { service, namespace, .. } = telemetry;
    let which = ["primary", "canary"][version];
    let name = format!("{namespace}-{service}-{which}-80@kubernetescrd");
    let common = Labels::new([
        ("service", name.as_str()),
        ("method", "GET"),
        ("protocol", "http"),
        ("instance", "traefik-0"),
    ]);
    let mut rows = Rows { common, version, pod: None, all };
    for (outcome, status) in OUTCOMES {
        let code = [("code", status)];
        rows.add("traefik_service_requests_total", &code, Source::Requests(outcome));
        let name = "traefik_service_request_duration_seconds";
        rows.histogram(name, &code, (&BUCKETS, 1.0), outcome);
    }
}
