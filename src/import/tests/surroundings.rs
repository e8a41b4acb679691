//! What comes with a Deployment: an autoscaler, a budget, Services.

use super::{case, code, container, deployment};

const CPU: &str = "resources: { requests: { cpu: 500m }, limits: { cpu: 1 } }";

/// A document of this kind with what is inside of its `spec`.
fn beside(api_version: &str, kind: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: {api_version}\nkind: {kind}\nmetadata: {{ name: beside }}\n\
         spec: {{ {spec} }}\n"
    )
}

fn scaler(fields: &str) -> String {
    let target = "scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop }";
    beside("autoscaling/v2", "HorizontalPodAutoscaler", &format!("{target}, {fields}"))
}

fn cpu(share: &str) -> String {
    let target = format!("target: {{ type: Utilization, averageUtilization: {share} }}");
    format!("{{ type: Resource, resource: {{ name: cpu, {target} }} }}")
}

#[test]
fn an_autoscaler_follows_the_processor() {
    let fields = format!("minReplicas: 4, maxReplicas: 9, metrics: [{}]", cpu("65"));
    let scaled = case(&(container(CPU) + &scaler(&fields)));
    scaled.decodes();
    for (path, expected) in [
        ("fleet.replicas", "4"),
        ("controller.kubernetes.hpa.min", "4"),
        ("controller.kubernetes.hpa.max", "9"),
        ("controller.kubernetes.hpa.cpu", "65"),
    ] {
        assert_eq!(scaled.at(path), Some(expected), "{path}");
    }
    assert!(scaled.assumes("4 pods: minReplicas of HorizontalPodAutoscaler beside"));
    assert!(scaled.assumes("all of the processor that it requests; its limit is 200% of that"));
    let losses = scaled.losses();
    assert!(losses.iter().all(|it| it.contains(".resources.")), "{losses:#?}");
    let said = case(&(container(CPU) + "  replicas: 7\n" + &scaler(&fields)));
    assert_eq!(said.at("fleet.replicas"), Some("7"));
    let old = scaler("maxReplicas: 5, targetCPUUtilizationPercentage: 40").replace("/v2", "/v1");
    let old = case(&(container(CPU) + &old));
    old.decodes();
    assert_eq!(old.at("controller.kubernetes.hpa.cpu"), Some("40"));
    let plain = case(&(container(CPU) + &scaler("maxReplicas: 5")));
    plain.decodes();
    assert_eq!(plain.at("controller.kubernetes.hpa.cpu"), Some("80"));
}

#[test]
fn an_autoscaler_says_how_fast_it_follows() {
    let behavior = "scaleDown: { stabilizationWindowSeconds: 60, selectPolicy: Min, tolerance: 0.05, \
                    policies: [{ type: Percent, value: 10, periodSeconds: 30 }, \
                    { type: Pods, value: 2, periodSeconds: 60 }] }";
    let fields = format!("maxReplicas: 9, behavior: {{ {behavior} }}");
    let case = case(&(container(CPU) + &scaler(&fields)));
    case.decodes();
    let down =
        |path: &str| case.at(&format!("controller.kubernetes.hpa.behavior.scaleDown.{path}"));
    assert_eq!(down("stabilizationWindow"), Some("1m"));
    assert_eq!(down("selectPolicy"), Some("Min"));
    assert_eq!(down("policies.0.change.percent"), Some("10"));
    assert_eq!(down("policies.0.period"), Some("30s"));
    assert_eq!(down("policies.1.change.pods"), Some("2"));
    assert!(case.losses().iter().any(|it| it.contains("scaleDown.tolerance: the use of")));
}

#[test]
fn what_an_autoscaler_cannot_follow_is_said() {
    let memory =
        "{ type: Resource, resource: { name: memory, target: { averageUtilization: 5 } } }";
    let pods = "{ type: Pods, pods: {} }";
    let fields = format!("maxReplicas: 9, metrics: [{memory}, {}, {pods}]", cpu("65"));
    let some = case(&(container(CPU) + &scaler(&fields)));
    some.decodes();
    assert_eq!(some.at("controller.kubernetes.hpa.cpu"), Some("65"));
    let said = |losses: &[String], part: &str| {
        assert!(losses.iter().any(|it| it.contains(part)), "{part}: {losses:#?}");
    };
    said(&some.losses(), "spec.metrics.0: memory is not followed");
    said(&some.losses(), "spec.metrics.2: what Kubernetes does not measure itself");
    let none = case(&(container(CPU) + &scaler(&format!("maxReplicas: 9, metrics: [{pods}]"))));
    assert_eq!(none.at("controller"), Some("kubernetes"));
    said(&none.losses(), "none of its metrics is followed");
    let free = case(&(deployment("") + &scaler("maxReplicas: 9")));
    assert_eq!(free.at("controller"), Some("kubernetes"));
    said(&free.losses(), "shop requests no cpu, so Kubernetes cannot tell");
    let both = case(&(container(CPU) + &scaler("maxReplicas: 9") + &scaler("maxReplicas: 8")));
    assert_eq!(both.at("controller"), Some("kubernetes"));
    said(&both.losses(), "Kubernetes lets none of them act");
    let other = scaler("maxReplicas: 9").replace("name: shop", "name: till");
    said(&case(&(container(CPU) + &other)).losses(), "it scales Deployment till, which is not");
}

