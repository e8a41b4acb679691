//! Requests to the release whose answers no user sees: copies of requests, and load tests.
//!
//! They are told apart from what users send: they harm nobody and are in no count of requests. What
//! a metric of the release finds has them in it.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::grid::context;
use super::law::{BASELINE, CELLS, DEFECT, Expected, FAST, MIDDLE, ROLLOUT, SLOW, stream};
use super::purpose::COPIES;
use super::record::Record;
use super::state::State;
use crate::gate::{Gate, Subject, Tally};
use crate::scenario::LIMITS_MAX;
use crate::strategy::NEW;
use crate::units::{Rate, Share};

/// How many requests a source of them sends.
#[derive(Clone, Copy, Debug)]
enum Amount {
    /// A share of all that users send.
    Share(f64),
    /// So many a second, of a test.
    Test(usize, f64),
}

/// A source of requests while it sends any.
#[derive(Clone, Copy, Debug)]
struct Sent {
    from: Instant,
    until: Instant,
    amount: Amount,
}

/// What came of those of some ticks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counted {
    /// By cell.
    pub(super) cells: [u64; CELLS],
    /// Of the class that each limit divides, those beyond it.
    pub(super) beyond: [u64; LIMITS_MAX],
}

impl Counted {
    fn add(&mut self, other: &Self) {
        self.cells.iter_mut().zip(other.cells).for_each(|(mine, theirs)| *mine += theirs);
        self.beyond.iter_mut().zip(other.beyond).for_each(|(mine, theirs)| *mine += theirs);
    }
}

/// Requests to the release whose answers no user sees.
#[derive(Clone, Debug, Default)]
pub(super) struct Copies {
    all: Vec<Sent>,
    /// What came of them, tick by tick from the first one on.
    counted: Vec<Counted>,
}

impl Copies {
    pub(super) fn clear(&mut self) {
        self.all.clear();
        self.counted.clear();
    }

    /// This share of the requests is copied from now on.
    pub(super) fn copy(&mut self, now: Instant, share: Share) {
        let is_share = |sent: &&mut Sent| matches!(sent.amount, Amount::Share(_));
        for sent in self.all.iter_mut().filter(is_share) {
            sent.until = sent.until.min(now);
        }
        if share > Share::ZERO {
            let amount = Amount::Share(share.as_f64());
            self.all.push(Sent { from: now, until: Instant::NEVER, amount });
        }
    }

    /// A test begins, unless it runs.
    pub(super) fn load(&mut self, now: Instant, test: usize, rate: Rate, lasts: Span) {
        let is_it = |sent: &Sent| matches!(sent.amount, Amount::Test(other, _) if other == test);
        if !self.all.iter().any(|sent| is_it(sent) && sent.until > now) {
            let amount = Amount::Test(test, rate.as_f64());
            self.all.push(Sent { from: now, until: now + lasts, amount });
        }
    }

    /// When the first of them was sent.
    fn began(&self) -> Option<Instant> {
        self.all.iter().map(|sent| sent.from).min()
    }

    /// The mean share of a load that is sent in a tick, beside what users send.
    fn share(&self, (from, to): (Instant, Instant), load: f64) -> f64 {
        let share = |sent: &Sent| {
            let (from, until) = (sent.from.max(from), sent.until.min(to));
            let share = match sent.amount {
                Amount::Share(share) => share,
                Amount::Test(_, rate) => rate / load,
            };
            if until > from { share * (until - from).as_secs_f64() } else { 0.0 }
        };
        self.all.iter().map(share).sum::<f64>() / (to - from).as_secs_f64()
    }
}

