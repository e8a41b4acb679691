//! What pods that faults have worn do with requests, one by one; kept while nothing about a pod
//! changes, because a day of pods that are killed and come back asks for it very often.

use chance::math;
use clockwork::Instant;

use super::expect::{Context, Duty, Effect};
use super::law::POINTS;
use super::levels::whole_from;
use super::state::{Cohort, Condition};
use super::tails::Tails;
use crate::fault::Wear;
use crate::fleet::{overload, stretch};
use crate::strategy::NEW;

/// What a cohort does with requests.
#[derive(Clone, Copy, Debug)]
struct Deeds<'a> {
    /// The share of its requests that find no room.
    lost: f64,
    /// The shares of slow responses beyond each limit, added up over its pods.
    tails: &'a [f64],
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

fn is_in(tick: u32, (first, ticks): Block) -> bool {
    tick >= first && tick - first < ticks
}

/// What all pods do together.
struct All {
    /// The share of requests that would find no room if no fault existed.
    shadow: f64,
    /// Pods that answer.
    served: f64,
    tails: Tails,
}

impl All {
    /// More pods; whoever is slow answers less as well: those who answer are not all alike.
    fn add(&mut self, pods: u32, deeds: Deeds<'_>) {
        let answers = 1.0 - deeds.lost.max(self.shadow);
        self.served += f64::from(pods) * answers;
        self.tails.iter_mut().zip(deeds.tails).for_each(|(sum, tail)| *sum += tail * answers);
    }
}

/// Deeds of a cohort at as many utilisations.
const WAYS: usize = 4;

/// The deeds of cohorts, by the ordinal of their first pod.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// For what they hold, and the share of requests that find no room.
    known: Vec<Option<(Key, Block, f64)>>,
    /// The tails of each, as many as there are limits.
    tails: Vec<f64>,
}

impl Kept {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.tails.clear();
    }

    /// Makes room for pods, whose tails are told beyond so many limits.
    fn make_room(&mut self, pods: u32, limits: usize) {
        let places = pods as usize * WAYS;
        if self.known.len() < places {
            self.known.resize(places, None);
            self.tails.resize(places * limits, 0.0);
        }
    }
}

