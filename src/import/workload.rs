//! What Deployments, StatefulSets and DaemonSets say alike.

use super::fields::Fate::{Harmless, Inside, Used};
use super::fields::Table;

/// The fields that every workload has; its pod template is read elsewhere.
pub(super) const WORKLOAD: Table = &[
    ("apiVersion", Used),
    ("kind", Used),
    ("metadata", Harmless),
    ("status", Harmless),
    ("spec", Inside),
    ("spec.minReadySeconds", Used),
    ("spec.selector", Used),
    ("spec.template", Used),
];

/// The fields of a workload whose pods are replaced one by one, each by a successor of its own.
pub(super) const ORDERED: Table = &[
    ("spec.revisionHistoryLimit", Harmless),
    ("spec.updateStrategy", Inside),
    ("spec.updateStrategy.rollingUpdate", Inside),
    ("spec.updateStrategy.rollingUpdate.maxUnavailable", Used),
    ("spec.updateStrategy.type", Used),
];
