//! Gates at work: from one decision to the next, which gate speaks first?
//!
//! A gate walks its readings. Before it counts anything exactly it asks how many readings are
//! sure not to matter: see [`super::skip`].

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::law::{BASELINE, DEFECT, FAST, MIDDLE, ROLLOUT, SLOW, stream};
use super::record::{Happening, Reading, Record};
use crate::gate::{Alert, Gate, Metric, Patience, Query, Tally, Verdict, Window};
use crate::planted::{self, Bug};
use crate::scenario::Scenario;
use crate::strategy::{NEW, OLD};

/// The progress of one gate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch {
    /// Its next reading.
    pub(super) next: Instant,
    /// Failed readings that count.
    pub(super) failures: u32,
    /// Readings in a row without an answer.
    pub(super) errors: u32,
    /// Inconclusive readings.
    pub(super) inconclusive: u32,
    /// Passed readings in a row.
    pub(super) passes: u32,
    /// The first failed reading of those that count.
    pub(super) first_failure: Option<Instant>,
    /// Whether it reads at all.
    pub(super) active: bool,
    /// When it tripped.
    pub(super) tripped: Option<Instant>,
    /// Whether that was told.
    pub(super) said: bool,
    /// Readings so far.
    pub(super) readings: u32,
    /// The block size to try next; nothing but speed depends on it.
    pub(super) level: u32,
}

impl Watch {
    /// A gate that reads for the first time at `first`.
    pub(super) fn from(first: Instant) -> Self {
        Self {
            next: first,
            failures: 0,
            errors: 0,
            inconclusive: 0,
            passes: 0,
            first_failure: None,
            active: true,
            tripped: None,
            said: false,
            readings: 0,
            level: 5,
        }
    }

    /// Forgets what it has seen; it reads on.
    pub(super) fn resolve(&mut self) {
        (self.failures, self.passes, self.said) = (0, 0, false);
        (self.errors, self.inconclusive) = (0, 0);
        (self.first_failure, self.tripped) = (None, None);
    }

    /// Whether too many readings were inconclusive.
    pub(super) fn is_undecided(&self, gate: &Gate) -> bool {
        gate.inconclusive_limit().is_some_and(|limit| self.inconclusive > limit)
    }

    /// Books a verdict; says whether the gate trips.
    fn book(&mut self, at: Instant, verdict: Verdict, gate: &Gate) -> bool {
        let patience = gate.patience;
        self.errors = if verdict == Verdict::Error { self.errors + 1 } else { 0 };
        match verdict {
            Verdict::Fail => {
                self.failures += 1;
                self.passes = 0;
                self.first_failure.get_or_insert(at);
            }
            Verdict::Pass => {
                self.passes += 1;
                let forgives = planted::is(Bug::FailureLimitForgives);
                if matches!(patience, Patience::Consecutive(_)) || forgives {
                    self.failures = 0;
                    self.first_failure = None;
                }
            }
            Verdict::Inconclusive => self.inconclusive += 1,
            Verdict::NoData | Verdict::Error => {}
        }
        if self.is_undecided(gate) {
            self.first_failure.get_or_insert(at);
            return true;
        }
        if gate.error_limit().is_some_and(|limit| self.errors > limit) {
            self.first_failure.get_or_insert(at);
            return true;
        }
        match patience {
            Patience::Limit(limit) if planted::is(Bug::FailureLimitOffByOne) => {
                self.failures >= limit.max(1)
            }
            Patience::Limit(limit) => self.failures > limit,
            Patience::Consecutive(run) => self.failures >= run,
        }
    }
}

/// What a gate has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// It has tripped.
    Tripped,
    /// It has passed as often as was waited for.
    Satisfied,
    /// An alert is over.
    Resolved,
}

