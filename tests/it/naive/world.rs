//! What is true of one world before anything happens in it.

use chance::math;
use clockwork::Span;
use coalmine::fault::{Clock, Scope, Signature};
use coalmine::scenario::Scenario;
use coalmine::traffic::{Shape, Wander};

use super::dice::{Dice, hash};

pub(super) const OLD: usize = 0;
pub(super) const NEW: usize = 1;

/// Load and error noise are constant over this many aligned ticks.
pub(super) const STEP: usize = 16;

const DAY: f64 = 86_400.0;

/// A pod's own luck; a pod that starts again on its place keeps it.
pub(super) struct Node {
    /// Multiple of the response time.
    pub(super) speed: f64,
    /// Multiple of the odds of a failure.
    pub(super) odds: f64,
}

/// A fault as it is in one world.
pub(super) struct Trouble {
    /// What it does to a request in scope.
    pub(super) signature: Signature,
    /// The share of requests or of users in scope.
    pub(super) part: f64,
    pub(super) by_users: bool,
    /// What has to pass from the first traffic to its onset, as its clock counts.
    pub(super) after: f64,
    pub(super) clock: Counts,
    pub(super) ramp: Span,
}

/// What an onset is counted in.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Counts {
    Seconds,
    /// Expected requests of the new version.
    Requests,
    /// Seconds since midnight.
    Day,
    /// The load as a multiple of its mean.
    Load,
}

pub(super) struct World {
    pub(super) release: usize,
    pub(super) troubles: Vec<Trouble>,
    pub(super) nodes: [Vec<Node>; 2],
    /// Multiples of the error rate of the heavy users.
    multiples: Vec<f64>,
    pub(super) rate: f64,
    pub(super) start: f64,
    version_odds: [f64; 2],
    arm_salt: u64,
    scope_salt: u64,
    modulation: Vec<f64>,
    errors: Vec<f64>,
}

