//! Pods that are ordered, become ready, wear out, come back and stop.

use std::cmp::Reverse;

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::law::{DEFECT, ROLLOUT};
use super::measures::Ending;
use super::record::{Happening, Record};
use super::state::{Condition, VERSIONS};
use crate::controller::kubernetes::probe::{Probes, Run, Up};
use crate::fleet::CrashLoop;
use crate::planted::{self, Bug};
use crate::strategy::{NEW, OLD, Seen, Signal};

/// Pods that were ordered and are not ready yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// When they would be ready without faults.
    pub(super) at: Instant,
    /// When they are; never when nothing is said.
    ready: Option<Instant>,
    /// When they can serve, if they are ready before that: requests in between fail.
    serves: Instant,
    /// How long the next restart waits.
    waits: CrashLoop,
    /// How many.
    pub(super) count: u32,
    /// The ordinal of the first of them among all that were ordered.
    pub(super) pod: u32,
}

/// Pods of which only their number matters.
pub(super) type Group = (Instant, u32);

/// What is on its way between the orders and the traffic.
#[derive(Clone, Debug, Default)]
pub(super) struct Pipeline {
    /// Ordered and not ready, by version, the last first.
    pub(super) starting: [Vec<Start>; VERSIONS],
    /// Ready, and not for long enough.
    pub(super) ripening: [Vec<Group>; VERSIONS],
    /// Told to stop, and not gone.
    pub(super) stopping: [Vec<Group>; VERSIONS],
    /// How many start, are not ready for long enough, and were told to stop, by version.
    coming: [u32; VERSIONS],
    unripe: [u32; VERSIONS],
    terminating: [u32; VERSIONS],
    /// How many were ordered of each version.
    pub(super) ordered: [u32; VERSIONS],
    /// The most ready and available pods of each version in this attempt.
    pub(super) most: [u32; VERSIONS],
}

impl Pipeline {
    pub(super) fn reset(&mut self, replicas: u32) {
        self.starting.iter_mut().for_each(Vec::clear);
        self.ripening.iter_mut().for_each(Vec::clear);
        self.stopping.iter_mut().for_each(Vec::clear);
        (self.coming, self.unripe, self.terminating) = ([0; 2], [0; 2], [0; 2]);
        (self.ordered, self.most) = ([replicas, 0], [0; VERSIONS]);
    }

    /// Pods of a version that are not ready yet.
    pub(super) fn coming(&self, version: usize) -> u32 {
        self.coming[version]
    }

    /// Pods of a version that were told to stop and are not gone.
    pub(super) fn terminating(&self, version: usize) -> u32 {
        self.terminating[version]
    }

    /// The starts from place `from` on become one: all are ready with the last of them.
    fn join(&mut self, version: usize, from: usize) {
        let starting = &mut self.starting[version];
        let Some(mut all) = starting.get(from).copied() else { return };
        for start in &starting[from + 1..] {
            (all.at, all.serves) = (all.at.max(start.at), all.serves.max(start.serves));
            if start.ready > all.ready && all.ready.is_some() || start.ready.is_none() {
                (all.ready, all.waits) = (start.ready, start.waits);
            }
            all.count += start.count;
        }
        starting.truncate(from);
        starting.push(all);
    }

    /// So many pods of a version that were not ready for long enough are no more; the latest
    /// first.
    pub(super) fn unripe(&mut self, version: usize, count: u32) {
        let mut left = count;
        for (_, pods) in self.ripening[version].iter_mut().rev() {
            let fewer = left.min(*pods);
            *pods -= fewer;
            left -= fewer;
        }
        self.unripe[version] -= count - left;
    }

    /// Forgets groups whose time has come.
    fn ripen(&mut self, now: Instant) {
        for (groups, unripe) in self.ripening.iter_mut().zip(&mut self.unripe) {
            groups.retain(|(at, pods)| {
                let is_unripe = *at > now;
                *unripe -= if is_unripe { 0 } else { *pods };
                is_unripe
            });
        }
    }

