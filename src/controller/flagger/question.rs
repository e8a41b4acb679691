//! What a tick asks on its way.

/// What a tick asks on its way, in the order in which it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Whether a release may begin (`confirm-rollout`).
    ConfirmRollout,
    /// Whether somebody wants a rollback (`rollback`).
    Rollback,
    /// What is tried before any traffic (`pre-rollout`).
    PreRollout,
    /// What is tried in every tick (`rollout`, and what names no type).
    Rollout,
    /// Whether all metrics pass.
    Metrics,
    /// Whether the weight may grow (`confirm-traffic-increase`).
    ConfirmTrafficIncrease,
    /// Whether the release may be promoted (`confirm-promotion`).
    ConfirmPromotion,
}

impl Question {
    /// How many questions a tick can ask: no more than there are.
    pub(super) const MOST: usize = 7;

    /// The type of the webhooks that answer it; metrics are none.
    pub const fn webhook(self) -> Option<&'static str> {
        Some(match self {
            Self::ConfirmRollout => "confirm-rollout",
            Self::Rollback => "rollback",
            Self::PreRollout => "pre-rollout",
            Self::Rollout => "rollout",
            Self::Metrics => return None,
            Self::ConfirmTrafficIncrease => "confirm-traffic-increase",
            Self::ConfirmPromotion => "confirm-promotion",
        })
    }
}
