//! Apache APISIX: `apisix_http_status` and `apisix_http_latency` of its routes, which are named
//! after the `ApisixRoute` and its rules.
//!
//! Source: Apache APISIX, plugin `prometheus`; its default buckets, milliseconds.

use promql::Labels;

use super::rows::Rows;
use super::{OUTCOMES, Outcome, Series, Source, Telemetry};

const BUCKETS: [f64; 13] =
    [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let Telemetry { service, namespace, .. } = telemetry;
    let which = ["primary", "canary"][version];
    let route = format!("{namespace}_{service}-{service}-{which}_rule");
    let common = Labels::new([("route", route.as_str()), ("instance", "apisix-0")]);
    let mut rows = Rows { common, version, pod: None, all };
    for (outcome, status) in OUTCOMES {
        let code = [("code", status)];
        rows.add("apisix_http_status", &code, Source::Requests(outcome));
    }
    let kind = [("type", "request")];
    rows.histogram("apisix_http_latency", &kind, (&BUCKETS, 1000.0), Outcome::Any);
}
