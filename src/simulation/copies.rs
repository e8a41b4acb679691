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

/// Requests to the release whose answers no user sees.
#[derive(Clone, Debug, Default)]
pub(super) struct Copies {
    all: Vec<Sent>,
}

impl Copies {
    pub(super) fn clear(&mut self) {
        self.all.clear();
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
    /// Adds what was sent to the release beside the requests of users to what a gate finds.
    ///
    /// What becomes of these requests is what would become of so many requests of users; a fault
    /// that the first traffic brings out is there from the first of them on.
    pub(super) fn add_copies(&mut self, gate: &Gate, tally: &mut Tally, (from, to): (u32, u32)) {
        let Some(began) = self.copies.began().filter(|_| gate.metric.of() == Subject::New) else {
            return;
        };
        if self.state.serving[NEW] == 0 {
            return;
        }
        let mut state = self.state.clone();
        for fault in 0..self.world.severities().len() {
            if state.began[fault].is_none() && self.begins_at_once(fault) {
                state.began[fault] = Some(began);
            }
        }
        let limit = gate.metric.limit().map(|_| self.limit_of(gate));
        for tick in from..to {
            let length = self.scenario.tick;
            let start = Instant::ZERO + length * u64::from(tick);
            let load = self.load_at(start);
            let share = self.copies.share((start, start + length), load);
            if share > 0.0 {
                let expected = self.expect_sent(&mut state, tick, share);
                self.count_sent(tick, &expected, limit, tally);
            }
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

    fn count_sent(
        &mut self,
        tick: u32,
        expected: &Expected,
        limit: Option<usize>,
        tally: &mut Tally,
    ) {
        for cell in 0..CELLS {
            let mean = expected.rate[stream(NEW, cell)];
            if mean <= 0.0 {
                continue;
            }
            let [u, v] = self.world.keyed.uniforms(cell as u32, tick, COPIES);
            let count = chance::poisson::quantile(mean, u);
            tally.requests += count;
            match cell {
                BASELINE | ROLLOUT | DEFECT => tally.failed += count,
                SLOW => tally.slow += count,
                MIDDLE => tally.middle += count,
                FAST => tally.fast += count,
                _ => {}
            }
            let Some(limit) = limit else { continue };
            let class = self.limits.class(limit);
            if (SLOW..class).contains(&cell) {
                tally.beyond += count;
            } else if cell == class && count > 0 {
                let part = (expected.beyond[NEW][limit] / mean).min(1.0);
                tally.beyond += chance::binomial::quantile(count, part, v);
            }
        }
    }
}
