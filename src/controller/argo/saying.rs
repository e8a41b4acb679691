//! What the controller says of its work.

use std::fmt;

use super::command::Command;
use super::phase::Phase;

/// What the controller says of its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    /// A ReplicaSet has another size.
    Scaled {
        /// The running version or the release.
        version: usize,
        /// Before.
        from: u32,
        /// From now on.
        to: u32,
    },
    /// The new version has another weight.
    Weight(u32),
    /// An analysis has started.
    Started(Which),
    /// An analysis has ended.
    Ended(Which, Phase),
    /// A step is done.
    StepDone(usize),
    /// It waits, as a step says.
    Paused,
    /// A version is removed after so many seconds.
    Delayed {
        /// The running version or the release.
        version: usize,
        /// Seconds.
        seconds: u64,
    },
    /// The active Service names a version now.
    Switched(usize),
    /// The active Service is not switched back, as the new version is not whole.
    NotSwitched,
    /// After an abort the weight stays up, as pods of the new version that are kept forever carry
    /// it.
    HeldUp(u32),
    /// A version is the stable one now.
    Promoted(usize),
    /// There was no progress for too long.
    Late,
    /// An experiment has so many pods of each version.
    Tested([u32; 2]),
    /// An operator tells it something.
    Told(Command),
}

/// Which analysis is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// That of the current step.
    Step,
    /// The one beside the steps.
    Background,
    /// The one before the promotion.
    Pre,
    /// The one after the switch.
    Post,
}

impl Which {
    /// Every one of them, in the order of questions.
    pub(super) const ALL: [Self; 4] = [Self::Step, Self::Background, Self::Pre, Self::Post];

    const fn word(self) -> &'static str {
        match self {
            Self::Step => "the analysis of this step",
            Self::Background => "the background analysis",
            Self::Pre => "the pre-promotion analysis",
            Self::Post => "the post-promotion analysis",
        }
    }
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let which = |version: usize| ["old", "new"][version];
        match *self {
            Self::Scaled { version, from, to } => {
                let way = if to > from { "up" } else { "down" };
                write!(f, "Scaled {way} the {} ReplicaSet from {from} to {to}", which(version))
            }
            Self::Weight(weight) => write!(f, "Traffic weight updated to {weight}"),
            Self::Started(it) => write!(f, "{} starts", it.word()),
            Self::Ended(it, phase) => write!(f, "{} ends: {phase}", it.word()),
            Self::StepDone(step) => write!(f, "Rollout step {} completed", step + 1),
            Self::Paused => f.write_str("Rollout is paused (CanaryPauseStep)"),
            Self::Delayed { version, seconds } => {
                write!(f, "the {} ReplicaSet is scaled down in {seconds}s", which(version))
            }
            Self::Switched(version) => {
                write!(f, "Switched the active service to the {} version", which(version))
            }
            Self::NotSwitched => f.write_str(
                "the active service is not switched back: the new ReplicaSet is not whole",
            ),
            Self::HeldUp(weight) => write!(
                f,
                "traffic weight stays at {weight}: the new pods are kept forever, and carry it"
            ),
            Self::Promoted(version) => {
                write!(f, "the {} version is the stable one", which(version))
            }
            Self::Tested([0, 0]) => f.write_str("the pods of the experiment are removed"),
            Self::Tested([old, new]) => {
                write!(f, "the experiment has pods of its own: {old} old, {new} new")
            }
            Self::Told(command) => write!(f, "kubectl argo rollouts {command}"),
            Self::Late => f.write_str("ProgressDeadlineExceeded"),
        }
    }
}