#[test]
fn an_autoscaler_that_the_api_server_rejects_or_that_is_alone() {
    let title = |text: &str| {
        let case = case(text);
        let problem = case.problems.iter().next().expect("a problem");
        (problem.code, problem.title.clone())
    };
    for (fields, part) in [
        ("minReplicas: 4", "needs `maxReplicas`"),
        ("minReplicas: 4, maxReplicas: 3", "below `minReplicas`"),
        ("minReplicas: 0, maxReplicas: 3", "at least one"),
        ("maxReplicas: 3, behavior: { scaleUp: { selectPolicy: Most } }", "no selectPolicy `Most`"),
        ("maxReplicas: 3, behavior: { scaleUp: { policies: [] } }", "no policy"),
    ] {
        let (code, title) = title(&(container(CPU) + &scaler(fields)));
        assert_eq!(code, code::REJECTED, "{fields}");
        assert!(title.contains(part), "{title}");
    }
    let other = case(&scaler("maxReplicas: 9").replace("kind: Deployment", "kind: Rollout"));
    let problem = other.problems.iter().next().expect("a problem");
    assert_eq!(problem.code, code::NOTHING);
    assert!(problem.help[0].contains("give the file of Rollout shop"), "{:?}", problem.help);
}

#[test]
fn what_stands_alone_is_beside_a_deployment_that_is_assumed() {
    let alone = case(&scaler("minReplicas: 4, maxReplicas: 9"));
    alone.decodes();
    assert_eq!(alone.at("name"), Some("shop"));
    assert_eq!(alone.at("fleet.replicas"), Some("4"));
    assert_eq!(alone.at("controller.kubernetes.hpa.max"), Some("9"));
    assert!(alone.assumes("Deployment shop is not among the files: it has 4 pods here"));
    assert!(alone.losses().is_empty(), "{:#?}", alone.losses());
    let selector = "selector: { matchLabels: { tier: web, app: till } }";
    let budget = case(&beside("policy/v1", "PodDisruptionBudget", selector));
    budget.decodes();
    assert_eq!(budget.at("name"), Some("till"));
    assert_eq!(budget.at("fleet.replicas"), Some("3"));
    let service = case(&beside("v1", "Service", "selector: { app: cart }, type: NodePort"));
    service.decodes();
    assert_eq!(service.at("name"), Some("cart"));
    assert!(service.losses()[0].starts_with("Service beside spec.type: "));
}

#[test]
fn no_controller_asks_a_budget() {
    let budget = |fields: &str| {
        let selector =
            "selector: { matchExpressions: [{ key: app, operator: In, values: [shop] }] }";
        let fields = format!("{fields}, {selector}");
        let text =
            deployment("  replicas: 3\n") + &beside("policy/v1", "PodDisruptionBudget", &fields);
        case(&text)
    };
    let two = budget("minAvailable: 2");
    two.decodes();
    assert_eq!(two.at("controller.kubernetes.pdb.minAvailable"), Some("2"));
    assert!(two.assumes("controllers do not ask a PodDisruptionBudget"));
    assert!(two.losses().is_empty(), "{:#?}", two.losses());
    for never in ["minAvailable: 3", "minAvailable: 90%", "maxUnavailable: 0"] {
        assert!(budget(never).assumes("with 3 pods it allows no eviction"), "{never}");
    }
    let policy = budget("maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow");
    assert!(policy.losses()[0].contains("unhealthyPodEvictionPolicy: pods that are not ready"));
    let other = beside("policy/v1", "PodDisruptionBudget", "selector: { matchLabels: { app: a } }");
    let losses = case(&(deployment("") + &other)).losses();
    assert!(losses[0].ends_with("it selects no pod of this workload"), "{losses:#?}");
}

#[test]
fn a_service_selects_the_pods_or_says_that_it_does_not() {
    let service =
        |fields: &str| case(&(deployment("") + &beside("v1", "Service", fields))).losses();
    let plain = "selector: { app: shop }, ports: [{ port: 80 }], type: ClusterIP";
    assert_eq!(service(plain), Vec::<String>::new());
    let sticky = service(&format!("{plain}, sessionAffinity: ClientIP, clusterIP: None, a: 1"));
    assert_eq!(sticky.len(), 3, "{sticky:#?}");
    assert!(sticky[0].starts_with("Service beside spec.sessionAffinity: clients do not stay"));
    assert!(sticky[1].starts_with("Service beside spec.clusterIP: clients choose"));
    assert_eq!(sticky[2], "Service beside spec.a: not understood");
    let other = service("selector: { app: till }");
    let expected =
        "Service beside: it selects no pod of this workload: they have app `shop`, not till";
    assert_eq!(other, [expected]);
    let none = service("selector: { app: shop, tier: web }");
    assert!(none[0].ends_with("they have no label tier: web"), "{none:#?}");
    assert!(service("ports: []")[0].ends_with("it has no selector: who answers is not said"));
}
