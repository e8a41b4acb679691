//! Skipper: `skipper_response_duration_seconds` and `skipper_serve_route_duration_seconds` of its
//! routes, which are named after the Ingress and the Service that they are made of.
//!
//! Source: Skipper, *Operation: Prometheus*; default buckets of Go's client library.

use promql::Labels;

use super::rows::Rows;
use super::{OUTCOMES, Series, Telemetry};

pub(super) fn series(telemetry: &Telemetry, version: usize, all: &mut Vec<Series>) {
    let plain = |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let (service, namespace) = (plain(&telemetry.service), plain(&telemetry.namespace));
    let (ingress, which) = [("", "_primary"), ("_canary", "_canary")][version];
    let route = format!("kube_{namespace}__{service}{ingress}__host____{service}{which}_0");
    let common = Labels::new([("route", route.as_str()), ("instance", "skipper-0")]);
    let mut rows = Rows { common, version, pod: None, all };
    for (outcome, status) in OUTCOMES {
        let code = [("code", status), ("method", "GET")];
        for name in ["response", "serve_route"] {
            let name = format!("skipper_{name}_duration_seconds");
            rows.histogram(&name, &code, (&telemetry.buckets, 1.0), outcome);
        }
    }
}
