//! Series under their names, and queries that find them.

use std::collections::BTreeSet;

use super::*;

/// A service that is called checkout.
fn checkout() -> Telemetry {
    Telemetry {
        preview: None,
        service: "checkout".to_owned(),
        services: ["checkout", "checkout"].map(ToOwned::to_owned),
        namespace: "shop".to_owned(),
        workloads: ["checkout-primary", "checkout"].map(ToOwned::to_owned),
        hashes: ["6d9f7c5b84", "7b8c6d4f95"].map(ToOwned::to_owned),
        proxies: Proxies::default(),
        birth: Birth::Start,
        failed_scrapes: 0.0,
        by_pod: false,
        spread: false,
        buckets: vec![0.1, 0.25, 1.0],
        labels: vec![("team".to_owned(), "money".to_owned())],
        renamed: vec![("http_requests_total".to_owned(), "api_requests_total".to_owned())],
        gauges: vec!["checkout_latency_ms".to_owned()],
        missing: vec!["orders_total".to_owned()],
    }
}

#[test]
fn no_two_series_have_the_same_labels() {
    let all = checkout().series();
    let labels: BTreeSet<_> = all.iter().map(|it| it.labels.to_string()).collect();
    assert_eq!(labels.len(), all.len());
    assert!(all.iter().all(|it| it.labels.get("team") == "money"));
}

/// How many series of each version a query selects.
fn selected(query: &str) -> [usize; 2] {
    let telemetry = checkout();
    let filled = Arguments::of(&telemetry).fill(query).expect("known arguments");
    let compiled = compile(&telemetry, &filled).expect("a query");
    [0, 1].map(|version| compiled.series.iter().filter(|it| it.version == version).count())
}

