//! Which pods there were, one by one, and the processes in them: kept for those who look at single
//! pods, and for nobody else.
//!
//! A process serves from its start to its end. A pod outlives it: it is restarted in place, with
//! counters that begin at zero. What a serving pod gets of the traffic is the share of its version
//! over the number of those that serve.

use clockwork::{Instant, Span};

use super::state::{Cohort, Condition, State, VERSIONS};
use crate::fleet::CrashLoop;
use crate::strategy::{NEW, OLD, Seen};

/// The pods of both versions.
#[derive(Clone, Debug, Default)]
pub(super) struct Roster {
    /// Whether anybody looks.
    is_kept: bool,
    versions: [Version; VERSIONS],
    /// How many there were, from an instant on.
    numbers: Vec<(Instant, Numbers)>,
    /// Time from a start of a container that fails to its end.
    fails_in: Span,
}

/// How many pods there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// That are wanted in all.
    pub(super) wanted: u32,
    /// That exist, by version.
    pub(super) exist: [u32; VERSIONS],
    /// That are ready.
    pub(super) ready: [u32; VERSIONS],
    /// That have been ready for long enough.
    pub(super) available: [u32; VERSIONS],
    /// The version that is rolled out.
    pub(super) updated: usize,
}

#[derive(Clone, Debug, Default)]
struct Version {
    /// The pods that exist, in the order of their cohorts.
    slots: Vec<Slot>,
    pods: Vec<Pod>,
    processes: Vec<Process>,
    /// What each serving pod gets of all traffic, from an instant on.
    each: Vec<(Instant, f64)>,
}

/// A pod that exists.
#[derive(Clone, Copy, Debug)]
struct Slot {
    pod: u32,
    process: Option<u32>,
    restarts: u32,
}

/// A pod.
#[derive(Clone, Debug)]
pub(super) struct Pod {
    /// From when on it exists.
    pub(super) from: Instant,
    /// When it is gone.
    pub(super) to: Instant,
    /// Its processes, the last one last.
    processes: Vec<u32>,
    /// When its first start failed, if it did.
    failed: Option<Instant>,
}

/// A process in a pod.
#[derive(Clone, Debug)]
pub(super) struct Process {
    /// The number of its pod.
    pub(super) pod: u32,
    /// When it begins to serve.
    pub(super) from: Instant,
    /// From when on it gets requests and fails them.
    pub(super) stalled: Instant,
    /// When it is over.
    pub(super) to: Instant,
    /// Whether it has run since the day before the world began.
    pub(super) is_old: bool,
    /// What was used up of it: how much at an instant, and when all of it is.
    worn: Vec<(Instant, f64, Instant)>,
}

/// What a process serves of the requests of a tick, relative to others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Served {
    /// Which process.
    pub(super) process: u32,
    /// While it answers.
    pub(super) well: f64,
    /// While it fails everything.
    pub(super) stalled: f64,
}

impl Roster {
    /// Nothing yet.
    pub(super) fn new(is_kept: bool, fails_in: Span) -> Self {
        Self { is_kept, fails_in, ..Self::default() }
    }

    /// Whether anybody looks.
    pub(super) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// Before a replication.
    pub(super) fn restart(&mut self) {
        self.numbers.clear();
        for version in &mut self.versions {
            version.slots.clear();
            version.pods.clear();
            version.processes.clear();
            version.each.clear();
        }
    }

    /// From `now` on the pods are so.
    pub(super) fn see(&mut self, now: Instant, state: &State) {
        if !self.is_kept {
            return;
        }
        let share = state.share_at(now);
        for (v, share) in [(OLD, 1.0 - share), (NEW, share)] {
            let version = &mut self.versions[v];
            version.resize(state.pods[v] as usize, now);
            let mut from = 0;
            for cohort in &state.cohorts[v] {
                for slot in from..cohort.to {
                    version.set(slot as usize, cohort, now);
                }
                from = cohort.to;
            }
            let each = share / f64::from(state.serving[v].max(1));
            if version.each.last().is_none_or(|(_, known)| *known != each) {
                version.each.push((now, each));
            }
        }
    }

    /// From `now` on there are so many.
    pub(super) fn count(&mut self, now: Instant, seen: &Seen, ready: [u32; 2], updated: usize) {
        let Seen { replicas: wanted, desired: exist, available, .. } = *seen;
        let numbers = Numbers { wanted, exist, ready, available, updated };
        if self.is_kept && self.numbers.last().is_none_or(|(_, known)| *known != numbers) {
            self.numbers.push((now, numbers));
        }
    }

