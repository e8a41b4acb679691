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
use super::tails::{Tails, View};
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
pub(super) struct Duty {
    /// Requests of the tick.
    pub(super) requests: f64,
    /// Utilisation of the old fleet at rest.
    pub(super) rest: f64,
    /// Utilisation if no fault existed.
    pub(super) shadow: f64,
    /// Utilisation of a pod whose requests take as long as the baseline's.
    pub(super) plain: f64,
    /// The middle of the tick, seconds.
    pub(super) middle: f64,
    /// The tick.
    pub(super) tick: u32,
}

/// A number of pods and their utilisation, then the logarithm of the multiple of their response
/// time and a share.
pub(super) type Rest = ((u32, u64), (f64, f64));

/// All requests, as they are.
const ALL: &[Component] = &[(1.0, 0.0)];

/// What the faults do to the requests of a version in a tick.
pub(super) struct Effect {
    /// Share of the requests that fail.
    pub(super) errors: f64,
    /// How much of a pod a request uses up, as a multiple.
    pub(super) work: f64,
    /// How long requests take.
    pub(super) components: Components,
    /// Whether it differs between pods.
    pub(super) uneven: bool,
}

/// What faults do that there are none of.
static NOTHING: Effect = Effect::NONE;

impl Effect {
    /// None at all.
    const NONE: Self =
        Self { errors: 0.0, work: 1.0, components: Components::TRIVIAL, uneven: false };

    /// Whether responses are slower or faster because of it.
    fn is_felt(&self) -> bool {
        self.uneven || self.work != 1.0 || !self.components.is_trivial()
    }
}

