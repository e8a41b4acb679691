//! Every field of a Canary and of a `MetricTemplate` that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;

const QUERIES: &str = "no query scales the primary: only the use of the processor is followed";
const TRIES: &str = "a request that fails is not sent again, and none is cut off";

/// A Canary; its metrics and its webhooks are read elsewhere.
pub(super) const CANARY: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.analysis", Inside),
    ("spec.analysis.alerts", Harmless),
    ("spec.analysis.canaryReadyThreshold", Used),
    ("spec.analysis.interval", Used),
    ("spec.analysis.iterations", Used),
    ("spec.analysis.match", Used),
    ("spec.analysis.maxWeight", Used),
    ("spec.analysis.metrics", Inside),
    ("spec.analysis.metrics[].interval", Used),
    ("spec.analysis.metrics[].name", Used),
    ("spec.analysis.metrics[].query", Used),
    ("spec.analysis.metrics[].templateRef", Used),
    ("spec.analysis.metrics[].templateVariables", Used),
    ("spec.analysis.metrics[].threshold", Used),
    ("spec.analysis.metrics[].thresholdRange", Inside),
    ("spec.analysis.metrics[].thresholdRange.max", Used),
    ("spec.analysis.metrics[].thresholdRange.min", Used),
    ("spec.analysis.mirror", Used),
    ("spec.analysis.mirrorWeight", Used),
    ("spec.analysis.primaryReadyThreshold", Used),
    ("spec.analysis.sessionAffinity", Used),
    ("spec.analysis.stepWeight", Used),
    ("spec.analysis.stepWeightPromotion", Used),
    ("spec.analysis.stepWeights", Used),
    ("spec.analysis.threshold", Used),
    ("spec.analysis.webhooks", Inside),
    ("spec.analysis.webhooks[].disableTLS", Harmless),
    ("spec.analysis.webhooks[].metadata", Used),
    ("spec.analysis.webhooks[].muteAlert", Harmless),
    ("spec.analysis.webhooks[].name", Used),
    ("spec.analysis.webhooks[].retries", Used),
    ("spec.analysis.webhooks[].timeout", Used),
    ("spec.analysis.webhooks[].type", Used),
    ("spec.analysis.webhooks[].url", Used),
    ("spec.autoscalerRef", Inside),
    ("spec.autoscalerRef.apiVersion", Used),
    ("spec.autoscalerRef.kind", Used),
    ("spec.autoscalerRef.name", Used),
    ("spec.autoscalerRef.primaryScalerQueries", Lost(QUERIES)),
    ("spec.autoscalerRef.primaryScalerReplicas", Inside),
    ("spec.autoscalerRef.primaryScalerReplicas.maxReplicas", Used),
    ("spec.autoscalerRef.primaryScalerReplicas.minReplicas", Used),
    ("spec.ingressRef", Harmless),
    ("spec.insecureSkipVerify", Harmless),
    ("spec.metricsServer", Harmless),
    ("spec.progressDeadlineSeconds", Used),
    ("spec.provider", Used),
    ("spec.revertOnDeletion", Harmless),
    ("spec.routeRef", Harmless),
    ("spec.service", Inside),
    ("spec.service.retries", Lost(TRIES)),
    ("spec.service.timeout", Lost(TRIES)),
    ("spec.service.*", Harmless),
    ("spec.skipAnalysis", Used),
    ("spec.suspend", Used),
    ("spec.targetRef", Used),
    ("spec.upstreamRef", Harmless),
];

/// A `MetricTemplate`.
pub(super) const TEMPLATE: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.provider", Inside),
    ("spec.provider.type", Used),
    ("spec.provider.*", Harmless),
    ("spec.query", Used),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_reached_and_decided_once() {
        [CANARY, TEMPLATE].into_iter().for_each(crate::import::fields::check);
    }
}
