//! When a probe asks: at the ticks of its ticker, or as soon as a slow answer is there.

use clockwork::{Instant, Span};

/// A ticker: a tick at some instant, and one every period before and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticker {
    pub(super) tick: Instant,
    pub(super) period: Span,
}

impl Ticker {
    /// The last tick until `at`; the start of time before the first of them.
    pub(super) fn until(&self, at: Instant) -> Instant {
        let phase = self.tick.since_start() % self.period;
        let since = at.since_start();
        if since < phase {
            return at;
        }
        at - (since - phase) % self.period
    }

    /// The first tick from `at` on.
    pub(super) fn from(&self, at: Instant) -> Instant {
        let phase = self.tick.since_start() % self.period;
        let since = at.since_start();
        if since <= phase {
            return Instant::ZERO + phase;
        }
        let over = (since - phase) % self.period;
        if over.is_zero() { at } else { at + (self.period - over) }
    }

    /// The first tick later than `at`.
    pub(super) fn after(&self, at: Instant) -> Instant {
        self.from(at + Span::from_micros(1))
    }
}

/// Attempts that each take the same time, the first of them given.
///
/// A ticker holds one tick that nobody has taken: after a slow answer the next attempt is at once.
/// So the start of attempt *n* is the later of the *n*th tick after the one before the first
/// attempt, and *n* answers after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempts {
    pub(super) ticker: Ticker,
    pub(super) first: Instant,
    pub(super) takes: Span,
}

impl Attempts {
    /// The start of an attempt; the first has the number 0.
    pub(super) fn start(&self, number: u64) -> Instant {
        let tick = self.ticker.until(self.first) + self.ticker.period * number;
        tick.max(self.first + self.takes * number)
    }

    /// How many start before `at`.
    pub(super) fn before(&self, at: Instant) -> u64 {
        if at <= self.first {
            return 0;
        }
        let ticks = (at - self.ticker.until(self.first)).div_ceil(self.ticker.period);
        if self.takes.is_zero() {
            return ticks;
        }
        ticks.min((at - self.first).div_ceil(self.takes))
    }

    /// When the last of so many attempts ends.
    pub(super) fn end(&self, count: u32) -> Instant {
        self.start(u64::from(count.max(1)) - 1) + self.takes
    }
}
