//! Analyses, runs, experiments and routes without a Rollout are tried in a standard one.

use super::{case, steps};

const TEMPLATE: &str = "\
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata: { name: success-rate }
spec:
  args: [{ name: service-name }, { name: space }, { name: window }, { name: canary-hash }]
  metrics:
    - name: success-rate
      interval: 1m
      successCondition: result[0] >= 0.95
      provider:
        prometheus:
          query: |
            sum(rate(istio_requests_total{destination_service=~\"{{args.service-name}}\",
              namespace=\"{{args.space}}\", response_code!~\"5.*\"}[{{args.window}}]))
";

const QUERY: &str = "controller.argo.analyses.success-rate.metrics.success-rate.measure.query";

#[test]
fn a_template_alone_runs_beside_four_weights() {
    let case = case(TEMPLATE);
    case.decodes();
    assert_eq!(case.at("name"), Some("success-rate"));
    assert_eq!(case.at("fleet.replicas"), Some("10"));
    assert_eq!(case.at("controller.argo.background.analyses.0"), Some("success-rate"));
    assert_eq!(case.at("controller.argo.background.startingStep"), Some("2"));
    assert_eq!(case.at("strategy.canary.steps.6.setWeight"), Some("80%"));
    assert_eq!(case.at("strategy.canary.steps.7.pause"), Some("10m"));
    assert!(case.assumes("no file has a Rollout"));
    assert!(case.losses().is_empty(), "{:#?}", case.losses());
}

#[test]
fn arguments_mean_what_they_are_compared_with() {
    let case = case(TEMPLATE);
    let query = case.at(QUERY).expect("a query");
    let host = "destination_service=~\"{{service}}.{{namespace}}.svc.cluster.local\"";
    assert!(query.contains(host), "{query}");
    assert!(query.contains("namespace=\"{{namespace}}\""), "{query}");
    assert!(query.contains("[5m]"), "{query}");
    assert!(case.assumes("the argument `canary-hash` is {{latest-hash}}"));
    let changes = case.imported().assumptions.iter().filter_map(|it| it.change.as_deref());
    assert!(changes.into_iter().any(|it| it == "--set telemetry.service=shop"));
}

#[test]
fn what_no_file_says_is_assumed_and_what_one_says_is_not() {
    let case = case(TEMPLATE);
    let origin = |path: &str| {
        let node = case.imported().document.find(path.split('.')).expect("a node");
        matches!(node.origin, crate::document::Origin::Assumed(_))
    };
    assert!(origin("strategy.canary.steps.0.setWeight"));
    assert!(!origin("controller.argo.analyses.success-rate.metrics.success-rate.interval"));
}

#[test]
fn a_run_keeps_its_arguments_and_its_end() {
    let run = TEMPLATE
        .replace("AnalysisTemplate", "AnalysisRun")
        .replace(
            "{ name: service-name }",
            "{ name: service-name, value: shop.web.svc.cluster.local }",
        )
        .replace("spec:\n", "spec:\n  terminate: true\n");
    let case = case(&run);
    case.decodes();
    assert!(case.at(QUERY).expect("a query").contains("=~\"shop.web.svc.cluster.local\""));
    assert_eq!(case.at("telemetry.service"), Some("shop"));
    assert_eq!(case.at("telemetry.namespace"), Some("web"));
    assert_eq!(case.at("controller.argo.analyses.success-rate.terminate"), Some("true"));
}

#[test]
fn a_template_that_another_names_runs_with_it() {
    let both = format!(
        "{TEMPLATE}---\napiVersion: argoproj.io/v1alpha1\nkind: ClusterAnalysisTemplate\n\
         metadata: {{ name: all }}\nspec: {{ templates: [{{ templateName: success-rate }}] }}\n"
    );
    let case = case(&both);
    case.decodes();
    assert_eq!(case.at("controller.argo.background.analyses.0"), Some("success-rate"));
    assert_eq!(case.at("controller.argo.background.analyses.1"), None);
    assert!(case.losses().is_empty(), "{:#?}", case.losses());
}

#[test]
fn an_experiment_alone_is_the_first_step() {
    let experiment = "apiVersion: argoproj.io/v1alpha1\nkind: Experiment\nmetadata: { name: try }\n\
        spec:\n  duration: 5m\n  analyses: [{ name: a, templateName: success-rate }]\n  templates:\n    \
        - { name: a, replicas: 2, template: { spec: { containers: [{ name: a }] } } }\n";
    let case = case(&format!("{}---\n{experiment}", TEMPLATE.replace("{ name: canary-hash }", "")));
    case.decodes();
    assert_eq!(case.at("strategy.canary.steps.0.experiment.duration"), Some("5m"));
    assert_eq!(case.at("strategy.canary.steps.0.experiment.analyses.0"), Some("success-rate"));
    assert_eq!(case.at("strategy.canary.steps.0.experiment.templates.0.replicas"), Some("2"));
    assert_eq!(case.at("strategy.canary.steps.1.setWeight"), Some("20%"));
    assert_eq!(case.at("controller.argo.background.startingStep"), None);
}

#[test]
fn fragments_are_read_where_they_can_mean_one_thing() {
    let metrics = "metrics:\n- name: errors\n  provider: { prometheus: { query: ... } }\n";
    let first = case(metrics);
    assert!(first.assumes("neither apiVersion nor kind"));
    assert!(first.assumes("the query of metric `errors` is left out"));
    let metric = "provider: { prometheus: { query: 'up{app=\"{{args.app}}\"}' } }\n";
    let second = case(metric);
    let query = "controller.argo.analyses.fragment.metrics.metric.measure.query";
    assert_eq!(second.at(query), Some("up{app=\"{{service}}\"}"));
    let cut =
        "kind: Rollout\nspec:\n...\n  strategy:\n    canary:\n      steps: [{setWeight: 20}]\n";
    let third = case(cut);
    assert!(third.assumes("a line of three dots ends a document"));
    assert!(third.assumes("there is no apiVersion"));
    assert_eq!(third.at("strategy.canary.steps.0.setWeight"), Some("20%"));
}

const SPLIT: &str = "\
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews]
  http:
    - timeout: 3s
      route:
        - { destination: { host: reviews, subset: v1 }, weight: 90 }
        - { destination: { host: reviews, subset: v2 }, weight: 10 }
";

#[test]
fn a_virtual_service_alone_is_a_canary_at_its_weight() {
    let case = case(SPLIT);
    case.decodes();
    assert_eq!(case.at("strategy.canary.steps.0.setWeight"), Some("10%"));
    assert_eq!(case.at("strategy.canary.steps.1.pause"), Some("10m"));
    assert!(case.assumes("a canary goes to 10%"));
    assert_eq!(case.losses(), ["VirtualService reviews spec.http.0.timeout: not understood"]);
}

#[test]
fn weights_beside_a_rollout_are_written_by_its_controller() {
    let routing = "trafficRouting: { istio: { virtualService: { name: reviews } } }";
    let text = steps("{setWeight: 10}").replace("trafficRouting: { istio: {} }", routing);
    let case = case(&format!("{text}---\n{SPLIT}"));
    assert!(case.assumes("VirtualService reviews has 10% on the canary"));
    assert_eq!(case.losses().len(), 1, "{:#?}", case.losses());
}

const ROUTE: &str = "\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: reviews }
spec:
  parentRefs: [{ name: gateway }]
  rules:
    - backendRefs: [{ name: reviews, port: 80, weight: 9 }, { name: reviews-v2, port: 80 }]
";

#[test]
fn an_http_route_alone_is_a_canary_at_the_share_of_its_weights() {
    let by_weight = case(ROUTE);
    by_weight.decodes();
    assert_eq!(by_weight.at("strategy.canary.steps.0.setWeight"), Some("10%"));
    assert_eq!(by_weight.losses(), [""; 0]);
    let thirds = case(&ROUTE.replace("weight: 9", "weight: 2"));
    assert_eq!(thirds.at("strategy.canary.steps.0.setWeight"), Some("33%"));
    let rules = "    - matches: [{ headers: [{ name: x-beta, value: \"1\" }] }]\n      \
                 backendRefs: [{ name: reviews-v2 }]\n    - backendRefs: [{ name: reviews }]\n";
    let from = ROUTE.find("    - backendRefs").expect("a rule");
    let by_header = case(&format!("{}{rules}", &ROUTE[..from]));
    by_header.decodes();
    assert!(by_header.assumes("a canary has one pod, for the requests that match"));
}

#[test]
fn an_http_route_beside_a_rollout_is_written_by_its_controller() {
    let plugin =
        "trafficRouting: { plugins: { argoproj-labs/gatewayAPI: { httpRoute: reviews } } }";
    let text = steps("{setWeight: 10}").replace("trafficRouting: { istio: {} }", plugin);
    let case = case(&format!("{text}---\n{ROUTE}"));
    assert!(case.assumes("HTTPRoute reviews has 10% on the canary"));
    assert_eq!(case.losses().len(), 0, "{:#?}", case.losses());
}

#[test]
fn a_range_of_instants_is_asked_for_at_once() {
    let range = "        prometheus:\n          rangeQuery:\n            \
        start: 'now() - duration(\"4m\")'\n            end: now()\n            step: 1m\n";
    let text = TEMPLATE.replace("        prometheus:\n", range);
    let case = case(&text.replace("result[0] >= 0.95", "\"all(result, # >= 0)\""));
    case.decodes();
    let at = |key: &str| case.at(&QUERY.replace("query", &format!("range-query.{key}")));
    assert_eq!((at("from"), at("until"), at("step")), (Some("4m"), Some("0s"), Some("1m")));
    assert!(at("query").expect("a query").starts_with("sum("));
}
