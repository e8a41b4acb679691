//! Canaries of Flagger, with what surrounds them.

use super::{Case, case};

/// A Canary whose analysis has these fields beside its interval and threshold, in flow style.
fn canary(analysis: &str) -> String {
    format!(
        "apiVersion: flagger.app/v1beta1\nkind: Canary\n\
         metadata: {{ name: shop, namespace: prod }}\nspec:\n  provider: istio\n  \
         targetRef: {{ apiVersion: apps/v1, kind: Deployment, name: shop }}\n  \
         analysis: {{ interval: 30s, threshold: 5, {analysis} }}\n"
    )
}

const DEPLOYMENT: &str = "---\napiVersion: apps/v1\nkind: Deployment\n\
    metadata: { name: shop, namespace: prod }\nspec:\n  minReadySeconds: 5\n  \
    selector: { matchLabels: { app: shop } }\n  strategy: { rollingUpdate: { maxSurge: 1 } }\n  \
    template:\n    metadata: { labels: { app: shop } }\n    spec:\n      containers:\n        \
    - { name: shop, image: shop }\n";

const SCALER: &str = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n\
    metadata: { name: shop }\nspec:\n  \
    scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop }\n  minReplicas: 6\n";

fn template(provider: &str, query: &str) -> String {
    format!(
        "---\napiVersion: flagger.app/v1beta1\nkind: MetricTemplate\n\
         metadata: {{ name: errors, namespace: istio-system }}\nspec:\n  \
         provider: {{ type: {provider}, address: 'http://there' }}\n  query: '{query}'\n"
    )
}

const BY_TEMPLATE: &str = "stepWeight: 10, metrics: [{ name: errors, interval: 1m, \
    templateRef: { name: errors, namespace: istio-system }, thresholdRange: { max: 1 } }]";

/// What a metric of an imported Canary says.
fn metric<'a>(case: &'a Case, path: &str) -> Option<&'a str> {
    case.at(&format!("strategy.flagger.metrics.0.{path}"))
}

#[test]
fn a_canary_with_its_deployment_and_its_autoscaler_runs() {
    let metrics = "stepWeight: 10, maxWeight: 50, metrics: [{ name: request-success-rate, \
        interval: 1m, thresholdRange: { min: 99 } }]";
    let case = case(&format!("{}{DEPLOYMENT}{SCALER}", canary(metrics)));
    case.decodes();
    assert_eq!(case.at("controller"), Some("flagger"));
    assert_eq!(case.at("fleet.replicas"), Some("6"));
    assert_eq!(case.at("strategy.flagger.provider"), Some("mesh"));
    assert_eq!(case.at("strategy.flagger.maxWeight"), Some("50"));
    assert_eq!(case.at("strategy.flagger.deployment.maxSurge"), Some("1"));
    assert_eq!(case.at("strategy.flagger.deployment.minReadySeconds"), Some("5s"));
    assert_eq!(case.at("telemetry.naming"), Some("flagger"));
    assert_eq!(metric(&case, "thresholdRange.min"), Some("99"));
}

#[test]
fn a_deployment_that_is_not_there_is_assumed() {
    let case = case(&canary("iterations: 5"));
    case.decodes();
    assert!(case.assumes("the Deployment that it releases is not among the files"));
}

#[test]
fn fields_that_are_not_simulated_are_lost_with_a_reason() {
    let case = case(&canary("stepWeight: 10, sessionAffinity: { cookieName: c }, colour: red"));
    let losses = case.losses();
    assert!(
        losses[0].starts_with("spec.analysis.sessionAffinity: users do not stay"),
        "{losses:?}"
    );
    assert!(losses[1].starts_with("spec.analysis.colour: not understood"), "{losses:?}");
}

#[test]
fn templates_that_everybody_writes_are_counted_and_others_are_asked() {
    let share = "100 - sum(rate(istio_requests_total{response_code!~\"5.*\"}[{{ interval }}])) \
        / sum(rate(istio_requests_total[{{ interval }}])) * 100";
    let known = case(&format!("{}{}", canary(BY_TEMPLATE), template("prometheus", share)));
    known.decodes();
    assert_eq!(metric(&known, "measure"), Some("error-rate"));
    let mean = "sum(rate(istio_request_duration_milliseconds_sum{destination_workload=\
        \"{{ target }}\"}[{{ interval }}])) / sum(rate(istio_request_duration_milliseconds_count{\
        destination_workload=\"{{ target }}\"}[{{ interval }}]))";
    let asked = case(&format!("{}{}", canary(BY_TEMPLATE), template("prometheus", mean)));
    assert_eq!(metric(&asked, "measure.query"), Some(mean));
    let other = case(&format!("{}{}", canary(BY_TEMPLATE), template("datadog", "avg:errors")));
    assert_eq!(metric(&other, "measure"), None);
    assert!(other.assumes("what a metric measures is to be said"));
}

#[test]
fn a_template_that_is_not_there_is_not_measured() {
    let case = case(&canary(BY_TEMPLATE));
    case.decodes();
    let losses = case.losses();
    assert!(losses[0].contains("its MetricTemplate is not among the files"), "{losses:?}");
}

#[test]
fn load_tests_of_the_canary_are_read_and_those_of_both_are_not() {
    let hook = |url: &str| {
        format!(
            "stepWeight: 10, webhooks: [{{ name: load, url: 'http://tester', timeout: 5s, \
             metadata: {{ cmd: 'hey -z 2m -q 10 -c 3 {url}' }} }}]"
        )
    };
    let load = "strategy.flagger.webhooks.0.load";
    let own = case(&canary(&hook("http://shop-canary.prod:9898/")));
    own.decodes();
    assert_eq!(own.at(&format!("{load}.rate")), Some("30/s"));
    assert_eq!(own.at(&format!("{load}.lasts")), Some("2m"));
    let both = case(&canary(&hook("http://shop.prod:9898/")));
    both.decodes();
    assert_eq!(both.at(&format!("{load}.rate")), None);
    assert!(both.assumes("none of the canary alone"));
}

#[test]
fn what_flagger_refuses_is_refused() {
    let without = canary("stepWeight: 10").replace("interval: 30s, ", "");
    for (text, title) in [
        (without, "this analysis has no `interval`"),
        (canary("mirror: true"), "this analysis neither moves weights nor counts iterations"),
        (canary("stepWeights: [1, x]"), "a weight is a whole number, zero or more"),
        (canary("stepWeight: -1"), "`stepWeight` is a whole number, zero or more"),
        (
            canary("stepWeight: 1, webhooks: [{ name: a, type: b }]"),
            "there is no webhook of the type `b`",
        ),
    ] {
        let case = case(&text);
        let found = case.problems.iter().next().map(|problem| problem.title.clone());
        assert_eq!(found.as_deref(), Some(title), "{text}");
    }
}
