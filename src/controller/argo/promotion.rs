//! When a rollout is over.

use std::fmt;

use super::basic::Counts;
use super::steps::{Canary, Standing};
use super::threshold::Threshold;

/// Why a new version becomes the stable one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promotion {
    /// Somebody has asked for it.
    Requested,
    /// It is a return to a version of the rollback window.
    RollbackWithinWindow,
    /// So many steps are done.
    AllSteps(usize),
}

impl fmt::Display for Promotion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Promotion::Requested => f.write_str("Full promotion requested"),
            Promotion::RollbackWithinWindow => f.write_str("Rollback within window"),
            Promotion::AllSteps(count) => write!(f, "Completed all {count} canary steps"),
        }
    }
}

/// Why the new version of a canary becomes the stable one, if it does: it is not aborted, enough
/// of it is available, and nothing is left to do. Source: `shouldFullPromote`.
pub fn full_promotion(
    canary: &Canary,
    standing: Standing,
    new: Option<Counts>,
    threshold: Option<Threshold>,
    is_within_window: bool,
) -> Option<Promotion> {
    let counts = new?;
    let is_enough = match threshold {
        Some(_) => Threshold::is_met(threshold, new, canary.replicas),
        None => counts.available >= canary.replicas,
    };
    if standing.is_aborted || !is_enough {
        return None;
    }
    if standing.is_promoted_in_full {
        return Some(Promotion::Requested);
    }
    if is_within_window {
        return Some(Promotion::RollbackWithinWindow);
    }
    canary.is_done(standing).then_some(Promotion::AllSteps(canary.steps.len()))
}

/// Whether a new version is a return to one so recent that steps and analyses are skipped: it is
/// older than the stable one, with fewer than `revisions` versions between them. Versions are given
/// by when they were created; those of experiments do not count, and are not given.
///
/// Source: `isRollbackWithinWindow`.
pub fn is_within_rollback_window<T: Ord>(
    stable: &T,
    new: Option<&T>,
    versions: &[T],
    revisions: u32,
) -> bool {
    let Some(new) = new.filter(|new| *new < stable) else { return false };
    let between = versions.iter().filter(|it| *it > new && *it < stable).count();
    between < revisions as usize
}
