//! What well-known exporters have: the series of the schemes, and beside them metrics and labels
//! that nothing here is counted for.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use promql::NAME;

use super::{Series, Telemetry};

/// Metrics of one exporter.
struct Family {
    /// How their names begin.
    starts: &'static [&'static str],
    /// Those that are not counted here; where there are none, no name is known to be wrong.
    others: &'static [&'static str],
    /// How the names of those begin that have the labels of a request.
    request: &'static str,
    /// Labels that no series here has; a name that ends with `_` is all that begin so.
    labels: &'static [&'static str],
}

/// Exporters whose labels are fixed. Sources: Istio, *Standard Metrics*; ingress-nginx,
/// *Prometheus and Grafana installation*; Envoy, statistics; Traefik, *Metrics overview*.
const FAMILIES: [Family; 4] = [
    Family {
        starts: &["istio_request", "istio_response", "istio_tcp"],
        others: &[
            "istio_request_bytes_bucket",
            "istio_request_bytes_count",
            "istio_request_bytes_sum",
            "istio_request_messages_total",
            "istio_response_bytes_bucket",
            "istio_response_bytes_count",
            "istio_response_bytes_sum",
            "istio_response_messages_total",
            "istio_tcp_connections_closed_total",
            "istio_tcp_connections_opened_total",
            "istio_tcp_received_bytes_total",
            "istio_tcp_sent_bytes_total",
        ],
        request: "istio_request",
        labels: &["source_", "destination_", "grpc_response_status"],
    },
    Family {
        starts: &["nginx_ingress_controller_request", "nginx_ingress_controller_response"],
        others: &[
            "nginx_ingress_controller_request_size_bucket",
            "nginx_ingress_controller_request_size_count",
            "nginx_ingress_controller_request_size_sum",
            "nginx_ingress_controller_response_size_bucket",
            "nginx_ingress_controller_response_size_count",
            "nginx_ingress_controller_response_size_sum",
        ],
        request: "nginx_ingress_controller_request",
        labels: &["controller_"],
    },
    Family {
        starts: &["envoy_cluster_upstream_rq"],
        others: &[],
        request: "envoy_cluster_upstream_rq",
        labels: &["envoy_"],
    },
    Family {
        starts: &["traefik_service_request"],
        others: &[],
        request: "traefik_service_request",
        labels: &["exported_service"],
    },
];

/// Histograms whose limits are the same almost everywhere.
const BUCKETS: [&str; 3] = [
    "istio_request_duration_milliseconds_bucket",
    "envoy_cluster_upstream_rq_time_bucket",
    "http_request_duration_seconds_bucket",
];

static SERIES: LazyLock<Vec<Series>> = LazyLock::new(|| Telemetry::default().series());

/// The series of a metric of both versions.
fn of(metric: &str) -> impl Iterator<Item = &'static Series> {
    SERIES.iter().filter(move |it| it.labels.get(NAME) == metric)
}

/// The upper limits of the buckets of a histogram, where they are the same almost everywhere;
/// ascending, without infinity.
pub fn buckets(metric: &str) -> Option<Vec<f64>> {
    BUCKETS.contains(&metric).then_some(())?;
    let limits = of(metric).filter_map(|it| it.labels.get("le").parse::<f64>().ok());
    let mut limits: Vec<f64> = limits.filter(|it| it.is_finite()).collect();
    limits.sort_by(f64::total_cmp);
    limits.dedup();
    Some(limits)
}

/// The metrics of an exporter, if a name begins like theirs and is none of them.
pub fn names_without(metric: &str) -> Option<BTreeSet<&'static str>> {
    let begins = |starts: &[&str], name: &str| starts.iter().any(|start| name.starts_with(start));
    let Family { starts, others, .. } = FAMILIES.iter().find(|it| begins(it.starts, metric))?;
    let counted = SERIES.iter().map(|it| it.labels.get(NAME)).filter(|it| begins(starts, it));
    let all: BTreeSet<_> = counted.chain(others.iter().copied()).collect();
    (!others.is_empty() && !all.contains(metric)).then_some(all)
}

/// The labels of a metric of a well-known exporter, if it does not have this one.
pub fn labels_without(metric: &str, label: &str) -> Option<BTreeSet<&'static str>> {
    let family = FAMILIES.iter().find(|it| metric.starts_with(it.request))?;
    let alike = SERIES.iter().filter(|it| it.labels.get(NAME).starts_with(family.request));
    let counted = alike.flat_map(|it| it.labels.iter().map(|(label, _)| label));
    let begins = |label: &str| {
        family.labels.iter().any(|known| known.ends_with('_') && label.starts_with(known))
    };
    let each = counted.filter(|it| !begins(it));
    let all: BTreeSet<_> = each.chain(family.labels.iter().copied()).collect();
    (!begins(label) && !all.contains(label)).then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_exporters_have_is_known() {
        assert_eq!(
            buckets("istio_request_duration_milliseconds_bucket").map(|it| it.len()),
            Some(19)
        );
        assert_eq!(buckets("http_request_duration_seconds_bucket").map(|it| it[0]), Some(0.005));
        assert_eq!(buckets("mine_bucket"), None);
        assert!(
            names_without("istio_requests").is_some_and(|it| it.contains("istio_requests_total"))
        );
        assert_eq!(names_without("istio_request_bytes_sum"), None);
        assert_eq!(names_without("envoy_cluster_upstream_rq_retry"), None);
        let labels = labels_without("istio_requests_total", "status").expect("no such label");
        assert!(labels.contains("response_code"));
        assert_eq!(labels_without("istio_requests_total", "source_principal"), None);
        assert_eq!(labels_without("http_requests_total", "colour"), None);
    }
}
