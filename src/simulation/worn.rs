//! What pods that faults have worn do with requests, one by one; kept while nothing about a pod
//! changes, because a day of pods that are killed and come back asks for it very often.

use chance::math;
use clockwork::Instant;

use super::expect::{Context, Duty, Effect};
use super::law::POINTS;
use super::state::{Cohort, Condition};
use super::tails::Tails;
use crate::fault::Wear;
use crate::fleet::{overload, stretch};
use crate::strategy::NEW;

/// While a fresh pod becomes quicker by less than this, its ticks count as alike.
const ALIKE: f64 = 1.1;

/// What a cohort does with requests.
#[derive(Clone, Copy, Debug)]
struct Deeds {
    /// The share of its requests that find no room.
    lost: f64,
    /// The shares of slow responses beyond each limit, added up over its pods.
    tails: Tails,
}

/// What the deeds of a cohort depend on, and in which ticks they are the same.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    to: u32,
    ready: Option<Instant>,
    end: Option<Instant>,
    /// What is used up, where nothing more is.
    used: u64,
    busy: u64,
}

impl Key {
    fn of(cohort: &Cohort, busy: f64) -> Self {
        let Cohort { to, ready, end, used, .. } = *cohort;
        let used = if end.is_none() { used.to_bits() } else { 0 };
        Self { to, ready, end, used, busy: busy.to_bits() }
    }
}

/// Ticks that count as alike: the first, and how many.
type Block = (u32, u32);

/// Deeds of a cohort at as many utilisations.
const WAYS: usize = 4;

/// The deeds of cohorts, by the ordinal of their first pod.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Vec<[Option<(Key, Block, Deeds)>; WAYS]>);

impl Kept {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What is known of a cohort in a tick.
    fn known(&self, (first, way): (u32, usize), key: &Key, tick: u32) -> Option<(Block, Deeds)> {
        let (of, block, deeds) = self.0.get(first as usize)?[way]?;
        let holds = of == *key && tick >= block.0 && tick - block.0 < block.1;
        holds.then_some((block, deeds))
    }

    fn keep(&mut self, (first, way): (u32, usize), what: (Key, Block, Deeds)) {
        let needed = first as usize + 1;
        if self.0.len() < needed {
            self.0.resize(needed, [None; WAYS]);
        }
        self.0[first as usize][way] = Some(what);
    }
}

