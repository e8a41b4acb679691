//! The steps of a canary, and where a rollout stands in them.

use super::delay::AbortDelay;
use super::version::Version;

/// A step of a canary, as far as weights and replicas depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The new version gets this weight.
    SetWeight(u32),
    /// The new version gets pods apart from its weight; only with traffic routing.
    SetCanaryScale(CanaryScale),
    /// Pauses, analyses, experiments, routes and plugins.
    Other,
}

/// Pods of the new version apart from its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CanaryScale {
    /// So many pods.
    Replicas(u32),
    /// As many as this weight would take.
    Weight(u32),
    /// As many as its weight takes, as without this step.
    MatchTrafficWeight,
}

/// A canary strategy, as far as weights and replicas depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canary {
    /// The pods that are wanted (`spec.replicas`).
    pub replicas: u32,
    /// Its steps; without any it is a rolling update.
    pub steps: Vec<Step>,
    /// What a weight is a part of, 100 unless `maxTrafficWeight` says otherwise.
    pub max_weight: u32,
    /// Whether traffic is routed, so that a weight is no number of pods.
    pub is_routed: bool,
    /// Whether the stable version shrinks as the new one grows; only with traffic routing.
    pub is_stable_dynamic: bool,
    /// The fewest pods of a version that has any; only with traffic routing.
    pub min_pods: Option<u32>,
    /// How long the new version is kept after an abort.
    pub abort_delay: AbortDelay,
    /// Whose rules hold.
    pub version: Version,
}

/// Where a rollout stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The current step, counted from 0; behind the last one all are done.
    pub step: usize,
    /// Whether it is aborted.
    pub is_aborted: bool,
    /// Whether somebody has asked for full promotion.
    pub is_promoted_in_full: bool,
    /// Whether the new version is the stable one, or there is no stable one.
    pub is_stable: bool,
}

impl Canary {
    /// A canary of so many pods that routes no traffic.
    pub const fn new(replicas: u32, steps: Vec<Step>) -> Self {
        Self {
            replicas,
            steps,
            max_weight: 100,
            is_routed: false,
            is_stable_dynamic: false,
            min_pods: None,
            abort_delay: AbortDelay::DEFAULT,
            version: Version::V1_10,
        }
    }

    /// Whether every step is done.
    pub const fn is_done(&self, standing: Standing) -> bool {
        standing.step >= self.steps.len()
    }

    /// The weight that the steps up to the current one have set: all of it when they are done,
    /// nothing before the first and after an abort. Source: `GetCurrentSetWeight`.
    pub fn current_set_weight(&self, standing: Standing) -> u32 {
        if standing.is_aborted {
            return 0;
        }
        if self.is_done(standing) {
            return self.max_weight;
        }
        let weight = |step: &Step| match step {
            Step::SetWeight(weight) => Some(*weight),
            _ => None,
        };
        self.steps[..=standing.step].iter().rev().find_map(weight).unwrap_or(0)
    }

    /// The scale that is in force apart from the weight, if one is. After an abort it is in force
    /// only where the new version is kept forever. Source: `UseSetCanaryScale`.
    pub fn scale(&self, standing: Standing) -> Option<CanaryScale> {
        let is_dropped = standing.is_aborted && self.abort_delay.seconds.is_some();
        if !self.is_routed || self.is_done(standing) || is_dropped {
            return None;
        }
        let scale = |step: &Step| match step {
            Step::SetCanaryScale(scale) => Some(*scale),
            _ => None,
        };
        let scale = self.steps[..=standing.step].iter().rev().find_map(scale);
        scale.filter(|scale| *scale != CanaryScale::MatchTrafficWeight)
    }
}
