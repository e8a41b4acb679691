//! Expected and drawn counts of the regime in force: tiles are opened as time goes on, and cut
//! when a decision changes the means.

use chance::ticks::{Piece, Ticks};
use clockwork::{Instant, Span};

use super::expect::{Context, grows_by_step};
use super::law::{CELLS, DEFECT, Expected, Limits, Note, ROLLOUT, STREAMS};
use super::state::{State, VERSIONS};
use super::world::World;
use crate::planted::{self, Bug};
use crate::scenario::Scenario;
use crate::traffic::{Arrivals, STEP_BITS};

/// The counts of one replication.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Drawn counts.
    pub(super) ticks: Ticks<STREAMS, CELLS, Note>,
    /// A tick in which the means changed: what has come together, and up to which part of it.
    partial: Option<Partial>,
    /// Whether the last tile's one piece still holds.
    same: bool,
    /// What is expected of some ticks under the regime in force.
    recent: Option<(std::ops::Range<u32>, Expected)>,
    /// No tile reaches beyond this tick: that is when pods are known to change by themselves.
    border: u32,
    scratch: Vec<Piece<STREAMS, Note>>,
    tick: u64,
    even: bool,
}

#[derive(Clone, Copy, Debug)]
struct Partial {
    tick: u32,
    done: f64,
    expected: Expected,
    /// Requests lost in this tick, by version: because of the strategy, and of the defect.
    lost: [[f64; 2]; VERSIONS],
}

/// Causes of lost requests.
const CAUSES: [usize; 2] = [ROLLOUT, DEFECT];

impl Grid {
    /// The grid of a scenario, with room for its longest replication.
    pub(super) fn new(scenario: &Scenario) -> Self {
        Self {
            ticks: Ticks::with_capacity(scenario.traffic.arrivals, 1 << 10, 1 << 13),
            partial: None,
            same: false,
            recent: None,
            border: u32::MAX,
            scratch: Vec::with_capacity(256),
            tick: scenario.tick.micros(),
            even: scenario.traffic.arrivals == Arrivals::Even,
        }
    }

    /// Forgets the replication before.
    pub(super) fn restart(&mut self, world: &World) {
        self.ticks.restart(world.keyed);
        self.partial = None;
        (self.same, self.recent) = (false, None);
        self.border = u32::MAX;
    }

    /// If the regime lasts, pods change by themselves at `at`: opening tiles beyond that would be
    /// in vain.
    pub(super) fn expect_change(&mut self, at: Option<Instant>) {
        self.border = at.map_or(u32::MAX, |at| self.place(at).0 + 1);
    }

    /// The tick that `now` lies in, and how much of it is over.
    fn place(&self, now: Instant) -> (u32, f64) {
        let micros = now.since_start().micros();
        ((micros / self.tick) as u32, (micros % self.tick) as f64 / self.tick as f64)
    }

    /// Whole ticks that are over at `now`.
    pub(super) fn over(&self, now: Instant) -> u32 {
        self.place(now).0
    }

    /// A time as a number of ticks, if it is a whole number of them.
    pub(super) fn whole_ticks(&self, span: Span) -> Option<u32> {
        let micros = span.micros();
        micros
            .is_multiple_of(self.tick)
            .then(|| (micros / self.tick) as u32)
            .filter(|ticks| *ticks > 0)
    }

    /// Opens every tick before `to` under the regime of `context`.
    pub(super) fn open(&mut self, context: &mut Context<'_>, to: u32) {
        while self.ticks.end() < to {
            self.open_next(context);
        }
    }

    fn open_next(&mut self, context: &mut Context<'_>) {
        let start = self.ticks.end();
        if let Some(partial) = self.partial.filter(|partial| partial.tick == start) {
            let mut expected = partial.expected;
            let twice = planted::is(Bug::ChangedTickCountsTwice);
            let left = if twice { 1.0 } else { 1.0 - partial.done };
            expected.add(&self.expect(context, start).0, left);
            for (version, lost) in partial.lost.iter().enumerate() {
                for (cell, requests) in CAUSES.into_iter().zip(lost) {
                    // Pods that leave at the end of a tick take what is lost from the others.
                    let more = expected.lose(version, cell, *requests);
                    expected.lose(1 - version, cell, more);
                }
            }
            self.ticks.open_tick(Piece::new(start, expected.rate, expected.note));
            self.same = false;
            return;
        }
        if self.same {
            self.ticks.open_again(self.border);
            return;
        }
        let end = self.ticks.next_end(self.border);
        self.scratch.clear();
        let mut tick = start;
        while tick < end {
            let (Expected { rate, note }, next) = self.expect(context, tick);
            self.scratch.push(Piece::new(tick, rate, note));
            self.same = tick == start && next == u32::MAX;
            tick = next.min(end);
        }
        self.ticks.open(self.border, self.scratch.drain(..));
    }

    /// What is expected of a tick, and the first tick after it of which that may not be true.
    fn expect(&mut self, context: &mut Context<'_>, tick: u32) -> (Expected, u32) {
        if let Some((ticks, expected)) = &self.recent
            && ticks.contains(&tick)
        {
            return (*expected, ticks.end);
        }
        let expected = context.expect(tick);
        let next = next_piece(context, tick);
        self.recent = Some((tick..next, expected));
        (expected, next)
    }