    /// How many there were at an instant.
    pub(super) fn numbers(&self, at: Instant) -> Numbers {
        let after = self.numbers.partition_point(|(since, _)| *since <= at);
        after.checked_sub(1).map_or_else(Numbers::default, |last| self.numbers[last].1)
    }

    /// The pods of a version by their numbers.
    pub(super) fn pods(&self, version: usize) -> &[Pod] {
        &self.versions[version].pods
    }

    /// A process of a version.
    pub(super) fn process(&self, version: usize, process: u32) -> &Process {
        &self.versions[version].processes[process as usize]
    }

    /// The process that runs in a pod at an instant.
    pub(super) fn running(&self, version: usize, pod: u32, at: Instant) -> Option<u32> {
        let Version { pods, processes, .. } = &self.versions[version];
        let mut all = pods[pod as usize].processes.iter().rev();
        let runs = |it: &&u32| {
            let Process { from, to, .. } = &processes[**it as usize];
            *from <= at && at < *to
        };
        all.find(runs).copied()
    }

    /// How often the container of a pod had been restarted at an instant.
    pub(super) fn restarts(&self, version: usize, pod: u32, at: Instant) -> u32 {
        let Version { pods, processes, .. } = &self.versions[version];
        let pod = &pods[pod as usize];
        let begin = |it: &&u32| processes[**it as usize].from;
        let first = pod.processes.first().map_or(Instant::NEVER, |it| begin(&it));
        let again = pod.processes.iter().skip(1).filter(|it| begin(it) <= at).count() as u32;
        let Some(failed) = pod.failed else { return again };
        // Until it comes up it is started again and again.
        let (mut waits, mut exit, mut failures) = (CrashLoop::default(), failed, 0);
        loop {
            let start = waits.start_after(exit);
            if start > at.min(first) {
                return again + failures;
            }
            failures += 1;
            exit = start + self.fails_in;
        }
    }

    /// Whether the last process of a pod that was over at an instant ended because all of its
    /// memory was used up.
    pub(super) fn was_killed(&self, version: usize, pod: u32, at: Instant) -> bool {
        let Version { pods, processes, .. } = &self.versions[version];
        let all = pods[pod as usize].processes.iter().map(|it| &processes[*it as usize]);
        let last = all.rev().find(|process| process.to <= at);
        last.is_some_and(|process| process.used(process.to) > 0.999)
    }

    /// What the processes of a version serve between two instants.
    pub(super) fn serving(&self, v: usize, (from, to): (Instant, Instant), all: &mut Vec<Served>) {
        all.clear();
        let version = &self.versions[v];
        for (process, it) in (0..).zip(&version.processes) {
            if it.from < to && it.to > from {
                let (begin, end) = (it.from.max(from), it.to.min(to));
                let stalls = it.stalled.clamp(begin, end);
                let [well, stalled] =
                    [(begin, stalls), (stalls, end)].map(|(from, to)| version.served(from, to));
                all.push(Served { process, well, stalled });
            }
        }
    }
}

impl Version {
    /// So many pods exist. As when pods are stopped, those that do not run go first, then the last.
    fn resize(&mut self, count: usize, now: Instant) {
        while self.slots.len() > count {
            let idle = self.slots.iter().rposition(|slot| slot.process.is_none());
            let slot = self.slots.remove(idle.unwrap_or(self.slots.len() - 1));
            self.end(slot.process, now);
            self.pods[slot.pod as usize].to = now;
        }
        while self.slots.len() < count {
            let pod = self.pods.len() as u32;
            self.slots.push(Slot { pod, process: None, restarts: 0 });
            let (to, processes) = (Instant::NEVER, Vec::new());
            self.pods.push(Pod { from: now, to, processes, failed: None });
        }
    }