#[test]
fn queries_that_progressive_delivery_ships_find_the_release_alone() {
    let istio = r#"sum(rate(istio_requests_total{reporter="destination",
        destination_workload_namespace="{{ namespace }}",destination_workload=~"{{ target }}",
        response_code!~"5.*"}[1m]))"#;
    assert_eq!(selected(istio), [0, 1]);
    let linkerd = r#"sum(rate(response_total{namespace="{{ namespace }}",
        deployment=~"{{ target }}",classification!="failure",direction="inbound"}[1m]))"#;
    assert_eq!(selected(linkerd), [0, 1]);
    let nginx = r#"sum(rate(nginx_ingress_controller_requests{namespace="{{ namespace }}",
        ingress="{{ ingress }}",canary!="",status!~"5.*"}[1m]))"#;
    assert_eq!(selected(nginx), [0, 1]);
    let envoy = r#"sum(rate(envoy_cluster_upstream_rq{
        envoy_cluster_name=~"{{ namespace }}_{{ service }}-canary_[0-9a-zA-Z-]+",
        envoy_response_code!~"5.*"}[1m]))"#;
    assert_eq!(selected(envoy), [0, 1]);
    let traefik = r#"sum(rate(traefik_service_request_duration_seconds_bucket{
        service=~"{{ namespace }}-{{ service }}-canary-[0-9a-zA-Z-]+@kubernetescrd",
        le="+Inf",code!~"5.."}[1m]))"#;
    assert_eq!(selected(traefik), [0, 1]);
    let plain = r#"sum(rate(http_request_duration_seconds_count{
        kubernetes_namespace="{{ namespace }}",
        kubernetes_pod_name=~"{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"}[1m]))"#;
    assert_eq!(selected(plain), [0, 2]);
    assert_eq!(selected(r#"api_requests_total{status=~"5.."}"#), [1, 1]);
}

/// What is wrong with a query, and what to do about it.
fn mistake(query: &str) -> String {
    let Mistake { message, help, place } = compile(&checkout(), query).expect_err("a mistake");
    format!("{} | {message} | {}", &query[place], help.unwrap_or_default())
}

#[test]
fn a_query_that_matches_nothing_says_so_with_the_nearest_names() {
    let said = mistake("sum(rate(api_request_total[5m]))");
    assert!(said.contains("no series is called `api_request_total`"), "{said}");
    assert!(said.contains("`api_requests_total` is one"), "{said}");
    let said = mistake(r#"api_requests_total{stats="500"}"#);
    assert!(said.contains("has no label `stats` | it has `status`"), "{said}");
    let said = mistake(r#"api_requests_total{status="404"}"#);
    assert!(said.contains("`status` is never =\"404\" | it is `200`, `500`"), "{said}");
    let said = mistake("api_requests_total[5m]");
    assert!(said.contains("gives"), "{said}");
    let unknown =
        Arguments::of(&checkout()).fill("up{x=\"{{ args.hash }}\"}").expect_err("unknown");
    assert_eq!(unknown.message, "nobody gives the argument `hash`");
}

#[test]
fn a_query_reaches_back_as_far_as_its_windows() {
    let reach = |query| compile(&checkout(), query).expect("a query").reach;
    assert_eq!(reach("up"), 300_000);
    assert_eq!(reach("rate(api_requests_total[2m] offset 1m)"), 180_000);
    assert_eq!(reach("max_over_time(rate(api_requests_total[5m])[10m:1m])"), 900_000);
    assert_eq!(reach("up @ 0"), i64::MAX);
}

#[test]
fn whoever_counts_compares_or_names_pods_looks_at_them() {
    let looks = |query| compile(&checkout(), query).expect("a query").by_pod;
    for query in [
        "sum by (pod) (rate(api_requests_total[5m]))",
        "sum without (pod) (rate(api_requests_total[5m]))",
        "count(up)",
        "up == 0",
        "max(rate(api_requests_total[5m]))",
        "topk(3, sum by (pod) (rate(api_requests_total[5m])))",
        "rate(api_requests_total[5m])",
        "sum(rate(api_requests_total[5m]) > 1)",
        r#"sum(rate(api_requests_total{pod=~".*-[b-m].*"}[5m]))"#,
        "histogram_quantile(0.9, rate(http_request_duration_seconds_bucket[5m]))",
    ] {
        assert!(looks(query), "{query}");
    }
    for query in [
        "sum by (version) (rate(api_requests_total[5m]))",
        "sum without (pod, instance, kubernetes_pod_name) (rate(api_requests_total[5m]) * 60)",
        r#"sum(rate(api_requests_total{pod=~"checkout-.*"}[5m])) > 1"#,
        "sum(sum by (pod) (rate(api_requests_total[5m])))",
        "rate(nginx_ingress_controller_requests[5m])",
        "absent(api_requests_total)",
    ] {
        assert!(!looks(query), "{query}");
    }
    let said = mistake(r#"up{pod="payment-0"}"#);
    assert!(said.contains("`pod` is never"), "{said}");
}

#[test]
fn a_metric_that_is_known_to_be_nowhere_is_no_mistake_but_a_label_is() {
    let compiled = compile(&checkout(), "sum(rate(orders_total[5m]))").expect("a query");
    assert!(compiled.series.is_empty());
    assert_eq!(selected("checkout_latency_ms"), [1, 1]);
    let said = mistake(r#"checkout_latency_ms{path="/"}"#);
    assert!(said.contains("has no label `path`"), "{said}");
    let said = mistake("max(queue_latency_ms)");
    assert!(said.contains("`telemetry: { gauges: [queue_latency_ms] }`"), "{said}");
    let said = mistake("sum(order_total)");
    assert!(said.contains("no series is called `order_total`"), "{said}");
}

#[test]
fn a_metric_may_have_several_names() {
    let mut telemetry = checkout();
    let from = "http_requests_total".to_owned();
    telemetry.renamed.push((from, "orders_total".to_owned()));
    for name in ["api_requests_total", "orders_total"] {
        let compiled = compile(&telemetry, name).expect("a query");
        assert_eq!(compiled.series.len(), 4, "{name}");
    }
    assert!(compile(&telemetry, "http_requests_total").is_err());
}

#[test]
fn metrics_that_nothing_has_are_found_with_how_they_are_read() {
    let unknown = |query| unknown(&checkout(), query);
    let pair = |name: &str, is_gauge| (name.to_owned(), is_gauge);
    assert_eq!(
        unknown("max(queue_ms) / sum(rate(api_requests_total[5m]))"),
        [pair("queue_ms", true)]
    );
    assert_eq!(unknown("rate(queue_ms[5m]) > queue_ms"), [pair("queue_ms", false)]);
    assert_eq!(unknown("avg_over_time(queue_ms[5m])"), [pair("queue_ms", true)]);
    assert_eq!(unknown("sum("), []);
}

#[test]
fn a_service_without_requests_has_no_series_and_is_no_mistake() {
    let services = ["shop".to_owned(), "shop".to_owned()];
    let preview = Some("preview".to_owned());
    let telemetry = Telemetry { services, preview, ..checkout() };
    let of = |host: &str| {
        compile(
            &telemetry,
            &format!("rate(istio_requests_total{{destination_service=~\"{host}\"}}[5m])"),
        )
    };
    assert!(!of("shop.*").expect("a query").series.is_empty());
    assert!(of("preview.*").expect("a query").series.is_empty());
    assert!(of("other.*").is_err());
}
