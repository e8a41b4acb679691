//! Every field of a Rollout that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;

const KEPT: &str = "one release is simulated, and two versions of pods are kept at most";
const PLACED: &str = "pods are spread over like nodes; where they run does not matter otherwise";
const ROUTES: &str = "requests are split by weight alone: no route of its own exists";

/// A Rollout; its pod template, its steps' waits and its limits are read elsewhere.
pub(super) const ROLLOUT: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.replicas", Used),
    ("spec.selector", Harmless),
    ("spec.template", Used),
    ("spec.workloadRef", Inside),
    ("spec.workloadRef.apiVersion", Used),
    ("spec.workloadRef.kind", Used),
    ("spec.workloadRef.name", Used),
    ("spec.workloadRef.scaleDown", Harmless),
    ("spec.analysis", Harmless),
    ("spec.restartAt", Harmless),
    ("spec.revisionHistoryLimit", Harmless),
    ("spec.minReadySeconds", Used),
    ("spec.paused", Used),
    ("spec.progressDeadlineAbort", Used),
    ("spec.progressDeadlineSeconds", Used),
    ("spec.rollbackWindow", Inside),
    ("spec.rollbackWindow.revisions", Used),
    ("spec.strategy", Inside),
    ("spec.strategy.blueGreen", Inside),
    ("spec.strategy.blueGreen.abortScaleDownDelaySeconds", Used),
    ("spec.strategy.blueGreen.activeMetadata", Harmless),
    ("spec.strategy.blueGreen.activeService", Used),
    ("spec.strategy.blueGreen.antiAffinity", Lost(PLACED)),
    ("spec.strategy.blueGreen.autoPromotionEnabled", Used),
    ("spec.strategy.blueGreen.autoPromotionSeconds", Used),
    (
        "spec.strategy.blueGreen.maxUnavailable",
        Lost("it is about restarts of pods, and nobody restarts them here"),
    ),
    ("spec.strategy.blueGreen.postPromotionAnalysis", Used),
    ("spec.strategy.blueGreen.prePromotionAnalysis", Used),
    ("spec.strategy.blueGreen.previewMetadata", Harmless),
    ("spec.strategy.blueGreen.previewReplicaCount", Used),
    ("spec.strategy.blueGreen.previewService", Used),
    ("spec.strategy.blueGreen.scaleDownDelayRevisionLimit", Lost(KEPT)),
    ("spec.strategy.blueGreen.scaleDownDelaySeconds", Used),
    ("spec.strategy.canary", Inside),
    ("spec.strategy.canary.abortScaleDownDelaySeconds", Used),
    ("spec.strategy.canary.analysis", Used),
    ("spec.strategy.canary.antiAffinity", Lost(PLACED)),
    ("spec.strategy.canary.canaryMetadata", Harmless),
    ("spec.strategy.canary.canaryService", Used),
    ("spec.strategy.canary.dynamicStableScale", Used),
    ("spec.strategy.canary.maxSurge", Used),
    ("spec.strategy.canary.maxUnavailable", Used),
    ("spec.strategy.canary.minPodsPerReplicaSet", Used),
    ("spec.strategy.canary.pingPong", Used),
    ("spec.strategy.canary.replicaProgressThreshold", Used),
    ("spec.strategy.canary.scaleDownDelayRevisionLimit", Lost(KEPT)),
    ("spec.strategy.canary.scaleDownDelaySeconds", Used),
    ("spec.strategy.canary.stableMetadata", Harmless),
    ("spec.strategy.canary.stableService", Used),
    ("spec.strategy.canary.steps", Inside),
    ("spec.strategy.canary.steps[].analysis", Used),
    ("spec.strategy.canary.steps[].experiment", Used),
    ("spec.strategy.canary.steps[].pause", Inside),
    ("spec.strategy.canary.steps[].pause.duration", Used),
    ("spec.strategy.canary.steps[].plugin", Used),
    (
        "spec.strategy.canary.steps[].replicaProgressThreshold",
        Lost("the step waits for all of its pods"),
    ),
    ("spec.strategy.canary.steps[].setCanaryScale", Used),
    ("spec.strategy.canary.steps[].setHeaderRoute", Used),
    ("spec.strategy.canary.steps[].setMirrorRoute", Used),
    ("spec.strategy.canary.steps[].setWeight", Used),
    ("spec.strategy.canary.trafficRouting", Inside),
    ("spec.strategy.canary.trafficRouting.alb", Inside),
    (
        "spec.strategy.canary.trafficRouting.alb.stickinessConfig",
        Lost("users are not kept on a version; `--set traffic.users.sticky=true` does"),
    ),
    ("spec.strategy.canary.trafficRouting.alb.*", Harmless),
    ("spec.strategy.canary.trafficRouting.ambassador", Harmless),
    ("spec.strategy.canary.trafficRouting.apisix", Harmless),
    ("spec.strategy.canary.trafficRouting.appMesh", Harmless),
    ("spec.strategy.canary.trafficRouting.istio", Harmless),
    ("spec.strategy.canary.trafficRouting.managedRoutes", Used),
    ("spec.strategy.canary.trafficRouting.maxTrafficWeight", Used),
    ("spec.strategy.canary.trafficRouting.nginx", Inside),
    ("spec.strategy.canary.trafficRouting.nginx.additionalIngressAnnotations", Lost(ROUTES)),
    ("spec.strategy.canary.trafficRouting.nginx.canaryIngressAnnotations", Lost(ROUTES)),
    ("spec.strategy.canary.trafficRouting.nginx.*", Harmless),
    ("spec.strategy.canary.trafficRouting.plugins", Harmless),
    ("spec.strategy.canary.trafficRouting.smi", Harmless),
    ("spec.strategy.canary.trafficRouting.traefik", Harmless),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::ROLLOUT);
    }
}
