//! What the twin does.

use std::fmt;

use super::phase::Phase;
use super::routes::Routes;
use super::tick::Scale;

/// What the twin does. Routes, pods and templates are the caller's; all else has happened already
/// and is said for the audit log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Requests go like this from now on.
    Route(Routes),
    /// The canary gets these pods.
    ScaleCanary(Scale),
    /// The primary gets the template of the canary.
    Promote,
    /// A webhook has answered.
    Called {
        /// Which, by its place in the manifest.
        webhook: usize,
        /// Whether it was content.
        is_content: bool,
    },
    /// A metric is measured now, by its place in the manifest.
    Measure(usize),
    /// A check has failed: so many have since the release began.
    Failed {
        /// How many.
        checks: u32,
        /// How many roll back.
        threshold: u32,
    },
    /// A tick was analysed without weights: so many were.
    Iterated {
        /// How many.
        iteration: u32,
        /// How many there are.
        of: u32,
    },
    /// It stands somewhere else.
    Entered(Phase),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Route(Routes { primary, canary, is_mirrored }) => {
                let mirrored = if *is_mirrored { ", mirrored" } else { "" };
                write!(f, "routes {primary}/{canary}{mirrored}")
            }
            Self::ScaleCanary(Scale::Up) => f.write_str("scales the canary up"),
            Self::ScaleCanary(Scale::Zero) => f.write_str("scales the canary to zero"),
            Self::Promote => f.write_str("copies the canary's template to the primary"),
            Self::Called { webhook, is_content } => {
                let said = if *is_content { "passed" } else { "failed" };
                write!(f, "webhook {webhook} {said}")
            }
            Self::Measure(check) => write!(f, "measures metric {check}"),
            Self::Failed { checks, threshold } => write!(f, "failed checks {checks}/{threshold}"),
            Self::Iterated { iteration, of } => write!(f, "iteration {iteration}/{of}"),
            Self::Entered(phase) => write!(f, "{phase}"),
        }
    }
}
