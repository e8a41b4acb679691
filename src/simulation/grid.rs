//! Expected and drawn counts of the regime in force: tiles are opened as time goes on, and cut
//! when a decision changes the means.

use std::cell::Cell;

use chance::ticks::{Piece, Ticks};
use clockwork::{Instant, Span};

use super::expect::{Context, grows_by_step};
use super::law::{CELLS, DEFECT, Expected, Limits, Note, ROLLOUT, STREAMS};
use super::state::{State, VERSIONS};
use super::world::World;
use crate::planted::{self, Bug};
use crate::scenario::Scenario;
use crate::strategy::{NEW, OLD};
use crate::traffic::{Arrivals, STEP_BITS};

/// The counts of one replication.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Drawn counts.
    pub(super) ticks: Ticks<STREAMS, CELLS, Note>,
    /// A tick in which the means changed: what has come together, and up to which part of it.
    partial: Option<Partial>,
    /// When a regime ended last.
    settled: Instant,
    /// Whether the last tile's one piece still holds.
    same: bool,
    /// What is expected of some ticks under the regime in force.
    recent: (std::ops::Range<u32>, Expected),
    /// No tile reaches beyond this tick: that is when pods are known to change by themselves.
    border: u32,
    /// Of every piece, as many as there are limits of gates: how many requests of each version
    /// are beyond the limit, of the class that it lies in.
    beyond: Vec<[f64; VERSIONS]>,
    tick: u64,
    /// The last instant that was asked for, and the tick that it lies in.
    placed: Cell<(Instant, (u32, f64))>,
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
            settled: Instant::NEVER,
            same: false,
            recent: (0..0, Expected::NONE),
            border: u32::MAX,
            beyond: Vec::with_capacity(1 << 13),
            tick: scenario.tick.micros(),
            placed: Cell::new((Instant::ZERO, (0, 0.0))),
            even: scenario.traffic.arrivals == Arrivals::Even,
        }
    }

    /// Forgets the replication before.
    pub(super) fn restart(&mut self, world: &World) {
        self.ticks.restart(world.keyed);
        self.beyond.clear();
        (self.partial, self.settled) = (None, Instant::NEVER);
        (self.same, self.recent.0) = (false, 0..0);
        self.border = u32::MAX;
    }

    /// If the regime lasts, pods change by themselves at `at`: opening tiles beyond that would be
    /// in vain.
    pub(super) fn expect_change(&mut self, at: Option<Instant>) {
        self.border = at.map_or(u32::MAX, |at| self.place(at).0 + 1);
    }

    /// The tick that `now` lies in, and how much of it is over.
    fn place(&self, now: Instant) -> (u32, f64) {
        let (known, place) = self.placed.get();
        if known == now {
            return place;
        }
        let micros = now.since_start().micros();
        let place = ((micros / self.tick) as u32, (micros % self.tick) as f64 / self.tick as f64);
        self.placed.set((now, place));
        place
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
        if let Some(partial) = self.partial.as_ref().filter(|partial| partial.tick == start) {
            let mut expected = partial.expected;
            let (done, lost) = (partial.done, partial.lost);
            let twice = planted::is(Bug::ChangedTickCountsTwice);
            let left = if twice { 1.0 } else { 1.0 - done };
            self.expect(context, start);
            expected.add(&self.recent.1, left, context.limits.gates.len());
            for (version, lost) in lost.iter().enumerate() {
                for (cell, requests) in CAUSES.into_iter().zip(lost) {
                    // Pods that leave at the end of a tick take what is lost from the others.
                    let more = expected.lose(version, cell, *requests);
                    expected.lose(1 - version, cell, more);
                }
            }
            let piece = keep(&mut self.beyond, start, &expected, context.limits);
            self.ticks.open_tick(piece);
            self.same = false;
            return;
        }
        if self.same {
            self.ticks.open_again(self.border);
            return;
        }
        let end = self.ticks.next_end(self.border);
        let mut tick = start;
        while tick < end {
            let next = self.expect(context, tick);
            self.ticks.add(keep(&mut self.beyond, tick, &self.recent.1, context.limits));
            self.same = tick == start && next == u32::MAX;
            tick = next.min(end);
        }
        self.ticks.open_added(self.border);
    }

    /// How many requests of a version in a tick of a piece are beyond the limit of a gate, of the
    /// class that it lies in.
    pub(super) fn beyond(&self, piece: &Piece<STREAMS, Note>, version: usize, limit: usize) -> f64 {
        self.beyond[piece.note.beyond as usize + limit][version]
    }

    /// Finds out what is expected of a tick, which then is the recent one; says which is the first
    /// tick after it of which that may not be true.
    fn expect(&mut self, context: &mut Context<'_>, tick: u32) -> u32 {
        if !self.recent.0.contains(&tick) {
            context.expect(tick, &mut self.recent.1);
            self.recent.0 = tick..next_piece(context, tick);
        }
        self.recent.0.end
    }

    /// Ends the regime of `context` at `now`: what is over stands, the rest is forgotten.
    pub(super) fn settle(&mut self, context: &mut Context<'_>, now: Instant) {
        let (tick, part) = self.place(now);
        // Nothing came of a regime that began and ended at one instant.
        if std::mem::replace(&mut self.settled, now) == now && self.ticks.end() <= tick {
            return;
        }
        self.open(context, tick);
        let limits = context.limits.gates.len();
        let planned = self.planned(tick, limits);
        self.ticks.cut(tick);
        self.same = false;
        let done = self.partial.as_ref().filter(|partial| partial.tick == tick).map(|it| it.done);
        if part > done.unwrap_or(0.0) {
            if planned.is_none() {
                self.expect(context, tick);
            }
            let expected = planned.as_ref().unwrap_or(&self.recent.1);
            let partial = partial_at(&mut self.partial, tick);
            partial.expected.add(expected, part - partial.done, limits);
            partial.done = part;
        }
        self.recent.0 = 0..0;
    }

    /// What was expected of a tick under the regime in force, if it is open already.
    fn planned(&self, tick: u32, limits: usize) -> Option<Expected> {
        let is_open = tick < self.ticks.end();
        let is_whole = self.partial.is_none_or(|partial| partial.tick != tick);
        (is_open && is_whole).then(|| {
            let Piece { rate, note, .. } = *self.ticks.piece(tick);
            let mut expected = Expected { rate, note, ..Expected::NONE };
            let beyond = &self.beyond[note.beyond as usize..][..limits];
            for (limit, [old, new]) in beyond.iter().enumerate() {
                (expected.beyond[OLD][limit], expected.beyond[NEW][limit]) = (*old, *new);
            }
            expected
        })
    }

    /// Requests of a version are lost at `now`, right after a regime was settled there: they fail
    /// instead of being answered.
    pub(super) fn lose(&mut self, now: Instant, version: usize, cell: usize, requests: f64) {
        let tick = self.place(now).0;
        let partial = partial_at(&mut self.partial, tick);
        partial.lost[version][usize::from(cell == DEFECT)] += requests;
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

/// What has come together of a tick so far.
fn partial_at(partial: &mut Option<Partial>, tick: u32) -> &mut Partial {
    if partial.as_ref().is_some_and(|known| known.tick != tick) {
        *partial = None;
    }
    let lost = [[0.0; 2]; VERSIONS];
    partial.get_or_insert_with(|| Partial { tick, done: 0.0, expected: Expected::NONE, lost })
}

/// Keeps what is beyond the limits of gates; the rest is the piece that begins at a tick.
fn keep(
    beyond: &mut Vec<[f64; VERSIONS]>,
    tick: u32,
    expected: &Expected,
    limits: &Limits,
) -> Piece<STREAMS, Note> {
    let note = Note { beyond: beyond.len() as u32, ..expected.note };
    let [old, new] = &expected.beyond;
    beyond.extend((0..limits.gates.len()).map(|limit| [old[limit], new[limit]]));
    Piece::new(tick, expected.rate, note)
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
