//! The controller of ReplicaSets, and what it is doing for one of them.

use clockwork::Instant;

use super::action::Action;
use super::client::{Client, Quota, Ticket};
use super::replica_set::{Counts, ReplicaSet};
use super::twin::Seen;
use super::wave::{BURST, Wave, Way};

/// A status that is to be written, and the generation that it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Report {
    counts: Counts,
    generation: u32,
}

/// What the controller has in hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Work {
    #[default]
    Nothing,
    /// Pods are created or deleted; what was seen before is reported after that.
    Wave(Wave, Report),
    /// A status waits until the client may write it.
    Report(Ticket, Report),
}

/// What the controller of ReplicaSets is doing for one of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeper {
    seen: Seen,
    /// The generation that it knows of.
    told: u32,
    /// When it looks again.
    due: Instant,
    work: Work,
    events: Quota,
    has_reported: bool,
}

impl Default for Keeper {
    fn default() -> Self {
        Self {
            seen: Seen::NOTHING,
            told: 0,
            due: Instant::NEVER,
            work: Work::Nothing,
            events: Quota::default(),
            has_reported: false,
        }
    }
}

impl Keeper {
    /// Pods changed, which it makes something of at `due`.
    pub(super) fn notice(&mut self, seen: Seen, due: Instant) {
        if self.seen != seen {
            self.seen = seen;
            self.due = self.due.min(due);
        }
    }

    /// Its ReplicaSet may have been scaled, which it makes something of at `due`.
    pub(super) fn heed(&mut self, set: &ReplicaSet, due: Instant) {
        if self.told != set.generation {
            self.told = set.generation;
            self.due = self.due.min(due);
        }
    }

    /// Does what it can at `now`. An order of pods comes last: then the world has to answer.
    pub(super) fn work(
        &mut self,
        slot: usize,
        set: &mut ReplicaSet,
        client: &mut Client,
        now: Instant,
    ) -> Option<Action> {
        loop {
            match &mut self.work {
                Work::Nothing if self.due > now => return None,
                Work::Nothing => self.look(set, client, now),
                Work::Report(ticket, report) => {
                    if !client.has(*ticket, now) {
                        return None;
                    }
                    (set.status, set.observed) = (report.counts, report.generation);
                    (self.work, self.has_reported) = (Work::Nothing, true);
                }
                Work::Wave(wave, report) => {
                    let (way, pods) = (wave.way, wave.take(client, now));
                    client.event(&mut self.events, pods, now);
                    if wave.is_over() {
                        let report = *report;
                        self.file(report, set, client, now);
                    }
                    return (pods > 0).then(|| way.order(slot, pods));
                }
            }
        }
    }

    /// Compares what there is with what there shall be.
    ///
    /// Source: `syncReplicaSet` of the ReplicaSet controller: the status that it writes is that of
    /// the pods which it saw before it created or deleted any.
    fn look(&mut self, set: &ReplicaSet, client: &mut Client, now: Instant) {
        self.due = Instant::NEVER;
        let counts = self.seen.pods;
        let report = Report { counts, generation: set.generation };
        let missing = set.replicas.saturating_sub(counts.replicas).min(BURST);
        let surplus = counts.replicas.saturating_sub(set.replicas).min(BURST);
        let start = |way, pods, client: &mut Client| Wave::start(way, pods, client, now);
        self.work = match (missing, surplus) {
            (0, 0) => return self.file(report, set, client, now),
            (0, _) => Work::Wave(start(Way::Delete, surplus, client), report),
            _ => Work::Wave(start(Way::Create, missing, client), report),
        };
    }

    /// Asks to write a status, unless it is what is stored.
    fn file(&mut self, report: Report, set: &ReplicaSet, client: &mut Client, now: Instant) {
        let is_known = (report.counts, report.generation) == (set.status, set.observed);
        self.work = if is_known { Work::Nothing } else { Work::Report(client.ask(1, now), report) };
    }

    /// Whether it has written a status since it was asked last.
    pub(super) fn take_reported(&mut self) -> bool {
        std::mem::take(&mut self.has_reported)
    }

    /// When it goes on.
    pub(super) fn wake(&self, client: &Client) -> Instant {
        match &self.work {
            Work::Nothing => self.due.min(self.seen.next_available),
            Work::Wave(wave, _) => wave.wake(client),
            Work::Report(ticket, _) => client.when(*ticket),
        }
    }
}
