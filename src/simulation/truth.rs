//! What a release would do without any gate: the harm of a day with all traffic on it.

mod day;
mod worn;

use chance::math;

use self::day::{Day, HOURS, Responses};
use super::measures::Truth;
use super::world::World;
use crate::fault::{Clock, Fault, Signature};
use crate::fleet::{overload, stretch};
use crate::scenario::{FAULTS_MAX, Scenario};

const DAY: f64 = 86_400.0;
/// A growing fault is integrated over this many steps.
const RAMP_STEPS: u32 = 16;
/// A load is looked for in this many parts of a day.
const STEPS_OF_A_DAY: u32 = 288;

/// Expected harm in requests of 24 hours with all traffic on the new version from t = 0, all pods
/// warm, no gate and no people; and what that makes of the release.
///
/// Computed from the world without sampling: the load is that of its day, and what varies at
/// random about it, and from node to node, is averaged.
pub(super) fn of(scenario: &Scenario, world: &World) -> (f64, Truth) {
    let harm = if world.all_severities().iter().all(|fault| fault.signature.is_none()) {
        0.0
    } else {
        harm_of_a_day(scenario, world)
    };
    let requests = world.rate * DAY;
    let truth = if harm <= requests * scenario.truth.good.as_f64() {
        Truth::Good
    } else if harm >= requests * scenario.truth.bad.as_f64() {
        Truth::Bad
    } else {
        Truth::Negligible
    };
    (harm, truth)
}

fn harm_of_a_day(scenario: &Scenario, world: &World) -> f64 {
    let day = Day::of(scenario, world);
    let faults = &scenario.releases[world.release].faults;
    let severities = world.all_severities();
    let mut onsets = [DAY; FAULTS_MAX];
    for (onset, (fault, severity)) in onsets.iter_mut().zip(faults.iter().zip(severities)) {
        *onset = when(scenario, world, &day, &fault.onset.after, severity.after);
    }
    if severities.iter().any(|fault| fault.signature.crash >= 1.0) {
        // No pod ever becomes ready.
        return world.rate * DAY;
    }
    let mut borders = Borders::new();
    day.borders().for_each(|hour| borders.grow(hour, 0.0));
    for (onset, fault) in onsets.iter().zip(faults) {
        let ramp = fault.onset.ramp.as_secs_f64();
        borders.grow(*onset, ramp);
    }
    for severity in severities {
        if let Some(cold) = severity.signature.cold {
            borders.grow(0.0, cold.warm_after());
        }
    }
    let responses = Responses::of(scenario);
    let usual = world.rate / (f64::from(scenario.fleet.replicas) * scenario.fleet.per_pod);
    let mut harm = 0.0;
    for (from, to) in borders.pairs() {
        let middle = f64::midpoint(from, to);
        let effect = Effect::at(world, faults, &onsets, middle);
        let harms = |load: f64| effect.harms(scenario, &responses, load * usual);
        let load = day.hour(middle).1;
        harm += (to - from) * load * day.mean(load, harms);
    }
    if let Some((fault, wear)) = world.wear() {
        harm += worn::harm(scenario, world.rate, &day, &wear, onsets[fault].min(DAY));
    }
    world.rate * harm.min(DAY)
}

/// When a fault begins if all traffic is on the release from t = 0, seconds.
fn when(scenario: &Scenario, world: &World, day: &Day, clock: &Clock, after: f64) -> f64 {
    match clock {
        Clock::Time(_) => after,
        Clock::Requests(_) => day.when(after / world.rate),
        Clock::TimeOfDay(_) => (after - world.start).rem_euclid(DAY),
        Clock::Load(_) => {
            let shape = scenario.traffic.shape;
            let step = DAY / f64::from(STEPS_OF_A_DAY);
            let loads = (0..STEPS_OF_A_DAY).map(|index| f64::from(index) * step);
            let at = |from: f64| shape.mean_between(world.start + from, world.start + from + step);
            loads.into_iter().find(|from| at(*from) >= after).unwrap_or(DAY)
        }
    }
}

