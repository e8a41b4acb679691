//! Waiting times that double: how long something that failed is left alone.

use clockwork::{Instant, Span};

/// How waiting times grow, and when they are forgotten.
///
/// Source: `flowcontrol.Backoff` of client-go and how the kubelet sets it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackOff {
    /// The first wait; the next ones double.
    pub first: Span,
    /// The longest.
    pub most: Span,
    /// After more time than this since the last decision, the first wait comes again.
    pub forgotten: Span,
}

impl BackOff {
    /// Of a container that ended: 10 s to five minutes, forgotten after ten.
    pub const CONTAINER: Self = Self {
        first: Span::from_secs(10),
        most: Span::from_mins(5),
        forgotten: Span::from_mins(10),
    };

    /// Of an image that could not be pulled: 10 s to five minutes, forgotten after twice that.
    pub const IMAGE: Self = Self::CONTAINER;
}

/// A wait that has been decided, or none yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wait {
    /// How long, and when that was decided.
    entry: Option<(Span, Instant)>,
}

impl Wait {
    /// How long the wait is; nothing before the first failure.
    pub fn long(&self) -> Span {
        self.entry.map_or(Span::ZERO, |(wait, _)| wait)
    }

    /// Whether what was decided does not count any more at the time of an event.
    pub fn is_forgotten(&self, by: &BackOff, event: Instant) -> bool {
        self.entry.is_none_or(|(_, decided)| event - decided > by.forgotten)
    }

    /// When the wait after an event is over.
    pub fn over_after(&self, by: &BackOff, event: Instant) -> Instant {
        if self.is_forgotten(by, event) { event } else { event + self.long() }
    }

    /// Whether the wait that began with the last decision lasts.
    pub fn lasts(&self, by: &BackOff, now: Instant) -> bool {
        let known = self.entry.filter(|_| !self.is_forgotten(by, now));
        known.is_some_and(|(wait, decided)| now - decided < wait)
    }

    /// Decides how long the next wait is, because of an event.
    pub fn grow(&mut self, by: &BackOff, event: Instant, now: Instant) {
        let forgotten = self.is_forgotten(by, event);
        let wait = if forgotten { by.first } else { (self.long() * 2).min(by.most) };
        self.entry = Some((wait, now));
    }
}
