//! The counts of a tick, dealt to the processes that served it.
//!
//! The processes of a version are the leaves of a tree over their order. At each node the requests
//! of a cell fall to the left with a binomial count, whose uniform is keyed by the node; those of
//! them that are beyond a limit fall with a hypergeometric one. So the parts add up to what the
//! version counts, and nobody who looks at pods changes a count. Requests of every kind are dealt
//! evenly to those who serve; only pods that stall fail more than others.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::law::{CELLS, DEFECT, FAST, SLOW, STREAMS, stream};
use super::purpose::{DEAL, EARLY};
use super::record::Record;
use super::roster::Served;
use crate::scenario::LIMITS_MAX;
use crate::telemetry::Outcome;

/// Counts of one process in a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Dealt {
    cells: [u64; CELLS],
    /// Of the class that each limit divides, those beyond the limit.
    beyond: [u64; LIMITS_MAX],
}

/// A process, and what it was dealt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    /// Which process of its version.
    pub(super) process: u32,
    /// In the whole tick.
    pub(super) whole: Dealt,
    /// Before the process was scraped, where that happens within the tick.
    pub(super) early: Dealt,
}

/// Room for the hands of a tick.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    served: Vec<Served>,
    /// Sums of weights, each of all processes before it.
    sums: Vec<f64>,
    pub(super) hands: Vec<Hand>,
}

/// Requests of one cell that a node of the tree has.
#[derive(Clone, Copy, Debug)]
struct Lot {
    cell: usize,
    count: u64,
    beyond: [u64; LIMITS_MAX],
}

impl Dealt {
    /// Requests of an outcome.
    pub(super) fn requests(&self, outcome: Outcome) -> u64 {
        let failed = self.cells[..SLOW].iter().sum::<u64>();
        let good = self.cells[SLOW..].iter().sum::<u64>();
        match outcome {
            Outcome::Failed => failed,
            Outcome::Good => good,
            Outcome::Any => failed + good,
        }
    }

    /// Responses beyond a limit that divides a class.
    pub(super) fn slower_than(&self, limit: usize, class: usize) -> u64 {
        self.cells[SLOW..class].iter().sum::<u64>() + self.beyond[limit]
    }

    /// Fast, middle and slow responses.
    pub(super) fn classes(&self) -> [u64; 3] {
        [self.cells[FAST], self.cells[FAST - 1], self.cells[SLOW]]
    }
}