impl<'s, R: Record> Engine<'s, R> {
    /// The first call of any gate up to `until`, and whose it is.
    pub(super) fn first_call(&mut self, until: Instant) -> Option<(Instant, usize, Call)> {
        let mut first: Option<(Instant, usize, Call)> = None;
        for gate in 0..self.watches.len() {
            if !self.watches[gate].active {
                continue;
            }
            let limit = first.map_or(until, |(at, _, _)| at);
            self.before[gate] = self.watches[gate];
            // At one instant a gate that trips comes before the controller that moves on.
            let order = |at: Instant, call: Call| (at, call == Call::Satisfied);
            let sooner = |(at, call): &(Instant, Call)| {
                first.is_none_or(|(first, _, said)| order(*at, *call) < order(first, said))
            };
            if let Some((at, call)) = self.walk(gate, limit).filter(sooner) {
                first = Some((at, gate, call));
            }
        }
        let (at, caller, _) = first?;
        // Those that looked past the call did so under means that the call may change.
        for gate in 0..caller {
            if self.watches[gate].active && self.watches[gate].next > at {
                self.watches[gate] = self.before[gate];
                let begin = self.before[gate].next;
                self.pending.retain(|(at, reading)| reading.gate != gate || *at < begin);
                self.walk(gate, at);
            }
        }
        first
    }

    /// Walks one gate up to `until`; stops at its first call.
    fn walk(&mut self, index: usize, until: Instant) -> Option<(Instant, Call)> {
        let gate = self.gate(index);
        let wanted = self.wanted.filter(|wanted| wanted.gate == index).map(|wanted| wanted.passes);
        let watch = &self.watches[index];
        let firing = self.is_firing(index);
        if let Some(at) = watch.tripped.filter(|_| !firing) {
            return (!watch.said && at <= until).then_some((at, Call::Tripped));
        }
        if wanted.is_some_and(|passes| watch.passes >= passes) {
            return Some((watch.next - gate.interval, Call::Satisfied));
        }
        while self.watches[index].next <= until {
            let now = self.watches[index].next;
            let (from, to) = self.window(gate, now);
            // Of a gate that is waited for, and of an alert that may be over, each is taken.
            if !R::READINGS && !gate.asks() && !firing && wanted.is_none() {
                let skipped = self.skip(index, gate, (from, to), until);
                if skipped > 0 {
                    self.watches[index].next = now + gate.interval * u64::from(skipped);
                    self.watches[index].readings += skipped;
                    continue;
                }
            }
            let verdict = self.read(index, gate, now, (from, to));
            let watch = &mut self.watches[index];
            let delays = planted::is(Bug::DelayBetweenReadings);
            let wait = if delays { gate.initial_delay } else { Span::ZERO };
            watch.next = now + gate.interval + wait;
            watch.readings += 1;
            if firing {
                if verdict == Verdict::Pass {
                    return Some((now, Call::Resolved));
                }
                continue;
            }
            let counted = if planted::is(Bug::GatesShareACounter) { 0 } else { index };
            let trips = self.watches[counted].book(now, verdict, gate);
            let watch = &mut self.watches[index];
            let satisfied = wanted.is_some_and(|passes| watch.passes >= passes);
            if trips {
                watch.tripped = Some(now);
                return Some((now, Call::Tripped));
            }
            if satisfied {
                return Some((now, Call::Satisfied));
            }
        }
        None
    }

