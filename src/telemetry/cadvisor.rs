//! cAdvisor's metrics of containers, as a kubelet gives them: memory and processor time.
//!
//! Memory is what a leak has made of it; without one it is that of a healthy pod. Processor time is
//! that of the requests that a pod has served. Source: cAdvisor, *Prometheus container metrics*.

use promql::Labels;

use super::rows::Rows;
use super::{Fact, Series, Source, Telemetry};

/// Microseconds of a period of the scheduler, and what a container of one core has of them.
const PERIOD: f64 = 100_000.0;

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let Telemetry { service, namespace, .. } = telemetry;
    let pod = telemetry.pod(version);
    let common = Labels::new([
        ("namespace", namespace.as_str()),
        ("pod", &pod),
        ("container", service),
        ("name", &pod),
        ("image", service),
        ("job", "kubelet"),
        ("metrics_path", "/metrics/cadvisor"),
        ("node", "node-0"),
        ("instance", "node-0:10250"),
    ]);
    let mut rows = Rows { common, version, pod: Some(pod), all };
    for (name, fact) in [
        ("container_memory_working_set_bytes", Fact::Memory),
        ("container_memory_usage_bytes", Fact::Memory),
        ("container_memory_rss", Fact::Memory),
        ("container_spec_memory_limit_bytes", Fact::MemoryLimit),
        ("container_spec_cpu_period", Fact::Has(PERIOD)),
        ("container_spec_cpu_quota", Fact::Has(PERIOD)),
    ] {
        rows.add(name, &[], Source::Pod(fact));
    }
    let total = [("cpu", "total")];
    rows.add("container_cpu_usage_seconds_total", &total, Source::Pod(Fact::Busy));
}
