//! NGINX: the ingress controller's `nginx_ingress_controller_*`, whose label `canary` tells the
//! release from the running version, and `nginx_http_*` of a plain server, which tells nothing.
//!
//! Source: ingress-nginx, *Prometheus and Grafana installation*; the Lua exporter's README.

use promql::Labels;

use super::rows::Rows;
use super::{OUTCOMES, Series, Source, Telemetry};

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let Telemetry { service, namespace, buckets, .. } = telemetry;
    let host = format!("{service}.example.com");
    let backend = format!("{namespace}-{service}-80");
    let common = Labels::new([
        ("ingress", service.as_str()),
        ("namespace", namespace),
        ("exported_namespace", namespace),
        ("service", service),
        ("exported_service", service),
        ("host", &host),
        ("method", "GET"),
        ("path", "/"),
        ("canary", if version == 1 { &backend } else { "" }),
        ("controller_class", "k8s.io/ingress-nginx"),
    ]);
    let mut rows = Rows { common, version, pod: None, all };
    for (outcome, status) in OUTCOMES {
        let status = [("status", status)];
        rows.add("nginx_ingress_controller_requests", &status, Source::Requests(outcome));
        for name in ["request", "response"] {
            let name = format!("nginx_ingress_controller_{name}_duration_seconds");
            rows.histogram(&name, &status, (buckets, 1.0), outcome);
        }
    }
    let upstream = format!("upstream-{}", version + 1);
    rows.common = Labels::new([("host", host.as_str()), ("node", "edge"), ("upstream", &upstream)]);
    for (outcome, status) in OUTCOMES {
        let status = [("status", status)];
        rows.add("nginx_http_requests_total", &status, Source::Requests(outcome));
        let name = "nginx_http_request_duration_seconds";
        rows.histogram(name, &status, (buckets, 1.0), outcome);
    }
}