impl World {
    pub(super) fn draw(s: &Scenario, dice: &mut Dice) -> Self {
        let release = release(s, dice);
        let noise = s.baseline.noise.as_ref();
        let heavy = s.traffic.users.activity.heavy.len();
        let sd = s.traffic.users.error_sd;
        Self {
            release,
            troubles: s.releases[release]
                .faults
                .iter()
                .map(|f| Trouble::draw(f, s, dice))
                .collect(),
            nodes: [(); 2].map(|()| (0..s.fleet.replicas).map(|_| Node::draw(s, dice)).collect()),
            // A lognormal of mean one.
            multiples: (0..heavy).map(|_| math::exp(sd * dice.normal() - sd * sd / 2.0)).collect(),
            rate: dice.draw(&s.traffic.rate),
            start: s.traffic.start.map_or_else(|| dice.uniform() * DAY, Span::as_secs_f64),
            version_odds: [(); 2]
                .map(|()| math::exp(noise.map_or(0.0, |noise| noise.version) * dice.normal())),
            arm_salt: dice.bits(),
            scope_salt: dice.bits(),
            modulation: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Requests per second in a tick.
    pub(super) fn load(&mut self, s: &Scenario, tick: usize, dice: &mut Dice) -> f64 {
        let length = s.tick.as_secs_f64() * STEP as f64;
        let from = self.start + (tick / STEP) as f64 * length;
        let shape = match s.traffic.shape {
            Shape::Constant => 1.0,
            Shape::Diurnal { peak, trough } => {
                let at = |k: u32| from + (f64::from(k) + 0.5) / 32.0 * length;
                let angle = |t: f64| (t - peak.as_secs_f64()) / DAY * std::f64::consts::TAU;
                let cosine: f64 = (0..32).map(|k| math::cos(angle(at(k)))).sum();
                1.0 + (1.0 - trough) / (1.0 + trough) * cosine / 32.0
            }
        };
        let factor = s.traffic.modulation.as_ref().map_or(1.0, |wander| {
            let x = value(&mut self.modulation, wander, s.tick, tick, dice);
            math::exp(x - wander.sd * wander.sd / 2.0)
        });
        self.rate * shape * factor
    }

    /// The odds of a baseline failure of a version in a tick, on a node like any other.
    pub(super) fn odds(&mut self, s: &Scenario, v: usize, tick: usize, dice: &mut Dice) -> f64 {
        let odds = s.baseline.errors / (1.0 - s.baseline.errors);
        let Some(noise) = &s.baseline.noise else { return odds };
        let x = value(&mut self.errors, &noise.common, s.tick, tick, dice);
        odds * math::exp(x) * self.version_odds[v]
    }

    /// The chance that a start of a pod of the new version fails.
    pub(super) fn crash(&self) -> f64 {
        let fine = self.troubles.iter().map(|trouble| 1.0 - trouble.signature.crash);
        1.0 - fine.product::<f64>()
    }

    /// A user's own multiple of the error rate.
    pub(super) fn multiple(&self, user: usize) -> f64 {
        self.multiples.get(user).copied().unwrap_or(1.0)
    }

    /// Where a sticky user is hashed: on the new version while this is below its weight.
    pub(super) fn arm(&self, user: usize) -> f64 {
        hash(self.arm_salt, user as u64)
    }

    /// The share of the traffic that sticky users bring to the new version. The heavy ones are
    /// individuals; the others are so many that their share is the weight.
    pub(super) fn sticky_share(&self, s: &Scenario, weight: f64) -> f64 {
        let activity = &s.traffic.users.activity;
        let here = |(user, _): &(usize, &f64)| self.arm(*user) < weight;
        let heavy: f64 =
            activity.heavy.iter().enumerate().filter(here).map(|(_, share)| share).sum();
        heavy + activity.tail * weight
    }

    /// Whether a fault concerns a request of a user.
    pub(super) fn concerns(&self, fault: usize, user: usize, dice: &mut Dice) -> bool {
        let trouble = &self.troubles[fault];
        if trouble.by_users {
            return hash(self.scope_salt.wrapping_add(fault as u64), user as u64) < trouble.part;
        }
        dice.happens(trouble.part)
    }
}

impl Node {
    fn draw(s: &Scenario, dice: &mut Dice) -> Self {
        let speed = s.fleet.nodes.as_ref().map_or(1.0, |nodes| {
            let [low, high] = nodes.slow;
            let outlier = dice.happens(nodes.outliers);
            let slower = if outlier { low + (high - low) * dice.uniform() } else { 1.0 };
            math::exp(nodes.sd * dice.normal()) * slower
        });
        let sd = s.baseline.noise.as_ref().map_or(0.0, |noise| noise.node);
        let odds = math::exp(sd * dice.normal());
        Self { speed, odds }
    }
}

impl Trouble {
    fn draw(fault: &coalmine::fault::Fault, s: &Scenario, dice: &mut Dice) -> Self {
        let signature = fault.kind.signature([dice.uniform(), dice.uniform()], &s.fleet);
        let (part, by_users) = match &fault.scope {
            Scope::All => (1.0, false),
            Scope::Requests(law) => (dice.draw(law), false),
            Scope::Users(law) => (dice.draw(law), true),
        };
        let (after, clock) = match &fault.onset.after {
            Clock::Time(law) => (dice.draw(law), Counts::Seconds),
            Clock::Requests(law) => (dice.draw(law), Counts::Requests),
            Clock::TimeOfDay(at) => (*at, Counts::Day),
            Clock::Load(law) => (dice.draw(law), Counts::Load),
        };
        Self { signature, part, by_users, after, clock, ramp: fault.onset.ramp }
    }

    /// Whether it acts from the first request on.
    pub(super) fn acts_at_once(&self) -> bool {
        matches!(self.clock, Counts::Seconds | Counts::Requests) && self.after <= 0.0
    }

    /// Whether it harms requests whenever it acts.
    pub(super) fn hits(&self) -> bool {
        let Signature { errors, slow, factor, work, .. } = self.signature;
        let scoped = errors > 0.0 || slow > 0.0 && factor != 1.0;
        self.part > 0.0 && scoped || work != 1.0
    }
}

fn release(s: &Scenario, dice: &mut Dice) -> usize {
    let all: f64 = s.releases.iter().map(|release| release.weight).sum();
    let place = dice.uniform() * all;
    let mut sum = 0.0;
    let borders = s.releases.iter().map(|release| {
        sum += release.weight;
        sum
    });
    borders.filter(|border| *border <= place).count()
}

/// The value in a tick of an AR(1) path with steps of 16 ticks, drawn as far as it is needed.
fn value(
    path: &mut Vec<f64>,
    wander: &Wander,
    tick_length: Span,
    tick: usize,
    dice: &mut Dice,
) -> f64 {
    let length = tick_length.as_secs_f64() * STEP as f64;
    let keep = math::exp(-length / wander.correlation.as_secs_f64());
    while path.len() <= tick / STEP {
        let fresh = wander.sd * dice.normal();
        let next = match path.last() {
            None => fresh,
            Some(last) => keep * last + math::sqrt(1.0 - keep * keep) * fresh,
        };
        path.push(next);
    }
    path[tick / STEP]
}
