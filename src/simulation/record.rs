//! What happened in one replication, for those who want to read it.

use clockwork::Instant;

use super::census::{Census, Moment};
use super::incident::Cause;
use super::measures::{By, Ending};
use crate::controller::delivery::{Answer, Opinion, Saying};
use crate::controller::kubernetes::{Action, Order};
use crate::gate::Verdict;
use crate::people::Judgement;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// A stage of the strategy began.
    Stage {
        /// Which, counted from zero.
        stage: usize,
    },
    /// Traffic is where it was ordered.
    Settled {
        /// Share of the traffic on the new version.
        share: f64,
        /// Ready pods of the old and of the new version.
        pods: [u32; 2],
    },
    /// A fault began to act.
    FaultBegan {
        /// Which of the release's faults.
        fault: usize,
    },
    /// A gate took a reading.
    Reading(Reading),
    /// A gate tripped.
    Tripped {
        /// Which gate.
        gate: usize,
    },
    /// The old version was ordered back.
    RollbackOrdered {
        /// By whom.
        by: By,
    },
    /// The controllers of a Deployment did something.
    Deployment(Action),
    /// A controller of its own did something.
    Delivery(Saying),
    /// A controller of its own took a measurement.
    Measured {
        /// Where from.
        source: usize,
        /// What was found.
        answer: Answer,
        /// What the controller makes of it.
        opinion: Opinion,
    },
    /// The autoscaler changed the replicas that are wanted.
    Autoscaled {
        /// Before.
        from: u32,
        /// From now on.
        to: u32,
    },
    /// An operator tells the Deployment something.
    Told {
        /// What.
        order: Order,
    },
    /// What kubectl says.
    Answered {
        /// In its words.
        text: String,
    },
    /// So many pods of the old and of the new version were ordered.
    Scaled {
        /// By version.
        desired: [u32; 2],
    },
    /// Pods became ready.
    PodsReady {
        /// The old or the new version.
        version: usize,
        /// How many.
        pods: u32,
    },
    /// Pods are ready, and cannot serve yet.
    PodsEager {
        /// The old or the new version.
        version: usize,
        /// How many.
        pods: u32,
    },
    /// Pods of the new version crash when they start.
    PodsFail {
        /// How many.
        pods: u32,
    },
    /// Pods were killed; they are restarted in place.
    PodsKilled {
        /// The old or the new version.
        version: usize,
        /// How many.
        pods: u32,
    },
    /// Pods of the new version stall: they fail every request.
    PodsStalled {
        /// How many.
        pods: u32,
    },
    /// Pods fail their readiness probe, and get no requests any more.
    PodsUnready {
        /// The old or the new version.
        version: usize,
        /// How many.
        pods: u32,
    },
    /// Pods that were killed are back.
    PodsBack {
        /// The old or the new version.
        version: usize,
        /// How many.
        pods: u32,
    },
    /// The old fleet is not kept any longer.
    OldRetired,
    /// The new fleet was tested before it got traffic.
    Checked {
        /// Test requests that failed.
        failed: u64,
        /// Of so many.
        of: u64,
    },
    /// There was no progress for too long.
    Stuck,
    /// The change is tried again.
    TriedAgain {
        /// Which attempt this is, counted from zero.
        attempt: u32,
    },
    /// The alert fires.
    AlertFires,
    /// The alert is over.
    AlertOver,
    /// Somebody is paged.
    Paged {
        /// Why.
        cause: Cause,
    },
    /// Somebody has made up their mind.
    Judged {
        /// What they do.
        judgement: Judgement,
    },
    /// A held rollout goes on.
    Resumed,
    /// Somebody is asked for approval.
    Asked,
    /// Somebody has answered.
    Approved {
        /// Whether the rollout may go on.
        approved: bool,
    },
    /// The rollout stopped where it was.
    Held {
        /// By which gate; by the strategy itself when there is none.
        gate: Option<usize>,
    },
    /// The controller leaves the pods as they are, until somebody deletes them or keeps fewer.
    Rests,
    /// The last stage is over and the gates watch on.
    Baking,
    /// The change is over.
    Ended {
        /// How.
        ending: Ending,
    },
    /// The time in which the change is watched is over.
    Watched,
}

/// One reading of one gate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Which gate.
    pub gate: usize,
    /// What it measured; nothing without requests.
    pub value: Option<f64>,
    /// What it was held against.
    pub bound: Option<f64>,
    /// Requests in the window.
    pub samples: u64,
    /// Requests of the old version in the window, where it is compared.
    pub baseline: Option<u64>,
    /// What it says.
    pub verdict: Verdict,
    /// Failed readings that count so far.
    pub failures: u32,
}

/// Who is told what happens. No recorder changes what happens.
pub trait Record {
    /// Whether every reading is wanted, also those that are sure to pass.
    const READINGS: bool;
    /// Whether the nodes and their pods are to be seen after every event.
    const NODES: bool = false;
    /// Something happened.
    fn note(&mut self, at: Instant, happening: Happening);
    /// So the nodes and their pods are, where they are told apart.
    fn see(&mut self, at: Instant, moment: Moment, census: &Census) {
        let _ = (at, moment, census);
    }
}

/// Nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unrecorded;

impl Record for Unrecorded {
    const READINGS: bool = false;

    fn note(&mut self, _: Instant, _: Happening) {}
}

/// Everything, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// What happened when.
    pub entries: Vec<(Instant, Happening)>,
}

impl Record for Timeline {
    const READINGS: bool = true;

    fn note(&mut self, at: Instant, happening: Happening) {
        self.entries.push((at, happening));
    }
}
