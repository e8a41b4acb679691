//! Judges: what a gate measures, what it says of a reading, and how much it forgives.
//!
//! A gate sees telemetry only: counts of requests by version, in whole scraped ticks.

mod alert;
mod apdex;
mod bound;
mod document;
mod error_rate;
mod latency;
mod query;
mod slow_share;
mod throughput;
mod window;

pub use alert::Alert;
pub use apdex::{Apdex, ApdexDoc};
pub use bound::{Bound, Floor};
pub use document::{ActionDoc, CombineDoc, GateDoc, LimitDoc, MetricDoc, SubjectDoc, UnlessDoc};
pub use error_rate::{ErrorRate, ErrorRateDoc};
pub use latency::{Latency, LatencyDoc, QuantileDoc};
pub use query::{Accepts, Query};
pub use slow_share::{SlowShare, SlowShareDoc};
pub use throughput::{Throughput, ThroughputDoc};
pub use window::{Bounds, Cells, Subject, Tally, Window};

use clockwork::Span;

use crate::planted::{self, Bug};

/// A judge of a rollout: a metric, when it is read, and how many failures it forgives.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// Its name in the scenario.
    pub name: String,
    /// What it measures and the bound of it.
    pub metric: Metric,
    /// How many ticks a reading sees.
    pub window: u32,
    /// Time between readings.
    pub interval: Span,
    /// Time from the first traffic of the new version to the first reading.
    pub initial_delay: Span,
    /// A reading of fewer requests says nothing.
    pub min_samples: u64,
    /// How many failures it takes.
    pub patience: Patience,
    /// When a reading says nothing although it has samples.
    pub unless: Exceptions,
    /// What it does when it trips.
    pub action: Action,
}

/// How many failed readings trip a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// The one after this many, whatever lies between (`failureLimit`).
    Limit(u32),
    /// This many in a row; readings that say nothing neither count nor interrupt.
    Consecutive(u32),
}

/// When a reading is set aside.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exceptions {
    /// Fewer requests per minute than this.
    pub traffic_below: Option<f64>,
    /// The old version fails more often than this itself.
    pub baseline_errors_above: Option<crate::units::Share>,
}

/// What a tripped gate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Order the old version back.
    Rollback,
    /// Stop the rollout where it is.
    Pause,
}

/// How the gates of a rollout act together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Combine {
    /// The first one that trips acts.
    #[default]
    Any,
    /// The last one acts, when all have tripped.
    All,
}

/// What a gate says of a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Within the bound.
    Pass,
    /// Outside the bound.
    Fail,
    /// Enough samples, but an exception holds.
    Inconclusive,
    /// Too few samples.
    NoData,
    /// The question itself has no answer.
    Error,
}

impl Verdict {
    /// The word for it in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::NoData => "no data",
            Self::Error => "error",
        }
    }
}

/// What every metric can do.
pub trait Judge {
    /// Whose requests it reads.
    fn of(&self) -> Subject;
    /// Whether it reads the old version beside them.
    fn compares(&self) -> bool {
        false
    }
    /// The response time, in seconds, whose excess it counts.
    fn limit(&self) -> Option<f64> {
        None
    }
    /// The cells that [`Judge::can_fail`] wants bounded from above.
    fn upper(&self) -> Cells;
    /// Whether a window within these bounds can fail; `true` when that is not known.
    fn can_fail(&self, bounds: &Bounds) -> bool;
    /// Whether this window is outside the bound.
    fn fails(&self, window: &Window) -> bool;
    /// What it measured: the value and the bound that it was held against.
    fn reading(&self, window: &Window) -> (f64, f64);
}

/// A judge of series: whoever evaluates what it asks says what it thinks of the answer. Of counts in
/// a window it knows nothing, so that no window is sure to pass, and none fails.
trait Asks {}

impl<T: Asks> Judge for T {
    fn of(&self) -> Subject {
        Subject::All
    }

    fn upper(&self) -> Cells {
        Cells::default()
    }

    fn can_fail(&self, _: &Bounds) -> bool {
        true
    }

    fn fails(&self, _: &Window) -> bool {
        false
    }

