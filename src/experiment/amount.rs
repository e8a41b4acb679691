//! How much of something there is in a world.

use clockwork::{Instant, Span};

use super::measure::{Unit, Want};
use crate::cost::Line;
use crate::scenario::Scenario;
use crate::simulation::{Ending, Measures};

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
pub(super) const PARTS: u64 = 1_000_000_000;

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
    pub(super) fn want(self) -> Want {
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
