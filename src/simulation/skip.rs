//! Readings that need not be taken, because they cannot fail.
//!
//! The counts of whole blocks of ticks around a window bound the bad requests from above, and
//! those of blocks inside it bound all requests from below. Readings with the same blocks share
//! the answer. Nothing but time depends on what is skipped: a count is the same whoever looks.

use chance::ticks::LEVEL_MAX;
use clockwork::Instant;

use super::engine::Engine;
use super::law::{FAST, MIDDLE, SLOW, stream};
use super::record::Record;
use crate::gate::{Bounds, Gate, Patience, Subject, Tally};
use crate::strategy::{NEW, OLD};

/// The readings that one answer holds for: those whose window lies in `outer`, and around
/// `inner` where the answer rests on what lies in there.
struct Block {
    outer: (u32, u32),
    inner: Option<(u32, u32)>,
}

impl<R: Record> Engine<'_, R> {
    /// How many readings from this one on are sure not to change anything.
    pub(super) fn skip(
        &mut self,
        index: usize,
        gate: &Gate,
        (from, to): (u32, u32),
        until: Instant,
    ) -> u32 {
        let width = to - from;
        let inner = (width + 1).ilog2().saturating_sub(1);
        // Nothing is gained by looking further than the next change: it may be another regime.
        let ahead = self.grid.over(until).saturating_sub(to);
        let most = (ahead + 1).ilog2() + 1;
        let mut level = self.watches[index].level.min(most.max(inner));
        loop {
            let block = self.block((from, to), level, inner);
            let bounds = self.bounds(gate, &block, (width, inner));
            if self.cannot_matter(index, gate, &bounds) {
                self.watches[index].level = (level + 1).min(LEVEL_MAX);
                return self.shared(gate, &block, self.watches[index].next, until);
            }
            if level == 0 || level <= inner && hopeless(gate, &bounds) {
                self.watches[index].level = inner;
                return 0;
            }
            level -= 1;
        }
    }

    /// Whether a reading within these bounds changes nothing, or only what can be counted.
    fn cannot_matter(&self, index: usize, gate: &Gate, bounds: &Bounds) -> bool {
        if gate.metric.can_fail(bounds) {
            return false;
        }
        let watch = &self.watches[index];
        match gate.patience {
            Patience::Limit(_) => true,
            Patience::Consecutive(_) => watch.failures == 0,
        }
    }

    /// The aligned blocks of `2^level` ticks around a window. Up to the level `inner` some of
    /// them lie within the window.
    fn block(&self, (from, to): (u32, u32), level: u32, inner: u32) -> Block {
        let down = |tick: u32| tick >> level << level;
        let up = |tick: u32| down(tick + (1 << level) - 1);
        let (low, high) = (up(from), down(to));
        let within = (!self.even && level <= inner).then_some((low, high.max(low)));
        Block { outer: (down(from), up(to)), inner: within }
    }

    /// How many readings from `next` on have their window within the block.
    fn shared(&self, gate: &Gate, block: &Block, next: Instant, until: Instant) -> u32 {
        let (from, to) = self.window(gate, next);
        let last = (until - next) / gate.interval;
        let stride = self.grid.whole_ticks(gate.interval);
        if let Some(stride) = stride.filter(|_| to >= gate.window) {
            let outer = (block.outer.1 - to) / stride;
            let inner = block.inner.map_or(outer, |(begin, _)| (begin - from) / stride);
            return 1 + outer.min(inner).min(u32::try_from(last).unwrap_or(u32::MAX));
        }
        let mut count = 1;
        while u64::from(count) <= last {
            let (from, to) = self.window(gate, next + gate.interval * u64::from(count));
            let around = block.inner.is_none_or(|(begin, end)| from <= begin && to >= end);
            if from < block.outer.0 || to > block.outer.1 || !around {
                break;
            }
            count += 1;
        }
        count
    }

    /// What is known of every window in a block. What is sure before one count is drawn often does.
    fn bounds(&mut self, gate: &Gate, block: &Block, (width, inner): (u32, u32)) -> Bounds {
        self.open_to(block.outer.1);
        let sure = self.sure(gate, block.outer, width);
        if let Some(sure) = sure.filter(|sure| !gate.metric.can_fail(sure)) {
            return sure;
        }
        let mut bounds = self.bounds_from_above(gate, block);
        if let Some(sure) = sure.filter(|_| block.inner.is_none()) {
            let mixed = Bounds { low: sure.low, ..bounds };
            if !gate.metric.can_fail(&mixed) {
                return mixed;
            }
        }
        for version in versions(gate.metric.of()) {
            let (from, to) = block.outer;
            let low = match self.grid.least_served(version, from, to, width) {
                Some(requests) => Tally { requests, ..Tally::default() },
                None => match block.inner {
                    Some((from, to)) => {
                        fast_only(self.grid.ticks.sum(stream(version, FAST), from, to))
                    }
                    None => self.least_fast(version, gate, block.outer, (width, inner), &bounds),
                },
            };
            bounds.low = bounds.low + low;
        }
        bounds
    }

    /// The bad requests of every window in a block are at most those of the block.
    fn bounds_from_above(&mut self, gate: &Gate, block: &Block) -> Bounds {
        let (need, subject) = (gate.metric.upper(), gate.metric.of());
        // A window that is still growing counts as grown, as later ones of the block may be.
        let seconds = f64::from(gate.window) * self.scenario.tick.as_secs_f64();
        let mut bounds = Bounds { seconds, ..Bounds::default() };
        for version in versions(subject) {
            let (from, to) = block.outer;
            let mut high = Tally::default();
            if need.failed {
                high.failed = self.failed(version, from, to);
            }
            if need.middle {
                high.middle = self.grid.ticks.sum(stream(version, MIDDLE), from, to);
            }
            if need.slow {
                high.slow = self.grid.ticks.sum(stream(version, SLOW), from, to);
            }
            if need.beyond {
                let limit = self.limit_of(gate);
                high.beyond = self.classes_from(version, limit, from, to);
            }
            bounds.high = bounds.high + high;
        }
        bounds
    }

    /// At least how many fast responses any `width` ticks within `outer` have: so many whole
    /// blocks of level `inner` lie in them, and each has as many as the one with the fewest.
    /// Stops as soon as that cannot clear the gate.
    fn least_fast(
        &mut self,
        version: usize,
        gate: &Gate,
        outer: (u32, u32),
        (width, inner): (u32, u32),
        bounds: &Bounds,
    ) -> Tally {
        let size = 1 << inner;
        let whole = u64::from((width + 1).saturating_sub(size) >> inner);
        let cell = stream(version, FAST);
        let mut least = u64::MAX;
        for from in (outer.0..outer.1).step_by(size as usize) {
            let fast = self.grid.ticks.sum(cell, from, from + size);
            if fast < least {
                least = fast;
                let low = bounds.low + fast_only(whole * least);
                if gate.metric.can_fail(&Bounds { low, ..*bounds }) {
                    break;
                }
            }
        }
        fast_only(whole * least)
    }
}

/// All that is known is a number of fast responses.
fn fast_only(fast: u64) -> Tally {
    Tally { requests: fast, fast, ..Tally::default() }
}

/// Whether smaller blocks will not help: the bad requests are too many even if all the requests
/// of the outer blocks were in the window.
fn hopeless(gate: &Gate, bounds: &Bounds) -> bool {
    let all = Tally { requests: bounds.low.requests.saturating_mul(3), ..bounds.low };
    gate.metric.can_fail(&Bounds { low: all, ..*bounds })
}

pub(super) fn versions(subject: Subject) -> std::ops::Range<usize> {
    match subject {
        Subject::Old => OLD..NEW,
        Subject::New => NEW..NEW + 1,
        Subject::All => OLD..NEW + 1,
    }
}