impl Context<'_> {
    /// The share of the requests that find a pod with room for them, and the shares of slow
    /// responses beyond each limit among those that are answered, of a version whose pods differ.
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
            if cohort.condition != Condition::Up {
                continue;
            }
            let deeds = if plain {
                self.kept(v, (first, cohort), duty, effect)
            } else {
                let rate = self.world.wear().map(|(_, wear)| self.wears_by(&wear, duty.plain));
                let level = self.block(cohort, rate, duty.tick).0;
                self.deeds(v, (first, cohort), level, duty, effect)
            };
            // Whoever is slow answers less as well: those who answer are not all alike.
            let answers = 1.0 - deeds.lost.max(shadow);
            served += f64::from(cohort.to - first) * answers;
            tails.iter_mut().zip(&deeds.tails).for_each(|(sum, tail)| *sum += tail * answers);
        }
        if served > 0.0 {
            tails = tails.map(|sum| sum / served);
        }
        (served / f64::from(serving), tails)
    }

    /// The first tick after `tick` at which a pod that wears out does so noticeably; nothing where
    /// none does.
    pub(super) fn wears_until(&mut self, tick: u32) -> Option<u32> {
        let (fault, wear) = self.world.wear()?;
        let state = self.state;
        if state.began[fault].is_none() || state.pods[NEW] == 0 {
            return None;
        }
        let serving = f64::from(state.serving[NEW].max(1));
        let per_pod = self.scenario.fleet.per_pod;
        let busy = self.load(tick) * state.share / (serving * per_pod);
        let rate = self.wears_by(&wear, busy);
        let (bits, way) = (self.world.alike_bits, self.way(NEW));
        let (mut until, mut from) = (((tick >> bits) + 1) << bits, 0);
        for cohort in &state.cohorts[NEW] {
            let first = std::mem::replace(&mut from, cohort.to);
            if cohort.condition == Condition::Up {
                let known = self.world.kept[NEW].known((first, way), &Key::of(cohort, busy), tick);
                let (begins, ticks) = known
                    .map_or_else(|| self.block(cohort, Some(rate), tick).1, |(block, _)| block);
                until = until.min(begins + ticks);
            }
        }
        Some(until)
    }

    /// Where the deeds of cohorts are kept at the present utilisation.
    fn way(&self, v: usize) -> usize {
        self.state.serving[v] as usize % WAYS
    }

    /// What a pod that is so busy uses up per tick.
    fn wears_by(&self, wear: &Wear, busy: f64) -> f64 {
        let requests = busy * self.scenario.fleet.per_pod;
        (wear.per_second + wear.per_request * requests) * self.scenario.tick.as_secs_f64()
    }

    /// How worn a cohort is in a tick, and the ticks around it that count as alike: as many as
    /// nothing else changes in, but no more than those in which it is as worn and as warm. What is
    /// used up is told from its end, so that it is the same however often the regime has changed
    /// on the way; it loses `rate` per tick, where anything wears it out.
    fn block(&self, cohort: &Cohort, rate: Option<f64>, tick: u32) -> (usize, Block) {
        let length = self.scenario.tick.as_secs_f64();
        let around = |bits: u32| (tick >> bits << bits, 1 << bits);
        let mut bits = self.world.alike_bits;
        loop {
            let (first, ticks) = around(bits);
            let [from, to] = [first, first + ticks].map(|tick| length * f64::from(tick));
            if bits == 0 || !self.warms(cohort, from, to) {
                break;
            }
            bits -= 1;
        }
        let (first, ticks) = around(bits);
        let levels = &self.world.levels;
        match (rate, cohort.end) {
            (None, _) => (0, (first, ticks)),
            (Some(_), None) => (levels.at(cohort.used), (first, ticks)),
            (Some(rate), Some(end)) => {
                let (level, from, to) = levels.around(tick, seconds(end) / length, rate);
                let from = from.max(first);
                (level, (from, to.min(first + ticks) - from))
            }
        }
    }

    /// Whether a pod warms noticeably between two times.
    fn warms(&self, cohort: &Cohort, from: f64, to: f64) -> bool {
        let Some(ready) = cohort.ready.map(seconds) else { return false };
        if from >= ready + self.world.warm_after {
            return false;
        }
        let fault = self.world.severities().iter().filter_map(|fault| fault.signature.cold);
        let all = || self.scenario.fleet.cold.into_iter().chain(fault.clone());
        let coldness = |at: f64| -> f64 { all().map(|it| it.at((at - ready).max(0.0))).product() };
        coldness(from) > coldness(to) * ALIKE
    }

    fn kept(
        &mut self,
        v: usize,
        (first, cohort): (u32, &Cohort),
        duty: &Duty,
        effect: &Effect,
    ) -> Deeds {
        let (place, key) = ((first, self.way(v)), Key::of(cohort, duty.plain));
        if let Some((_, deeds)) = self.world.kept[v].known(place, &key, duty.tick) {
            return deeds;
        }
        let rate = self.world.wear().map(|(_, wear)| self.wears_by(&wear, duty.plain));
        let (level, block) = self.block(cohort, rate, duty.tick);
        let length = self.scenario.tick.as_secs_f64();
        let middle = length * (f64::from(block.0) + f64::from(block.1) / 2.0);
        let deeds = self.deeds(v, (first, cohort), level, &Duty { middle, ..*duty }, effect);
        self.world.kept[v].keep(place, (key, block, deeds));
        deeds
    }

    /// What a cohort does, which is worn so far.
    fn deeds(
        &self,
        v: usize,
        (first, cohort): (u32, &Cohort),
        level: usize,
        duty: &Duty,
        effect: &Effect,
    ) -> Deeds {
        let slowness = self.world.levels.slow(level) * self.coldness(cohort, duty.middle);
        let busy = duty.plain * effect.work;
        let u0 = self.scenario.fleet.utilisation;
        let fresh = self.scenario.fleet.cold;
        let cold = fresh.map_or(0.0, |cold| self.world.ln_cold(cold, duty.middle, cohort.ready));
        let ln = math::ln(stretch(busy * slowness, u0) * slowness) + cold;
        let parts = effect.components.list();
        let tails = self.tails_of_pods(v, first..cohort.to, parts, &self.limits.ln, ln);
        Deeds { lost: overload(busy * slowness), tails }
    }

    /// How many times as long a request takes on the pods of a cohort because their faults make
    /// fresh ones slow.
    fn coldness(&self, cohort: &Cohort, at: f64) -> f64 {
        let ready = cohort.ready.map_or(f64::NEG_INFINITY, seconds);
        let fault = self.world.severities().iter().filter_map(|fault| fault.signature.cold);
        fault.map(|cold| cold.at((at - ready).max(0.0))).product()
    }
}

fn seconds(at: Instant) -> f64 {
    at.since_start().as_secs_f64()
}
