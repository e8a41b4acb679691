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
    assert_eq!(case.at("strategy.flagger.provider"), Some("istio"));
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
    let case = case(&canary("stepWeight: 10, colour: red"));
    let losses = case.losses();
    assert!(losses[0].starts_with("spec.analysis.colour: not understood"), "{losses:?}");
}

#[test]
fn users_stay_where_session_affinity_keeps_them() {
    let case = case(&canary("stepWeight: 10, sessionAffinity: { cookieName: c, maxAge: 3600 }"));
    case.decodes();
    assert_eq!(case.at("traffic.users.sticky"), Some("true"));
    assert!(case.assumes("the 3600 seconds of their cookie"));
}

#[test]
fn queries_are_asked_as_they_are_and_counted_where_their_series_do_not_exist() {
    let by = |provider: &str, query: &str| {
        case(&format!("{}{}", canary(BY_TEMPLATE), template(provider, query)))
    };
    let share = |metric: &str| {
        format!(
            "100 - sum(rate({metric}{{response_code!~\"5.*\"}}[{{{{ interval }}}}])) \
             / sum(rate({metric}[{{{{ interval }}}}])) * 100"
        )
    };
    let asked = by("prometheus", &share("istio_requests_total"));
    asked.decodes();
    assert_eq!(metric(&asked, "measure.query"), Some(share("istio_requests_total").as_str()));
    assert!(asked.losses().is_empty());
    let counted = by("prometheus", &share("our_requests_total"));
    counted.decodes();
    assert_eq!(metric(&counted, "measure"), Some("error-rate"));
    let losses = counted.losses();
    assert!(losses[0].contains("no series is called `our_requests_total`"), "{losses:?}");
    let broken = by("prometheus", "sum(rate(up{a=\"b\" c=\"d\"}[1m]))");
    assert_eq!(metric(&broken, "measure"), Some("nothing"));
    assert!(broken.assumes("Prometheus does not read its query: every check fails"));
    let other = by("datadog", "avg:errors");
    let problem = other.problems.iter().next().expect("a problem");
    assert_eq!((problem.code, other.imported.is_none()), ("E0306", true));
}

#[test]
fn a_template_alone_is_measured_in_a_standard_canary() {
    let query = "histogram_quantile(0.99, sum(rate(istio_request_duration_milliseconds_bucket{\
        reporter=\"{{ variables.reporter }}\",destination_workload=~\"{{ target }}\"}\
        [{{ interval }}])) by (le))";
    let alone = case(&template("prometheus", query));
    alone.decodes();
    assert_eq!(metric(&alone, "thresholdRange.max"), Some("500"));
    let asked = metric(&alone, "measure.query").expect("a query");
    assert!(asked.contains("reporter=\"destination\""), "{asked}");
    assert!(alone.assumes("it is measured in a standard Canary"));
    let empty = case(&template("prometheus", "").replace("query: ''", "query:"));
    let titles: Vec<_> = empty.problems.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(titles, ["this MetricTemplate has no `query`"]);
}

#[test]
fn workloads_of_other_kinds_are_released_as_flagger_does() {
    let of = |reference: &str| {
        let wanted = "apiVersion: apps/v1, kind: Deployment, name: shop";
        let metrics = "stepWeight: 10, metrics: [{ name: request-success-rate, interval: 1m }]";
        canary(metrics).replace(wanted, reference)
    };
    let daemons = "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: { name: shop }\nspec:\n  \
        updateStrategy: { rollingUpdate: { maxUnavailable: 2 } }\n  \
        selector: { matchLabels: { app: shop } }\n  template:\n    \
        metadata: { labels: { app: shop } }\n    spec:\n      containers: [{ name: a, image: a }]\n";
    let case = |text: &str| super::case(text);
    let set = case(&format!("{}{daemons}", of("apiVersion: apps/v1, kind: DaemonSet, name: shop")));
    set.decodes();
    assert_eq!(set.at("strategy.flagger.target"), Some("daemon-set"));
    assert_eq!(set.at("strategy.flagger.deployment.maxUnavailable"), Some("2"));
    assert_eq!(set.at("strategy.flagger.deployment.maxSurge"), Some("0"));
    for (version, target) in [("v1", "service"), ("serving.knative.dev/v1", "revision")] {
        let service = case(&of(&format!("apiVersion: {version}, kind: Service, name: shop")));
        service.decodes();
        assert_eq!(service.at("strategy.flagger.target"), Some(target));
    }
    let other = case(&of("apiVersion: apps/v1, kind: StatefulSet, name: shop"));
    assert!(other.problems.iter().any(|it| it.code == "E0303"));
}

#[test]
fn gates_of_the_load_tester_are_opened_by_people() {
    let hook = |kind: &str, path: &str| {
        let hook = format!("{{ name: gate, type: {kind}, url: 'http://tester.test/{path}' }}");
        case(&canary(&format!("stepWeight: 10, webhooks: [{hook}]")))
    };
    let at = |case: &Case, key: &str| {
        case.at(&format!("strategy.flagger.webhooks.0.{key}")).map(ToOwned::to_owned)
    };
    let check = hook("confirm-promotion", "gate/check");
    assert_eq!(at(&check, "status").as_deref(), Some("403"));
    assert_eq!(at(&check, "opens").as_deref(), Some("10m"));
    let halt = hook("confirm-rollout", "gate/halt");
    assert_eq!((at(&halt, "status").as_deref(), at(&halt, "opens")), (Some("403"), None));
    assert_eq!(at(&hook("confirm-rollout", "gate/approve"), "status"), None);
    assert_eq!(at(&hook("rollback", "rollback/check"), "status").as_deref(), Some("403"));
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

#[test]
fn everything_that_is_wrong_with_a_canary_is_said_at_once() {
    let text = canary(
        "stepWeights: [1, two, 5, x], metrics: [{ name: a, interval: soon }, \
        { name: request-success-rate, thresholdRange: { min: high } }], webhooks: [{ type: no }]",
    )
    .replace("interval: 30s, threshold: 5", "interval: often");
    let case = case(&text);
    let titles: Vec<_> = case.problems.iter().map(|it| it.title.as_str()).collect();
    assert_eq!(titles.len(), 7, "{titles:#?}");
}
