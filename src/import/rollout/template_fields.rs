//! Every field of an analysis template that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Used};
use crate::import::fields::Table;

/// An `AnalysisTemplate`, a `ClusterAnalysisTemplate`, or an `AnalysisRun`, which is read as one.
pub(super) const TEMPLATE: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.args", Used),
    ("spec.templates", Used),
    ("spec.dryRun", Used),
    ("spec.measurementRetention", Harmless),
    ("spec.terminate", Used),
    ("spec.ttlStrategy", Harmless),
    ("spec.metrics", Inside),
    ("spec.metrics[].name", Used),
    ("spec.metrics[].interval", Used),
    ("spec.metrics[].initialDelay", Used),
    ("spec.metrics[].count", Used),
    ("spec.metrics[].successCondition", Used),
    ("spec.metrics[].failureCondition", Used),
    ("spec.metrics[].failureLimit", Used),
    ("spec.metrics[].inconclusiveLimit", Used),
    ("spec.metrics[].consecutiveErrorLimit", Used),
    ("spec.metrics[].consecutiveSuccessLimit", Used),
    ("spec.metrics[].provider", Inside),
    ("spec.metrics[].provider.prometheus", Inside),
    ("spec.metrics[].provider.prometheus.query", Used),
    ("spec.metrics[].provider.prometheus.rangeQuery", Used),
    ("spec.metrics[].provider.prometheus.address", Used),
    ("spec.metrics[].provider.prometheus.authentication", Harmless),
    ("spec.metrics[].provider.prometheus.headers", Harmless),
    ("spec.metrics[].provider.prometheus.insecure", Harmless),
    ("spec.metrics[].provider.prometheus.timeout", Harmless),
    ("spec.metrics[].provider.*", Used),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::TEMPLATE);
    }
}
