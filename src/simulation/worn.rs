//! What pods that faults have worn do with requests, one by one; kept while nothing about a pod
//! changes, because a day of pods that are killed and come back asks for it very often.

use chance::math;
use clockwork::Instant;

use super::expect::{Context, Duty, Effect};
use super::law::POINTS;
use super::state::{Cohort, Condition};
use super::tails::{Tails, ln_cold};
use crate::fault::Wear;
use crate::fleet::{overload, stretch};
use crate::traffic::STEP_BITS;

/// What a cohort does with requests.
#[derive(Clone, Copy, Debug)]
struct Deeds {
    /// The share of its requests that find no room.
    lost: f64,
    /// The shares of slow responses beyond each limit, added up over its pods.
    tails: Tails,
}

/// What the deeds of a cohort depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    to: u32,
    ready: Option<Instant>,
    end: Option<Instant>,
    /// What is used up, where nothing more is.
    used: u64,
    /// The step; the tick while it is cold.
    at: (u32, bool),
    busy: u64,
}

/// Deeds of a cohort at as many utilisations.
const WAYS: usize = 4;

/// The deeds of cohorts, by the ordinal of their first pod.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Vec<[Option<(Key, Deeds)>; WAYS]>);

impl Kept {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Context<'_> {
    /// The share of the requests that find a pod with room for them, and the shares of slow
    /// responses beyond each limit, of a version whose pods differ.
    pub(super) fn worn(&mut self, v: usize, duty: &Duty, effect: &Effect) -> (f64, Tails) {
        let state = self.state;
        let (serving, mut tails) = (state.serving[v], [0.0; POINTS]);
        if serving == 0 {
            return (0.0, tails);
        }
        self.world.draw_speeds(self.scenario, v, state.pods[v]);
        let plain = effect.work == 1.0 && effect.components.is_trivial();
        let shadow = overload(duty.shadow);
        let (mut served, mut from) = (0.0, 0);
        for cohort in &state.cohorts[v] {
            let first = std::mem::replace(&mut from, cohort.to);
            if cohort.condition == Condition::Down {
                continue;
            }
            let deeds = if plain {
                self.kept(v, (first, cohort), duty, effect)
            } else {
                self.deeds(v, (first, cohort), duty, effect)
            };
            if cohort.condition == Condition::Up {
                served += f64::from(cohort.to - first) * (1.0 - deeds.lost.max(shadow));
            }
            tails.iter_mut().zip(&deeds.tails).for_each(|(sum, tail)| *sum += tail);
        }
        let each = 1.0 / f64::from(serving);
        (served * each, tails.map(|sum| sum * each))
    }

    fn kept(
        &mut self,
        v: usize,
        (first, cohort): (u32, &Cohort),
        duty: &Duty,
        effect: &Effect,
    ) -> Deeds {
        let is_cold = cohort
            .ready
            .zip(self.slowest_cold())
            .is_some_and(|(ready, warm)| duty.middle < ready.since_start().as_secs_f64() + warm);
        let at = if is_cold { (duty.tick, true) } else { (duty.tick >> STEP_BITS, false) };
        let busy = duty.plain.to_bits();
        let Cohort { to, ready, end, .. } = *cohort;
        let used = if end.is_none() { cohort.used.to_bits() } else { 0 };
        let key = Key { to, ready, end, used, at, busy };
        let way = self.state.serving[v] as usize % WAYS;
        let known = self.world.kept[v].0.get(first as usize).and_then(|ways| ways[way]);
        if let Some((_, deeds)) = known.filter(|(of, _)| *of == key) {
            return deeds;
        }
        let deeds = self.deeds(v, (first, cohort), duty, effect);
        let kept = &mut self.world.kept[v].0;
        if kept.len() <= first as usize {
            kept.resize(self.state.pods[v].max(first + 1) as usize, [None; WAYS]);
        }
        kept[first as usize][way] = Some((key, deeds));
        deeds
    }

    /// Seconds after which every pod is warm.
    fn slowest_cold(&self) -> Option<f64> {
        let faults = self.world.severities().iter().filter_map(|fault| fault.signature.cold);
        let cold = self.scenario.fleet.cold.into_iter().chain(faults);
        cold.map(|cold| cold.warm_after()).reduce(f64::max)
    }

    fn deeds(
        &self,
        v: usize,
        (first, cohort): (u32, &Cohort),
        duty: &Duty,
        effect: &Effect,
    ) -> Deeds {
        let slowness = self.slowness(cohort, duty);
        let busy = duty.plain * effect.work;
        let u0 = self.scenario.fleet.utilisation;
        let fresh = self.scenario.fleet.cold;
        let cold = fresh.map_or(0.0, |cold| ln_cold(cold, duty.middle, cohort.ready));
        let ln = math::ln(stretch(busy * slowness, u0) * slowness) + cold;
        let parts = effect.components.list();
        let tails = self.tails_of_pods(v, first..cohort.to, parts, &self.limits.ln, ln);
        Deeds { lost: overload(busy * slowness), tails }
    }

    /// How many times as long a request takes on the pods of a cohort because of what their faults
    /// have done to them. What wears out grows by steps of 16 ticks.
    fn slowness(&self, cohort: &Cohort, duty: &Duty) -> f64 {
        let mut slowness = 1.0;
        for fault in self.world.severities() {
            if let Some(cold) = fault.signature.cold {
                let ready = cohort.ready.map_or(f64::NEG_INFINITY, seconds);
                let age = (duty.middle - ready).max(0.0);
                slowness *= cold.at(age);
            }
            if let Some(wear) = fault.signature.wear {
                slowness *= wear.slowdown(self.used(cohort, &wear, duty));
            }
        }
        slowness
    }
}

impl Context<'_> {
    /// What of a pod is used up in the middle of the part of the step in which it lives: told from
    /// its end, so that it is the same however often the regime has changed on the way.
    fn used(&self, cohort: &Cohort, wear: &Wear, duty: &Duty) -> f64 {
        let Some(end) = cohort.end.map(seconds) else { return cohort.used };
        let (begins, ends) = duty.step;
        let begins = cohort.ready.map_or(begins, |ready| begins.max(seconds(ready)));
        let middle = f64::midpoint(begins, ends.min(end).max(begins));
        let requests = duty.plain * self.scenario.fleet.per_pod;
        let rate = wear.per_second + wear.per_request * requests;
        (1.0 - rate * (end - middle)).clamp(0.0, 1.0)
    }
}

fn seconds(at: Instant) -> f64 {
    at.since_start().as_secs_f64()
}
