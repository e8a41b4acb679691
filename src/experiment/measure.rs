//! What a measure is: which worlds it is about, what it looks at, and how worlds become one number.

use clockwork::{Instant, Span};

use crate::cost::Line;
use crate::scenario::Scenario;
use crate::simulation::{By, Ending, Measures, Truth};

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
    /// Pods, each for an hour.
    PodHours,
    /// Pods, attempts, changes: things one can count.
    Count,
    /// Units of the currency of the scenario's prices.
    Money,
}

/// What people want of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// The less the better.
    Less,
    /// The more the better.
    More,
    /// Neither: it describes.
    Nothing,
}

impl Measure {
    /// What people want of it.
    pub fn want(&self) -> Want {
        match self.how {
            How::Rate(event) => event.want(),
            How::Saved(..) => Want::More,
            How::PerReading(_) | How::PerWeek(_) => Want::Less,
            How::Mean(amount) | How::Quantile(amount, _) | How::Worst(amount) => amount.want(),
        }
    }
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
    /// Those with a good release that was rolled back.
    FalselyRolledBack,
    /// Those with a bad release that did harm which somebody or something noticed and ended.
    Resolved,
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
    /// One less the ratio of two sums over the worlds.
    Saved(Amount, Amount),
    /// In how many readings of gates it happened.
    PerReading(Event),
    /// How often it happens in a week of changes.
    PerWeek(Event),
}

/// Something that happens in a world or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The change ended this way.
    Ended(Ending),
    /// The release is this.
    Is(Truth),
    /// The release was good and was rolled back.
    FalselyRolledBack,
    /// A gate ordered what ended it.
    StoppedByGate,
    /// A person ordered what ended it.
    StoppedByPerson,
    /// The release was bad and was stopped before it was promoted.
    Caught,
    /// A person stopped a bad release before it was promoted.
    CaughtByPerson,
    /// The release was bad and was promoted, whatever happened then.
    Missed,
    /// The release was promoted and taken back later.
    TakenBack,
    /// The release was stopped before it did harm.
    Prevented,
    /// Harm ended although nobody did anything.
    SelfHealed,
    /// Somebody or something that later acted had seen it.
    Detected,
    /// A detected harm came to an end.
    Resolved,
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
    /// Requests harmed by what the strategy itself does.
    RolloutHarmed,
    /// Of these, failures.
    RolloutFailures,
    /// Of these, responses that were too slow.
    RolloutSlowed,
    /// Users harmed by what the strategy itself does / users active.
    UsersDippedShare,
    /// Requests harmed by the release that met the old version.
    Bystanders,
    /// The part of the error budget of 30 days that is burnt.
    ErrorBudget,
    /// How often the release was tried.
    Attempts,
    /// Pods above the steady state, for as long as they are there.
    PodsAbove,
    /// The most pods at one time.
    PeakPods,
    /// Time of people.
    Work,
    /// Time that a good change is not live.
    Delay,
    /// What all of it costs.
    Cost,
    /// Harm began until something knew.
    Detect,
    /// Something knew until the order was given.
    Decide,
    /// The order was given until the old version served all.
    Act,
    /// The old version served all until no harm was left.
    Recover,
    /// Something knew until no harm was left.
    Mttr,
    /// Harm began until no harm was left.
    TimeToRestore,
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

impl Value {
    /// How much, if that can be told.
    pub fn known(self) -> Option<i64> {
        match self {
            Self::Known(value) => Some(value),
            Self::Beyond => None,
        }
    }
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
            Self::FalselyRolledBack => it.is_false_rollback(),
            Self::Resolved => it.truth == Truth::Bad && it.resolved_at().is_some(),
        }
    }

    /// Whether a world is one of them is decided before the strategy begins, so that every
    /// variant has the same ones.
    pub fn are_shared(self) -> bool {
        matches!(self, Self::All | Self::Good | Self::Bad)
    }

    /// What they are, after "of" a number.
    pub fn words(self) -> &'static str {
        match self {
            Self::All => "all releases",
            Self::Good => "good releases",
            Self::Bad => "bad releases",
            Self::Harmed => "bad releases that did harm",
            Self::RolledBack => "rollbacks",
            Self::FalselyRolledBack => "rollbacks of good releases",
            Self::Resolved => "resolved incidents",
        }
    }
}

impl Event {
    /// What people want of it.
    fn want(self) -> Want {
        match self {
            Self::Caught | Self::Prevented | Self::Detected | Self::Resolved => Want::More,
            Self::Missed | Self::Unresolved | Self::FalselyRolledBack => Want::Less,
            Self::Ended(_)
            | Self::Is(_)
            | Self::StoppedByGate
            | Self::StoppedByPerson
            | Self::CaughtByPerson
            | Self::TakenBack
            | Self::SelfHealed
            | Self::CutOff => Want::Nothing,
        }
    }

    /// Whether it happened.
    pub fn in_world(self, it: &Measures) -> bool {
        match self {
            Self::Ended(ending) => it.ending == ending,
            Self::Is(truth) => it.truth == truth,
            Self::FalselyRolledBack => it.is_false_rollback(),
            Self::StoppedByGate => matches!(it.by, Some(By::Gate(_))),
            Self::StoppedByPerson => it.by == Some(By::Person),
            Self::Caught => it.is_caught(),
            Self::CaughtByPerson => it.is_caught() && it.by == Some(By::Person),
            Self::Missed => it.truth == Truth::Bad && it.promoted_at.is_some(),
            Self::TakenBack => it.promoted_at.is_some() && it.ending == Ending::RolledBack,
            Self::Prevented => it.is_caught() && it.harm_began.is_none(),
            Self::SelfHealed => {
                it.by.is_none() && it.harm_began.is_some() && it.harm_ended.is_some()
            }
            Self::Detected => it.detected_at.is_some(),
            Self::Resolved => it.resolved_at().is_some(),
            Self::Unresolved => it.harm_began.is_some() && it.harm_ended.is_none(),
            Self::CutOff => it.cut_off,
        }
    }
}

