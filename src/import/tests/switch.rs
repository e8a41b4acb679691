//! Two Deployments and a selector.

use super::case;

/// A Deployment of one version, with these fields indented by two spaces.
fn version(colour: &str, fields: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: shop-{colour} }}\nspec:\n  \
         selector: {{ matchLabels: {{ app: shop, version: {colour} }} }}\n  template:\n    \
         metadata: {{ labels: {{ app: shop, version: {colour} }} }}\n    spec:\n      containers:\n\
         {SPACE}- {{ name: shop, image: shop:{colour}, readinessProbe: {{ grpc: {{ port: 1 }} }} }}\n\
         {fields}"
    )
}

const SPACE: &str = "        ";

fn service(selector: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{ name: shop }}\n\
         spec: {{ selector: {{ {selector} }} }}\n"
    )
}

#[test]
fn two_deployments_and_a_selector_are_blue_and_green() {
    let blue = version("blue", "  replicas: 6\n");
    let green = version("green", "  replicas: 0\n  minReadySeconds: 5\n");
    let scaler = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n\
                  metadata: { name: shop }\nspec: {}\n";
    for text in [format!("{blue}{green}"), format!("{green}{blue}")] {
        let case = case(&(text + &service("app: shop, version: blue") + scaler));
        case.decodes();
        assert_eq!(case.at("name"), Some("shop-green"));
        assert_eq!(case.at("controller"), Some("kubernetes"));
        assert_eq!(case.at("fleet.replicas"), Some("6"));
        assert_eq!(case.at("strategy.blueGreen.minReadySeconds"), Some("5s"));
        assert_eq!(case.at("strategy.blueGreen.switch.delay"), Some("2s"));
        let says = "Service shop selects version: blue, so Deployment shop-blue runs and \
                    Deployment shop-green is the release";
        assert!(case.assumes(says));
        let mut losses = case.losses();
        losses.sort();
        assert_eq!(losses.len(), 2, "{losses:#?}");
        assert!(losses[0].starts_with("HorizontalPodAutoscaler shop: it scales one of two"));
        assert!(losses[1].starts_with("spec.replicas: its fleet has as many pods"));
    }
}

#[test]
fn what_the_running_version_says_otherwise_is_listed() {
    let blue = version("blue", "  strategy: { type: Recreate }\n").replace("port: 1", "port: 2");
    let text = blue + &version("green", "") + &service("app: shop, version: blue");
    let losses = case(&text).losses();
    assert_eq!(losses.len(), 2, "{losses:#?}");
    assert!(losses[0].starts_with("Deployment shop-blue spec.template: the pods of both"));
    assert!(losses[1].starts_with("Deployment shop-blue spec.strategy: neither Deployment"));
}

#[test]
fn two_deployments_of_other_things_are_still_two() {
    let both = version("blue", "") + &version("green", "");
    let others = both.replace("version", "tier").replace("blue", "web").replace("green", "db");
    for text in [
        both.clone(),
        both.clone() + &service("app: shop"),
        both + &service("app: till, version: blue"),
        others + &service("app: shop, tier: web"),
    ] {
        let case = case(&text);
        case.decodes();
        assert_eq!(case.at("strategy.rolling.maxSurge"), Some("25%"), "{text}");
        assert!(case.assumes("2 workloads are given, and Deployment shop-"), "{text}");
    }
}
