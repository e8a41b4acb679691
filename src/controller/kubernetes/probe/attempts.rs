//! When a probe asks: at the ticks of its ticker, or as soon as a slow answer is there.

use clockwork::{Instant, Span};

/// A ticker: a tick at some instant, and one every period before and after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticker {
    /// From the start of time to the first of them.
    phase: Span,
    period: Span,
}

impl Ticker {
    /// One that ticks at this instant.
    pub(super) fn new(tick: Instant, period: Span) -> Self {
        Self { phase: tick.since_start() % period, period }
    }

    /// The same, but for an instant at which it ticks.
    pub(super) fn restarted(&self, tick: Instant) -> Self {
        Self::new(tick, self.period)
    }

    /// The last tick until `at`; the start of time before the first of them.
    pub(super) fn until(&self, at: Instant) -> Instant {
        let since = at.since_start();
        if since < self.phase {
            return at;
        }
        at - (since - self.phase) % self.period
    }

    /// The first tick from `at` on.
    pub(super) fn from(&self, at: Instant) -> Instant {
        let since = at.since_start();
        if since <= self.phase {
            return Instant::ZERO + self.phase;
        }
        let over = (since - self.phase) % self.period;
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
    /// The tick before the first of them, or at it.
    tick: Instant,
    period: Span,
    first: Instant,
    takes: Span,
}

impl Attempts {
    pub(super) fn new(ticker: Ticker, first: Instant, takes: Span) -> Self {
        Self { tick: ticker.until(first), period: ticker.period, first, takes }
    }

    /// The start of an attempt; the first has the number 0.
    pub(super) fn start(&self, number: u64) -> Instant {
        let tick = self.tick + self.period * number;
        tick.max(self.first + self.takes * number)
    }

    /// How many start before `at`.
    pub(super) fn before(&self, at: Instant) -> u64 {
        if at <= self.first {
            return 0;
        }
        if at == Instant::NEVER {
            return u64::MAX;
        }
        let ticks = (at - self.tick).div_ceil(self.period);
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
