//! What the measures need to know of the way of one replication.

use clockwork::{Instant, Span};

use super::measures::Ending;

/// What the measures need to know of the way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct History {
    /// When traffic first reached the new version.
    pub(super) exposed: Option<Instant>,
    /// When all traffic had moved.
    pub(super) live: Option<Instant>,
    /// When and how the change ended.
    pub(super) ended: Option<(Instant, Ending)>,
    /// The order that is obeyed, and the gate that gave it.
    pub(super) order: Option<(Instant, usize)>,
    /// The first reading that led to it.
    pub(super) detected: Option<Instant>,
    /// Harm so far.
    pub(super) harm: Option<Harm>,
    /// When the watched time ended.
    pub(super) horizon: Instant,
    /// Expected requests of the new version up to an instant, for clocks that count requests.
    pub(super) served: (Instant, f64),
}

/// The times at which the hazard of a fault met served traffic.
#[derive(Clone, Copy, Debug)]
pub(super) struct Harm {
    /// When it first did.
    pub(super) began: Instant,
    /// Since when it does; `None` while it does not.
    since: Option<Instant>,
    /// When it last did.
    last: Instant,
    /// For how long it did, before `since`.
    total: Span,
}

impl Harm {
    /// Books that harm is or is not going on from `now`.
    pub(super) fn update(harm: &mut Option<Self>, now: Instant, going_on: bool) {
        match harm {
            None if going_on => {
                *harm = Some(Self { began: now, since: Some(now), last: now, total: Span::ZERO });
            }
            Some(harm) if going_on => {
                harm.since.get_or_insert(now);
            }
            Some(harm) => {
                if let Some(since) = harm.since.take() {
                    harm.total += now - since;
                    harm.last = now;
                }
            }
            None => {}
        }
    }

    /// Whether it is still going on.
    pub(super) fn goes_on(&self) -> bool {
        self.since.is_some()
    }

    /// When it ended, or `until` when it goes on.
    pub(super) fn end(&self, until: Instant) -> Instant {
        if self.goes_on() { until } else { self.last }
    }

    /// How long it went on before `until`, which is not before the last change.
    pub(super) fn total(&self, until: Instant) -> Span {
        self.total + self.since.map_or(Span::ZERO, |since| until - since)
    }
}
