//! What Flagger asks Prometheus for under the names that it knows: `request-success-rate` and
//! `request-duration`.
//!
//! Source: `pkg/metrics/observers`, one file for each provider.

/// Whose series are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Observer {
    /// Apache APISIX.
    Apisix,
    /// AWS App Mesh.
    AppMesh,
    /// Contour.
    Contour,
    /// Gloo Edge.
    Gloo,
    /// The application itself, where nothing is known of who routes.
    Http,
    /// Istio, also where nobody says who routes.
    #[default]
    Istio,
    /// Knative.
    Knative,
    /// Kuma.
    Kuma,
    /// Linkerd.
    Linkerd,
    /// ingress-nginx.
    Nginx,
    /// Open Service Mesh.
    Osm,
    /// Skipper.
    Skipper,
    /// Traefik.
    Traefik,
}

/// The pods of the canary, whose names have a hash and a suffix.
const PODS: &str = "kubernetes_namespace=\"{{ namespace }}\",\
                    kubernetes_pod_name=~\"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)\"";

/// How a response time is asked for.
#[derive(Clone, Copy, Debug)]
enum Duration {
    /// The 99th percentile of a histogram, in this many milliseconds.
    Quantile(&'static str, u32),
    /// The mean of a sum and a count of seconds.
    Mean(&'static str),
}

/// The series of a provider.
struct Known {
    /// What counts requests.
    requests: &'static str,
    /// What selects the canary.
    canary: String,
    /// What selects the requests that do not fail.
    good: &'static str,
    /// Where the response times are.
    duration: Duration,
}

impl Observer {
    /// The query behind `request-success-rate`: percent.
    pub fn success_rate(self) -> String {
        let Known { requests, canary, good, .. } = self.known();
        // A bucket without a limit counts all requests.
        let all = if requests.ends_with("_bucket") { ",le=\"+Inf\"" } else { "" };
        let rate = |more: &str| {
            format!("sum(rate({requests}{{{canary}{more}{all}}}[{{{{ interval }}}}]))")
        };
        format!("{} / {} * 100", rate(&format!(",{good}")), rate(""))
    }

    /// The query behind `request-duration`: milliseconds.
    pub fn duration(self) -> String {
        let Known { canary, duration, .. } = self.known();
        let rate = |metric: String| format!("sum(rate({metric}{{{canary}}}[{{{{ interval }}}}]))");
        match duration {
            Duration::Mean(metric) => {
                let [sum, count] = ["sum", "count"].map(|part| rate(format!("{metric}_{part}")));
                format!("{sum} / {count} * 1000")
            }
            Duration::Quantile(metric, unit) => {
                let times = if unit == 1 { String::new() } else { format!(" * {unit}") };
                let buckets = rate(metric.to_owned());
                format!("histogram_quantile(0.99, {buckets} by (le)){times}")
            }
        }
    }

    /// A name as the routes of this provider spell it. Source: `encodeModelForSkipper`.
    pub fn spelt(self, name: String) -> String {
        match self {
            Self::Skipper => name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"),
            _ => name,
        }
    }

    fn known(self) -> Known {
        use Duration::{Mean, Quantile};
        let envoy = |canary: &str| Known {
            requests: "envoy_cluster_upstream_rq",
            canary: canary.to_owned(),
            good: "envoy_response_code!~\"5.*\"",
            duration: Quantile("envoy_cluster_upstream_rq_time_bucket", 1),
        };
        let known = |requests, canary: &str, good, duration| {
            let canary = canary.to_owned();
            Known { requests, canary, good, duration }
        };
        match self {
            Self::AppMesh => envoy(PODS),
            Self::Contour => {
                envoy("envoy_cluster_name=~\"{{ namespace }}_{{ target }}-canary_[0-9a-zA-Z-]+\"")
            }
            Self::Gloo => envoy(
                "envoy_cluster_name=~\
                 \"{{ namespace }}-{{ target }}-canary-[0-9a-zA-Z-]+_[0-9a-zA-Z-]+\"",
            ),
            Self::Knative => envoy("envoy_cluster_name=~\"{{ namespace }}/{{ route }}\""),
            Self::Kuma => {
                envoy("service=~\"{{ target }}-canary_{{ namespace }}_svc_[0-9a-zA-Z-]+\"")
            }
            Self::Apisix => known(
                "apisix_http_status",
                "route=~\"{{ namespace }}_{{ route }}-{{ target }}-canary_.+\"",
                "code!~\"5..\"",
                Quantile("apisix_http_latency_bucket", 1),
            ),
            Self::Http => known(
                "http_request_duration_seconds_count",
                PODS,
                "status!~\"5.*\"",
                Quantile("http_request_duration_seconds_bucket", 1000),
            ),
            Self::Istio => known(
                "istio_requests_total",
                "reporter=\"destination\",destination_workload_namespace=\"{{ namespace }}\",\
                 destination_workload=~\"{{ target }}\"",
                "response_code!~\"5.*\"",
                Quantile("istio_request_duration_milliseconds_bucket", 1),
            ),
            Self::Linkerd => known(
                "response_total",
                "namespace=\"{{ namespace }}\",deployment=~\"{{ target }}\",direction=\"inbound\"",
                "classification!=\"failure\"",
                Quantile("response_latency_ms_bucket", 1),
            ),
            Self::Nginx => known(
                "nginx_ingress_controller_requests",
                "namespace=\"{{ namespace }}\",ingress=\"{{ ingress }}\",canary!=\"\"",
                "status!~\"5.*\"",
                Mean("nginx_ingress_controller_response_duration_seconds"),
            ),
            Self::Osm => known(
                "osm_request_total",
                "destination_namespace=\"{{ namespace }}\",destination_kind=\"Deployment\",\
                 destination_name=\"{{ target }}\"",
                "response_code!~\"5.*\"",
                Quantile("osm_request_duration_ms_bucket", 1),
            ),
            Self::Skipper => known(
                "skipper_response_duration_seconds_bucket",
                "route=~\"kube(ew)?_{{ namespace }}__{{ ingress }}_canary__.*__\
                 {{ service }}_canary(_[0-9]+)?\"",
                "code!~\"5..\"",
                Mean("skipper_serve_route_duration_seconds"),
            ),
            Self::Traefik => known(
                "traefik_service_request_duration_seconds_bucket",
                "service=~\"{{ namespace }}-{{ target }}-canary-[0-9a-zA-Z-]+@kubernetescrd\"",
                "code!~\"5..\"",
                Quantile("traefik_service_request_duration_seconds_bucket", 1000),
            ),
        }
    }
}
