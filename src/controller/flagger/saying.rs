//! What Flagger says of what it does.

use std::fmt;

use super::action::Action;
use super::canary::Canary;
use super::phase::Phase;
use super::routes::Routes;
use super::scheduler::Scheduler;
use super::tick::Scale;
use super::webhook::HookKind;

/// Something for the record: an event of the Canary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    /// Requests go like this.
    Routed(Routes),
    /// The canary is started or stopped.
    Scaled(Scale),
    /// The primary becomes the release.
    Promotes,
    /// Somebody did not like it, by the place of the webhook.
    Refused(usize),
    /// A check has failed.
    Failed {
        /// How many have since the release began.
        checks: u32,
        /// How many roll back.
        threshold: u32,
    },
    /// A tick was analysed without weights.
    Iterated {
        /// How many were.
        iteration: u32,
        /// How many there are.
        of: u32,
    },
    /// It stands somewhere else.
    Entered(Phase),
    /// An autoscaler wants another number of pods.
    Autoscaled {
        /// Whether it is the canary's, and not the primary's.
        is_canary: bool,
        /// From so many.
        from: u32,
        /// To so many.
        to: u32,
    },
}

impl Saying {
    /// What is said of an action, if anything.
    pub(super) fn of(canary: &Canary, action: Action, after: &Scheduler) -> Option<Self> {
        Some(match action {
            Action::Route(routes) => Self::Routed(routes),
            Action::ScaleCanary(scale) => Self::Scaled(scale),
            Action::Promote => Self::Promotes,
            Action::Called { webhook, is_content: false }
                if !is_routine(canary.webhooks[webhook].kind) =>
            {
                Self::Refused(webhook)
            }
            Action::Called { .. } | Action::Measure(_) => return None,
            Action::Failed { .. } => {
                let threshold = canary.analysis.threshold();
                Self::Failed { checks: after.failed_checks, threshold }
            }
            Action::Iterated { iteration, of } => Self::Iterated { iteration, of },
            Action::Entered(phase) => Self::Entered(phase),
        })
    }
}

/// Whether nothing is said of a refusal: the phase says it, or nobody wanted anything.
const fn is_routine(kind: HookKind) -> bool {
    matches!(
        kind,
        HookKind::ConfirmRollout
            | HookKind::ConfirmPromotion
            | HookKind::Rollback
            | HookKind::Event
    )
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Routed(Routes { primary, canary, is_mirrored }) => {
                let copies = if *is_mirrored { ", copies to the canary" } else { "" };
                write!(f, "primary {primary} %, canary {canary} %{copies}")
            }
            Self::Scaled(Scale::Up) => f.write_str("new revision detected: scaling up the canary"),
            Self::Scaled(Scale::Zero) => f.write_str("scaling down the canary"),
            Self::Promotes => f.write_str("copying the template of the canary to the primary"),
            Self::Refused(webhook) => write!(f, "webhook {webhook} is not content"),
            Self::Failed { checks, threshold } => {
                write!(f, "halt advancement: failed checks {checks} of {threshold}")
            }
            Self::Iterated { iteration, of } => write!(f, "iteration {iteration} of {of}"),
            Self::Entered(phase) => write!(f, "phase {phase}"),
            Self::Autoscaled { is_canary, from, to } => {
                let whose = if *is_canary { "canary" } else { "primary" };
                write!(f, "the autoscaler of the {whose} wants {to} pods in place of {from}")
            }
        }
    }
}
