//! Autoscalers that a Canary names: those of Kubernetes and of KEDA, and the copy for the primary.

use super::{Case, case};

/// A Canary whose autoscaler is of this kind, with these fields of the reference beside it.
fn canary(kind: &str, more: &str) -> String {
    format!(
        "apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: {{ name: shop }}\nspec:\n  \
         provider: istio\n  targetRef: {{ apiVersion: apps/v1, kind: Deployment, name: shop }}\n  \
         autoscalerRef: {{ kind: {kind}, name: shop{more} }}\n  \
         analysis: {{ interval: 30s, threshold: 5, stepWeight: 10 }}\n"
    )
}

const DEPLOYMENT: &str = "---\napiVersion: apps/v1\nkind: Deployment\n\
    metadata: { name: shop }\nspec:\n  selector: { matchLabels: { app: shop } }\n  template:\n    \
    metadata: { labels: { app: shop } }\n    spec:\n      containers:\n        \
    - { name: shop, image: shop, resources: { requests: { cpu: 100m } } }\n";

const HPA: &str = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n\
    metadata: { name: shop }\nspec:\n  \
    scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop }\n  minReplicas: 3\n  \
    maxReplicas: 9\n  metrics: [{ type: Resource, resource: { name: cpu, target: { type: \
    Utilization, averageUtilization: 60 } } }]\n";

/// A `ScaledObject` with these triggers.
fn scaled_object(triggers: &str) -> String {
    format!(
        "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {{ name: shop }}\n\
         spec:\n  scaleTargetRef: {{ name: shop }}\n  minReplicaCount: 2\n  advanced:\n    \
         horizontalPodAutoscalerConfig: {{ behavior: {{ scaleDown: {{ \
         stabilizationWindowSeconds: 60 }} }} }}\n  triggers: [{triggers}]\n"
    )
}

const CPU: &str = "{ type: cpu, metricType: Utilization, metadata: { value: \"70\" } }";
const QUEUE: &str = "{ type: prometheus, metadata: { query: 'sum(queue)', threshold: \"100\" } }";

fn hpa<'a>(case: &'a Case, key: &str) -> Option<&'a str> {
    case.at(&format!("controller.flagger.hpa.{key}"))
}

#[test]
fn an_autoscaler_that_the_canary_names_follows_the_load() {
    let named = canary("HorizontalPodAutoscaler", "");
    let with = case(&format!("{named}{DEPLOYMENT}{HPA}"));
    with.decodes();
    assert_eq!((hpa(&with, "min"), hpa(&with, "cpu")), (Some("3"), Some("60")));
    assert_eq!(with.at("controller.flagger.primary"), None);
    let changes = with.imported().assumptions.iter().filter_map(|it| it.change.as_deref());
    let saturated = "--set controller.flagger.hpa.saturated=200";
    assert!(changes.into_iter().any(|it| it == saturated));
    let without = case(&format!("{named}{DEPLOYMENT}"));
    without.decodes();
    assert_eq!(without.at("controller"), Some("flagger"));
    let losses = without.losses();
    assert!(losses[0].starts_with("spec.autoscalerRef: the number of pods"), "{losses:?}");
}

#[test]
fn the_primary_has_the_bounds_that_the_canary_gives_it() {
    let bounds = ", primaryScalerReplicas: { minReplicas: 5, maxReplicas: 20 }";
    let named = canary("HorizontalPodAutoscaler", bounds);
    let case = case(&format!("{named}{DEPLOYMENT}{HPA}"));
    case.decodes();
    assert_eq!(case.at("controller.flagger.primary.min"), Some("5"));
    assert_eq!(case.at("controller.flagger.primary.max"), Some("20"));
    assert_eq!((hpa(&case, "min"), hpa(&case, "max")), (Some("3"), Some("9")));
    assert_eq!(case.at("fleet.replicas"), Some("5"), "as many as the primary has at least");
    let losses = case.losses();
    assert!(!losses.iter().any(|it| it.contains("autoscalerRef")), "{losses:?}");
}

