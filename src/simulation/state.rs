//! The state of a rollout: what decisions have changed in the world.

use clockwork::Instant;

use super::law::VERSIONS;
use crate::scenario::FAULTS_MAX;
use crate::units::Share;

/// Pods that became ready together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cohort {
    /// Their ordinals are below this, and not below that of the cohort before.
    pub(super) to: u32,
    /// When they became ready; long ago when it is not known.
    pub(super) ready: Option<Instant>,
}

/// The state of a rollout: what decisions have changed in the world.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// The weight of the new version as the router or the pods have it.
    pub(super) weight: f64,
    /// The share of the traffic that this comes to.
    pub(super) share: f64,
    /// Multiples of the error rate that heavy users make, by version.
    pub(super) arm_errors: [f64; VERSIONS],
    /// Ready pods.
    pub(super) pods: [u32; VERSIONS],
    /// The pods in order of ordinals, while some of them are cold; empty when all are warm.
    pub(super) cohorts: [Vec<Cohort>; VERSIONS],
    /// When the faults began.
    pub(super) began: [Option<Instant>; FAULTS_MAX],
}

impl State {
    pub(super) fn empty() -> Self {
        Self {
            weight: 0.0,
            share: 0.0,
            arm_errors: [1.0; 2],
            pods: [0; 2],
            cohorts: [Vec::with_capacity(64), Vec::with_capacity(64)],
            began: [None; FAULTS_MAX],
        }
    }

    pub(super) fn reset(&mut self, replicas: u32) {
        (self.weight, self.share, self.arm_errors) = (0.0, 0.0, [1.0; 2]);
        self.pods = [replicas, 0];
        self.cohorts.iter_mut().for_each(Vec::clear);
        self.began = [None; FAULTS_MAX];
    }

    /// Pods up to `to` are ready now.
    pub(super) fn grow(&mut self, version: usize, to: u32, now: Instant) {
        let from = self.pods[version];
        if to <= from {
            return;
        }
        let cohorts = &mut self.cohorts[version];
        if cohorts.is_empty() && from > 0 {
            cohorts.push(Cohort { to: from, ready: None });
        }
        cohorts.push(Cohort { to, ready: Some(now) });
        self.pods[version] = to;
    }

    /// Only pods below `to` are left.
    pub(super) fn shrink(&mut self, version: usize, to: u32) {
        self.pods[version] = self.pods[version].min(to);
        let cohorts = &mut self.cohorts[version];
        for cohort in cohorts.iter_mut() {
            cohort.to = cohort.to.min(to);
        }
        if to == 0 {
            cohorts.clear();
        }
    }
}

/// Whole pods that carry a weight: `ceil(replicas * weight)`.
pub fn pods_for(replicas: u32, weight: Share) -> u32 {
    let parts = u128::from(replicas) * u128::from(weight.parts());
    parts.div_ceil(u128::from(Share::ONE.parts())) as u32
}

/// Whole pods that carry a weight that was a share once.
pub(super) fn pods_at(replicas: u32, weight: f64) -> u32 {
    // The weight came from a share: a share has 1e-12 at the finest.
    (f64::from(replicas) * weight - 1e-9).max(0.0) as u32 + u32::from(weight > 0.0)
}