    /// A gate, or the alert after the last of them.
    fn gate(&self, index: usize) -> &'s Gate {
        let scenario: &'s Scenario = self.scenario;
        scenario.judge(index)
    }

    /// Whether an alert has been told and is not over.
    fn is_firing(&self, index: usize) -> bool {
        index == self.scenario.gates.len() && self.watches[index].said
    }

    /// Tells the readings that were taken ahead of time, in their order.
    pub(super) fn tell_readings(&mut self) {
        self.pending.sort_by_key(|(at, reading)| (*at, reading.gate));
        for (at, reading) in self.pending.drain(..) {
            self.record.note(at, Happening::Reading(reading));
        }
    }

    /// The ticks that a reading at `now` sees.
    pub(super) fn window(&self, gate: &Gate, now: Instant) -> (u32, u32) {
        let to = self.grid.over(now - self.scenario.delay);
        (to.saturating_sub(gate.window) + u32::from(planted::is(Bug::WindowHalfOpen)), to)
    }

    pub(super) fn limit_of(&self, gate: &Gate) -> usize {
        let limit = gate.metric.limit().unwrap_or_default();
        self.gate_limits.iter().position(|known| *known == limit).unwrap_or_default()
    }

    pub(super) fn failed(&mut self, version: usize, from: u32, to: u32) -> u64 {
        [BASELINE, ROLLOUT, DEFECT]
            .into_iter()
            .map(|cell| self.grid.ticks.sum(stream(version, cell), from, to))
            .sum()
    }

    /// Requests of the class that a limit lies in and of all slower classes.
    pub(super) fn classes_from(&mut self, version: usize, limit: usize, from: u32, to: u32) -> u64 {
        (SLOW..=self.limits.class(limit))
            .map(|class| self.grid.ticks.sum(stream(version, class), from, to))
            .sum()
    }

    /// Takes a reading.
    fn read(&mut self, index: usize, gate: &Gate, now: Instant, ticks: (u32, u32)) -> Verdict {
        match &gate.metric {
            Metric::Query(query) => {
                let answer = self.answer(query.query, now).ok();
                let (verdict, value) = (query.verdict(answer), Query::value(answer));
                return self.said(index, (verdict, value), now, ticks);
            }
            Metric::Alert(alert) => {
                let verdict = Alert::verdict(self.is_alarmed(alert.alarm, now));
                return self.said(index, (verdict, None), now, ticks);
            }
            _ => {}
        }
        self.open_to(ticks.1);
        if planted::is(Bug::ReaderChangesACount) {
            self.grid.ticks.cut(ticks.1);
        }
        let mut window = Window {
            seconds: f64::from(ticks.1 - ticks.0) * self.scenario.tick.as_secs_f64(),
            ..Window::default()
        };
        window.new = self.tally(gate, NEW, ticks);
        if R::READINGS || gate.reads_old() {
            window.old = self.tally(gate, OLD, ticks);
        }
        let verdict = gate.verdict(&window);
        // Of an alert only what calls somebody is told.
        if R::READINGS && (index < self.scenario.gates.len() || verdict == Verdict::Fail) {
            let subject = window.of(gate.metric.of());
            let measured = (subject.requests > 0).then(|| gate.metric.reading(&window));
            let counted = u32::from(verdict == Verdict::Fail);
            let reading = Reading {
                gate: index,
                value: measured.map(|(value, _)| value),
                bound: measured.map(|(_, bound)| bound).filter(|bound| bound.is_finite()),
                samples: subject.requests,
                baseline: gate.metric.compares().then_some(window.old.requests),
                verdict,
                failures: self.watches[index].failures + counted,
            };
            self.pending.push((now, reading));
        }
        verdict
    }

    /// Tells what was asked of Prometheus; of an alert only what calls somebody.
    fn said(
        &mut self,
        index: usize,
        (verdict, value): (Verdict, Option<f64>),
        now: Instant,
        ticks: (u32, u32),
    ) -> Verdict {
        if R::READINGS && (index < self.scenario.gates.len() || verdict == Verdict::Fail) {
            self.open_to(ticks.1);
            let counted = u32::from(verdict == Verdict::Fail);
            let samples = self.grid.requests(NEW, ticks.0, ticks.1);
            let reading = Reading {
                gate: index,
                value,
                bound: None,
                samples,
                baseline: None,
                verdict,
                failures: self.watches[index].failures + counted,
            };
            self.pending.push((now, reading));
        }
        verdict
    }

    pub(super) fn tally(&mut self, gate: &Gate, version: usize, (from, to): (u32, u32)) -> Tally {
        let failed = self.failed(version, from, to);
        let need = gate.metric.upper();
        if self.even && !R::READINGS && !(need.middle || need.slow || need.beyond) {
            // How many there are is known, and how fast they were is not asked.
            let requests = self.grid.requests(version, from, to);
            return Tally { requests, failed, ..Tally::default() };
        }
        let sum = |engine: &mut Self, cell| engine.grid.ticks.sum(stream(version, cell), from, to);
        let (slow, middle, fast) = (sum(self, SLOW), sum(self, MIDDLE), sum(self, FAST));
        let requests = failed + slow + middle + fast;
        let beyond = match gate.metric.limit() {
            Some(_) if requests > 0 => self.beyond(self.limit_of(gate), version, (from, to)),
            _ => 0,
        };
        Tally { requests, failed, fast, middle, slow, beyond }
    }
}

/// When a gate reads for the first time.
pub(super) fn first_reading(exposed: Instant, initial_delay: Span) -> Instant {
    let is_fixed = planted::is(Bug::FirstReadingAfterAMinute);
    exposed + if is_fixed { Span::from_mins(1) } else { initial_delay }
}
