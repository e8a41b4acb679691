//! Where a canary stands.

use std::fmt;

/// Where a canary stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// The primary is being made.
    Initializing,
    /// The primary is there, and nothing was ever released.
    #[default]
    Initialized,
    /// A release waits to be confirmed.
    Waiting,
    /// A release is analysed.
    Progressing,
    /// A release waits to be promoted.
    WaitingPromotion,
    /// The primary becomes the release.
    Promoting,
    /// The canary is being removed.
    Finalising,
    /// The last release was promoted.
    Succeeded,
    /// The last release was rolled back.
    Failed,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Phase; 9] = [
        Phase::Initializing,
        Phase::Initialized,
        Phase::Waiting,
        Phase::Progressing,
        Phase::WaitingPromotion,
        Phase::Promoting,
        Phase::Finalising,
        Phase::Succeeded,
        Phase::Failed,
    ];

    /// Whether a release is under way, so that every tick goes on with it. Source:
    /// `shouldAdvance`.
    pub const fn is_under_way(self) -> bool {
        matches!(
            self,
            Phase::Progressing
                | Phase::Waiting
                | Phase::WaitingPromotion
                | Phase::Promoting
                | Phase::Finalising
        )
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
