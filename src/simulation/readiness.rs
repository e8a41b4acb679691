//! Pods that fail their readiness probe after they were ready: they get no requests until they pass
//! it again.
//!
//! A probe is a request like any other: above its capacity a pod loses a share of them, and an
//! answer that takes longer than the timeout is none. A pod that gets no requests answers the next
//! probes, is ready again, and gets its share of the load again. Where neither can happen nobody is
//! asked.

use chance::math;
use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::expect::Context;
use super::grid::context;
use super::purpose;
use super::record::{Happening, Record};
use super::state::{Cohort, Condition, VERSIONS};
use crate::controller::kubernetes::probe::Probe;
use crate::fleet::{overload, stretch};
use crate::strategy::{NEW, OLD, Signal};

/// Below this share of what it can carry a pod of a healthy version answers every probe in time.
const CALM: f64 = 0.9;

/// What is less likely than this in a row of probes does not happen.
const NEVER: f64 = 1e-9;

/// What is known of readiness probes.
#[derive(Clone, Debug, Default)]
pub(super) struct Readiness {
    /// Probes in a row that failed, by pod of each version.
    streaks: [Vec<u32>; VERSIONS],
    /// Whether the next probe is waited for.
    is_awaited: bool,
    /// Whether pods have failed theirs.
    is_felt: bool,
}

impl Readiness {
    pub(super) fn restart(&mut self) {
        self.streaks.iter_mut().for_each(Vec::clear);
        (self.is_awaited, self.is_felt) = (false, false);
    }

    /// Pods of the running version change from now on too: nobody is sure of them any more.
    pub(super) fn feel(&mut self, version: usize) {
        self.is_felt |= version == OLD;
    }
}

impl Context<'_> {
    /// The chance that a pod of a version does not answer a request within a time.
    pub(super) fn unanswered(&mut self, v: usize, tick: u32, timeout: Span) -> f64 {
        let (fleet, latency) = (&self.scenario.fleet, self.scenario.baseline.latency);
        let busy = self.demand(v, tick);
        let slower = math::ln(stretch(busy, fleet.utilisation));
        let limit = math::ln(timeout.as_secs_f64().max(1e-6));
        let tail = |(part, ln): &(f64, f64)| {
            part * math::normal_cdf((latency.mu + slower + ln - limit) / latency.sigma)
        };
        let late: f64 = self.effect(v, tick).components.list().iter().map(tail).sum();
        let lost = overload(busy);
        lost + (1.0 - lost) * late
    }
}

