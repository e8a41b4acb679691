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
