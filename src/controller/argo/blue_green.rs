//! Replicas and analyses of a blue-green rollout.

use super::basic::Counts;
use super::delay::AbortDelay;

/// Which versions the services and the status of a rollout name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selectors<'a> {
    /// The version of the active service; nothing before the first.
    pub active: Option<&'a str>,
    /// The stable version.
    pub stable: &'a str,
    /// The new version, if it exists.
    pub new: Option<&'a str>,
}

/// What the replicas of the new version depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preview<'a> {
    /// The pods that are wanted.
    pub replicas: u32,
    /// The pods of the new version before it is active; nothing if all.
    pub preview_replicas: Option<u32>,
    /// The version of the pods that was seen last (`status.currentPodHash`).
    pub current: &'a str,
    /// Whether the preview was accepted and may grow.
    pub is_accepted: bool,
    /// Whether the rollout is paused.
    pub is_paused: bool,
    /// Whether somebody has asked for full promotion.
    pub is_promoted_in_full: bool,
}

impl Preview<'_> {
    /// Replicas of the new version. Source: `NewRSNewReplicas`.
    pub fn replicas(&self, selectors: Selectors<'_>) -> u32 {
        let Some(preview) = self.preview_replicas else { return self.replicas };
        let is_first = selectors.active.is_none() || selectors.active == selectors.new;
        if is_first || self.is_promoted_in_full {
            return self.replicas;
        }
        let is_current = selectors.new == Some(self.current);
        if is_current && self.is_accepted && !self.is_paused { self.replicas } else { preview }
    }
}

/// Whether the analysis before the promotion is left out for now: there is nothing to analyse, or
/// the preview is not complete. One that runs goes on.
///
/// Source: `skipPrePromotionAnalysisRun`.
pub fn skips_pre_promotion(
    selectors: Selectors<'_>,
    has_run: bool,
    new: Counts,
    preview: u32,
) -> bool {
    let Selectors { active, stable, new: name } = selectors;
    if name.is_none() || name == Some(stable) || active.is_none() || active == name {
        return true;
    }
    !has_run && !is_whole(new, preview)
}

/// Whether the analysis after the promotion is left out for now: the new version is not active, or
/// is stable already, or is not whole. One that runs goes on.
///
/// Source: `skipPostPromotionAnalysisRun`.
pub fn skips_post_promotion(
    selectors: Selectors<'_>,
    has_run: bool,
    new: Counts,
    replicas: u32,
) -> bool {
    let Selectors { active, stable, new: name } = selectors;
    if name.is_none() || name == Some(stable) || active != name {
        return true;
    }
    !has_run && !is_whole(new, replicas)
}

fn is_whole(version: Counts, wanted: u32) -> bool {
    version.spec == wanted && version.available == wanted
}

/// What becomes of the new version after an abort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbortScaleDown {
    /// It stays as it is.
    Keep,
    /// The time to remove it is written down: so many seconds from now.
    Schedule(u32),
    /// It gets so many replicas.
    Scale(u32),
}

/// What becomes of the new version of a blue-green rollout. `deadline` is whether the time to
/// remove it has passed, if such a time is written down.
///
/// Source: `reconcileNewReplicaSet`.
pub fn new_replica_set_on_abort(
    new: Counts,
    wanted: u32,
    is_aborted: bool,
    delay: AbortDelay,
    deadline: Option<bool>,
) -> AbortScaleDown {
    match (is_aborted, delay.seconds, deadline) {
        (true, Some(_), Some(true)) if new.spec > 0 => AbortScaleDown::Scale(0),
        (true, Some(seconds), None) => AbortScaleDown::Schedule(seconds),
        (false, ..) if new.spec != wanted => AbortScaleDown::Scale(wanted),
        _ => AbortScaleDown::Keep,
    }
}