impl<R: Record> Engine<'_, R> {
    /// The chance that a probe of a pod of a version fails; zero where that cannot matter.
    pub(super) fn failing(&mut self, now: Instant, v: usize, probe: &Probe) -> f64 {
        let is_plain = v == OLD || self.world.severities().is_empty();
        if self.state.serving[v] == 0 || is_plain && self.busy(now, v) < CALM {
            return 0.0;
        }
        let tick = self.grid.over(now);
        let mut context = context(self.scenario, &self.limits, &mut self.world, &self.state);
        let p = context.unanswered(v, tick, probe.timeout);
        let in_a_row = (0..probe.failure_threshold.min(64)).fold(1.0, |all, _| all * p);
        if in_a_row < NEVER { 0.0 } else { p }
    }

    /// What is asked of a pod of a version, as a multiple of what it can do, without faults.
    fn busy(&mut self, now: Instant, v: usize) -> f64 {
        let share = self.state.share_at(now);
        let share = if v == NEW { share } else { 1.0 - share };
        let capacity = f64::from(self.state.serving[v].max(1)) * self.scenario.fleet.per_pod;
        self.load_at(now) * share / capacity
    }

    /// The next probes that may change something, if the regime lasts.
    pub(super) fn schedule_probes(&mut self, now: Instant) {
        if self.is_calm() {
            if std::mem::take(&mut self.readiness.is_awaited) {
                self.agenda.cancel(Event::Probed);
                self.agenda.cancel(Event::Asked);
            }
            return;
        }
        self.readiness.is_awaited = true;
        self.schedule_liveness(now);
        self.schedule_readiness(now);
    }

    /// Whether all pods of a healthy world are sure to answer every probe: most worlds, and there
    /// this costs nothing.
    fn is_calm(&self) -> bool {
        let (state, traffic) = (&self.state, &self.scenario.traffic);
        let carries = self.scenario.fleet.per_pod * CALM;
        let [old, new] = [OLD, NEW].map(|v| f64::from(state.serving[v]) * carries);
        traffic.is_steady()
            && self.world.severities().is_empty()
            && state.sessions.is_none()
            && !self.readiness.is_felt
            && self.world.rate * state.share <= new
            && self.world.rate * (1.0 - state.share) <= old
    }

    /// The next probe that may change something, if the regime lasts.
    fn schedule_readiness(&mut self, now: Instant) {
        let Some(probe) = self.scenario.probes.and_then(|it| it.readiness) else { return };
        let mut next: Option<Instant> = None;
        for v in [OLD, NEW] {
            let out = self.state.cohorts[v].iter().filter(|it| it.condition == Condition::Unready);
            let back = out.filter_map(|it| it.then).min();
            let attempt = if self.failing(now, v, &probe) > 0.0 {
                let up = self.state.cohorts[v].iter().filter(|it| it.condition == Condition::Up);
                up.map(|it| attempt_after(it, &probe, now)).min()
            } else if self.state.serving[v] > 0 {
                Some(self.rate_at(now).1).filter(|at| *at < Instant::NEVER)
            } else {
                None
            };
            next = next.into_iter().chain(back).chain(attempt).min();
        }
        match next {
            Some(at) => self.agenda.schedule(Event::Asked, at.max(now)),
            None => self.agenda.cancel(Event::Asked),
        }
    }

    /// Pods are asked whether they are ready.
    pub(super) fn asked(&mut self, now: Instant) -> Option<Signal> {
        let probe = self.scenario.probes?.readiness?;
        let mut changed = [0; VERSIONS];
        for v in [OLD, NEW] {
            let failing = self.failing(now, v, &probe);
            let mut index = 0;
            while index < self.state.cohorts[v].len() {
                let cohort = self.state.cohorts[v][index];
                if cohort.condition == Condition::Unready && cohort.then.is_some_and(|at| at <= now)
                {
                    changed[v] += self.back_again(now, v, index);
                } else if failing > 0.0
                    && cohort.condition == Condition::Up
                    && attempt_after(&cohort, &probe, now - Span::from_micros(1)) == now
                {
                    let (fallen, parts) = self.ask_ready(now, (v, index), (&probe, failing));
                    changed[v] += fallen;
                    index += parts - 1;
                }
                index += 1;
            }
        }
        if changed == [0; VERSIONS] {
            self.schedule_readiness(now);
            return None;
        }
        self.follow_pods(now);
        self.update_harm(now);
        self.after_pods(now)
    }

    /// A cohort passes its probe again; says how many pods these are.
    fn back_again(&mut self, now: Instant, v: usize, index: usize) -> u32 {
        let from = index.checked_sub(1).map_or(0, |before| self.state.cohorts[v][before].to);
        let Cohort { to, set, .. } = self.state.cohorts[v][index];
        self.regime(now, |state| {
            let cohort = &mut state.cohorts[v][index];
            (cohort.condition, cohort.then, cohort.since) = (Condition::Up, None, now);
            state.count_serving(v);
        });
        self.ripen_later(now, v, to - from, set);
        self.record.note(now, Happening::PodsReady { version: v, pods: to - from });
        to - from
    }

    /// Asks the pods of a cohort; says how many are not ready any more, and how many cohorts it has
    /// become.
    fn ask_ready(
        &mut self,
        now: Instant,
        (v, index): (usize, usize),
        (probe, p): (&Probe, f64),
    ) -> (u32, usize) {
        let cohort = self.state.cohorts[v][index];
        let first = index.checked_sub(1).map_or(0, |before| self.state.cohorts[v][before].to);
        let streaks = &mut self.readiness.streaks[v];
        streaks.resize(streaks.len().max(cohort.to as usize), 0);
        let stream =
            (v as u32) << 31 | (now.since_start().micros() / 100_000) as u32 & (u32::MAX >> 1);
        let again = now + probe.period * u64::from(probe.success_threshold.max(1));
        let (mut apart, mut fallen) = (std::mem::take(&mut self.apart), 0);
        apart.clear();
        for pod in first..cohort.to {
            let fails = self.world.keyed.uniform(stream, pod, purpose::READINESS) < p;
            let streak = &mut streaks[pod as usize];
            *streak = if fails { *streak + 1 } else { 0 };
            let is_out = *streak >= probe.failure_threshold;
            if is_out {
                (*streak, fallen) = (0, fallen + 1);
            }
            let (condition, then) =
                if is_out { (Condition::Unready, Some(again)) } else { (Condition::Up, None) };
            match apart.last_mut() {
                Some(last) if last.condition == condition => last.to = pod + 1,
                _ => apart.push(Cohort { to: pod + 1, condition, then, ..cohort }),
            }
        }
        let parts = apart.len();
        if fallen > 0 {
            self.readiness.is_felt = true;
            for cohort in apart.iter_mut().filter(|it| it.condition == Condition::Unready) {
                (cohort.next, cohort.end) = (None, None);
            }
            let wait = self.scenario.strategy.min_ready;
            if cohort.ready.is_some_and(|ready| ready + wait > now) {
                self.pipeline.unripe_of(v, cohort.set, fallen);
            }
            self.regime(now, |state| {
                state.cohorts[v].splice(index..=index, apart.drain(..));
                state.count_serving(v);
            });
            self.record.note(now, Happening::PodsUnready { version: v, pods: fallen });
        }
        self.apart = apart;
        (fallen, if fallen > 0 { parts } else { 1 })
    }
}

/// The first attempt after an instant: the ticker of the probe runs from when the pod was ready.
fn attempt_after(cohort: &Cohort, probe: &Probe, now: Instant) -> Instant {
    let ready = cohort.ready.unwrap_or(Instant::ZERO);
    let periods = if now < ready { 1 } else { (now - ready) / probe.period + 1 };
    ready + probe.period * periods
}

/// When a pod that fails every probe from now on gets no requests any more.
pub(super) fn withdrawn_at(cohort: &Cohort, probe: &Probe, now: Instant) -> Instant {
    let others = u64::from(probe.failure_threshold.max(1) - 1);
    let each = probe.period.max(probe.timeout);
    attempt_after(cohort, probe, now) + each * others + probe.timeout
}
