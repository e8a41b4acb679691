//! What a version of Argo Rollouts does not know is not asked of it.

use super::{Pass, code};
use crate::controller::argo::Version;
use crate::controller::{ArgoDoc, SourceDoc, VersionDoc};
use crate::document::Problem;

/// The version, unless something is said that it does not know.
pub(super) fn checked(it: &ArgoDoc, pass: &mut Pass<'_>) -> Option<Version> {
    let version = match it.version.value {
        VersionDoc::V1_6 => Version::V1_6,
        VersionDoc::V1_7 => Version::V1_7,
        VersionDoc::V1_8 => Version::V1_8,
        VersionDoc::V1_9 => Version::V1_9,
        VersionDoc::V1_10 => Version::V1_10,
    };
    let says = |field: &str| -> bool {
        let metrics = it.analyses.iter().flat_map(|(_, analysis)| analysis.value.metrics.iter());
        let mut all = metrics.map(|(_, metric)| &metric.value);
        match field {
            "consecutiveSuccessLimit" => all.any(|metric| metric.success_limit > 0),
            "rangeQuery" => {
                all.any(|metric| matches!(metric.measure.value, SourceDoc::RangeQuery(_)))
            }
            _ => all.any(|metric| metric.failure_limit.0.is_none()),
        }
    };
    let mut unknown = None;
    if !version.counts_successes() {
        let fields = ["consecutiveSuccessLimit", "failureLimit: none", "rangeQuery"];
        unknown = fields.into_iter().find(|field| says(field)).map(|field| (field, "1.8"));
    }
    if !version.knows_thresholds() && it.threshold.is_some() {
        unknown = unknown.or(Some(("replicaProgressThreshold", "1.9")));
    }
    let Some((field, since)) = unknown else { return Some(version) };
    let title = format!("Argo Rollouts {version} does not know `{field}`");
    let problem = Problem::error(code::CONTRADICTION, title)
        .at(it.version.place, format!("`{field}` is of {since} and later"));
    pass.problem(problem.help(format!("leave `{field}` out, or write: version: \"{since}\"")));
    None
}
