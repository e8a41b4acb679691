//! A point in simulated time.

use crate::Span;
use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// A point in simulated time: whole microseconds since the simulation started.
///
/// Only meaningful operations exist: an instant moves by a [`Span`], and the difference of two
/// instants is a `Span`. None of them panics or wraps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The start of the simulation.
    pub const ZERO: Self = Self(0);

    /// Later than everything that happens; what happens then does not happen.
    pub const NEVER: Self = Self(u64::MAX);

    /// The time that has passed since the start.
    pub const fn since_start(self) -> Span {
        Span::from_micros(self.0)
    }
}

impl Add<Span> for Instant {
    type Output = Self;

    /// The instant `span` later, or [`Instant::NEVER`] when that is past the end of time.
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.micros()))
    }
}

impl AddAssign<Span> for Instant {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Sub<Span> for Instant {
    type Output = Self;

    /// The instant `span` earlier, or the start.
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.micros()))
    }
}

impl Sub for Instant {
    type Output = Span;

    /// The time from `earlier` to `self`, or zero when `earlier` is the later one.
    fn sub(self, earlier: Self) -> Span {
        Span::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Instant {
    /// Writes the span since the start, e.g. `12m30s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NEVER { f.pad("never") } else { self.since_start().fmt(f) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_by_spans_and_differs_by_spans() {
        let start = Instant::ZERO + Span::from_mins(12);
        let mut end = start;
        end += Span::from_secs(30);
        assert_eq!(end - start, Span::from_secs(30));
        assert_eq!(start - end, Span::ZERO);
        assert_eq!(start - Span::from_hours(1), Instant::ZERO);
        assert_eq!(end.since_start(), Span::from_secs(750));
    }

    #[test]
    fn prints_the_time_since_the_start() {
        assert_eq!((Instant::ZERO + Span::from_secs(750)).to_string(), "12m30s");
        assert_eq!(Instant::ZERO.to_string(), "0s");
        assert_eq!((Instant::NEVER + Span::from_secs(1)).to_string(), "never");
    }
}
