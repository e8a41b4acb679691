//! What a tick of the scheduler sees, and what it orders.

use super::question::Question;
use super::readiness::Readiness;
use super::routes::Routes;

/// What a tick sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whether the workload is another than the last one that was released or is being so.
    pub is_changed: bool,
    /// The primary.
    pub primary: Readiness,
    /// The canary.
    pub canary: Readiness,
    /// Whether all metrics pass.
    pub do_metrics_pass: bool,
    /// What the webhooks say.
    pub hooks: Hooks,
}

/// What a tick sees before it asks anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workloads {
    /// Whether the workload is another than the last one that was released or is being so.
    pub is_changed: bool,
    /// The primary.
    pub primary: Readiness,
    /// The canary.
    pub canary: Readiness,
}

impl Seen {
    /// What it says of the workloads.
    pub(super) const fn workloads(&self) -> Workloads {
        let Self { is_changed, primary, canary, .. } = *self;
        Workloads { is_changed, primary, canary }
    }

    /// What it says to a question.
    pub(super) const fn answer(&self, question: Question) -> bool {
        match question {
            Question::ConfirmRollout => self.hooks.confirm_rollout,
            Question::Rollback => self.hooks.rollback,
            Question::PreRollout => self.hooks.pre_rollout,
            Question::Rollout => self.hooks.rollout,
            Question::Metrics => self.do_metrics_pass,
            Question::ConfirmTrafficIncrease => self.hooks.confirm_traffic_increase,
            Question::ConfirmPromotion => self.hooks.confirm_promotion,
        }
    }
}

/// What the webhooks say, each for all of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is the answer of another webhook")]
pub struct Hooks {
    /// A release may begin.
    pub confirm_rollout: bool,
    /// What is tried before any traffic is content.
    pub pre_rollout: bool,
    /// What is tried in every tick is content.
    pub rollout: bool,
    /// The weight may grow.
    pub confirm_traffic_increase: bool,
    /// The release may be promoted.
    pub confirm_promotion: bool,
    /// Somebody wants a rollback.
    pub rollback: bool,
}

impl Hooks {
    /// Nobody objects.
    pub const CONTENT: Self = Self {
        confirm_rollout: true,
        pre_rollout: true,
        rollout: true,
        confirm_traffic_increase: true,
        confirm_promotion: true,
        rollback: false,
    };
}

impl Default for Seen {
    /// Everything is ready, and nobody objects.
    fn default() -> Self {
        Self {
            is_changed: false,
            primary: Readiness::Ready,
            canary: Readiness::Ready,
            do_metrics_pass: true,
            hooks: Hooks::CONTENT,
        }
    }
}

/// What becomes of the canary's pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// As many as the primary has.
    Up,
    /// None.
    Zero,
}

/// What a tick orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// Where requests go from now on.
    pub routes: Option<Routes>,
    /// What becomes of the canary's pods.
    pub canary: Option<Scale>,
    /// Whether the primary becomes what the canary is.
    pub is_promoted: bool,
}
