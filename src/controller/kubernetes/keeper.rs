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
    Report(Ticket, Report, Attempt),
}

/// Writing a status fails if the ReplicaSet was scaled in the meantime: then it is read, and its
/// status is written once more, each with a request of its own.
///
/// Source: `updateReplicaSetStatus` of the ReplicaSet controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    First,
    Reads,
    Last,
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
    /// One that has seen these pods and has nothing to do.
    pub(super) fn watching(seen: Seen) -> Self {
        Self { seen, told: 1, ..Self::default() }
    }

    /// Pods changed, which it makes something of at `due`.
    pub(super) fn notice(&mut self, seen: Seen, due: Instant) {
        if self.seen != seen {
            self.seen = seen;
            self.due = self.due.min(due);
        }
    }

    /// Whether it has nothing to do at `now`.
    pub(super) fn rests(&self, set: &ReplicaSet, now: Instant) -> bool {
        self.due > now && self.told == set.generation && matches!(self.work, Work::Nothing)
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
        // What the loop would do as well: mostly a look leaves nothing in hand, and nothing loops.
        if matches!(self.work, Work::Nothing) {
            if self.due > now {
                return None;
            }
            self.look(set, client, now);
        }
        loop {
            match &mut self.work {
                Work::Nothing if self.due > now => return None,
                Work::Nothing => self.look(set, client, now),
                Work::Report(ticket, report, attempt) => {
                    if !client.has(*ticket, now) {
                        return None;
                    }
                    let next = match attempt {
                        Attempt::First if report.generation != set.generation => Attempt::Reads,
                        Attempt::Reads => Attempt::Last,
                        Attempt::First | Attempt::Last => {
                            let report = *report;
                            self.work = Work::Nothing;
                            self.write(report, set);
                            continue;
                        }
                    };
                    self.work = Work::Report(client.ask(1, now), *report, next);
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

    /// What the pods that it has seen call for.
    fn order(&self, set: &ReplicaSet) -> (Way, u32) {
        let (pods, wanted) = (self.seen.pods.replicas, set.replicas);
        let way = if pods < wanted { Way::Create } else { Way::Delete };
        (way, pods.abs_diff(wanted).min(BURST))
    }

    /// Compares what there is with what there shall be.
    ///
    /// Source: `syncReplicaSet` of the ReplicaSet controller: the status that it writes is that of
    /// the pods which it saw before it created or deleted any.
    fn look(&mut self, set: &mut ReplicaSet, client: &mut Client, now: Instant) {
        self.due = Instant::NEVER;
        let report = Report { counts: self.seen.pods, generation: set.generation };
        let (way, pods) = self.order(set);
        if pods == 0 {
            self.file(report, set, client, now);
        } else {
            self.work = Work::Wave(Wave::start(way, pods, client, now), report);
        }
    }

    /// The same for a client that never waits: no work is left for later. Whether a status was
    /// written, and what is ordered.
    pub(super) fn act_at_once(
        &mut self,
        slot: usize,
        set: &mut ReplicaSet,
    ) -> (bool, Option<Action>) {
        self.due = Instant::NEVER;
        let reports = set.observed != set.generation || set.status != self.seen.pods;
        (set.status, set.observed) = (self.seen.pods, set.generation);
        let (way, pods) = self.order(set);
        (reports, (pods > 0).then(|| way.order(slot, pods)))
    }

    /// Whether it looks at its pods at `now`.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.due <= now
    }

    /// Asks to write a status, unless it is what is stored.
    fn file(&mut self, report: Report, set: &mut ReplicaSet, client: &mut Client, now: Instant) {
        self.work = Work::Nothing;
        if report.generation == set.observed && report.counts == set.status {
            return;
        }
        let ticket = client.ask(1, now);
        if client.has(ticket, now) && report.generation == set.generation {
            self.write(report, set);
        } else {
            self.work = Work::Report(ticket, report, Attempt::First);
        }
    }

    fn write(&mut self, report: Report, set: &mut ReplicaSet) {
        (set.status, set.observed) = (report.counts, report.generation);
        self.has_reported = true;
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
            Work::Report(ticket, ..) => client.when(*ticket),
        }
    }
}