impl<R: Record> Engine<'_, R> {
    /// Deals the counts of a tick of a version; with those beyond limits, if they are read.
    pub(super) fn deal(&mut self, version: usize, tick: u32, limits: bool) {
        let mut table = std::mem::take(&mut self.table);
        let span = self.span_of(tick);
        self.roster.serving(version, span, &mut table.served);
        table.hands.clear();
        let hand = |it: &Served| Hand {
            process: it.process,
            whole: Dealt::default(),
            early: Dealt::default(),
        };
        table.hands.extend(table.served.iter().map(hand));
        if !table.hands.is_empty() {
            for cell in 0..CELLS {
                let count = self.grid.ticks.sum(stream(version, cell), tick, tick + 1);
                if count == 0 {
                    continue;
                }
                let beyond = if limits && cell >= SLOW {
                    self.divided(cell, version, (tick, tick + 1))
                } else {
                    [0; LIMITS_MAX]
                };
                self.weigh(&mut table, version, cell, tick);
                let all = 0..table.hands.len();
                self.split(&mut table, (version, tick), 1, all, Lot { cell, count, beyond });
            }
            if self.scenario.telemetry.spread {
                table.hands.iter_mut().for_each(|hand| self.scraped_early(hand, version, tick));
            }
        }
        self.table = table;
    }

    /// When a tick begins and ends.
    pub(super) fn span_of(&self, tick: u32) -> (Instant, Instant) {
        let length = self.scenario.tick;
        let from = Instant::ZERO + length * u64::from(tick);
        (from, from + length)
    }

    /// When a pod is scraped within every tick; with its end when all are.
    pub(super) fn phase(&self, version: usize, pod: u32) -> Option<Span> {
        let spread = self.scenario.telemetry.spread;
        spread.then(|| {
            let u = self.world.keyed.uniform(version as u32, pod, super::purpose::PHASE);
            let millis = (self.scenario.tick.micros() / 1000).saturating_sub(1);
            Span::from_millis(1 + (u * millis as f64) as u64)
        })
    }

    /// Sums of the weights that processes have for a cell.
    fn weigh(&self, table: &mut Table, version: usize, cell: usize, tick: u32) {
        let Table { served, sums, .. } = table;
        let of = |weight: fn(&Served) -> f64| served.iter().map(weight).sum::<f64>();
        let (well, stalled) = (of(|it| it.well), of(|it| it.stalled));
        // What a process that answers has of a cell, and one that has stalled.
        let [answers, stalls] = if stalled == 0.0 || cell < DEFECT {
            [1.0, 1.0]
        } else if cell == DEFECT {
            let rate = self.grid.ticks.piece(tick).rate;
            let all: f64 = (0..CELLS).map(|cell| rate[stream(version, cell)]).sum();
            let lost = all * stalled / (well + stalled);
            let others = (rate[stream(version, DEFECT)] - lost).max(0.0);
            [if all > lost { others / (all - lost) } else { 0.0 }, 1.0]
        } else {
            [1.0, 0.0]
        };
        sums.clear();
        let mut sum = 0.0;
        sums.push(sum);
        for it in served.iter() {
            sum += answers * it.well + stalls * it.stalled;
            sums.push(sum);
        }
        if sum <= 0.0 {
            // Requests that nobody serves are everybody's.
            sums.iter_mut().enumerate().for_each(|(index, sum)| *sum = index as f64);
        }
    }

    /// Deals what a node of the tree has to the processes below it.
    fn split(
        &self,
        table: &mut Table,
        at: (usize, u32),
        node: u32,
        below: std::ops::Range<usize>,
        lot: Lot,
    ) {
        let (version, tick) = at;
        if lot.count == 0 {
            return;
        }
        if below.len() == 1 {
            let Dealt { cells, beyond } = &mut table.hands[below.start].whole;
            cells[lot.cell] = lot.count;
            // A limit divides one class: the others have nothing beyond it.
            beyond.iter_mut().zip(lot.beyond).for_each(|(sum, more)| *sum += more);
            return;
        }
        let middle = below.start.midpoint(below.end);
        let [first, half, last] = [below.start, middle, below.end].map(|it| table.sums[it]);
        let share = if last > first { (half - first) / (last - first) } else { 0.5 };
        let address = stream(version, lot.cell) as u32 + STREAMS as u32 * node;
        let [u, of_them] = self.world.keyed.uniforms(address, tick, DEAL);
        let left = chance::binomial::quantile(lot.count, share, u);
        let (mut before, mut after) = (Lot { count: left, ..lot }, lot);
        after.count -= left;
        for limit in 0..self.gate_limits.len().min(LIMITS_MAX) {
            let marked = lot.beyond[limit];
            if marked > 0 {
                let fall = chance::hypergeometric::quantile(lot.count, marked, left, of_them);
                before.beyond[limit] = fall;
                after.beyond[limit] = marked - fall;
            }
        }
        self.split(table, at, 2 * node, below.start..middle, before);
        self.split(table, at, 2 * node + 1, middle..below.end, after);
    }

    /// What a process counted before it was scraped within a tick.
    fn scraped_early(&self, hand: &mut Hand, version: usize, tick: u32) {
        let process = self.roster.process(version, hand.process);
        let (span, phase) = (self.span_of(tick), self.phase(version, process.pod));
        let share = process.part(span, span.0 + phase.unwrap_or_default());
        for cell in 0..CELLS {
            let all = hand.whole.cells[cell];
            let address = stream(version, cell) as u32 + STREAMS as u32 * hand.process;
            let [u, of_them] = self.world.keyed.uniforms(address, tick, EARLY);
            let early = chance::binomial::quantile(all, share, u);
            hand.early.cells[cell] = early;
            for limit in 0..self.gate_limits.len().min(LIMITS_MAX) {
                let marked = hand.whole.beyond[limit];
                if marked > 0 && self.limits.class(limit) == cell {
                    let fall = chance::hypergeometric::quantile(all, marked, early, of_them);
                    hand.early.beyond[limit] = fall;
                }
            }
        }
    }
}
