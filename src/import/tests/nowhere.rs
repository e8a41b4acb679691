//! Metrics that a manifest asks for and nothing has, and queries that nobody can answer.

use super::{Case, case};
use crate::document::{Node, Problems};
use crate::import::{Assumption, settle};

/// A template whose one metric asks Prometheus so.
fn template(provider: &str) -> Case {
    case(&format!(
        "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {{ name: speed }}\n\
         spec:\n  metrics:\n    - name: speed\n      interval: 1m\n      \
         successCondition: result[0] < 500\n      \
         provider: {{ prometheus: {{ address: 'http://prometheus:9090'{provider} }} }}\n"
    ))
}

/// The same with a query, and what is said of it when it is settled.
fn settled(query: &str, more: impl Fn(&mut Node)) -> (Node, Vec<Assumption>, Problems) {
    let mut document = template(&format!(", query: '{query}'")).imported().document.clone();
    more(&mut document);
    let mut problems = Problems::new();
    let said = settle(&mut document, &mut problems);
    (document, said, problems)
}

const MEASURE: &str = "controller.argo.analyses.speed.metrics.speed.measure";

#[test]
fn a_metric_that_nothing_has_finds_nothing_and_is_told_with_what_mends_it() {
    let (document, said, problems) = settled("sum(rate(orders_failed_total[5m]))", |_| ());
    let missing = document.find(["telemetry", "missing", "0"]).and_then(Node::as_text);
    assert_eq!(missing, Some("orders_failed_total"));
    super::scenario(document);
    let change = "--set 'telemetry.rename=[\"errors_total=orders_failed_total\"]'";
    assert_eq!(said[0].change.as_deref(), Some(change));
    let problem = problems.iter().next().expect("a warning");
    assert!(!problems.has_errors() && problem.help[0].ends_with(change), "{problem:?}");
    let (_, said, _) = settled("sum(http_request_total) / sum(orders_total)", |_| ());
    let change = said[0].change.as_deref().unwrap_or_default();
    let both = "\"http_requests_total=http_request_total\", \"http_requests_total=orders_total\"";
    assert!(change.contains(both), "{change}");
    let (document, said, _) = settled("sum(http_request_total) / sum(orders_total)", |it| {
        let (mut sources, mut problems) = (super::Sources::new(), Problems::new());
        let setting = change.trim_start_matches("--set '").trim_end_matches('\'');
        super::document::set::apply(it, setting, &mut sources, &mut problems);
    });
    assert!(said.is_empty(), "what is written is believed: {said:?}");
    super::scenario(document);
}

#[test]
fn what_somebody_says_of_a_metric_is_believed() {
    for setting in [
        "telemetry.rename=[\"errors_total=orders_failed_total\"]",
        "telemetry.missing=[orders_failed_total]",
    ] {
        let (document, said, problems) = settled("sum(rate(orders_failed_total[5m]))", |it| {
            let (mut sources, mut problems) = (super::Sources::new(), Problems::new());
            super::document::set::apply(it, setting, &mut sources, &mut problems);
        });
        assert!(said.is_empty() && problems.is_empty(), "{said:?}");
        super::scenario(document);
    }
}

#[test]
fn a_gauge_that_is_called_a_response_time_is_one() {
    let (document, said, problems) = settled("max(shop_response_time_ms)", |_| ());
    let gauge = document.find(["telemetry", "gauges", "0"]).and_then(Node::as_text);
    assert_eq!(gauge, Some("shop_response_time_ms"));
    assert!(said[0].text.contains("response time") && problems.is_empty(), "{said:?}");
    super::scenario(document);
    let (document, ..) = settled("max(rate(shop_response_time_ms[5m]))", |_| ());
    assert!(document.find(["telemetry", "missing", "0"]).is_some(), "who asks for a rate counts");
}

#[test]
fn the_flag_that_takes_a_gauge_away_keeps_what_was_taken_away_before() {
    let query = "max(shop_latency_ms) + max(db_latency_ms)";
    let set = |document: &mut Node, settings: &[&str]| {
        let (mut sources, mut problems) = (super::Sources::new(), Problems::new());
        for setting in settings {
            super::document::set::apply(document, setting, &mut sources, &mut problems);
        }
    };
    let (_, said, _) = settled(query, |it| set(it, &["telemetry.missing=[shop_latency_ms]"]));
    let change = said[0].change.as_deref().unwrap_or_default();
    assert_eq!(change, "--set 'telemetry.missing=[shop_latency_ms, db_latency_ms]'");
    let setting = change.trim_start_matches("--set '").trim_end_matches('\'');
    let (_, said, _) = settled(query, |it| set(it, &[setting]));
    assert!(said.is_empty(), "{said:?}");
}

#[test]
fn a_metric_without_a_query_is_the_error_that_prometheus_answers() {
    let error = |case: &Case| case.at(&format!("{MEASURE}.error")).map(ToOwned::to_owned);
    for without in ["", ", query: ''"] {
        let case = template(without);
        case.decodes();
        let said = error(&case).expect("an error");
        assert!(said.starts_with("bad_data: invalid parameter \"query\": "), "{said}");
        assert!(case.assumes("it has no query, and whether a Prometheus answers at http://"));
    }
    let typo = template(", query: 'sum('");
    assert!(error(&typo).is_some_and(|it| it.starts_with("bad_data: ")));
    assert!(typo.assumes("Prometheus does not read its query"));
}

#[test]
fn an_address_that_is_no_url_is_the_error_of_the_provider() {
    let case = super::case(
        "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: { name: speed }\n\
         spec: { metrics: [{ name: speed, provider: { prometheus: { address: 'prometheus:9090', \
         query: up } } }] }\n",
    );
    case.decodes();
    let error = case.at(&format!("{MEASURE}.error"));
    assert_eq!(error, Some("prometheus address is not is url format"));
    assert!(case.assumes("`prometheus:9090` is no URL"));
}
