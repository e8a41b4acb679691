//! Pods that are too busy to answer their liveness probe, and are restarted for that.
//!
//! A pod above its capacity loses a share of its requests; a probe is a request like any other. So
//! many failures in a row as the probe allows end the container, and the others get its traffic:
//! that is how a storm of restarts begins. Pods of the running version are not asked.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::law::{DEFECT, ROLLOUT};
use super::purpose;
use super::record::{Happening, Record};
use super::state::{Cohort, Condition};
use crate::controller::kubernetes::probe::Probe;
use crate::strategy::{NEW, Signal};

impl<R: Record> Engine<'_, R> {
    /// The liveness probe.
    pub(super) fn liveness(&self) -> Option<Probe> {
        self.scenario.probes?.liveness
    }

    /// The next attempt that may fail, if the regime lasts.
    pub(super) fn schedule_liveness(&mut self, now: Instant) {
        let Some(probe) = self.liveness() else { return };
        let at = if self.state.serving[NEW] == 0 {
            None
        } else if self.failing(now, NEW, &probe) > 0.0 {
            let up = self.state.cohorts[NEW].iter().filter(|it| it.condition == Condition::Up);
            up.filter_map(|cohort| attempt_after(cohort, &probe, now)).min()
        } else {
            Some(self.rate_at(now).1)
        };
        match at.filter(|at| *at < Instant::NEVER) {
            Some(at) => self.agenda.schedule(Event::Probed, at),
            None => self.agenda.cancel(Event::Probed),
        }
    }

    /// Pods are probed.
    pub(super) fn probed(&mut self, now: Instant) -> Option<Signal> {
        let probe = self.liveness()?;
        let failing = self.failing(now, NEW, &probe);
        let (mut index, mut killed) = (0, 0);
        while index < self.state.cohorts[NEW].len() {
            let cohort = self.state.cohorts[NEW][index];
            let asked = cohort.condition == Condition::Up
                && attempt_after(&cohort, &probe, now - Span::from_micros(1)) == Some(now);
            let pods = if asked { self.ask_cohort(now, index, (&probe, failing)) } else { 1 };
            killed += std::mem::take(&mut self.storm);
            index += pods;
        }
        if killed == 0 {
            self.schedule_liveness(now);
            return None;
        }
        self.history.killed += u64::from(killed);
        // From now on pods of a healthy release change by themselves too.
        self.frail = true;
        self.record.note(now, Happening::PodsKilled { pods: killed });
        self.follow_pods(now);
        self.update_harm(now);
        self.after_pods(now)
    }

    /// Probes the pods of a cohort; says how many cohorts it has become.
    fn ask_cohort(&mut self, now: Instant, index: usize, (probe, p): (&Probe, f64)) -> usize {
        let cohort = self.state.cohorts[NEW][index];
        let first = index.checked_sub(1).map_or(0, |before| self.state.cohorts[NEW][before].to);
        self.streaks.resize(self.streaks.len().max(cohort.to as usize), 0);
        let attempt = (now - cohort.ready.unwrap_or(Instant::ZERO)) / probe.period;
        let stream = (cohort.restarts << 20).wrapping_add(attempt as u32);
        self.apart.clear();
        for pod in first..cohort.to {
            let fails = p > 0.0 && self.world.keyed.uniform(stream, pod, purpose::PROBE) < p;
            let streak = &mut self.streaks[pod as usize];
            *streak = if fails { *streak + 1 } else { 0 };
            if *streak < probe.failure_threshold {
                match self.apart.last_mut() {
                    Some(last) if last.condition == Condition::Up => last.to = pod + 1,
                    _ => self.apart.push(Cohort { to: pod + 1, ..cohort }),
                }
            } else {
                *streak = 0;
                let mut down = Cohort { to: pod + 1, condition: Condition::Down, ..cohort };
                let start = down.waits.start_after(now);
                let takes = self.world.restart(self.scenario, pod, cohort.restarts);
                (down.next, down.restarts) =
                    (Some(start + Span::from_secs_f64(takes)), cohort.restarts + 1);
                self.apart.push(down);
            }
        }
        let parts = self.apart.len();
        if parts > 1 || self.apart[0].condition == Condition::Down {
            self.part(now, index);
        }
        parts
    }

    /// A cohort becomes several, some of which are down.
    fn part(&mut self, now: Instant, index: usize) {
        let mut apart = std::mem::take(&mut self.apart);
        let set = self.state.cohorts[NEW][index].set;
        let before = self.state.serving[NEW];
        let wait = self.scenario.strategy.min_ready;
        let unripe = apart.iter().filter(|it| it.condition == Condition::Down);
        let unripe = unripe.filter(|it| it.ready.is_some_and(|ready| ready + wait > now)).count();
        self.pipeline.unripe_of(NEW, set, unripe as u32);
        self.regime(now, |state| {
            state.cohorts[NEW].splice(index..=index, apart.drain(..));
            state.count_serving(NEW);
        });
        self.apart = apart;
        let killed = before - self.state.serving[NEW];
        let each = self.load_at(now) * self.state.share_at(now) / f64::from(before.max(1));
        let healthy = self.world.severities().is_empty();
        let cause = if healthy { ROLLOUT } else { DEFECT };
        self.grid.lose(now, NEW, cause, each * self.mean_response() * f64::from(killed));
        self.storm += killed;
    }
}

/// The first attempt after an instant: the ticker of the probe runs from when the pod was ready.
fn attempt_after(cohort: &Cohort, probe: &Probe, now: Instant) -> Option<Instant> {
    let ready = cohort.ready?;
    let first = ready + probe.initial_delay.max(probe.period);
    if now < first {
        return Some(first);
    }
    let periods = (now - first) / probe.period + 1;
    Some(first + probe.period * periods)
}
