//! Every field of an Experiment that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Lost, Used};
use crate::import::fields::Table;

/// An Experiment that has become a step of a Rollout.
pub(super) const EXPERIMENT: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.analyses", Used),
    ("spec.analysisRunMetadata", Harmless),
    ("spec.dryRun", Used),
    ("spec.duration", Used),
    ("spec.measurementRetention", Harmless),
    ("spec.progressDeadlineSeconds", Lost("its pods have ten minutes")),
    ("spec.scaleDownDelaySeconds", Lost("its pods go when it ends")),
    ("spec.templates", Used),
    ("spec.terminate", Lost("it begins although it is terminated")),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::EXPERIMENT);
    }
}
