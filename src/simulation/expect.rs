//! From the state of a rollout to expected counts: the cells of both versions in a tick.
//!
//! Three states of the same traffic are held against each other: the old fleet *at rest*, the
//! *shadow* in which every order was carried out and no fault exists, and what is *actual*. The
//! step from rest to shadow is the strategy's own doing, the step from shadow to actual the
//! release's.

use chance::math;
use clockwork::Instant;

use super::components::{Component, Components};
use super::law::{BASELINE, DEFECT, Expected, FAST, Limits, MIDDLE, POINTS, ROLLOUT, SLOW, stream};
use super::state::{Cohort, Condition, State};
use super::tails::{Tails, View, ln_cold};
use super::world::World;
use crate::fault::Signature;
use crate::fleet::{overload, stretch};
use crate::planted::{self, Bug};
use crate::scenario::Scenario;
use crate::strategy::{NEW, OLD};
use crate::traffic::STEP_BITS;

/// Everything the expectation depends on.
pub(super) struct Context<'a> {
    /// The scenario.
    pub(super) scenario: &'a Scenario,
    /// Its limits.
    pub(super) limits: &'a Limits,
    /// The world.
    pub(super) world: &'a mut World,
    /// The state of the rollout.
    pub(super) state: &'a State,
}

/// What a version has to do in a tick.
#[derive(Clone, Copy)]
struct Duty {
    /// Requests of the tick.
    requests: f64,
    /// Utilisation of the old fleet at rest.
    rest: f64,
    /// Utilisation if no fault existed.
    shadow: f64,
    /// Utilisation of a pod whose requests take as long as the baseline's.
    plain: f64,
    /// The middle of the tick, seconds.
    middle: f64,
    /// When the ticks begin and end that it stands for, seconds.
    piece: (f64, f64),
    /// The tick.
    tick: u32,
}

/// All requests, as they are.
const ALL: &[Component] = &[(1.0, 0.0)];

/// What the faults do to the requests of a version in a tick.
struct Effect {
    /// Share of the requests that fail.
    errors: f64,
    /// How much of a pod a request uses up, as a multiple.
    work: f64,
    /// How long requests take.
    components: Components,
    /// Whether it differs between pods.
    uneven: bool,
    /// Share of the requests that find a pod with room for them.
    served: f64,
}

impl Effect {
    fn none() -> Self {
        Self {
            errors: 0.0,
            work: 1.0,
            components: Components::trivial(),
            uneven: false,
            served: 1.0,
        }
    }

    /// Whether responses are slower or faster because of it.
    fn is_felt(&self) -> bool {
        self.uneven || self.work != 1.0 || !self.components.is_trivial()
    }
}

