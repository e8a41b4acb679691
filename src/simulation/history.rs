//! What the measures need to know of the way of one replication.

use clockwork::{Instant, Span};

use super::measures::{By, Ending};

/// What the measures need to know of the way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct History {
    /// When traffic first reached the new version.
    pub(super) exposed: Option<Instant>,
    /// When all traffic had moved.
    pub(super) live: Option<Instant>,
    /// When it was promoted, in this attempt.
    pub(super) promoted: Option<Instant>,
    /// When and how the change ended.
    pub(super) ended: Option<(Instant, Ending)>,
    /// The order that is obeyed, and who gave it.
    pub(super) order: Option<(Instant, By)>,
    /// The first reading that led to it.
    pub(super) detected: Option<Instant>,
    /// Harm so far.
    pub(super) harm: Option<Harm>,
    /// When the watched time ended.
    pub(super) horizon: Instant,
    /// Expected requests of the new version up to an instant, for clocks that count requests.
    pub(super) served: (Instant, f64),
    /// Largest share of the traffic on the new version.
    pub(super) peak_share: f64,
    /// Pods that exist.
    pub(super) pods: Pods,
    /// Pods that were killed.
    pub(super) killed: u64,
    /// Time of people.
    pub(super) work: Span,
}

/// Pods that exist, over time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pods {
    since: Instant,
    now: u32,
    /// The most at one time.
    pub(super) peak: u32,
    /// Pod-microseconds above the replicas; less when there were fewer.
    pub(super) above: i64,
}

impl Pods {
    /// From `now` on there are so many pods.
    pub(super) fn count(&mut self, now: Instant, pods: u32, replicas: u32) {
        let over = i64::from(self.now) - i64::from(replicas);
        self.above += over * (now - self.since).micros() as i64;
        (self.since, self.now, self.peak) = (now, pods, self.peak.max(pods));
    }
}

/// One of the times at which the hazard of a fault met served traffic, when it is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Harmful {
    pub(super) from: Instant,
    pub(super) to: Instant,
    /// Whether it began, and ended, because the traffic did.
    pub(super) with_traffic: (bool, bool),
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
    /// Books that harm is or is not going on from `now`; says since when it did if it is over.
    pub(super) fn update(harm: &mut Option<Self>, now: Instant, going_on: bool) -> Option<Instant> {
        match harm {
            None if going_on => {
                *harm = Some(Self { began: now, since: Some(now), last: now, total: Span::ZERO });
            }
            Some(harm) if going_on => {
                harm.since.get_or_insert(now);
            }
            Some(harm) => {
                let since = harm.since.take()?;
                harm.total += now - since;
                harm.last = now;
                return Some(since);
            }
            None => {}
        }
        None
    }

    /// Since when it is going on.
    pub(super) fn since(&self) -> Option<Instant> {
        self.since
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
