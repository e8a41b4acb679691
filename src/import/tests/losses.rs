//! Nothing is dropped silently.

use super::{case, rollout, steps};

#[test]
fn every_kind_of_step_is_taken_over_or_a_loss() {
    let case = case(&steps(
        "{setWeight: 10}, {setHeaderRoute: {name: a}}, {setMirrorRoute: {name: b}}, \
         {experiment: {duration: 5m}}, {plugin: {name: c/d}}, {setCanaryScale: {weight: 50}}",
    ));
    let losses = case.losses();
    assert!(losses[0].starts_with("spec.strategy.canary.steps.4.plugin: "), "{losses:#?}");
    assert_eq!(losses.len(), 1, "{losses:#?}");
    let step = |path: &str| case.at(&format!("strategy.canary.steps.{path}"));
    assert_eq!(step("1.setHeaderRoute"), Some("0%"));
    assert_eq!(step("2.setMirrorRoute"), Some("0%"));
    assert_eq!(step("3.experiment.duration"), Some("5m"));
    assert_eq!(step("4.pause"), Some("30s"));
    assert_eq!(step("5.setCanaryScale.weight"), Some("50%"));
    case.decodes();
}

#[test]
fn a_step_may_scale_and_route_at_once() {
    let both = "{setCanaryScale: {replicas: 1}, setHeaderRoute: {name: a}}, {setWeight: 5}";
    let case = case(&steps(both));
    assert!(case.losses().is_empty(), "{:#?}", case.losses());
    assert_eq!(case.at("strategy.canary.steps.0.setCanaryScale.replicas"), Some("1"));
    assert_eq!(case.at("strategy.canary.steps.1.setHeaderRoute"), Some("0%"));
    assert_eq!(case.at("strategy.canary.steps.2.setWeight"), Some("5%"));
}

#[test]
fn an_unknown_field_is_not_understood() {
    let case = case(&rollout(
        "      maxSurge: 25%\n      stableServce: a\n      later: { b: c }\n      \
         steps: [{setWeight: 5, note: x}]\n",
    ));
    let losses = case.losses();
    assert_eq!(losses.len(), 3, "{losses:#?}");
    let meant = "stableServce: not understood; did you mean `stableService`?";
    assert!(losses[0].ends_with(meant), "{losses:#?}");
    assert_eq!(losses[1], "spec.strategy.canary.later: not understood");
    assert_eq!(losses[2], "spec.strategy.canary.steps.0.note: not understood");
    assert_eq!(case.at("controller.argo.maxSurge"), Some("25%"));
}

#[test]
fn the_pods_of_a_workload_are_accounted_for() {
    let text = steps("{setWeight: 10}") + "  workloadRef: { kind: Deployment, name: web }\n";
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  \
         template: { spec: { containers: [{ name: web, lifecycle: { postStart: {} } }] } }\n";
    let known = case(&format!("{text}---\n{deployment}"));
    let hook = "Deployment web spec.template.spec.containers.0.lifecycle.postStart: what runs";
    assert!(known.losses()[0].starts_with(hook), "{:#?}", known.losses());
    let unknown = case(&text);
    assert!(unknown.losses()[0].starts_with("spec.workloadRef: `web` is not among the files"));
}

#[test]
fn every_other_document_is_a_loss() {
    let text = steps("{setWeight: 10}");
    let others = "---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n\
         apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: b}\n---\nname: c\n---\n";
    let losses = case(&format!("{text}{others}")).losses();
    assert_eq!(losses.len(), 3, "{losses:#?}");
    assert!(losses[0].starts_with("Service a: not needed"));
    assert_eq!(losses[1], "Widget b: not understood: `Widget` is not a known kind");
    assert_eq!(losses[2], "a document: not understood: it has no kind");
}

#[test]
fn a_line_of_the_file_cannot_leave_its_comment() {
    let text = steps("{setWeight: 10}") + "  \"a\\nb\\e[2J: c\": 1\n";
    let case = case(&text);
    let printed = crate::import::to_yaml(case.imported(), &case.sources);
    assert!(printed.contains("spec.a\\nb\\u{1b}[2J: c: not understood"), "{printed}");
}