    /// Forgets pods that are gone.
    fn forget(&mut self, now: Instant) {
        for (groups, terminating) in self.stopping.iter_mut().zip(&mut self.terminating) {
            groups.retain(|(at, pods)| {
                let is_there = *at > now;
                *terminating -= if is_there { 0 } else { *pods };
                is_there
            });
        }
    }

    /// The next start of a version that is due.
    fn pop(&mut self, version: usize, now: Instant) -> Option<Start> {
        let start = self.starting[version].pop_if(|start| start.at <= now)?;
        self.coming[version] -= start.count;
        Some(start)
    }

    /// Stops up to `count` starting pods of a version, the last first; says how many there were.
    fn stop_starting(&mut self, version: usize, count: u32) -> u32 {
        let (mut left, mut gone) = (count, 0);
        for start in &mut self.starting[version] {
            let unwanted = start.count.min(left);
            start.count -= unwanted;
            left -= unwanted;
            if start.count > 0 || left == 0 && unwanted == 0 {
                break;
            }
            gone += 1;
        }
        self.starting[version].drain(..gone);
        self.coming[version] -= count - left;
        count - left
    }
}

impl<R: Record> Engine<'_, R> {
    /// The pods as a controller sees them.
    pub(super) fn seen(&self) -> Seen {
        let (state, pipeline) = (&self.state, &self.pipeline);
        Seen {
            replicas: self.replicas,
            desired: [OLD, NEW].map(|v| state.pods[v] + pipeline.coming(v)),
            available: [OLD, NEW].map(|v| state.serving[v].saturating_sub(pipeline.unripe[v])),
            stopping: pipeline.terminating(OLD) + pipeline.terminating(NEW),
        }
    }

    /// Books the pods that exist until `now`.
    pub(super) fn count_pods(&mut self, now: Instant) {
        let seen = self.seen();
        let [old, new] = seen.desired;
        let ordered = if planted::is(Bug::CostForgetsOverlap) { old.max(new) } else { old + new };
        let all = ordered + seen.stopping;
        self.history.pods.count(now, all, self.scenario.fleet.replicas);
    }

    /// Orders so many more pods of a version; `together` they become ready with the last one.
    pub(super) fn order(&mut self, now: Instant, v: usize, count: u32, together: bool) {
        if count == 0 {
            return;
        }
        let first = self.pipeline.ordered[v];
        self.pipeline.ordered[v] += count;
        self.pipeline.coming[v] += count;
        let chance = if v == NEW { self.world.crash() } else { 0.0 };
        let place = self.pipeline.starting[v].len();
        for pod in first..first + count {
            let start = self.start(now, (v, pod), chance);
            self.pipeline.starting[v].push(start);
        }
        if together {
            self.pipeline.join(v, place);
        }
        self.pipeline.starting[v]
            .sort_unstable_by_key(|start| Reverse((start.at, start.count, start.pod)));
        self.count_pods(now);
        self.schedule_ready();
        self.progress(now);
    }

    fn schedule_ready(&mut self) {
        let next = self.pipeline.starting.iter().filter_map(|list| list.last()).map(|it| it.at);
        match next.min() {
            Some(at) => self.agenda.schedule(Event::PodsReady, at),
            None => self.agenda.cancel(Event::PodsReady),
        }
    }

    /// There was progress: the rollout is stuck only a deadline later.
    pub(super) fn progress(&mut self, now: Instant) {
        let strategy = &self.scenario.strategy;
        // A Deployment has a clock of its own, which pods that come and go set back for ever.
        let times = if strategy.deployment.is_some() { 2 } else { 1 };
        if let Some(deadline) = strategy.deadline {
            self.agenda.schedule(Event::Deadline, now + deadline * times);
        }
    }

    /// Pods came: a rollout that waits for them is not stuck, or not any more.
    pub(super) fn goes_on(&mut self, now: Instant) {
        if matches!(self.history.ended, Some((_, Ending::Stuck))) {
            self.history.ended = None;
            self.agenda.cancel(Event::WatchElapsed);
            self.close_hold(now);
            self.progress(now);
        } else if self.agenda.pending(Event::Deadline).is_some() {
            self.progress(now);
        }
    }

    /// Pods are back or have been ready for long enough. That is progress when there are more than
    /// ever in this attempt: pods that are killed and come back in turns would keep a rollout
    /// waiting for ever.
    pub(super) fn goes_on_with_more(&mut self, now: Instant) {
        let version = if self.rollout.is_back() { OLD } else { NEW };
        let there = self.state.serving[version] + self.seen().available[version];
        if there > self.pipeline.most[version] {
            self.pipeline.most[version] = there;
            self.goes_on(now);
        }
    }

    /// Ordered pods are ready, or fail to be.
    pub(super) fn pods_ready(&mut self, now: Instant) -> Option<Signal> {
        let tick = self.scenario.tick;
        for v in [OLD, NEW] {
            while let Some(start) = self.pipeline.pop(v, now) {
                let up = start.ready == Some(start.at);
                let condition = if up { Condition::Up } else { Condition::Down };
                self.regime(now, |state| {
                    state.grow(v, start.count, now, (condition, tick));
                    if let Some(cohort) = state.cohorts[v].last_mut().filter(|_| !up) {
                        (cohort.next, cohort.waits) = (start.ready, start.waits);
                    }
                });
                if up {
                    self.record.note(now, Happening::PodsReady { version: v, pods: start.count });
                    self.ripen_later(now, v, start.count);
                    if start.serves > now {
                        self.are_eager(now, v, (start.serves, start.count));
                    }
                } else {
                    self.record.note(now, Happening::PodsFail { pods: start.count });
                }
            }
        }
        self.schedule_ready();
        self.goes_on(now);
        self.after_pods(now)
    }

    /// When a pod that is ordered now would be ready, and when it is although starts fail.
    fn start(&self, now: Instant, (v, pod): (usize, u32), chance: f64) -> Start {
        let seconds = self.world.startup(self.scenario, v, pod, self.attempt);
        let takes = Span::from_secs_f64(seconds);
        let Up { ready: at, serves } = self.comes_up(now, (v, pod), takes);
        let (takes, mut waits) = (at - now, CrashLoop::default());
        let mut ready = (at < Instant::NEVER).then_some(at);
        if chance > 0.0 && ready.is_some() {
            let failures = self.world.failed_starts(chance, pod, self.attempt);
            ready = failures
                .map(|failures| (0..failures).fold(at, |exit, _| waits.start_after(exit) + takes));
        }
        Start { at, ready, serves, waits, count: 1, pod }
    }

    /// When a pod that is ordered now would be ready, and when it could serve.
    fn comes_up(&self, now: Instant, (v, pod): (usize, u32), takes: Span) -> Up {
        let Some(probes) = &self.scenario.probes else {
            return Up { ready: now + takes, serves: now + takes };
        };
        let probes = Probes { container: probes.container.min(takes), ..*probes };
        let run = |restart: u32| {
            let again = || Span::from_secs_f64(self.world.restart(self.scenario, pod, restart - 1));
            let boot = if restart == 0 { takes - probes.container } else { again() };
            Run { boot, seen: self.world.relist(v, pod, restart, self.attempt) }
        };
        let never = Up { ready: Instant::NEVER, serves: Instant::NEVER };
        probes.comes_up(now, run, self.world.clock()).unwrap_or(never)
    }

    pub(super) fn ripen_later(&mut self, now: Instant, v: usize, count: u32) {
        let wait = self.scenario.strategy.min_ready;
        if wait.is_zero() {
            return;
        }
        let at = match &self.scenario.strategy.deployment {
            Some(setup) => self.world.clock().available_at(now, setup.spec.min_ready_seconds),
            None => now + wait,
        };
        self.pipeline.ripening[v].push((at, count));
        self.pipeline.unripe[v] += count;
        if self.agenda.pending(Event::PodsAvailable).is_none() {
            self.agenda.schedule(Event::PodsAvailable, at);
        }
    }

    /// Pods have been ready for long enough.
    pub(super) fn pods_available(&mut self, now: Instant) -> Option<Signal> {
        self.pipeline.ripen(now);
        let next = self.pipeline.ripening.iter().flatten().map(|(at, _)| *at).min();
        if let Some(at) = next {
            self.agenda.schedule(Event::PodsAvailable, at);
        }
        self.goes_on_with_more(now);
        self.after_pods(now)
    }

    /// Pods came or went: traffic and controllers follow.
    pub(super) fn after_pods(&mut self, now: Instant) -> Option<Signal> {
        if self.shift.is_some() && !self.is_delivered() {
            self.begin_shift(now);
            return None;
        }
        self.follow_pods(now);
        Some(Signal::Pods)
    }

    /// Stops the pods of a version that are too many: first those that are not ready, the latest
    /// first, then the others.
    pub(super) fn stop_pods(&mut self, now: Instant, v: usize, desired: u32) {
        let mut surplus = (self.state.pods[v] + self.pipeline.coming(v)).saturating_sub(desired);
        if surplus == 0 {
            return;
        }
        surplus -= self.pipeline.stop_starting(v, surplus);
        self.schedule_ready();
        if surplus > 0 {
            self.stop_ready(now, v, surplus);
        }
        self.count_pods(now);
    }

    fn stop_ready(&mut self, now: Instant, v: usize, count: u32) {
        let fleet = &self.scenario.fleet;
        let share = self.state.share_at(now);
        let share = if v == NEW { share } else { 1.0 - share };
        let each = self.load_at(now) * share / f64::from(self.state.serving[v].max(1));
        let before = self.state.serving[v];
        self.regime(now, |state| {
            let down = state.shrink_down(v, count);
            state.shrink(v, state.pods[v] - (count - down));
        });
        let stopped = before - self.state.serving[v];
        self.pipeline.unripe(v, stopped);
        self.stop_eager(now, v, stopped);
        let lost = each * fleet.termination.deaf.as_secs_f64() * f64::from(stopped);
        // Where no pod is left to take its requests they fail for that reason.
        if lost > 0.0 && self.state.serving != [0; VERSIONS] {
            let booked = planted::is(Bug::RollbackCountsAsHarm);
            self.grid.lose(now, v, if booked { DEFECT } else { ROLLOUT }, lost);
        }
        let gone = now + fleet.termination.takes;
        self.pipeline.stopping[v].push((gone, count));
        self.pipeline.terminating[v] += count;
        if self.agenda.pending(Event::PodsGone).is_none() {
            self.agenda.schedule(Event::PodsGone, gone);
        }
    }

    /// Pods that were told to stop are gone.
    pub(super) fn pods_gone(&mut self, now: Instant) -> Signal {
        self.pipeline.forget(now);
        self.count_pods(now);
        let next = self.pipeline.stopping.iter().filter_map(|pods| pods.first()).min();
        if let Some((at, _)) = next {
            self.agenda.schedule(Event::PodsGone, *at);
        }
        Signal::Pods
    }

    /// Has so many pods of each version.
    pub(super) fn scale(&mut self, now: Instant, desired: [u32; VERSIONS]) {
        for v in [OLD, NEW] {
            let have = self.state.pods[v] + self.pipeline.coming(v);
            if desired[v] > have {
                self.order(now, v, desired[v] - have, false);
            } else {
                self.stop_pods(now, v, desired[v]);
            }
        }
        self.record.note(now, Happening::Scaled { desired });
        self.follow_pods(now);
        self.progress(now);
    }
}
