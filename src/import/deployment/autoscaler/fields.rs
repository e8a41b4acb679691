//! Every field of an autoscaler that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;

const TOLERANCE: &str =
    "the use of the processor may be a tenth off before pods are added or taken";

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

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::V1);
        crate::import::fields::check(super::V2);
    }
}
