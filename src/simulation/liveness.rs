//! Pods that are too busy to answer their liveness probe, and are restarted for that.
//!
//! A pod above its capacity loses a share of its requests; a probe is a request like any other. So
//! many failures in a row as the probe allows end the container, and the others get its traffic:
//! that is how a storm of restarts begins. The kubelet asks pods of both versions: those of the
//! running one may be busy because others are missing.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::law::{DEFECT, ROLLOUT};
use super::purpose;
use super::record::{Happening, Record};
use super::state::{Cohort, Condition};
use super::world::World;
use crate::controller::kubernetes::probe::Probe;
use crate::planted::{self, Bug};
use crate::strategy::{NEW, OLD, Signal};

/// Ordinals of pods of the running version, where those of the release have theirs.
const RUNNING_PODS: u32 = 1 << 30;

impl<R: Record> Engine<'_, R> {
    /// The liveness probe.
    pub(super) fn liveness(&self) -> Option<Probe> {
        self.scenario.probes?.liveness
    }

    /// The next attempt that may fail, if the regime lasts, or the next restart that is done.
    pub(super) fn schedule_liveness(&mut self, now: Instant) {
        let Some(probe) = self.liveness() else { return };
        let back = self.state.cohorts[OLD].iter().filter(|it| it.condition == Condition::Down);
        let mut next = back.filter_map(|it| it.next).min();
        for v in [OLD, NEW] {
            let is_asked = v == NEW || !planted::is(Bug::OldPodsAreNotAsked);
            let at = if self.state.serving[v] == 0 || !is_asked {
                None
            } else if self.failing(now, v, &probe) > 0.0 {
                self.next_attempt(now, v, &probe)
            } else {
                Some(self.rate_at(now).1)
            };
            next = next.into_iter().chain(at).min();
        }
        match next.filter(|at| *at < Instant::NEVER) {
            Some(at) => self.agenda.schedule(Event::Probed, at.max(now)),
            None => self.agenda.cancel(Event::Probed),
        }
    }

    /// The next attempt at a pod of a version after an instant.
    fn next_attempt(&self, now: Instant, v: usize, probe: &Probe) -> Option<Instant> {
        let mut next: Option<Instant> = None;
        let mut from = 0;
        for (cohort, pods) in self.state.sized(v) {
            if cohort.condition == Condition::Up {
                // Those that became ready together are asked together.
                let asked = if cohort.ready.is_some() { 1 } else { pods };
                let at = (from..from + asked)
                    .map(|pod| attempt_after(&self.world, (cohort, pod), probe, now));
                next = next.into_iter().chain(at).min();
            }
            from = cohort.to;
        }
        next
    }

    /// Pods are probed.
    pub(super) fn probed(&mut self, now: Instant) -> Option<Signal> {
        let probe = self.liveness()?;
        let mut changed = self.come_back(now);
        for v in [OLD, NEW] {
            let failing = self.failing(now, v, &probe);
            let (mut index, mut killed) = (0, 0);
            while index < self.state.cohorts[v].len() {
                let cohort = self.state.cohorts[v][index];
                let parts = if cohort.condition == Condition::Up {
                    self.ask_cohort(now, (v, index), (&probe, failing))
                } else {
                    1
                };
                killed += std::mem::take(&mut self.storm);
                index += parts;
            }
            if killed > 0 {
                self.history.killed += u64::from(killed);
                // From now on pods of a healthy release change by themselves too.
                self.frail |= v == NEW;
                self.readiness.feel(v);
                self.record.note(now, Happening::PodsKilled { version: v, pods: killed });
                changed = true;
            }
        }
        if !changed {
            self.schedule_liveness(now);
            return None;
        }
        self.follow_pods(now);
        self.update_harm(now);
        self.after_pods(now)
    }

    /// Pods of the running version that were restarted are back; whether any are.
    fn come_back(&mut self, now: Instant) -> bool {
        let mut any = false;
        for index in 0..self.state.cohorts[OLD].len() {
            let Cohort { to, set, condition, next, .. } = self.state.cohorts[OLD][index];
            if condition != Condition::Down || next.is_none_or(|at| at > now) {
                continue;
            }
            let from = index.checked_sub(1).map_or(0, |before| self.state.cohorts[OLD][before].to);
            self.regime(now, |state| {
                let cohort = &mut state.cohorts[OLD][index];
                (cohort.condition, cohort.next) = (Condition::Up, None);
                (cohort.ready, cohort.since) = (Some(now), now);
                state.count_serving(OLD);
            });
            self.ripen_later(now, OLD, to - from, set);
            self.record.note(now, Happening::PodsBack { version: OLD, pods: to - from });
            any = true;
        }
        if any {
            self.goes_on_with_more(now);
        }
        any
    }

    /// Probes the pods of a cohort whose time it is; says how many cohorts it has become.
    fn ask_cohort(
        &mut self,
        now: Instant,
        (v, index): (usize, usize),
        (probe, p): (&Probe, f64),
    ) -> usize {
        let cohort = self.state.cohorts[v][index];
        let first = index.checked_sub(1).map_or(0, |before| self.state.cohorts[v][before].to);
        let just_before = now - Span::from_micros(1);
        let is_due =
            |pod: u32| attempt_after(&self.world, (&cohort, pod), probe, just_before) == now;
        let together = cohort.ready.is_some().then(|| is_due(first));
        if together == Some(false) {
            return 1;
        }
        let mut streaks = std::mem::take(&mut self.streaks[v]);
        streaks.resize(streaks.len().max(cohort.to as usize), 0);
        let attempt = (now - cohort.ready.unwrap_or(Instant::ZERO)) / probe.period;
        let own = if v == OLD { RUNNING_PODS } else { 0 };
        let stream = (cohort.restarts << 20).wrapping_add(attempt as u32);
        let mut apart = std::mem::take(&mut self.apart);
        apart.clear();
        for pod in first..cohort.to {
            let streak = &mut streaks[pod as usize];
            if together.unwrap_or_else(|| is_due(pod)) {
                let keyed = &self.world.keyed;
                let fails = p > 0.0 && keyed.uniform(stream, pod | own, purpose::PROBE) < p;
                *streak = if fails { *streak + 1 } else { 0 };
            }
            if *streak < probe.failure_threshold {
                match apart.last_mut() {
                    Some(last) if last.condition == Condition::Up => last.to = pod + 1,
                    _ => apart.push(Cohort { to: pod + 1, ..cohort }),
                }
            } else {
                *streak = 0;
                let takes = self.world.restart(self.scenario, pod | own, cohort.restarts);
                apart.push(ended(cohort, pod, now, Span::from_secs_f64(takes)));
            }
        }
        (self.streaks[v], self.apart) = (streaks, apart);
        let parts = self.apart.len();
        if parts > 1 || self.apart[0].condition == Condition::Down {
            self.part(now, (v, index));
        }
        parts
    }

    /// A cohort becomes several, some of which are down.
    fn part(&mut self, now: Instant, (v, index): (usize, usize)) {
        let mut apart = std::mem::take(&mut self.apart);
        let set = self.state.cohorts[v][index].set;
        let before = self.state.serving[v];
        let wait = self.scenario.strategy.min_ready;
        let unripe = apart.iter().filter(|it| it.condition == Condition::Down);
        let unripe = unripe.filter(|it| it.ready.is_some_and(|ready| ready + wait > now)).count();
        self.pipeline.unripe_of(v, set, unripe as u32);
        self.regime(now, |state| {
            state.cohorts[v].splice(index..=index, apart.drain(..));
            state.count_serving(v);
        });
        self.apart = apart;
        let killed = before - self.state.serving[v];
        let share = self.state.share_at(now);
        let share = if v == NEW { share } else { 1.0 - share };
        let each = self.load_at(now) * share / f64::from(before.max(1));
        let healthy = self.world.severities().is_empty();
        let cause = if healthy { ROLLOUT } else { DEFECT };
        self.grid.lose(now, v, cause, each * self.mean_response() * f64::from(killed));
        self.storm += killed;
    }
}

/// The first attempt at a pod after an instant: the ticker of its probe runs from when it was
/// ready, and where it has been for long since an instant that nobody knows.
fn attempt_after(
    world: &World,
    (cohort, pod): (&Cohort, u32),
    probe: &Probe,
    now: Instant,
) -> Instant {
    let first = if let Some(ready) = cohort.ready {
        ready + probe.initial_delay.max(probe.period)
    } else {
        let phase = world.keyed.uniform(0, pod, purpose::LIVENESS);
        Instant::ZERO + Span::from_secs_f64(phase * probe.period.as_secs_f64())
    };
    if now < first {
        return first;
    }
    let periods = (now - first) / probe.period + 1;
    first + probe.period * periods
}

/// A pod of a cohort that was ended now and takes so long to start again.
fn ended(cohort: Cohort, pod: u32, now: Instant, takes: Span) -> Cohort {
    let mut down = Cohort { to: pod + 1, condition: Condition::Down, ..cohort };
    let start = down.waits.start_after(now);
    (down.next, down.restarts) = (Some(start + takes), cohort.restarts + 1);
    down
}
