//! What becomes of a blue-green Rollout of Argo.

use super::{blue_green, case};

/// A blue-green Rollout with an active Service and these fields, each on a line of its own.
fn active(fields: &[&str]) -> String {
    let fields = [&["activeService: shop"], fields].concat().join("\n      ");
    blue_green(&format!("      {fields}\n"))
}

#[test]
fn the_defaults_are_those_of_argo() {
    let case = case(&active(&[]));
    case.decodes();
    assert_eq!(case.at("controller.argo.scaleDownDelaySeconds"), None);
    assert_eq!(case.at("strategy.blueGreen.promote"), None);
    assert_eq!(case.at("strategy.blueGreen.switch.delay"), Some("2s"));
    assert!(case.losses().is_empty(), "{:#?}", case.losses());
}

#[test]
fn a_promotion_waits_for_a_person_or_for_a_time() {
    let asks = case(&active(&["autoPromotionEnabled: false"]));
    asks.decodes();
    assert_eq!(asks.at("strategy.blueGreen.promote"), Some("approve"));
    assert!(asks.assumes("somebody approves the promotion"));
    let waits = case(&active(&["autoPromotionSeconds: 300", "scaleDownDelaySeconds: 600"]));
    waits.decodes();
    assert_eq!(waits.at("strategy.blueGreen.promote.after"), Some("5m"));
    assert_eq!(waits.at("controller.argo.scaleDownDelaySeconds"), Some("600"));
    let both = case(&active(&["autoPromotionEnabled: false", "autoPromotionSeconds: 300"]));
    assert_eq!(both.at("strategy.blueGreen.promote"), Some("approve"));
    assert!(both.losses()[0].contains("Argo does not look at it"), "{:#?}", both.losses());
    let at_once = case(&active(&["autoPromotionEnabled: true", "autoPromotionSeconds: 0"]));
    assert_eq!(at_once.at("strategy.blueGreen.promote"), None);
}

#[test]
fn times_of_the_rollout_are_kept() {
    let text = active(&[]) + "  minReadySeconds: 20\n  progressDeadlineSeconds: 300\n";
    let case = case(&text);
    case.decodes();
    assert_eq!(case.at("strategy.blueGreen.minReadySeconds"), Some("20s"));
    assert_eq!(case.at("strategy.blueGreen.progressDeadline"), Some("5m"));
}

#[test]
fn analyses_before_and_after_the_switch_are_kept() {
    let template = "---\napiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\n\
         metadata: { name: web }\nspec: { metrics: [{ name: ok, interval: 50s, count: 5, \
         provider: { prometheus: { query: up } } }] }\n";
    let text = active(&[
        "prePromotionAnalysis: { templates: [{ templateName: web }] }",
        "postPromotionAnalysis: { templates: [{ templateName: web }] }",
    ]);
    let known = case(&format!("{text}{template}"));
    known.decodes();
    for (path, expected) in [
        ("controller.argo.prePromotionAnalysis.0", "web"),
        ("controller.argo.postPromotionAnalysis.0", "web"),
        ("controller.argo.analyses.web.metrics.ok.interval", "50s"),
        ("controller.argo.analyses.web.metrics.ok.measure.query", "up"),
    ] {
        assert_eq!(known.at(path), Some(expected), "{path}");
    }
    assert!(known.losses().is_empty(), "{:#?}", known.losses());
    let unknown = case(&text);
    unknown.decodes();
    assert!(unknown.losses()[0].starts_with("spec.strategy.blueGreen.prePromotionAnalysis: "));
    assert!(unknown.losses()[1].starts_with("spec.strategy.blueGreen.postPromotionAnalysis: "));
    assert!(unknown.assumes("the templates of the analysis are not among the files"));
}

#[test]
fn what_cannot_be_kept_is_listed() {
    let case = case(&active(&[
        "previewService: shop-preview",
        "previewReplicaCount: 1",
        "abortScaleDownDelaySeconds: 60",
        "maxUnavailable: 1",
        "antiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} }",
        "activMetadata: {}",
    ]));
    let losses = case.losses();
    assert_eq!(losses.len(), 3, "{losses:#?}");
    assert!(losses[2].ends_with("did you mean `activeMetadata`?"), "{losses:#?}");
    assert_eq!(case.at("controller.argo.previewReplicaCount"), Some("1"));
    assert_eq!(case.at("controller.argo.abortScaleDownDelaySeconds"), Some("60"));
}

#[test]
fn both_versions_are_reached_by_the_active_service_and_the_release_by_no_user_before() {
    let case = case(&active(&["previewService: preview"]));
    case.decodes();
    assert_eq!(case.at("telemetry.stableService"), Some("shop"));
    assert_eq!(case.at("telemetry.canaryService"), Some("shop"));
    assert_eq!(case.at("telemetry.previewService"), Some("preview"));
}
