//! The people who are paged, find out, decide, carry out and approve. Like a gate they see
//! telemetry only, and so they may be wrong.
//!
//! A person is a set of uniforms that become times by the state in which the person is asked, so
//! that the same people look after every variant of an experiment.

mod approval;
mod document;
mod hours;
mod judgement;
mod response;

pub use approval::{Approval, Approver};
pub use document::{AlertDoc, ApproveDoc, AttributionDoc, HoursDoc, PageDoc, PeopleDoc};
pub use hours::Hours;
pub use judgement::{Attribution, Cause, Evidence, Judgement};
pub use response::{PEOPLE_ON_CALL, Response, Turn, Uniforms};

use chance::Law;
use clockwork::Span;

use crate::units::Share;

/// The people who look after a service. Laws are of seconds.
#[derive(Clone, Debug)]
pub struct People {
    /// What calls them.
    pub alert: Alert,
    /// Time from a page to its acknowledgement, in working hours.
    pub acknowledge: Law,
    /// The same outside of working hours.
    pub acknowledge_at_night: Law,
    /// Chance that the one who is called never sees a page, 0 to 1.
    pub unacknowledged: f64,
    /// After this a page that was not acknowledged goes to the next person.
    pub escalate: Span,
    /// Time from the acknowledgement to an opinion on the cause.
    pub diagnose: Law,
    /// How many times as long that takes when the versions cannot be told apart; at least 1.
    pub without_versions: f64,
    /// Whether the metrics have a label of the version.
    pub version_metrics: bool,
    /// Time from an opinion to an order.
    pub decide: Law,
    /// Time from an order to the machinery's start on it.
    pub act: Law,
    /// How often they tell rightly whether a release is the cause.
    pub attribution: Attribution,
    /// For how long a deployment counts as recent.
    pub recent: Span,
    /// When they are at work.
    pub hours: Hours,
    /// What they do when a rollout asks them.
    pub approver: Approver,
}

/// An alert on a symptom of the whole application, old and new versions together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alert {
    /// More than this share of all requests has to fail.
    pub share: Share,
    /// In the requests of this time.
    pub window: Span,
    /// Time between two evaluations.
    pub every: Span,
    /// For how long every evaluation has to find it before anybody is called.
    pub lasts: Span,
}
