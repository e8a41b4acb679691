//! Every field of a Deployment that is known, and what becomes of it.

use crate::import::fields::Fate::{Harmless, Inside, Used};
use crate::import::fields::Table;

/// A Deployment; its pod template is read elsewhere.
pub(in crate::import) const DEPLOYMENT: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.minReadySeconds", Used),
    ("spec.paused", Used),
    ("spec.progressDeadlineSeconds", Used),
    ("spec.replicas", Used),
    ("spec.revisionHistoryLimit", Used),
    ("spec.selector", Used),
    ("spec.strategy", Inside),
    ("spec.strategy.rollingUpdate", Inside),
    ("spec.strategy.rollingUpdate.maxSurge", Used),
    ("spec.strategy.rollingUpdate.maxUnavailable", Used),
    ("spec.strategy.type", Used),
    ("spec.template", Used),
];

#[cfg(test)]
mod tests {
    #[test]
    fn every_field_is_reached_and_decided_once() {
        crate::import::fields::check(super::DEPLOYMENT);
    }
}
