//! What a measure is: which worlds it is about, what it looks at, and how worlds become one number.

use clockwork::{Instant, Span};

use crate::simulation::{Ending, Measures, Truth};

/// One number that an experiment tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measure {
    /// Its name in every output and in `expect`.
    pub name: &'static str,
    /// What it is, in one sentence without a full stop.
    pub definition: &'static str,
    /// The worlds that it is about.
    pub worlds: Worlds,
    /// How worlds become one number.
    pub how: How,
}

/// What a measure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A part of one.
    Share,
    /// Seconds.
    Time,
    /// Requests.
    Requests,
    /// Users.
    Users,
}

/// Which worlds a measure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worlds {
    /// Every world.
    All,
    /// Those with a good release.
    Good,
    /// Those with a bad release.
    Bad,
    /// Those with a bad release in which harm began.
    Harmed,
    /// Those in which the old version was ordered back.
    RolledBack,
}

/// How the worlds become one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum How {
    /// The share of worlds in which it happened.
    Rate(Event),
    /// The mean.
    Mean(Amount),
    /// The nearest-rank quantile.
    Quantile(Amount, f64),
    /// The largest that was seen.
    Worst(Amount),
}

/// Something that happens in a world or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The change ended this way.
    Ended(Ending),
    /// The release is this.
    Is(Truth),
    /// The release was bad and did not get promoted.
    Caught,
    /// The release was stopped before it did harm.
    Prevented,
    /// A gate that later acted had seen it.
    Detected,
    /// Harm went on when the watched time was over.
    Unresolved,
    /// The watched time was over before the period of 24 hours.
    CutOff,
}

/// How much of something there is in a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Users harmed / users active.
    UsersHarmedShare,
    /// Requests harmed / requests.
    RequestsHarmedShare,
    /// The largest share of the traffic on the new version.
    PeakShare,
    /// Users who met the new version.
    UsersMet,
    /// Requests that met the new version.
    RequestsMet,
    /// Requests that met it while it was harmful.
    RequestsMetHarmful,
    /// Users harmed.
    UsersHarmed,
    /// Requests harmed.
    RequestsHarmed,
    /// Failures that would have happened anyway.
    BaselineFailures,
    /// Failures because of the release.
    DefectFailures,
    /// Responses made too slow by the release.
    Slowed,
    /// Harm without any gate.
    Potential,
    /// Harm began until something knew.
    Detect,
    /// Time under harm.
    TimeHarmed,
    /// Start of the change until all traffic is on the new version.
    TimeToLive,
    /// Start of the change until it is over.
    RolloutTime,
}

/// How much there is in one world, in whole grains of the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// That much.
    Known(i64),
    /// More than the watched time can show.
    Beyond,
}

/// Shares are kept in parts of this many.
const PARTS: u64 = 1_000_000_000;

impl Worlds {
    /// Whether a world is one of them.
    pub fn has(self, it: &Measures) -> bool {
        match self {
            Self::All => true,
            Self::Good => it.truth == Truth::Good,
            Self::Bad => it.truth == Truth::Bad,
            Self::Harmed => it.truth == Truth::Bad && it.harm_began.is_some(),
            Self::RolledBack => it.ending == Ending::RolledBack,
        }
    }

    /// What they are, after "of" a number.
    pub fn words(self) -> &'static str {
        match self {
            Self::All => "all releases",
            Self::Good => "good releases",
            Self::Bad => "bad releases",
            Self::Harmed => "bad releases that did harm",
            Self::RolledBack => "rollbacks",
        }
    }
}

impl Event {
    /// Whether it happened.
    pub fn in_world(self, it: &Measures) -> bool {
        match self {
            Self::Ended(ending) => it.ending == ending,
            Self::Is(truth) => it.truth == truth,
            Self::Caught => it.is_caught(),
            Self::Prevented => it.is_caught() && it.harm_began.is_none(),
            Self::Detected => it.detected_at.is_some(),
            Self::Unresolved => it.harm_began.is_some() && it.ending != Ending::RolledBack,
            Self::CutOff => it.cut_off,
        }
    }
}

impl Amount {
    /// What it is counted in.
    pub fn unit(self) -> Unit {
        match self {
            Self::UsersHarmedShare | Self::RequestsHarmedShare | Self::PeakShare => Unit::Share,
            Self::UsersMet | Self::UsersHarmed => Unit::Users,
            Self::RequestsMet
            | Self::RequestsMetHarmful
            | Self::RequestsHarmed
            | Self::BaselineFailures
            | Self::DefectFailures
            | Self::Slowed
            | Self::Potential => Unit::Requests,
            Self::Detect | Self::TimeHarmed | Self::TimeToLive | Self::RolloutTime => Unit::Time,
        }
    }

    /// Whether it can be below zero.
    pub fn is_signed(self) -> bool {
        self == Self::Slowed
    }

    /// How much there is in a world.
    pub fn in_world(self, it: &Measures) -> Value {
        Value::Known(match self {
            Self::UsersHarmedShare => parts(it.users_harmed, it.users_active),
            Self::RequestsHarmedShare => parts(it.harmed(), it.requests),
            Self::PeakShare => i64::from(it.peak_share) * 1000,
            Self::UsersMet => it.users_met as i64,
            Self::RequestsMet => it.met as i64 * 1000,
            Self::RequestsMetHarmful => it.met_harmful as i64,
            Self::UsersHarmed => it.users_harmed as i64,
            Self::RequestsHarmed => it.harmed() as i64,
            Self::BaselineFailures => it.baseline_failed as i64 * 1000,
            Self::DefectFailures => it.failed as i64 * 1000,
            Self::Slowed => it.slowed,
            Self::Potential => it.potential as i64,
            Self::TimeHarmed => micros(it.time_harmed),
            Self::RolloutTime => micros(it.ended_at.since_start()),
            Self::TimeToLive => return live(it),
            Self::Detect => return between(it.harm_began, it.detected_at),
        })
    }
}

impl Unit {
    /// How many grains one of it has.
    pub fn grains(self) -> f64 {
        match self {
            Self::Share => PARTS as f64,
            Self::Time => 1e6,
            Self::Requests | Self::Users => 1e3,
        }
    }

    /// Its word in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Time => "seconds",
            Self::Requests => "requests",
            Self::Users => "users",
        }
    }
}

impl How {
    /// What the number is counted in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Rate(_) => Unit::Share,
            Self::Mean(amount) | Self::Quantile(amount, _) | Self::Worst(amount) => amount.unit(),
        }
    }

    /// Its word in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rate(_) => "rate",
            Self::Mean(_) => "mean",
            Self::Quantile(..) => "quantile",
            Self::Worst(_) => "worst",
        }
    }
}

fn parts(some: u64, all: u64) -> i64 {
    if all == 0 {
        return 0;
    }
    (u128::from(some) * u128::from(PARTS) / u128::from(all)) as i64
}

fn micros(span: Span) -> i64 {
    span.micros() as i64
}

/// A promoted change is live; one that was taken back was live for nobody who waits for it.
fn live(it: &Measures) -> Value {
    match it.live_at {
        Some(at) if it.ending == Ending::Promoted => Value::Known(micros(at.since_start())),
        _ => Value::Beyond,
    }
}

fn between(from: Option<Instant>, to: Option<Instant>) -> Value {
    match (from, to) {
        (Some(from), Some(to)) => Value::Known(micros(to - from)),
        _ => Value::Beyond,
    }
}