    /// Requests per second, beside what was asked.
    fn reading(&self, window: &Window) -> (f64, f64) {
        (window.of(Subject::All).requests as f64 / window.seconds, f64::INFINITY)
    }
}

/// The metrics of gates.
#[derive(Clone, Debug, PartialEq)]
pub enum Metric {
    /// See [`Alert`].
    Alert(Alert),
    /// See [`Apdex`].
    Apdex(Apdex),
    /// See [`ErrorRate`].
    ErrorRate(ErrorRate),
    /// See [`Latency`].
    Latency(Latency),
    /// See [`Query`].
    Query(Query),
    /// See [`SlowShare`].
    SlowShare(SlowShare),
    /// See [`Throughput`].
    Throughput(Throughput),
}

impl Metric {
    /// Every metric's name in a scenario, in alphabetical order.
    pub const NAMES: &'static [&'static str] =
        &["alert", "apdex", "error-rate", "latency", "query", "slow-share", "throughput"];

    /// Its name in a scenario.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Alert(_) => "alert",
            Self::Apdex(_) => "apdex",
            Self::ErrorRate(_) => "error-rate",
            Self::Latency(_) => "latency",
            Self::Query(_) => "query",
            Self::SlowShare(_) => "slow-share",
            Self::Throughput(_) => "throughput",
        }
    }
}

impl std::ops::Deref for Metric {
    type Target = dyn Judge;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Alert(metric) => metric,
            Self::Apdex(metric) => metric,
            Self::ErrorRate(metric) => metric,
            Self::Latency(metric) => metric,
            Self::Query(metric) => metric,
            Self::SlowShare(metric) => metric,
            Self::Throughput(metric) => metric,
        }
    }
}

impl Gate {
    /// What it says of a window.
    pub fn verdict(&self, window: &Window) -> Verdict {
        let subject = window.of(self.metric.of());
        if subject.requests < self.min_samples.max(1) {
            let fails = planted::is(Bug::TooFewSamplesFail);
            return if fails { Verdict::Fail } else { Verdict::NoData };
        }
        if self.metric.compares() && window.old.requests < self.min_samples.max(1) {
            return Verdict::NoData;
        }
        if self.unless.holds(window, subject.requests) {
            return Verdict::Inconclusive;
        }
        if self.metric.fails(window) { Verdict::Fail } else { Verdict::Pass }
    }

    /// Whether every reading within these bounds is sure to pass.
    pub fn surely_passes(&self, bounds: &Bounds) -> bool {
        bounds.low.requests >= self.min_samples.max(1)
            && self.unless == Exceptions::default()
            && !self.metric.compares()
            && !self.metric.can_fail(bounds)
    }

    /// Whether it is a query or an alert: nothing is known of it before it is asked.
    pub fn asks(&self) -> bool {
        matches!(self.metric, Metric::Query(_) | Metric::Alert(_))
    }

    /// How many readings in a row may end in an error; nothing when none does.
    pub fn error_limit(&self) -> Option<u32> {
        match &self.metric {
            Metric::Query(query) => Some(query.error_limit),
            _ => None,
        }
    }

    /// How many inconclusive readings are forgiven; nothing when they are set aside.
    pub fn inconclusive_limit(&self) -> Option<u32> {
        match &self.metric {
            Metric::Query(query) => query.inconclusive_limit,
            _ => None,
        }
    }

    /// Whether readings of it need the counts of the old version.
    pub fn reads_old(&self) -> bool {
        self.metric.compares()
            || self.metric.of() != Subject::New
            || self.unless.baseline_errors_above.is_some()
    }
}

impl Exceptions {
    fn holds(&self, window: &Window, requests: u64) -> bool {
        let quiet =
            self.traffic_below.is_some_and(|limit| requests as f64 * 60.0 < limit * window.seconds);
        let sick = self.baseline_errors_above.is_some_and(|limit| {
            let part = u128::from(limit.parts()) * u128::from(window.old.requests);
            u128::from(window.old.failed) * u128::from(crate::units::Share::ONE.parts()) > part
        });
        quiet || sick
    }
}