    /// Ends the regime of `context` at `now`: what is over stands, the rest is forgotten.
    pub(super) fn settle(&mut self, context: &mut Context<'_>, now: Instant) {
        let (tick, part) = self.place(now);
        self.open(context, tick);
        let planned = self.planned(tick);
        self.ticks.cut(tick);
        self.same = false;
        if part == 0.0 {
            self.recent = None;
            return;
        }
        let mut partial = self.partial_at(tick);
        if part > partial.done {
            let expected = planned.unwrap_or_else(|| self.expect(context, tick).0);
            partial.expected.add(&expected, part - partial.done);
            partial.done = part;
        }
        self.partial = Some(partial);
        self.recent = None;
    }

    /// What was expected of a tick under the regime in force, if it is open already.
    fn planned(&self, tick: u32) -> Option<Expected> {
        let is_open = tick < self.ticks.end();
        let is_whole = self.partial.is_none_or(|partial| partial.tick != tick);
        (is_open && is_whole).then(|| {
            let Piece { rate, note, .. } = *self.ticks.piece(tick);
            Expected { rate, note }
        })
    }

    fn partial_at(&self, tick: u32) -> Partial {
        let fresh = Partial { tick, done: 0.0, expected: Expected::NONE, lost: [[0.0; 2]; 2] };
        self.partial.filter(|partial| partial.tick == tick).unwrap_or(fresh)
    }

    /// Requests of a version are lost at `now`, right after a regime was settled there: they fail
    /// instead of being answered.
    pub(super) fn lose(&mut self, now: Instant, version: usize, cell: usize, requests: f64) {
        let tick = self.place(now).0;
        let mut partial = self.partial_at(tick);
        partial.lost[version][usize::from(cell == DEFECT)] += requests;
        self.partial = Some(partial);
    }

    /// At least how many requests of a version any `width` ticks within `from..to` have, when the
    /// arrivals are even.
    pub(super) fn least_served(
        &self,
        version: usize,
        from: u32,
        to: u32,
        width: u32,
    ) -> Option<u64> {
        self.even.then(|| self.ticks.served(version, from, to).1 * u64::from(width))
    }

    /// How many requests of a version the ticks `from..to` have.
    pub(super) fn requests(&mut self, version: usize, from: u32, to: u32) -> u64 {
        if self.even {
            return self.ticks.served(version, from, to).0;
        }
        (0..CELLS).map(|cell| self.ticks.sum(super::law::stream(version, cell), from, to)).sum()
    }
}

/// The first tick after `tick` whose expectation may differ; `u32::MAX` when none does.
fn next_piece(context: &mut Context<'_>, tick: u32) -> u32 {
    let Context { scenario, world, state, .. } = &*context;
    if tick < fine_until(scenario, world, state) {
        return tick + 1;
    }
    if let Some(next) = context.wears_until(tick) {
        return next;
    }
    let Context { scenario, world, state, .. } = &*context;
    let slow = !scenario.traffic.is_steady()
        || scenario.baseline.noise.is_some()
        || tick < tick_after(scenario, ramps(scenario, world, state, true));
    if slow { ((tick >> STEP_BITS) + 1) << STEP_BITS } else { u32::MAX }
}

/// Until when something changes from tick to tick.
fn fine_until(scenario: &Scenario, world: &World, state: &State) -> u32 {
    if state.sessions.is_some() {
        return u32::MAX;
    }
    let fault = world.severities().iter().filter_map(|fault| fault.signature.cold);
    let slowest = scenario.fleet.cold.into_iter().chain(fault);
    let warm = slowest.map(|cold| cold.warm_after()).fold(0.0, f64::max);
    let cold = if warm == 0.0 {
        Instant::ZERO
    } else {
        let ready = state.cohorts.iter().flatten().filter_map(|cohort| cohort.ready).max();
        ready.map_or(Instant::ZERO, |ready| ready + Span::from_secs_f64(warm))
    };
    let ramps = ramps(scenario, world, state, false);
    tick_after(scenario, cold.max(ramps))
}

fn ramps(scenario: &Scenario, world: &World, state: &State, by_step: bool) -> Instant {
    let faults = &scenario.releases[world.release].faults;
    let ends = faults.iter().zip(&state.began).filter_map(|(fault, began)| {
        let ramp = fault.onset.ramp;
        let counts = !ramp.is_zero() && grows_by_step(scenario, ramp) == by_step;
        began.filter(|_| counts).map(|began| began + ramp)
    });
    ends.max().unwrap_or(Instant::ZERO)
}

fn tick_after(scenario: &Scenario, at: Instant) -> u32 {
    at.since_start().div_ceil(scenario.tick) as u32
}

/// Makes a [`Context`].
pub(super) fn context<'a>(
    scenario: &'a Scenario,
    limits: &'a Limits,
    world: &'a mut World,
    state: &'a State,
) -> Context<'a> {
    Context { scenario, limits, world, state }
}
