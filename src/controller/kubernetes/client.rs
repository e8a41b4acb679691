//! The client of a controller, which may only make so many requests a second.

use clockwork::{Instant, Span};

/// How many requests a client may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Requests a second, `--kube-api-qps`.
    pub qps: u32,
    /// Requests that it may save up, `--kube-api-burst`.
    pub burst: u32,
}

impl Throttle {
    /// The defaults of the controllers of Kubernetes: 20 a second, 30 at once.
    pub const DEFAULT: Self = Self { qps: 20, burst: 30 };
}

/// A bucket of tokens, one for a request, that are handed out in the order in which they were
/// asked for. One that fills at once is always full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bucket {
    interval: Span,
    depth: Span,
    /// When it will be full again if nobody asks for more.
    full: Instant,
}

/// A token that was asked for: when the bucket would have been full again after it. It is there
/// before that by the time that an empty bucket takes to fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(Instant);

impl Bucket {
    fn new(interval: Span, burst: u32) -> Self {
        Self { interval, depth: interval.saturating_mul(u64::from(burst)), full: Instant::ZERO }
    }

    fn ask(&mut self, count: u32, now: Instant) -> Ticket {
        let first = self.full.max(now) + self.interval;
        self.full = first + self.interval.saturating_mul(u64::from(count.saturating_sub(1)));
        Ticket(first)
    }

    fn has(&self, ticket: Ticket, now: Instant) -> bool {
        ticket.0 <= now + self.depth
    }

    fn next(&self, now: Instant) -> Ticket {
        Ticket(self.full.max(now) + self.interval)
    }
}

/// How many events of an object may still be sent: so many at once, then one in five minutes.
///
/// Source: `EventSourceObjectSpamFilter` of client-go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quota(Bucket);

impl Default for Quota {
    fn default() -> Self {
        Self(Bucket::new(Span::from_mins(5), 25))
    }
}

/// The client of a controller: its requests and its events share one bucket, and events are sent
/// one after another.
///
/// Source: `rest.Config` of client-go, where all groups of a clientset share a limiter, and its
/// `EventBroadcaster`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Client {
    bucket: Bucket,
    backlog: u32,
    sending: Option<Ticket>,
}

impl Client {
    /// A client under a throttle, with a full bucket; without one it never waits.
    pub(super) fn new(throttle: Option<Throttle>) -> Self {
        let second = Span::from_secs(1).micros();
        let interval = |qps: u32| Span::from_micros(second / u64::from(qps.max(1)));
        let bucket = throttle.map(|it| Bucket::new(interval(it.qps), it.burst.max(1)));
        Self { bucket: bucket.unwrap_or_default(), ..Self::default() }
    }

    /// The same with a full bucket and nothing to send.
    pub(super) fn afresh(&self) -> Self {
        let bucket = Bucket { full: Instant::ZERO, ..self.bucket };
        Self { bucket, ..Self::default() }
    }

    /// Whether it may make any number of requests.
    pub(super) fn never_waits(&self) -> bool {
        self.bucket.interval.is_zero()
    }

    /// Asks for so many tokens and returns the first; the others follow one by one.
    pub(super) fn ask(&mut self, count: u32, now: Instant) -> Ticket {
        self.bucket.ask(count, now)
    }

    /// The token after this one.
    pub(super) fn after(&self, ticket: Ticket) -> Ticket {
        Ticket(ticket.0 + self.bucket.interval)
    }

    /// Whether a token is there.
    pub(super) fn has(&self, ticket: Ticket, now: Instant) -> bool {
        self.bucket.has(ticket, now)
    }

    /// When a token is there.
    pub(super) fn when(&self, ticket: Ticket) -> Instant {
        ticket.0 - self.bucket.depth
    }

    /// When a request that is made now would be through.
    pub(super) fn free_at(&self, now: Instant) -> Instant {
        let next = self.bucket.next(now);
        if self.has(next, now) { now } else { self.when(next) }
    }

    /// Makes so many requests one after another, and says when the last is through.
    pub(super) fn request(&mut self, count: u32, now: Instant) -> Instant {
        self.ask(count, now);
        self.when(Ticket(self.bucket.full)).max(now)
    }

    /// Notes events of an object that are to be sent, as far as its quota goes.
    pub(super) fn event(&mut self, quota: &mut Quota, count: u32, now: Instant) {
        if self.never_waits() {
            return;
        }
        for _ in 0..count {
            if quota.0.has(quota.0.next(now), now) {
                quota.0.ask(1, now);
                self.backlog += 1;
            }
        }
    }

    /// Sends the events that it can. The others are sent when their turn comes, at which nothing
    /// else happens: [`Self::catch_up`] is soon enough.
    pub(super) fn send_events(&mut self, now: Instant) {
        while self.backlog > 0 {
            let ticket = self.sending.unwrap_or_else(|| self.bucket.ask(1, now));
            self.sending = Some(ticket);
            if !self.has(ticket, now) {
                return;
            }
            (self.sending, self.backlog) = (None, self.backlog - 1);
        }
    }

    /// Sends the events whose turn came before `now`, each of which asked for its token when the
    /// one before it was sent: nobody has asked for another since.
    pub(super) fn catch_up(&mut self, now: Instant) {
        while let Some(ticket) = self.sending.filter(|ticket| self.when(*ticket) < now) {
            let sent = self.when(ticket);
            self.backlog -= 1;
            self.sending = (self.backlog > 0).then(|| self.bucket.ask(1, sent));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_that_are_caught_up_with_took_their_tokens_when_their_turn_came() {
        let at = |millis: u64| Instant::ZERO + Span::from_millis(millis);
        let throttle = Throttle { qps: 10, burst: 3 };
        for until in [at(250), at(900), at(901), at(5_000)] {
            let (mut each, mut late) = (Client::new(Some(throttle)), Client::new(Some(throttle)));
            for client in [&mut each, &mut late] {
                client.event(&mut Quota::default(), 12, at(100));
                client.send_events(at(100));
            }
            while let Some(turn) = each.sending.map(|it| each.when(it)).filter(|it| *it < until) {
                each.send_events(turn);
            }
            assert_ne!(each, late, "some have had their turn until {until:?}");
            late.catch_up(until);
            assert_eq!(each, late, "until {until:?}");
        }
    }
}