impl Context<'_> {
    /// The expected counts of tick `tick`.
    pub(super) fn expect(&mut self, tick: u32, expected: &mut Expected) {
        *expected = Expected::NONE;
        self.world.alike_until = None;
        let s = self.scenario;
        let load = self.load(tick);
        let length = s.tick.as_secs_f64();
        let middle = length * (f64::from(tick) + 0.5);
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
                let duty = Duty { requests, rest, shadow, plain, middle, tick };
                self.version(v, &duty, expected);
            }
        }
    }

    /// What is asked of a pod of a version in a tick, as a multiple of what it can do, with the
    /// work that faults make.
    pub(super) fn demand(&mut self, v: usize, tick: u32) -> f64 {
        let share = [1.0 - self.state.share, self.state.share][v];
        let capacity = f64::from(self.state.serving[v].max(1)) * self.scenario.fleet.per_pod;
        self.load(tick) * share / capacity * self.effect(v, tick).work
    }

    /// Requests per second of both versions in the step of a tick.
    pub(super) fn load(&mut self, tick: u32) -> f64 {
        let s = self.scenario;
        if s.traffic.is_steady() {
            return self.world.rate;
        }
        self.world.rate * self.world.load(s, tick >> STEP_BITS)
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
        let faulty;
        let effect = if self.is_untouched(v) {
            &NOTHING
        } else {
            faulty = self.effect(v, duty.tick);
            &faulty
        };
        let (at_rest, shadow) = (overload(duty.rest), overload(duty.shadow));
        let worn = effect.uneven.then(|| self.worn(v, duty, effect));
        let served = match worn {
            Some((served, _)) => served,
            None if self.state.serving[v] == 0 => 0.0,
            None => 1.0 - overload(duty.plain * effect.work).max(shadow),
        };
        let there = 1.0 - self.eager_share(v);
        let served = served * (1.0 - effect.errors) * there;
        let survive = [1.0 - at_rest.min(shadow), (1.0 - shadow) * there, served];
        let alive = duty.requests * (1.0 - p0);
        into.rate[stream(v, BASELINE)] = duty.requests - alive * survive[0];
        into.rate[stream(v, ROLLOUT)] = alive * (survive[0] - survive[1]);
        into.rate[stream(v, DEFECT)] = alive * (survive[1] - survive[2]).max(0.0);
        let ok = alive * survive[2].min(survive[1]);
        let worn = worn.map(|(_, tails)| tails);
        self.classes(v, duty, (effect, worn), ok, into);
    }

    /// The share of a version's requests that meet a pod which cannot serve yet.
    fn eager_share(&self, v: usize) -> f64 {
        match (self.state.eager[v], self.state.serving[v]) {
            (0, _) | (_, 0) => 0.0,
            (eager, serving) => f64::from(eager.min(serving)) / f64::from(serving),
        }
    }

    /// Successes by how fast they are, and what of it is whose doing.
    fn classes(
        &mut self,
        v: usize,
        duty: &Duty,
        (effect, worn): (&Effect, Option<Tails>),
        ok: f64,
        into: &mut Expected,
    ) {
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
        let slower = match worn {
            Some(tails) => tails,
            None if read || hit => self.slower(v, duty, effect),
            None => [0.0; POINTS],
        };
        let healthy = (hit || strained).then(|| {
            let untouched = !hit && read && self.is_unharmed(v);
            if untouched { slower[late] } else { self.healthy(v, duty) }
        });
        if let Some(healthy) = healthy.filter(|_| strained) {
            let base = self.world.ln_stretch(duty.shadow, u0);
            let (ln, calm) = self.at_rest(v, duty);
            into.note.dip[v] = ok * (healthy - calm);
            // Fresh pods may be slower than at rest while those beside them are faster.
            let fresh = |cohort: &Cohort| base + self.ln_fresh(cohort.born, middle);
            let cohorts = &self.state.cohorts[v];
            let (mut slow, mut quick) = (false, false);
            for fresh in cohorts.iter().map(fresh) {
                slow |= fresh > ln;
                quick |= fresh < ln;
            }
            into.note.slower[v] = if !quick {
                into.note.dip[v]
            } else if slow {
                let only = |ln_of: &dyn Fn(&Cohort) -> f64, view| {
                    let answers = |cohort: &Cohort| (ln_of(cohort), f64::from(fresh(cohort) > ln));
                    self.tails(v, (view, middle), ALL, objective, answers)[0]
                };
                ok * (only(&|_| base, View::Healthy) - only(&|_| ln, View::Rest))
            } else {
                0.0
            };
        }
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
            into.beyond[v][gate] = ok * (slower[*place] - above);
        }
    }

    /// The share of responses slower than the objective if no fault existed. While every pod is
    /// warm it is kept: it depends on nothing but the load.
    fn healthy(&mut self, v: usize, duty: &Duty) -> f64 {
        let warm = !self.has_fresh(v, duty.middle);
        let key = (self.state.pods[v], duty.shadow.to_bits());
        if let Some((of, share)) = self.world.healthy_kept[v]
            && of == key
            && warm
        {
            return share;
        }
        let ln = self.world.ln_stretch(duty.shadow, self.scenario.fleet.utilisation);
        let late = self.limits.objective;
        let objective = &self.limits.ln[late..=late];
        let share = self.tails(v, (View::Healthy, duty.middle), ALL, objective, |_| (ln, 1.0))[0];
        if warm {
            self.world.healthy_kept[v] = Some((key, share));
        }
        share
    }

    /// The logarithm of how many times as long a warm pod takes at rest, and the share of its
    /// responses that are slower than the objective. Kept: neither depends on time.
    fn at_rest(&mut self, v: usize, duty: &Duty) -> (f64, f64) {
        // How many pods there are matters only where they differ.
        let pods = if self.world.speeds(v).is_empty() { 1 } else { self.state.pods[v] };
        let key = (pods, duty.rest.to_bits());
        if let Some((of, answer)) = self.world.rest_kept[v]
            && of == key
        {
            return answer;
        }
        let ln = math::ln(stretch(duty.rest, self.scenario.fleet.utilisation));
        let mut tails = [0.0; POINTS];
        let tails = &mut tails[..self.limits.ln.len()];
        self.tails_of_pods(v, 0..pods, ALL, ln, tails);
        let share = tails[self.limits.objective] / f64::from(pods.max(1));
        self.world.rest_kept[v] = Some((key, (ln, share)));
        (ln, share)
    }

    /// Whether every pod of a version is as it would be without faults.
    fn is_unharmed(&self, v: usize) -> bool {
        let mut cohorts = self.state.cohorts[v].iter();
        cohorts.all(|it| it.condition == Condition::Up && it.born == it.ready)
    }

    /// The shares of responses beyond each limit as they are.
    fn slower(&self, v: usize, duty: &Duty, effect: &Effect) -> Tails {
        let u0 = self.scenario.fleet.utilisation;
        let busy = duty.plain * effect.work;
        let parts = effect.components.list();
        let view = (View::Actual, duty.middle);
        let ln = self.world.ln_stretch(busy, u0);
        self.tails(v, view, parts, &self.limits.ln, |_| (ln, 1.0))
    }

    /// The logarithm of how many times as long a pod takes because it is fresh.
    fn ln_fresh(&self, born: Option<Instant>, middle: f64) -> f64 {
        self.scenario.fleet.cold.map_or(0.0, |cold| self.world.ln_cold(cold, middle, born))
    }

    /// Whether the strategy itself makes responses of this version slower or faster.
    fn is_strained(&self, v: usize, duty: &Duty) -> bool {
        duty.shadow != duty.rest || self.has_fresh(v, duty.middle)
    }

    /// Whether a pod is still as cold as every pod is after its first start.
    fn has_fresh(&self, v: usize, middle: f64) -> bool {
        let Some(cold) = self.scenario.fleet.cold else { return false };
        let born = self.state.cohorts[v].iter().filter_map(|cohort| cohort.born);
        born.map(seconds).any(|born| middle < born + cold.warm_after())
    }

    /// Whether no fault touches a version.
    fn is_untouched(&self, version: usize) -> bool {
        version == OLD || self.world.severities().is_empty()
    }

    /// What the faults of the release do to the requests of a version in a tick.
    pub(super) fn effect(&self, version: usize, tick: u32) -> Effect {
        let mut effect = Effect::NONE;
        if self.is_untouched(version) {
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
