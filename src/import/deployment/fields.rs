//! Every field of a Deployment that is known, and what becomes of it.

use crate::import::fields::Fate::{Inside, Used};
use crate::import::fields::Table;
use crate::import::workload::WORKLOAD;

/// A Deployment.
pub(in crate::import) const DEPLOYMENT: &[Table] = &[
    WORKLOAD,
    &[
        ("spec.paused", Used),
        ("spec.progressDeadlineSeconds", Used),
        ("spec.replicas", Used),
        ("spec.revisionHistoryLimit", Used),
        ("spec.strategy", Inside),
        ("spec.strategy.rollingUpdate", Inside),
        ("spec.strategy.rollingUpdate.maxSurge", Used),
        ("spec.strategy.rollingUpdate.maxUnavailable", Used),
        ("spec.strategy.type", Used),
    ],
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check_all(super::DEPLOYMENT);
    }
}
