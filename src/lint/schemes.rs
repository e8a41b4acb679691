//! Names of metrics and labels that well-known exporters and proxies have.

/// Labels that the stable version and a canary have in common, whatever their values.
const COMMON: [&str; 38] = [
    "app",
    "app_kubernetes_io_name",
    "application",
    "classification",
    "cluster",
    "code",
    "controller",
    "direction",
    "endpoint",
    "env",
    "environment",
    "grpc_code",
    "grpc_status",
    "handler",
    "http_code",
    "http_status_code",
    "http_target",
    "job",
    "le",
    "method",
    "namespace",
    "kubernetes_namespace",
    "path",
    "region",
    "reporter",
    "request_protocol",
    "response_code",
    "route",
    "status",
    "status_class",
    "status_code",
    "stage",
    "type",
    "tenant",
    "uri",
    "verb",
    "zone",
    "team",
];

/// Words in a value that tell a canary from the stable version.
const TELLING: [&str; 7] = ["canary", "hash", "preview", "stable", "green", "version", "revision"];

/// Whether a label with this value is the same for the stable version and for a canary.
pub(crate) fn is_common(label: &str, value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    COMMON.contains(&label) && !TELLING.iter().any(|word| value.contains(word))
}

/// The usual bounds of buckets in seconds: the default of the client libraries of Prometheus.
const SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The bounds of Envoy, and so of Istio, in milliseconds.
const MILLISECONDS: [f64; 19] = [
    0.5,
    1.0,
    5.0,
    10.0,
    25.0,
    50.0,
    100.0,
    250.0,
    500.0,
    1000.0,
    2500.0,
    5000.0,
    10000.0,
    30000.0,
    60000.0,
    300_000.0,
    600_000.0,
    1_800_000.0,
    3_600_000.0,
];

/// The bounds of the buckets of a histogram, where they are the same almost everywhere.
pub(crate) fn buckets(metric: &str) -> Option<&'static [f64]> {
    let is_envoy = metric.starts_with("istio_") || metric.starts_with("envoy_");
    match metric {
        _ if is_envoy && metric.contains("milliseconds") => Some(&MILLISECONDS),
        _ if is_envoy && metric.ends_with("_time_bucket") => Some(&MILLISECONDS),
        "http_request_duration_seconds_bucket" => Some(&SECONDS),
        _ => None,
    }
}

/// Metrics of proxies whose labels are fixed, with the labels that tell of a request.
const SCHEMES: &[(&str, &[&str])] = &[
    (
        "istio_request",
        &[
            "reporter",
            "source_",
            "destination_",
            "request_protocol",
            "response_code",
            "response_flags",
            "connection_security_policy",
            "grpc_response_status",
        ],
    ),
    (
        "nginx_ingress_controller_request",
        &[
            "status",
            "method",
            "path",
            "host",
            "ingress",
            "exported_service",
            "service",
            "controller_",
            "canary",
            "namespace",
            "exported_namespace",
        ],
    ),
    ("envoy_cluster_upstream_rq", &["envoy_"]),
    ("traefik_service_request", &["code", "method", "protocol", "service", "exported_service"]),
];

/// Labels that Prometheus or its operator gives to every series.
const TARGET: [&str; 18] = [
    "job",
    "instance",
    "namespace",
    "pod",
    "container",
    "endpoint",
    "service",
    "node",
    "cluster",
    "app",
    "le",
    "__name__",
    "prometheus",
    "env",
    "environment",
    "region",
    "zone",
    "version",
];

/// The labels of a well-known metric, if it does not have this one.
pub(crate) fn labels_without(metric: &str, label: &str) -> Option<&'static [&'static str]> {
    let (_, labels) = SCHEMES.iter().find(|(start, _)| metric.starts_with(start))?;
    let has = |known: &&str| label == *known || (known.ends_with('_') && label.starts_with(*known));
    let is_relabelled = label.starts_with("kubernetes_")
        || label.contains("hash")
        || label.starts_with("app_")
        || TARGET.contains(&label);
    (!labels.iter().any(has) && !is_relabelled).then_some(labels)
}

/// Whether a metric is a gauge by its name: what may fall without having begun anew.
pub(crate) fn is_gauge(metric: &str) -> bool {
    const GAUGES: [&str; 14] = [
        "up",
        "go_goroutines",
        "go_threads",
        "process_open_fds",
        "process_resident_memory_bytes",
        "container_memory_working_set_bytes",
        "container_memory_usage_bytes",
        "container_memory_rss",
        "node_load1",
        "node_memory_MemAvailable_bytes",
        "kube_deployment_status_replicas",
        "kube_pod_status_ready",
        "go_memstats_heap_inuse_bytes",
        "go_memstats_alloc_bytes",
    ];
    GAUGES.contains(&metric) || metric.starts_with("kube_pod_status_")
}

/// Metrics of Istio, all that there are for requests and connections.
const ISTIO: [&str; 17] = [
    "istio_requests_total",
    "istio_request_duration_milliseconds_bucket",
    "istio_request_duration_milliseconds_sum",
    "istio_request_duration_milliseconds_count",
    "istio_request_bytes_bucket",
    "istio_request_bytes_sum",
    "istio_request_bytes_count",
    "istio_response_bytes_bucket",
    "istio_response_bytes_sum",
    "istio_response_bytes_count",
    "istio_request_messages_total",
    "istio_response_messages_total",
    "istio_tcp_sent_bytes_total",
    "istio_tcp_received_bytes_total",
    "istio_tcp_connections_opened_total",
    "istio_tcp_connections_closed_total",
    "istio_build",
];

/// Metrics of ingress-nginx that tell of requests.
const NGINX: [&str; 13] = [
    "nginx_ingress_controller_requests",
    "nginx_ingress_controller_request_duration_seconds_bucket",
    "nginx_ingress_controller_request_duration_seconds_sum",
    "nginx_ingress_controller_request_duration_seconds_count",
    "nginx_ingress_controller_response_duration_seconds_bucket",
    "nginx_ingress_controller_response_duration_seconds_sum",
    "nginx_ingress_controller_response_duration_seconds_count",
    "nginx_ingress_controller_request_size_bucket",
    "nginx_ingress_controller_request_size_sum",
    "nginx_ingress_controller_request_size_count",
    "nginx_ingress_controller_response_size_bucket",
    "nginx_ingress_controller_response_size_sum",
    "nginx_ingress_controller_response_size_count",
];

/// The metrics of a family that a name begins like and is not one of.
pub(crate) fn family_without(metric: &str) -> Option<&'static [&'static str]> {
    let families: [(&[&str], &'static [&'static str]); 2] = [
        (&["istio_request", "istio_response", "istio_tcp"], &ISTIO),
        (&["nginx_ingress_controller_request", "nginx_ingress_controller_response"], &NGINX),
    ];
    let family = families
        .into_iter()
        .find(|(starts, _)| starts.iter().any(|start| metric.starts_with(start)));
    family.map(|(_, known)| known).filter(|known| !known.contains(&metric))
}
