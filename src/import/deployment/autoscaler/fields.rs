//! Every field of an autoscaler that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;

const TOLERANCE: &str =
    "the use of the processor may be a tenth off before pods are added or taken";

const FORMULA: &str = "no formula of its triggers is followed, only the use of the processor";

/// `autoscaling/v2`.
pub(super) const V2: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("spec", Inside),
    ("spec.behavior", Inside),
    ("spec.behavior.scaleDown", Inside),
    ("spec.behavior.scaleDown.policies", Inside),
    ("spec.behavior.scaleDown.policies[].periodSeconds", Used),
    ("spec.behavior.scaleDown.policies[].type", Used),
    ("spec.behavior.scaleDown.policies[].value", Used),
    ("spec.behavior.scaleDown.selectPolicy", Used),
    ("spec.behavior.scaleDown.stabilizationWindowSeconds", Used),
    ("spec.behavior.scaleDown.tolerance", Lost(TOLERANCE)),
    ("spec.behavior.scaleUp", Inside),
    ("spec.behavior.scaleUp.policies", Inside),
    ("spec.behavior.scaleUp.policies[].periodSeconds", Used),
    ("spec.behavior.scaleUp.policies[].type", Used),
    ("spec.behavior.scaleUp.policies[].value", Used),
    ("spec.behavior.scaleUp.selectPolicy", Used),
    ("spec.behavior.scaleUp.stabilizationWindowSeconds", Used),
    ("spec.behavior.scaleUp.tolerance", Lost(TOLERANCE)),
    ("spec.maxReplicas", Used),
    ("spec.metrics", Used),
    ("spec.minReplicas", Used),
    ("spec.scaleTargetRef", Used),
    ("status", Harmless),
];

/// `autoscaling/v1`.
pub(super) const V1: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("spec", Inside),
    ("spec.maxReplicas", Used),
    ("spec.minReplicas", Used),
    ("spec.scaleTargetRef", Used),
    ("spec.targetCPUUtilizationPercentage", Used),
    ("status", Harmless),
];

/// `keda.sh/v1alpha1`: what only matters to a scale of zero never happens under requests.
pub(super) const KEDA: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("spec", Inside),
    ("spec.advanced", Inside),
    ("spec.advanced.horizontalPodAutoscalerConfig", Inside),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior", Inside),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown", Inside),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.policies", Inside),
    (
        "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.policies[].periodSeconds",
        Used,
    ),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.policies[].type", Used),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.policies[].value", Used),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.selectPolicy", Used),
    (
        "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds",
        Used,
    ),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.tolerance", Lost(TOLERANCE)),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp", Inside),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policies", Inside),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policies[].periodSeconds", Used),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policies[].type", Used),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.policies[].value", Used),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.selectPolicy", Used),
    (
        "spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.stabilizationWindowSeconds",
        Used,
    ),
    ("spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleUp.tolerance", Lost(TOLERANCE)),
    ("spec.advanced.horizontalPodAutoscalerConfig.name", Harmless),
    ("spec.advanced.restoreToOriginalReplicaCount", Harmless),
    ("spec.advanced.scalingModifiers", Lost(FORMULA)),
    ("spec.cooldownPeriod", Harmless),
    ("spec.fallback", Harmless),
    ("spec.idleReplicaCount", Harmless),
    ("spec.initialCooldownPeriod", Harmless),
    ("spec.maxReplicaCount", Used),
    ("spec.minReplicaCount", Used),
    ("spec.pollingInterval", Harmless),
    ("spec.scaleTargetRef", Used),
    ("spec.triggers", Used),
    ("status", Harmless),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::V1);
        crate::import::fields::check(super::V2);
        crate::import::fields::check(super::KEDA);
    }
}
