//! How long things are kept, and how long a pause is.

use super::go::nanoseconds;

/// A strategy, as far as delays depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Routing {
    /// Two full versions and a selector.
    BlueGreen,
    /// A canary whose weights are routed.
    RoutedCanary,
    /// A canary whose weights are pods, or no strategy at all.
    None,
}

/// How long the new version is kept after an abort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AbortDelay {
    /// Seconds; nothing if it is kept forever.
    pub seconds: Option<u32>,
    /// Whether it was written, or is the default.
    pub is_explicit: bool,
}

/// Seconds that the old version is kept by default. Source: `DefaultScaleDownDelaySeconds`.
const SCALE_DOWN_DELAY: u32 = 30;

/// Seconds that an aborted version is kept by default. Source:
/// `DefaultAbortScaleDownDelaySeconds`.
const ABORT_SCALE_DOWN_DELAY: u32 = 30;

impl AbortDelay {
    /// What is in force where nothing is written and traffic is routed.
    pub const DEFAULT: Self = Self { seconds: Some(ABORT_SCALE_DOWN_DELAY), is_explicit: false };
}

/// Seconds that the old version is kept after a promotion. Where traffic is not routed its pods
/// are the weight, and nothing is kept. Source: `GetScaleDownDelaySecondsOrDefault`.
pub const fn scale_down_delay(routing: Routing, written: Option<u32>) -> u32 {
    match (routing, written) {
        (Routing::None, _) => 0,
        (_, Some(seconds)) => seconds,
        (_, None) => SCALE_DOWN_DELAY,
    }
}

/// How long the new version is kept after an abort; 0 is forever.
///
/// Source: `GetAbortScaleDownDelaySecondsOrDefault`.
pub const fn abort_scale_down_delay(routing: Routing, written: Option<u32>) -> AbortDelay {
    match (routing, written) {
        (Routing::None, _) => AbortDelay { seconds: Some(0), is_explicit: false },
        (_, Some(0)) => AbortDelay { seconds: None, is_explicit: true },
        (_, written @ Some(_)) => AbortDelay { seconds: written, is_explicit: true },
        (_, None) => AbortDelay::DEFAULT,
    }
}

/// The seconds of a pause as it is written: whole seconds, or a Go duration cut to seconds.
/// Nothing if it is neither, which the controller says as -1. Source: `DurationSeconds`.
pub fn pause_seconds(text: &str) -> Option<i32> {
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    i32::try_from(nanoseconds(text)? / 1_000_000_000).ok()
}