impl Context<'_> {
    /// The share of the requests that find a pod with room for them, and the shares of slow
    /// responses beyond each limit among those that are answered, of a version whose pods differ.
    pub(super) fn worn(&mut self, v: usize, duty: &Duty, effect: &Effect) -> (f64, Tails) {
        let state = self.state;
        let serving = state.serving[v];
        if serving == 0 {
            return (0.0, [0.0; POINTS]);
        }
        self.world.draw_speeds(self.scenario, v, state.pods[v]);
        let mut all = All { shadow: overload(duty.shadow), served: 0.0, tails: [0.0; POINTS] };
        let rate = self.world.wear().map(|(_, wear)| self.wears_by(&wear, duty.plain));
        let is_plain = effect.work == 1.0 && effect.components.is_trivial();
        let limits = self.limits.ln.len();
        let mut kept = is_plain.then(|| std::mem::take(&mut self.world.kept[v]));
        if let Some(kept) = &mut kept {
            kept.make_room(state.pods[v], limits);
        }
        let way = serving as usize % WAYS;
        let (mut until, mut from) = (u32::MAX, 0);
        for cohort in &state.cohorts[v] {
            let pods = std::mem::replace(&mut from, cohort.to)..cohort.to;
            if cohort.condition != Condition::Up {
                continue;
            }
            let count = pods.end - pods.start;
            let Some(kept) = &mut kept else {
                let (level, _) = self.block(cohort, rate, duty.tick);
                let mut tails = [0.0; POINTS];
                let tails = &mut tails[..limits];
                let lost = self.deeds(v, pods, cohort, level, (duty, effect), tails);
                all.add(count, Deeds { lost, tails });
                continue;
            };
            let place = pods.start as usize * WAYS + way;
            let tails = &mut kept.tails[place * limits..(place + 1) * limits];
            let key = Key::of(cohort, duty.plain);
            let (_, block, lost) = match &mut kept.known[place] {
                Some(known) if known.0 == key && is_in(duty.tick, known.1) => known,
                unknown => {
                    let (level, block) = self.block(cohort, rate, duty.tick);
                    let length = self.scenario.tick.as_secs_f64();
                    let middle = length * (f64::from(block.0) + f64::from(block.1) / 2.0);
                    let duty = Duty { middle, ..*duty };
                    let lost = self.deeds(v, pods, cohort, level, (&duty, effect), tails);
                    unknown.insert((key, block, lost))
                }
            };
            all.add(count, Deeds { lost: *lost, tails });
            until = until.min(block.0 + block.1);
        }
        if let Some(kept) = kept {
            self.world.kept[v] = kept;
            self.world.alike_until = Some(until);
        }
        let All { served, mut tails, .. } = all;
        if served > 0.0 {
            tails[..limits].iter_mut().for_each(|sum| *sum /= served);
        }
        (served / f64::from(serving), tails)
    }

    /// The first tick after `tick`, of which has just been told what is expected, at which a pod
    /// that wears out does so noticeably; nothing where none does.
    pub(super) fn wears_until(&mut self, tick: u32) -> Option<u32> {
        let (fault, wear) = self.world.wear()?;
        let state = self.state;
        if state.began[fault].is_none() || state.pods[NEW] == 0 {
            return None;
        }
        let bits = self.world.alike_bits;
        let mut until = ((tick >> bits) + 1) << bits;
        if let Some(known) = self.world.alike_until {
            return Some(until.min(known));
        }
        let serving = f64::from(state.serving[NEW].max(1));
        let busy = self.load(tick) * state.share / (serving * self.scenario.fleet.per_pod);
        let rate = self.wears_by(&wear, busy);
        for cohort in &state.cohorts[NEW] {
            if cohort.condition == Condition::Up {
                let (begins, ticks) = self.block(cohort, Some(rate), tick).1;
                until = until.min(begins + ticks);
            }
        }
        Some(until)
    }

    /// What a pod that is so busy uses up per tick.
    fn wears_by(&self, wear: &Wear, busy: f64) -> f64 {
        let requests = busy * self.scenario.fleet.per_pod;
        (wear.per_second + wear.per_request * requests) * self.scenario.tick.as_secs_f64()
    }

    /// How worn a cohort is in a tick, and the ticks around it that count as alike: as many as
    /// nothing else changes in, but no more than those in which it is as worn; while it warms
    /// every tick is told alone. What is used up is told from its end, so that it is the same
    /// however often the regime has changed on the way; it loses `rate` per tick, where anything
    /// wears it out.
    fn block(&self, cohort: &Cohort, rate: Option<f64>, tick: u32) -> (usize, Block) {
        let length = self.scenario.tick.as_secs_f64();
        let bits = self.world.alike_bits;
        let (first, over) = (tick >> bits << bits, ((tick >> bits) + 1) << bits);
        let warm = cohort.ready.map_or(0.0, |ready| seconds(ready) + self.world.warm_after);
        let warm = whole_from(warm / length);
        let (first, over) = if tick < warm { (tick, tick + 1) } else { (first.max(warm), over) };
        let levels = &self.world.levels;
        match (rate, cohort.end) {
            (None, _) => (0, (first, over - first)),
            (Some(_), None) => (levels.at(cohort.used), (first, over - first)),
            (Some(rate), Some(end)) => {
                let (level, from, to) = levels.around(tick, seconds(end) / length, rate);
                let from = from.max(first);
                (level, (from, to.min(over) - from))
            }
        }
    }

    /// What a cohort does, which is worn so far: the share of requests that find no room, and the
    /// shares of slow responses into `tails`.
    fn deeds(
        &self,
        v: usize,
        pods: std::ops::Range<u32>,
        cohort: &Cohort,
        level: usize,
        (duty, effect): (&Duty, &Effect),
        tails: &mut [f64],
    ) -> f64 {
        let slowness = self.world.levels.slow(level) * self.coldness(cohort, duty.middle);
        let busy = duty.plain * effect.work;
        let u0 = self.scenario.fleet.utilisation;
        let fresh = self.scenario.fleet.cold;
        let cold = fresh.map_or(0.0, |cold| self.world.ln_cold(cold, duty.middle, cohort.ready));
        let ln = math::ln(stretch(busy * slowness, u0) * slowness) + cold;
        let parts = effect.components.list();
        self.tails_of_pods(v, pods, parts, ln, tails);
        overload(busy * slowness)
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
