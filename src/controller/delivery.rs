//! A controller of progressive delivery as a simulation drives it: it moves weights, has pods
//! created and deleted, takes measurements, and says how the change ends.

use std::fmt;

use clockwork::{Instant, Span};

use super::{argo, flagger};
use crate::units::{Rate, Share};

/// How many versions there are: the running one and the release.
const VERSIONS: usize = 2;

/// The pods of a version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pods {
    /// Those that exist and were not told to stop.
    pub replicas: u32,
    /// Those of them that get requests.
    pub ready: u32,
    /// Those of them that have been ready for long enough.
    pub available: u32,
}

/// What a controller sees.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    /// The pods of the running version and of the release.
    pub pods: [Pods; VERSIONS],
    /// Whether the traffic is where it was routed.
    pub is_settled: bool,
    /// What is asked of a pod of each, as a multiple of what it can do, for whoever wants to know.
    pub busy: [f64; VERSIONS],
}

/// What a controller does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// A version is to have so many pods.
    Scale {
        /// The running version or the release.
        version: usize,
        /// How many pods.
        pods: u32,
    },
    /// This share of the traffic goes to the release.
    Route(Share),
    /// This share of the requests is copied to the release from now on; nobody sees the answers.
    Copy(Share),
    /// The release alone is sent test requests from now on, unless this test still runs.
    Load {
        /// Which test.
        test: usize,
        /// How many requests.
        rate: Rate,
        /// For how long.
        lasts: Span,
    },
    /// A measurement is taken now, and answered before the next step.
    Measure {
        /// Where from, by its place among the sources.
        source: usize,
        /// What the answer is for.
        question: usize,
    },
    /// A step of the plan begins.
    Step(usize),
    /// Somebody is asked whether it may go on.
    Ask,
    /// It stays as it is until somebody decides.
    Hold,
    /// The running version is wanted back.
    Abort(Cause),
    /// The running version serves all again.
    Back,
    /// The release is the running version now.
    Promoted,
    /// There was no progress for too long.
    Stuck,
    /// Something for the record, in words.
    Say(Saying),
}

/// Why a controller wants the running version back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A metric was bad too often.
    Metric {
        /// Its source.
        source: usize,
        /// When it was bad for the first time.
        known: Instant,
    },
    /// There was no progress for too long.
    Deadline,
    /// Somebody who was asked over HTTP did not like it.
    Webhook {
        /// When that was for the first time.
        known: Instant,
    },
}

/// What somebody tells a controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Release the new version, or try it again.
    Update,
    /// Go on.
    Resume,
    /// Stay as it is.
    Pause,
    /// The running version is wanted back.
    Back,
    /// The template of the version before is applied again.
    Undo,
    /// The pause, or the current step, is over.
    Promote,
    /// The release is wanted now, whatever is still to be done.
    PromoteFull,
}

/// What a measurement came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Numbers, one for each series; none when nothing was found.
    Vector(Vec<f64>),
    /// A number.
    Scalar(f64),
    /// No number where one was asked for: `nil` of providers that give a single one.
    Nothing,
    /// There is no answer, for this reason.
    Error(String),
}

/// What a controller makes of a measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opinion {
    /// Its word for it.
    pub word: &'static str,
    /// Whether it speaks against the release.
    pub is_bad: bool,
    /// Why nothing could be made of the answer.
    pub problem: Option<String>,
}

/// Something for the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    /// What Argo Rollouts says.
    Argo(argo::Saying),
    /// What Flagger says.
    Flagger(flagger::Saying),
}

impl fmt::Display for Saying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Argo(it) => it.fmt(f),
            Self::Flagger(it) => it.fmt(f),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(why) => write!(f, "no answer: {why}"),
            Self::Nothing => f.write_str("nothing"),
            Self::Scalar(value) => write!(f, "{value:.4}"),
            Self::Vector(values) => {
                let values: Vec<_> = values.iter().map(|value| format!("{value:.4}")).collect();
                write!(f, "[{}]", values.join(", "))
            }
        }
    }
}

/// A controller in one world: a pure step from what it sees to what it does.
pub trait Controller: fmt::Debug + Send {
    /// What it does at `now`, and when it wants to look again. The actions are to be carried out
    /// before the next step; as long as the answer is not later than `now`, that is at once.
    fn step(&mut self, seen: &Seen, now: Instant, actions: &mut Vec<Action>) -> Instant;

    /// Answers a question that it asked with [`Action::Measure`].
    fn answer(&mut self, question: usize, answer: &Answer, now: Instant) -> Opinion;

    /// Whether it wants to know what is asked of the pods.
    fn wants_load(&self) -> bool {
        false
    }

    /// Whether it does nothing more until somebody tells it something, whatever the pods do.
    fn has_given_up(&self) -> bool {
        false
    }

    /// Somebody tells it something. The next step must be at `now`.
    fn tell(&mut self, order: Order, now: Instant);
}

/// A controller before the change: its plan, frozen.
#[derive(Clone, Debug, PartialEq)]
pub enum Plan {
    /// Argo Rollouts.
    Argo(argo::Plan),
    /// Flagger.
    Flagger(flagger::Plan),
}

impl Plan {
    /// The controller of this plan, with the running version at full size. `luck`, even between
    /// zero and one, is where it is in what it repeats.
    pub fn begin(&self, luck: f64) -> Box<dyn Controller + '_> {
        match self {
            Self::Argo(plan) => Box::new(argo::Twin::new(plan)),
            Self::Flagger(plan) => Box::new(flagger::Delivery::new(plan, luck)),
        }
    }
}