impl<R: Record> Engine<'_, R> {
    /// What becomes of what is sent to the release beside the requests of users changes at `now`:
    /// what was sent before stands, and scrapes from then on will be others.
    pub(super) fn settle_copies(&mut self, now: Instant) {
        let over = self.grid.over(now);
        self.count_copies(over);
        if let Some(first) = self.copies.began().map(|began| self.grid.over(began)) {
            self.copies.counted.truncate(over.saturating_sub(first) as usize);
        }
    }

    /// What came in some ticks of what was sent to the release beside the requests of users.
    pub(super) fn copied(&mut self, (from, to): (u32, u32)) -> Option<Counted> {
        let first = self.grid.over(self.copies.began()?);
        self.count_copies(to);
        let mut sum = Counted::default();
        for tick in from.max(first)..to {
            sum.add(self.copies.counted.get((tick - first) as usize)?);
        }
        Some(sum)
    }

    /// Adds what was sent to the release beside the requests of users to what a gate finds.
    pub(super) fn add_copies(&mut self, gate: &Gate, tally: &mut Tally, ticks: (u32, u32)) {
        if gate.metric.of() != Subject::New {
            return;
        }
        let Some(Counted { cells, beyond }) = self.copied(ticks) else { return };
        tally.requests += cells.iter().sum::<u64>();
        tally.failed += cells[BASELINE] + cells[ROLLOUT] + cells[DEFECT];
        tally.slow += cells[SLOW];
        tally.middle += cells[MIDDLE];
        tally.fast += cells[FAST];
        if gate.metric.limit().is_some() {
            let limit = self.limit_of(gate);
            let class = self.limits.class(limit);
            tally.beyond += cells[SLOW..class].iter().sum::<u64>() + beyond[limit];
        }
    }

    /// Counts every tick before `to`, under the regime in force.
    ///
    /// What becomes of these requests is what would become of so many requests of users; a fault
    /// that the first traffic brings out is there from the first of them on.
    fn count_copies(&mut self, to: u32) {
        let Some(began) = self.copies.began() else { return };
        let next = self.grid.over(began) + self.copies.counted.len() as u32;
        if next >= to {
            return;
        }
        let mut state = self.state.clone();
        for fault in 0..self.world.severities().len() {
            if state.began[fault].is_none() && self.begins_at_once(fault) {
                state.began[fault] = Some(began);
            }
        }
        for tick in next..to {
            let length = self.scenario.tick;
            let start = Instant::ZERO + length * u64::from(tick);
            let load = self.load_at(start);
            let share = self.copies.share((start, start + length), load);
            let counted = if share > 0.0 && self.state.serving[NEW] > 0 {
                let expected = self.expect_sent(&mut state, tick, share);
                self.count_sent(tick, &expected)
            } else {
                Counted::default()
            };
            self.copies.counted.push(counted);
        }
    }

    /// What is expected of requests that are so large a share of the load beside those of users.
    fn expect_sent(&mut self, state: &mut State, tick: u32, share: f64) -> Expected {
        let all = (self.state.share + share).min(1.0);
        (state.share, state.due, state.sessions) = (all, all, None);
        let mut context = context(self.scenario, &self.limits, &mut self.world, state);
        let mut expected = Expected::NONE;
        context.expect(tick, &mut expected);
        let part = share / all;
        expected.rate.iter_mut().for_each(|rate| *rate *= part);
        expected.beyond[NEW].iter_mut().for_each(|beyond| *beyond *= part);
        expected
    }

    fn count_sent(&mut self, tick: u32, expected: &Expected) -> Counted {
        let mut counted = Counted::default();
        let limits = self.limits.gates.len().min(LIMITS_MAX);
        for cell in 0..CELLS {
            let mean = expected.rate[stream(NEW, cell)];
            if mean <= 0.0 {
                continue;
            }
            let [u, v] = self.world.keyed.uniforms(cell as u32, tick, COPIES);
            let count = chance::poisson::quantile(mean, u);
            counted.cells[cell] = count;
            if count == 0 || cell < SLOW {
                continue;
            }
            for limit in 0..limits {
                if self.limits.class(limit) == cell {
                    let part = (expected.beyond[NEW][limit] / mean).min(1.0);
                    counted.beyond[limit] = chance::binomial::quantile(count, part, v);
                }
            }
        }
        counted
    }
}