impl Amount {
    /// What it is counted in.
    pub fn unit(self) -> Unit {
        match self {
            Self::UsersHarmedShare
            | Self::RequestsHarmedShare
            | Self::UsersDippedShare
            | Self::PeakShare
            | Self::ErrorBudget => Unit::Share,
            Self::UsersMet | Self::UsersHarmed => Unit::Users,
            Self::RequestsMet
            | Self::RequestsMetHarmful
            | Self::RequestsHarmed
            | Self::BaselineFailures
            | Self::DefectFailures
            | Self::Slowed
            | Self::RolloutHarmed
            | Self::RolloutFailures
            | Self::RolloutSlowed
            | Self::Bystanders
            | Self::Potential => Unit::Requests,
            Self::PodsAbove => Unit::PodHours,
            Self::PeakPods | Self::Attempts => Unit::Count,
            Self::Cost => Unit::Money,
            Self::Detect
            | Self::Decide
            | Self::Act
            | Self::Recover
            | Self::Mttr
            | Self::TimeToRestore
            | Self::TimeHarmed
            | Self::TimeToLive
            | Self::RolloutTime
            | Self::Work
            | Self::Delay => Unit::Time,
        }
    }

    /// What people want of it.
    fn want(self) -> Want {
        match self {
            Self::BaselineFailures | Self::Potential => Want::Nothing,
            _ => Want::Less,
        }
    }

    /// The least and the most that there can be.
    pub fn bounds(self) -> (f64, f64) {
        let signed = [Self::Slowed, Self::RolloutSlowed, Self::PodsAbove, Self::Cost];
        let low = if signed.contains(&self) { f64::NEG_INFINITY } else { 0.0 };
        let is_part = self.unit() == Unit::Share && self != Self::ErrorBudget;
        (low, if is_part { 1.0 } else { f64::INFINITY })
    }

    /// How much there is in a world of a scenario.
    pub fn in_world(self, it: &Measures, scenario: &Scenario) -> Value {
        Value::Known(match self {
            Self::UsersHarmedShare => parts(it.users_harmed, it.users_active),
            Self::UsersDippedShare => parts(it.users_dipped, it.users_active),
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
            Self::RolloutHarmed => it.dipped() as i64,
            Self::RolloutFailures => it.rollout_failed as i64 * 1000,
            Self::RolloutSlowed => it.rollout_slowed,
            Self::Bystanders => it.bystanders.max(0),
            Self::Potential => it.potential as i64,
            Self::ErrorBudget => budget(it, scenario),
            Self::Attempts => i64::from(it.attempts),
            Self::PodsAbove => it.pods_above,
            Self::PeakPods => i64::from(it.peak_pods),
            Self::Work => it.ledger().parts(Line::Engineers),
            Self::Delay => it.ledger().parts(Line::Delay),
            Self::Cost => scenario.prices.cost(&it.ledger()).total,
            Self::TimeHarmed => micros(it.time_harmed),
            Self::RolloutTime => micros(it.ended_at.since_start()),
            Self::TimeToLive => return live(it),
            Self::Detect => return between(it.harm_began, it.detected_at),
            Self::Decide => return between(it.detected_at, it.ordered_late()),
            Self::Act => return between(it.ordered_late(), it.restored_at()),
            Self::Recover => return between(it.restored_at(), it.resolved_at()),
            Self::Mttr => return between(it.detected_at, it.resolved_at()),
            Self::TimeToRestore => return between(it.harm_began, it.resolved_at()),
        })
    }
}

impl Unit {
    /// How many grains one of it has.
    pub fn grains(self) -> f64 {
        match self {
            Self::Share => PARTS as f64,
            Self::Time | Self::Money => 1e6,
            Self::Requests | Self::Users => 1e3,
            Self::PodHours => 3.6e9,
            Self::Count => 1.0,
        }
    }

    /// Its word in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Time => "seconds",
            Self::Requests => "requests",
            Self::Users => "users",
            Self::PodHours => "pod-hours",
            Self::Count => "count",
            Self::Money => "money",
        }
    }
}

impl How {
    /// What the number is counted in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Rate(_) | Self::Saved(..) | Self::PerReading(_) => Unit::Share,
            Self::PerWeek(_) => Unit::Count,
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
            Self::Saved(..) => "saved",
            Self::PerReading(_) => "per-reading",
            Self::PerWeek(_) => "per-week",
        }
    }
}

fn parts(some: u64, all: u64) -> i64 {
    if all == 0 {
        return 0;
    }
    (u128::from(some) * u128::from(PARTS) / u128::from(all)) as i64
}

/// The part of the failures that an objective forgives in 30 days, which this change used up.
fn budget(it: &Measures, scenario: &Scenario) -> i64 {
    let month = u128::from(it.requests) * 30;
    let forgiven = (1.0 - scenario.slo.availability) * month as f64;
    let failed = (it.failed + it.rollout_failed) as f64 * 1000.0;
    (failed / forgiven * PARTS as f64) as i64
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
