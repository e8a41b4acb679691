//! What names of metrics and labels say. What exporters have, the telemetry knows.

use std::collections::BTreeSet;

use crate::telemetry::known;

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

/// The labels of a well-known metric, if it does not have this one, and nobody relabels to it.
pub(crate) fn labels_without(metric: &str, label: &str) -> Option<BTreeSet<&'static str>> {
    let is_relabelled = label.starts_with("kubernetes_")
        || label.contains("hash")
        || label.starts_with("app_")
        || TARGET.contains(&label);
    known::labels_without(metric, label).filter(|_| !is_relabelled)
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