    /// A pod is as its cohort is.
    fn set(&mut self, slot: usize, cohort: &Cohort, now: Instant) {
        let Some(&Slot { pod, process, restarts }) = self.slots.get(slot) else { return };
        let runs = !matches!(cohort.condition, Condition::Down | Condition::Lost);
        let is_another = process.is_some() && (!runs || cohort.restarts != restarts);
        if is_another {
            self.end(process, now);
        }
        let mut process = process.filter(|_| !is_another);
        if runs && process.is_none() {
            let next = self.processes.len() as u32;
            let never = Instant::NEVER;
            let is_old = cohort.born.is_none();
            let worn = Vec::new();
            let new = Process { pod, from: now, stalled: never, to: never, is_old, worn };
            self.processes.push(new);
            self.pods[pod as usize].processes.push(next);
            process = Some(next);
        }
        let of_it = &mut self.pods[pod as usize];
        if !runs && of_it.processes.is_empty() {
            of_it.failed.get_or_insert(now);
        }
        if let Some(running) = process {
            let worn = &mut self.processes[running as usize].worn;
            let end = cohort.end.unwrap_or(Instant::NEVER);
            let known = worn.last().map_or(Instant::NEVER, |it| it.2);
            if known != end {
                worn.push((cohort.since, cohort.used, end));
            }
        }
        if let Some(running) = process.filter(|_| cohort.condition == Condition::Stalled) {
            let stalled = &mut self.processes[running as usize].stalled;
            *stalled = now.min(*stalled);
        }
        self.slots[slot] = Slot { pod, process, restarts: cohort.restarts };
    }

    fn end(&mut self, process: Option<u32>, now: Instant) {
        if let Some(process) = process {
            self.processes[process as usize].to = now;
        }
    }

    /// What one pod that serves all the time gets between two instants, in seconds of all traffic.
    fn served(&self, from: Instant, to: Instant) -> f64 {
        let (mut sum, mut end) = (0.0, to);
        let over = self.each.partition_point(|(begin, _)| *begin < to);
        for (begin, each) in self.each[..over].iter().rev() {
            let begin = (*begin).max(from);
            if begin < end {
                sum += each * (end - begin).as_secs_f64();
                end = begin;
            }
            if begin <= from {
                break;
            }
        }
        sum
    }
}

impl Process {
    /// The share of what can be used up that was used up at an instant.
    pub(super) fn used(&self, at: Instant) -> f64 {
        let known = self.worn.iter().rev().find(|(since, ..)| *since <= at);
        let Some(&(since, used, end)) = known else { return 0.0 };
        if end == Instant::NEVER || end <= since {
            return used;
        }
        let part = (at - since).as_secs_f64() / (end - since).as_secs_f64();
        used + (1.0 - used) * part.min(1.0)
    }

    /// The part of its time within a tick that is over at `at`.
    pub(super) fn part(&self, (from, to): (Instant, Instant), at: Instant) -> f64 {
        let (begin, end) = (self.from.max(from), self.to.min(to));
        if begin >= end || at <= begin {
            return 0.0;
        }
        let length = |span: Span| span.as_secs_f64();
        length(at.min(end) - begin) / length(end - begin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Instant {
        Instant::ZERO + Span::from_secs(seconds)
    }

    #[test]
    fn a_pod_that_is_killed_keeps_its_place_and_gets_another_process() {
        let mut roster = Roster::new(true, Span::from_secs(5));
        let mut state = State::empty();
        state.reset(2);
        roster.see(at(0), &state);
        state.grow(NEW, 2, at(10), (Condition::Up, Span::from_secs(15)), (0, 0));
        state.share = 0.5;
        roster.see(at(10), &state);
        state.cohorts[NEW][0].condition = Condition::Down;
        state.cohorts[NEW][0].restarts = 1;
        state.count_serving(NEW);
        roster.see(at(20), &state);
        assert_eq!(roster.running(NEW, 0, at(15)), Some(0));
        assert_eq!(roster.running(NEW, 0, at(20)), None);
        state.cohorts[NEW][0].condition = Condition::Up;
        state.count_serving(NEW);
        roster.see(at(40), &state);
        assert_eq!(roster.running(NEW, 1, at(41)), Some(3));
        assert_eq!(roster.restarts(NEW, 1, at(41)), 1);
        assert_eq!(roster.process(NEW, 3).pod, 1);
        let mut all = Vec::new();
        roster.serving(OLD, (at(0), at(20)), &mut all);
        // Half a version each: all of the traffic for 10 s, half of it for 10 s.
        assert_eq!(all.iter().map(|it| it.well).collect::<Vec<_>>(), [7.5, 7.5]);
        state.shrink(NEW, 1);
        roster.see(at(50), &state);
        assert_eq!(roster.pods(NEW)[1].to, at(50));
        assert_eq!(roster.process(NEW, 2).part((at(30), at(50)), at(45)), 0.5);
    }
}