/// The most times at which anything changes.
const BORDERS: usize = 2 + HOURS + (FAULTS_MAX * 2) * (RAMP_STEPS as usize + 1);

/// Times between which nothing changes much.
struct Borders {
    at: [f64; BORDERS],
    len: usize,
}

impl Borders {
    fn new() -> Self {
        let mut at = [0.0; BORDERS];
        at[1] = DAY;
        Self { at, len: 2 }
    }

    /// Something changes from `from` on for so many seconds.
    fn grow(&mut self, from: f64, lasts: f64) {
        let steps = if lasts > 0.0 { RAMP_STEPS } else { 0 };
        for step in 0..=steps {
            self.at[self.len] = from + lasts * f64::from(step) / f64::from(steps.max(1));
            self.len += 1;
        }
    }

    fn pairs(&mut self) -> impl Iterator<Item = (f64, f64)> {
        let borders = &mut self.at[..self.len];
        borders.sort_unstable_by(f64::total_cmp);
        let pairs = borders.windows(2).map(|pair| (pair[0].min(DAY), pair[1].min(DAY)));
        pairs.filter(|(from, to)| from < to)
    }
}

/// What the faults do to requests at a time.
struct Effect {
    /// Share of the requests that the faults leave alive.
    fine: f64,
    /// How much of a pod a request uses up, as a multiple.
    work: f64,
    /// Shares of the requests, and the logarithms of how many times as long they take.
    parts: [(f64, f64); 1 << FAULTS_MAX],
    len: usize,
}

impl Effect {
    fn at(world: &World, faults: &[Fault], onsets: &[f64], now: f64) -> Self {
        let (mut fine, mut work) = (1.0, 1.0);
        let (mut parts, mut len) = ([(1.0, 0.0); 1 << FAULTS_MAX], 1);
        for (index, severity) in world.all_severities().iter().enumerate() {
            let age = now - onsets[index];
            let ramp = faults[index].onset.ramp.as_secs_f64();
            let force = if age < 0.0 {
                0.0
            } else if ramp > 0.0 {
                (age / ramp).min(1.0)
            } else {
                1.0
            };
            let Signature { errors, slow, factor, work: more, cold, .. } = severity.signature;
            if let Some(cold) = cold {
                let slower = cold.at(now);
                work *= slower;
                parts[..len].iter_mut().for_each(|part| part.1 += math::ln(slower));
            }
            work *= 1.0 + (more - 1.0) * force;
            fine *= 1.0 - errors * force;
            if slow == 0.0 || force == 0.0 {
                continue;
            }
            let factor = 1.0 + (factor - 1.0) * force;
            work *= 1.0 + slow * (factor - 1.0);
            for part in 0..len {
                let (weight, ln) = parts[part];
                parts[part].0 = weight * (1.0 - slow);
                parts[len + part] = (weight * slow, ln + math::ln(factor));
            }
            len *= 2;
        }
        Self { fine, work, parts, len }
    }

    /// The share of the requests that is harmed when pods are this busy without the faults.
    fn harms(&self, s: &Scenario, responses: &Responses, busy: f64) -> f64 {
        let u0 = s.fleet.utilisation;
        let alive = 1.0 - s.baseline.errors;
        let crowded = overload(busy * self.work).max(overload(busy));
        let healthy = alive * (1.0 - overload(busy));
        let served = alive * (1.0 - crowded) * self.fine;
        let is_quick = self.work == 1.0 && self.parts[..self.len] == [(1.0, 0.0)];
        if is_quick {
            return healthy - served;
        }
        let (calm, now) = (math::ln(stretch(busy, u0)), math::ln(stretch(busy * self.work, u0)));
        let late = |(share, slower): &(f64, f64)| share * responses.late(now + slower);
        let late: f64 = self.parts[..self.len].iter().map(late).sum();
        (healthy - served) + served * (late - responses.late(calm))
    }
}