impl Context<'_> {
    /// The expected counts of tick `tick`, which stands for all ticks before `until`.
    pub(super) fn expect(&mut self, tick: u32, until: u32) -> Expected {
        let mut expected = Expected::NONE;
        let s = self.scenario;
        let load = if s.traffic.is_steady() {
            self.world.rate
        } else {
            self.world.rate * self.world.load(s, tick >> STEP_BITS)
        };
        let begins = s.tick.as_secs_f64() * f64::from(tick);
        let middle = begins + s.tick.as_secs_f64() / 2.0;
        let piece = (begins, s.tick.as_secs_f64() * f64::from(until));
        let (share, due) = self.shares(middle);
        let rest = if planted::is(Bug::TrafficIsMirrored) { 1.0 } else { 1.0 - share };
        for (v, share, due) in [(OLD, rest, 1.0 - due), (NEW, share, due)] {
            if share > 0.0 {
                let requests = load * share * s.tick.as_secs_f64();
                let busy = |share: f64, pods: u32| {
                    if share <= 0.0 {
                        0.0
                    } else {
                        load * share / (f64::from(pods) * s.fleet.per_pod)
                    }
                };
                let rest = busy(1.0, s.fleet.replicas);
                let shadow = busy(due, self.state.pods[v]);
                let plain = busy(share, self.state.serving[v]);
                let duty = Duty { requests, rest, shadow, plain, middle, piece, tick };
                self.version(v, &duty, &mut expected);
            }
        }
        expected
    }

    /// The share of the traffic on the new version, as it is and as it would be without faults.
    fn shares(&self, middle: f64) -> (f64, f64) {
        let State { share, due, sessions, .. } = *self.state;
        if sessions.is_none() {
            return (share, due);
        }
        let share = self.state.share_after(middle);
        (share, share)
    }

    fn version(&mut self, v: usize, duty: &Duty, into: &mut Expected) {
        let s = self.scenario;
        let p0 = self.world.baseline_errors(s, v, self.state.pods[v], duty.tick >> STEP_BITS);
        let p0 = (p0 * self.state.arm_errors[v]).min(1.0);
        let mut effect = self.effect(v, duty.tick);
        let (at_rest, shadow) = (overload(duty.rest), overload(duty.shadow));
        effect.served = self.served(v, duty, &effect, shadow);
        let survive =
            [1.0 - at_rest.min(shadow), 1.0 - shadow, effect.served * (1.0 - effect.errors)];
        let alive = duty.requests * (1.0 - p0);
        into.rate[stream(v, BASELINE)] = duty.requests - alive * survive[0];
        into.rate[stream(v, ROLLOUT)] = alive * (survive[0] - survive[1]);
        into.rate[stream(v, DEFECT)] = alive * (survive[1] - survive[2]).max(0.0);
        let ok = alive * survive[2].min(survive[1]);
        self.classes(v, duty, &effect, ok, into);
    }

    /// The share of the requests that find a pod with room for them.
    fn served(&self, v: usize, duty: &Duty, effect: &Effect, shadow: f64) -> f64 {
        let serving = self.state.serving[v];
        if serving == 0 {
            return 0.0;
        }
        if !effect.uneven {
            return 1.0 - overload(duty.plain * effect.work).max(shadow);
        }
        let (mut served, mut from) = (0.0, 0);
        for cohort in &self.state.cohorts[v] {
            let count = f64::from(cohort.to - std::mem::replace(&mut from, cohort.to));
            if cohort.condition == Condition::Up {
                let busy = duty.plain * effect.work * self.slowness(cohort, duty);
                served += count * (1.0 - overload(busy).max(shadow));
            }
        }
        served / f64::from(serving)
    }

    /// Successes by how fast they are, and what of it is whose doing.
    fn classes(&mut self, v: usize, duty: &Duty, effect: &Effect, ok: f64, into: &mut Expected) {
        let (limits, middle) = (self.limits, duty.middle);
        let read = v == NEW || limits.reads_old;
        let hit = v == NEW && effect.is_felt() || duty.plain != duty.shadow;
        let strained = self.is_strained(v, duty);
        if ok == 0.0 || !(read || hit || strained) {
            // Nobody asks how fast these were: they are not told apart.
            into.rate[stream(v, FAST)] = ok;
            return;
        }
        self.world.draw_speeds(self.scenario, v, self.state.pods[v]);
        let u0 = self.scenario.fleet.utilisation;
        let late = limits.objective;
        let objective = &limits.ln[late..=late];
        let healthy = (hit || strained).then(|| {
            let ln = math::ln(stretch(duty.shadow, u0));
            self.tails(v, (View::Healthy, middle), ALL, objective, |_| (ln, 1.0))[0]
        });
        if let Some(healthy) = healthy.filter(|_| strained) {
            let (ln, base) = (math::ln(stretch(duty.rest, u0)), math::ln(stretch(duty.shadow, u0)));
            let calm = self.tails(v, (View::Rest, middle), ALL, objective, |_| (ln, 1.0))[0];
            into.note.dip[v] = ok * (healthy - calm);
            // Fresh pods may be slower than at rest while those beside them are faster.
            let fresh = |cohort: &Cohort| base + self.ln_fresh(cohort.born, middle);
            let cohorts = &self.state.cohorts[v];
            into.note.slower[v] = if cohorts.iter().all(|cohort| fresh(cohort) >= ln) {
                into.note.dip[v]
            } else if cohorts.iter().any(|cohort| fresh(cohort) > ln) {
                let only = |ln_of: &dyn Fn(&Cohort) -> f64, view| {
                    let answers = |cohort: &Cohort| (ln_of(cohort), f64::from(fresh(cohort) > ln));
                    self.tails(v, (view, middle), ALL, objective, answers)[0]
                };
                ok * (only(&|_| base, View::Healthy) - only(&|_| ln, View::Rest))
            } else {
                0.0
            };
        }
        let slower = if read || hit { self.slower(v, duty, effect) } else { [0.0; POINTS] };
        if let Some(healthy) = healthy.filter(|_| hit) {
            into.note.harm[v] = ok * (slower[late] - healthy);
        }
        if !read {
            into.rate[stream(v, FAST)] = ok;
            return;
        }
        into.rate[stream(v, FAST)] = ok * (1.0 - slower[0]);
        into.rate[stream(v, MIDDLE)] = ok * (slower[0] - slower[1]);
        into.rate[stream(v, SLOW)] = ok * slower[1];
        for (gate, place) in limits.gates.iter().enumerate() {
            let above = match limits.class(gate) {
                FAST => slower[0],
                MIDDLE => slower[1],
                _ => 0.0,
            };
            into.note.beyond[v][gate] = ok * (slower[*place] - above);
        }
    }

    /// The shares of responses beyond each limit as they are.
    fn slower(&self, v: usize, duty: &Duty, effect: &Effect) -> Tails {
        let u0 = self.scenario.fleet.utilisation;
        let busy = duty.plain * effect.work;
        let parts = effect.components.list();
        let view = (View::Actual, duty.middle);
        if effect.uneven {
            // Whoever is slow answers less as well: those who answer are not all alike.
            let shadow = overload(duty.shadow);
            let answers = |cohort: &Cohort| {
                let slowness = self.slowness(cohort, duty);
                let busy = busy * slowness;
                let served = match cohort.condition {
                    Condition::Up => 1.0 - overload(busy).max(shadow),
                    Condition::Stalled | Condition::Down => 0.0,
                };
                (math::ln(stretch(busy, u0) * slowness), served / effect.served)
            };
            return self.tails(v, view, parts, &self.limits.ln, answers);
        }
        let ln = math::ln(stretch(busy, u0));
        self.tails(v, view, parts, &self.limits.ln, |_| (ln, 1.0))
    }

    /// The logarithm of how many times as long a pod takes because it is fresh.
    fn ln_fresh(&self, born: Option<Instant>, middle: f64) -> f64 {
        self.scenario.fleet.cold.map_or(0.0, |cold| ln_cold(cold, middle, born))
    }

    /// Whether the strategy itself makes responses of this version slower or faster.
    fn is_strained(&self, v: usize, duty: &Duty) -> bool {
        let cold = self.scenario.fleet.cold;
        let fresh = |cohort: &Cohort| {
            let born = cohort.born.map(seconds);
            born.zip(cold).is_some_and(|(born, cold)| duty.middle < born + cold.warm_after())
        };
        duty.shadow != duty.rest || self.state.cohorts[v].iter().any(fresh)
    }

    /// How many times as long a request takes on the pods of a cohort because of what their faults
    /// have done to them.
    fn slowness(&self, cohort: &Cohort, duty: &Duty) -> f64 {
        let mut slowness = 1.0;
        for fault in self.world.severities() {
            if let Some(cold) = fault.signature.cold {
                let ready = cohort.ready.map_or(f64::NEG_INFINITY, seconds);
                let age = (duty.middle - ready).max(0.0);
                slowness *= cold.at(age);
            }
            if let Some(wear) = fault.signature.wear {
                let (begins, ends) = duty.piece;
                let ends = cohort.end.map_or(ends, |end| ends.min(seconds(end)).max(begins));
                slowness *= wear.slowdown(cohort.used_at(f64::midpoint(begins, ends)));
            }
        }
        slowness
    }

    /// What the faults of the release do to the requests of a version in a tick.
    fn effect(&self, version: usize, tick: u32) -> Effect {
        let mut effect = Effect::none();
        if version == OLD {
            return effect;
        }
        let faults = &self.scenario.releases[self.world.release].faults;
        let mut fine = 1.0;
        for (index, severity) in self.world.severities().iter().enumerate() {
            let signature = &severity.signature;
            effect.uneven |= signature.wear.is_some() || signature.cold.is_some();
            let Some(began) = self.state.began[index] else { continue };
            let force = self.force(began, faults[index].onset.ramp, tick);
            let Signature { errors, slow, factor, work, .. } = *signature;
            fine *= 1.0 - errors * force;
            effect.work *= 1.0 + (work - 1.0) * force;
            if slow > 0.0 {
                effect.components.slow_down(slow, 1.0 + (factor - 1.0) * force);
            }
        }
        effect.errors = 1.0 - fine;
        effect.work *= effect.components.mean;
        effect
    }

    /// How far a fault has grown in the middle of a tick, or of the step when it grows slowly.
    fn force(&self, began: Instant, ramp: clockwork::Span, tick: u32) -> f64 {
        if ramp.is_zero() {
            return 1.0;
        }
        let length = self.scenario.tick.as_secs_f64();
        let middle = if grows_by_step(self.scenario, ramp) {
            f64::from(tick >> STEP_BITS << STEP_BITS) + f64::from(1_u32 << STEP_BITS) / 2.0
        } else {
            f64::from(tick) + 0.5
        };
        let age = middle * length - began.since_start().as_secs_f64();
        (age / ramp.as_secs_f64()).clamp(0.0, 1.0)
    }
}

/// Whether a ramp is so long that it grows by steps of 16 ticks instead of ticks.
pub(super) fn grows_by_step(scenario: &Scenario, ramp: clockwork::Span) -> bool {
    ramp > scenario.tick * 256
}

fn seconds(at: Instant) -> f64 {
    at.since_start().as_secs_f64()
}
