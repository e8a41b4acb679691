//! What a release would do without any gate: the harm of a day with all traffic on it.

use chance::math;

use super::measures::Truth;
use super::world::World;
use crate::fault::{Clock, Fault, Signature};
use crate::fleet::{overload, stretch};
use crate::scenario::{FAULTS_MAX, Scenario};

const DAY: f64 = 86_400.0;
/// A growing fault is integrated over this many steps.
const RAMP_STEPS: u32 = 16;

/// Expected harm in requests of 24 hours with all traffic on the new version from t = 0, all pods
/// warm, no gate and no people; and what that makes of the release.
///
/// Computed from the world at the mean load of its day, without sampling and without noise.
pub(super) fn of(scenario: &Scenario, world: &World) -> (f64, Truth) {
    let harm = if world.severities().iter().all(|fault| fault.signature.is_none()) {
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
    let mut onsets = [DAY; FAULTS_MAX];
    for (onset, (fault, severity)) in onsets.iter_mut().zip(faults.iter().zip(world.severities())) {
        *onset = match fault.onset.after {
            Clock::Time(_) => severity.after,
            Clock::Requests(_) => severity.after / world.rate,
        };
    }
    let mut borders = [0.0; 2 + FAULTS_MAX * (RAMP_STEPS as usize + 1)];
    let mut len = 2;
    borders[1] = DAY;
    for (onset, fault) in onsets.iter().zip(faults) {
        let ramp = fault.onset.ramp.as_secs_f64();
        let steps = if ramp > 0.0 { RAMP_STEPS } else { 0 };
        for step in 0..=steps {
            borders[len] = onset + ramp * f64::from(step) / f64::from(steps.max(1));
            len += 1;
        }
    }
    let borders = &mut borders[..len];
    borders.sort_unstable_by(f64::total_cmp);
    let mut harm = 0.0;
    for pair in borders.windows(2) {
        let (from, to) = (pair[0].min(DAY), pair[1].min(DAY));
        if from < to {
            let share = share(scenario, world, faults, &onsets, f64::midpoint(from, to));
            harm += share * (to - from) * world.rate;
        }
    }
    harm
}

/// The share of requests that the faults harm at a time.
fn share(s: &Scenario, world: &World, faults: &[Fault], onsets: &[f64], now: f64) -> f64 {
    let mut fine = 1.0;
    let mut parts = [(1.0, 0.0); 1 << FAULTS_MAX];
    let (mut len, mut mean) = (1, 1.0);
    for (index, severity) in world.severities().iter().enumerate() {
        let age = now - onsets[index];
        let ramp = faults[index].onset.ramp.as_secs_f64();
        let force = if age < 0.0 {
            0.0
        } else if ramp > 0.0 {
            (age / ramp).min(1.0)
        } else {
            1.0
        };
        let Signature { errors, slow, factor } = severity.signature;
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