#[test]
fn a_scaled_object_of_keda_follows_the_processor_and_lists_its_other_triggers() {
    let more = ", primaryScalerQueries: { queue: 'sum(queue_primary)' }";
    let named = canary("ScaledObject", more);
    let both = scaled_object(&format!("{CPU}, {QUEUE}"));
    let with = case(&format!("{named}{DEPLOYMENT}{both}"));
    with.decodes();
    assert_eq!((hpa(&with, "min"), hpa(&with, "max")), (Some("2"), Some("100")));
    assert_eq!(hpa(&with, "cpu"), Some("70"));
    assert_eq!(hpa(&with, "behavior.scaleDown.stabilizationWindow"), Some("1m"));
    assert_eq!(with.at("fleet.replicas"), Some("2"));
    let losses = with.losses();
    let is_lost = |part: &str| losses.iter().any(|it| it.contains(part));
    assert!(is_lost("spec.autoscalerRef.primaryScalerQueries: "), "{losses:?}");
    assert!(is_lost("spec.triggers.1: what prometheus tells"), "{losses:?}");
    assert!(!is_lost("spec.triggers.0"), "{losses:?}");
    let queue =
        case(&format!("{}{DEPLOYMENT}{}", canary("ScaledObject", ""), scaled_object(QUEUE)));
    queue.decodes();
    assert_eq!(queue.at("controller"), Some("flagger"));
    assert_eq!(queue.at("fleet.replicas"), Some("2"));
    let losses = queue.losses();
    assert!(losses.iter().any(|it| it.contains("none of its metrics is followed")), "{losses:?}");
}

#[test]
fn a_scaled_object_scales_a_deployment_alone() {
    let case = case(&format!("{}{}", DEPLOYMENT.trim_start_matches("---\n"), scaled_object(CPU)));
    case.decodes();
    assert_eq!(case.at("controller.kubernetes.hpa.cpu"), Some("70"));
    assert_eq!(case.at("controller.kubernetes.hpa.min"), Some("2"));
}

#[test]
fn what_keda_would_follow_otherwise_is_listed() {
    let of = |scaler: &str| {
        let case = case(&format!("{}{scaler}", DEPLOYMENT.trim_start_matches("---\n")));
        case.decodes();
        assert_eq!(case.at("controller"), Some("kubernetes"));
        case.losses().join("\n")
    };
    let one = CPU.replace("{ value", "{ containerName: shop, value");
    let losses = of(&scaled_object(&one));
    assert!(losses.contains("spec.triggers.0: the processor of one container"), "{losses}");
    let annotated = |text: &str| {
        let named = format!("{{ name: shop, annotations: {{ autoscaling.keda.sh/{text} }} }}");
        scaled_object(CPU).replacen("{ name: shop }", &named, 1)
    };
    for text in ["paused: 'true'", "paused-replicas: '0'"] {
        let losses = of(&annotated(text));
        assert!(losses.contains("an annotation pauses it"), "{losses}");
    }
    let runs = annotated("paused: 'false'");
    let case = case(&format!("{}{runs}", DEPLOYMENT.trim_start_matches("---\n")));
    assert_eq!(case.at("controller.kubernetes.hpa.cpu"), Some("70"));
}

#[test]
fn an_autoscaler_of_another_namespace_says_nothing_of_the_pods() {
    let deployment = DEPLOYMENT.trim_start_matches("---\n");
    let here = deployment.replacen("{ name: shop }", "{ name: shop, namespace: prod }", 1);
    for (scaler, pods) in [(HPA.to_owned(), "3"), (scaled_object(CPU), "2")] {
        let of = |namespace: &str| {
            let named = format!("{{ name: shop, namespace: {namespace} }}");
            case(&format!("{here}{}", scaler.replacen("{ name: shop }", &named, 1)))
        };
        assert_eq!(of("prod").at("fleet.replicas"), Some(pods));
        let other = of("test");
        assert_eq!(other.at("fleet.replicas"), Some("1"));
        assert_eq!(other.at("controller"), Some("kubernetes"));
    }
}

#[test]
fn an_autoscaler_alone_asks_for_what_it_scales() {
    let hpa = HPA.replace("kind: Deployment", "kind: Rollout");
    for (scaler, target) in [(hpa, "Rollout shop"), (scaled_object(CPU), "Deployment shop")] {
        let case = case(scaler.trim_start_matches("---\n"));
        let problem = case.problems.iter().next().expect("a problem");
        let help = format!("give the file of {target} as well");
        assert!(problem.help[0].starts_with(&help), "{problem:?}");
    }
}
