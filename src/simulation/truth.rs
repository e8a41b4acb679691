//! What a release would do without any gate: the harm of a day with all traffic on it.

use chance::{Continuous, math};

use clockwork::{Instant, Span};

use super::measures::Truth;
use super::world::World;
use crate::fault::{Clock, End, Fault, Signature, Wear};
use crate::fleet::{CrashLoop, overload, stretch};
use crate::scenario::{FAULTS_MAX, Scenario};

const DAY: f64 = 86_400.0;
/// A growing fault is integrated over this many steps.
const RAMP_STEPS: u32 = 16;
/// A load is looked for in this many parts of a day.
const STEPS_OF_A_DAY: u32 = 288;

/// Expected harm in requests of 24 hours with all traffic on the new version from t = 0, all pods
/// warm, no gate and no people; and what that makes of the release.
///
/// Computed from the world at the mean load of its day, without sampling and without noise.
pub(super) fn of(scenario: &Scenario, world: &World) -> (f64, Truth) {
    let harm = if world.all_severities().iter().all(|fault| fault.signature.is_none()) {
        0.0
    } else {
        day(scenario, world)
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

fn day(scenario: &Scenario, world: &World) -> f64 {
    let faults = &scenario.releases[world.release].faults;
    let severities = world.all_severities();
    let mut onsets = [DAY; FAULTS_MAX];
    for (onset, (fault, severity)) in onsets.iter_mut().zip(faults.iter().zip(severities)) {
        *onset = when(scenario, world, &fault.onset.after, severity.after);
    }
    if severities.iter().any(|fault| fault.signature.crash >= 1.0) {
        // No pod ever becomes ready.
        return world.rate * DAY;
    }
    let mut borders = Borders::new();
    for (onset, fault) in onsets.iter().zip(faults) {
        let ramp = fault.onset.ramp.as_secs_f64();
        borders.grow(*onset, ramp);
    }
    for severity in severities {
        if let Some(cold) = severity.signature.cold {
            borders.grow(0.0, cold.warm_after());
        }
    }
    let mut harm = 0.0;
    for (from, to) in borders.pairs() {
        let share = share(scenario, world, faults, &onsets, f64::midpoint(from, to));
        harm += share * (to - from) * world.rate;
    }
    let worn = world.wear().map_or(0.0, |(fault, wear)| {
        worn(scenario, world, &wear, onsets[fault].min(DAY)) * world.rate
    });
    (harm + worn).min(world.rate * DAY)
}

/// When a fault begins if all traffic is on the release from t = 0, seconds.
fn when(scenario: &Scenario, world: &World, clock: &Clock, after: f64) -> f64 {
    match clock {
        Clock::Time(_) => after,
        Clock::Requests(_) => after / world.rate,
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

/// Times between which nothing changes much.
struct Borders {
    at: [f64; 2 + (FAULTS_MAX * 2) * (RAMP_STEPS as usize + 1)],
    len: usize,
}

impl Borders {
    fn new() -> Self {
        let mut at = [0.0; 2 + (FAULTS_MAX * 2) * (RAMP_STEPS as usize + 1)];
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

/// Pods that all wear out together, from `onset` to the end of the day: the seconds of traffic
/// that fail or are too slow.
fn worn(s: &Scenario, world: &World, wear: &Wear, onset: f64) -> f64 {
    let each = world.rate / f64::from(s.fleet.replicas);
    let response = {
        let latency = s.baseline.latency;
        math::exp(latency.mu + latency.sigma * latency.sigma / 2.0)
    };
    let full = match wear.end {
        End::Killed => 1.0,
        End::Stalled { .. } => (1.0 - each * response / s.fleet.pool).max(0.0),
    };
    let rate = wear.per_second + wear.per_request * each;
    if rate <= 0.0 {
        return 0.0;
    }
    let lasts = full / rate;
    let slow = dragged(s, world, wear);
    let restart = s.fleet.restart.quantile(0.5);
    let (mut now, mut harm) = (onset, 0.0);
    let mut waits = CrashLoop::default();
    while now < DAY {
        let run = lasts.min(DAY - now);
        // Of a run that is cut short only its quick beginning counts.
        harm += if run < lasts { 0.0 } else { slow * lasts };
        let exit = now + lasts;
        if exit >= DAY {
            break;
        }
        let dead = match wear.end {
            End::Stalled { restart: None } => DAY - exit,
            End::Stalled { restart: Some(after) } => after.as_secs_f64(),
            End::Killed => 0.0,
        };
        let at = Instant::ZERO + Span::from_secs_f64(exit + dead);
        let up = waits.start_after(at).since_start().as_secs_f64() + restart;
        harm += (up - exit).min(DAY - exit);
        now = up.max(now + 1.0);
    }
    harm
}

/// The share of the responses of one run from fresh to used up that are too slow because of it.
fn dragged(s: &Scenario, world: &World, wear: &Wear) -> f64 {
    if wear.drag == 0.0 {
        return 0.0;
    }
    let load = world.rate / (f64::from(s.fleet.replicas) * s.fleet.per_pod);
    let limit = math::ln(s.slo.latency);
    let late = |slower: f64| {
        let stretch = stretch(load * slower, s.fleet.utilisation);
        let slow = s.baseline.latency.slower(limit, math::ln(stretch * slower));
        let lost = overload(load * slower);
        lost + (1.0 - lost) * slow
    };
    let steps = f64::from(RAMP_STEPS);
    let part = |step: u32| late(wear.slowdown((f64::from(step) + 0.5) / steps)) - late(1.0);
    (0..RAMP_STEPS).map(part).sum::<f64>() / steps
}

/// The share of requests that the faults harm at a time.
fn share(s: &Scenario, world: &World, faults: &[Fault], onsets: &[f64], now: f64) -> f64 {
    let mut fine = 1.0;
    let mut parts = [(1.0, 0.0); 1 << FAULTS_MAX];
    let (mut len, mut mean) = (1, 1.0);
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
        let Signature { errors, slow, factor, work, cold, .. } = severity.signature;
        if let Some(cold) = cold {
            let slower = cold.at(now);
            mean *= slower;
            parts[..len].iter_mut().for_each(|part| part.1 += math::ln(slower));
        }
        mean *= 1.0 + (work - 1.0) * force;
        fine *= 1.0 - errors * force;
        let factor = 1.0 + (factor - 1.0) * force;
        mean *= 1.0 + slow * (factor - 1.0);
        for part in 0..len {
            let (weight, ln) = parts[part];
            parts[part].0 = weight * (1.0 - slow);
            parts[len + part] = (weight * slow, ln + math::ln(factor));
        }
        len *= 2;
    }
    let load = world.rate / (f64::from(s.fleet.replicas) * s.fleet.per_pod);
    let (p0, ln) = (s.baseline.errors, math::ln(s.slo.latency));
    let late = |u: f64, parts: &[(f64, f64)]| -> f64 {
        let ln_stretch = math::ln(stretch(u, s.fleet.utilisation));
        parts
            .iter()
            .map(|(share, slower)| share * s.baseline.latency.slower(ln, ln_stretch + slower))
            .sum()
    };
    let healthy = (1.0 - p0) * (1.0 - overload(load));
    let served = (1.0 - p0) * (1.0 - overload(load * mean).max(overload(load))) * fine;
    let slowed = late(load * mean, &parts[..len]) - late(load, &[(1.0, 0.0)]);
    (healthy - served) + served * slowed
}
