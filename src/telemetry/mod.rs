//! What Prometheus would have of a service: which series there are, what each one counts, and
//! queries of them.
//!
//! A scheme is one file: the names and labels that one instrument gives its series. A version of
//! the service is one target, whose pods are scraped together with the tick, unless a query looks
//! at single pods: then each is one. What a query reads is known when it is compiled; how much
//! there is of it, only the simulation knows.

mod alarm;
mod apisix;
mod arguments;
mod cadvisor;
mod compile;
mod document;
mod envoy;
mod gauges;
mod grpc;
mod istio;
mod kube_state;
pub mod known;
mod linkerd;
mod nearest;
mod nginx;
mod osm;
mod plain;
mod pods;
mod rows;
pub mod rules;
mod series;
mod skipper;
mod traefik;

pub use alarm::{Alarm, Members, alarm, alerts};
pub use arguments::{Arguments, Unknown};
pub use compile::{Compiled, Instants, Mistake, compile, unknown, unreadable};
pub use document::{BirthDoc, NamingDoc, PhasesDoc, TargetsDoc, TelemetryDoc};
pub use envoy::{Proxies, revision};
pub use gauges::{is_response_time, unit};
pub use rules::CODES;
pub use series::{Fact, Outcome, Replicas, Series, Source};

/// A scheme: the series that it gives one version.
type Scheme = fn(&Telemetry, usize, &mut Vec<Series>);

/// Every scheme, by its name in the documentation.
const SCHEMES: [(&str, Scheme); 13] = [
    ("apisix", apisix::series),
    ("cadvisor", cadvisor::series),
    ("envoy", envoy::series),
    ("gauges", gauges::series),
    ("grpc", grpc::series),
    ("istio", istio::series),
    ("kube-state-metrics", kube_state::series),
    ("linkerd", linkerd::series),
    ("nginx", nginx::series),
    ("osm", osm::series),
    ("plain", plain::series),
    ("skipper", skipper::series),
    ("traefik", traefik::series),
];

/// Hashes of the pod templates of both versions, as long as they are and of their letters.
pub const HASHES: [&str; 2] = ["6d9f7c5b84", "7b8c6d4f95"];

/// What becomes of a request, and its status.
const OUTCOMES: [(Outcome, &str); 2] = [(Outcome::Good, "200"), (Outcome::Failed, "500")];

/// Upper limits of Envoy's buckets, seconds; those above are an hour at most.
const PROXY_BUCKETS: [f64; 19] = [
    0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
    300.0, 600.0, 1800.0, 3600.0,
];

/// The most time that anybody waits for a response, seconds: no limit above it divides responses.
pub const PATIENCE: f64 = 60.0;

/// When a series of a counter begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Birth {
    /// With the process, at zero.
    #[default]
    Start,
    /// With the first event that it counts.
    FirstEvent,
}

/// What a service is called in its series, and how it is scraped.
#[derive(Clone, Debug, PartialEq)]
pub struct Telemetry {
    /// The service.
    pub service: String,
    /// The Services of the running version and of the release.
    pub services: [String; 2],
    /// A Service of the release that no user's request goes to: its series do not exist.
    pub preview: Option<String>,
    /// Its namespace.
    pub namespace: String,
    /// The workloads of the running version and of the release.
    pub workloads: [String; 2],
    /// The hashes of their pod templates.
    pub hashes: [String; 2],
    /// Who names the clusters of Envoy.
    pub proxies: Proxies,
    /// When series of counters begin.
    pub birth: Birth,
    /// The share of scrapes that fail.
    pub failed_scrapes: f64,
    /// Whether every query is answered from the series of single pods, and not only one that
    /// looks at them.
    pub by_pod: bool,
    /// Whether single pods are scraped each at its own moment, and not all with the tick.
    pub spread: bool,
    /// Upper limits of the buckets of response times, seconds, ascending; none infinite.
    pub buckets: Vec<f64>,
    /// Labels that every series has besides.
    pub labels: Vec<(String, String)>,
    /// Metrics and labels that are called otherwise: what a scheme calls them, and how they are
    /// called here; a metric may have several names.
    pub renamed: Vec<(String, String)>,
    /// Gauges of the mean response time; the end of each name is its unit.
    pub gauges: Vec<String>,
    /// Metrics that are known to be nowhere: whoever asks for one finds nothing.
    pub missing: Vec<String>,
}

impl Default for Telemetry {
    /// A service that is called so, with the buckets of Go's client library.
    fn default() -> Self {
        let name = |name: &str| name.to_owned();
        Self {
            service: name("service"),
            services: [name("service"), name("service")],
            preview: None,
            namespace: name("default"),
            workloads: [name("service"), name("service")],
            hashes: HASHES.map(ToOwned::to_owned),
            proxies: Proxies::default(),
            birth: Birth::Start,
            failed_scrapes: 0.0,
            by_pod: false,
            spread: false,
            buckets: vec![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
            labels: Vec::new(),
            renamed: Vec::new(),
            gauges: Vec::new(),
            missing: Vec::new(),
        }
    }
}

impl Telemetry {
    /// The series of both versions under every scheme, the running version's first.
    pub fn series(&self) -> Vec<Series> {
        let mut all = Vec::new();
        for (_, scheme) in SCHEMES {
            for version in 0..self.hashes.len() {
                scheme(self, version, &mut all);
            }
        }
        all.iter().flat_map(|it| self.renamed(it)).collect()
    }

    /// What series would be called that do not exist, as no request has gone to their Service.
    pub(crate) fn idle(&self) -> Vec<Series> {
        let Some(preview) = &self.preview else { return Vec::new() };
        let services = [preview.clone(), preview.clone()];
        let named = Self { services, preview: None, ..self.clone() };
        let mut idle = named.series();
        idle.retain(|series| series.labels.iter().any(|(_, value)| is_host(value, preview)));
        idle
    }

    /// The first pod of a version, which stands for all of them.
    fn pod(&self, version: usize) -> String {
        format!("{}-{}-x7k2p", self.workloads[version], self.hashes[version])
    }

    /// A series under the names that it has here: one for each name that its metric is given.
    fn renamed<'a>(&'a self, series: &'a Series) -> impl Iterator<Item = Series> + 'a {
        let called = |name: &'a str| {
            let others = self.renamed.iter().filter(move |(from, _)| from == name);
            let mut others = others.map(|(_, to)| to.as_str()).peekable();
            let own = others.peek().is_none().then_some(name);
            others.chain(own)
        };
        called(series.labels.get(promql::NAME)).map(move |metric| {
            let mut labels = promql::Labels::default();
            for (label, value) in series.labels.iter() {
                let is_name = label == promql::NAME;
                let label = called(label).next().unwrap_or(label);
                labels.set(label, if is_name { metric } else { value });
            }
            for (label, value) in &self.labels {
                labels.set(label, value);
            }
            Series { labels, ..series.clone() }
        })
    }
}

/// Whether a value of a label is the name of a Service, or its name in the cluster.
fn is_host(value: &str, service: &str) -> bool {
    value.strip_prefix(service).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests;
