//! Pods that are ordered, become ready, wear out, come back and stop.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::law::{DEFECT, ROLLOUT};
use super::measures::Ending;
use super::pipeline::{Ripening, Start, Unplaced};
use super::record::{Happening, Record};
use super::state::{Condition, VERSIONS};
use crate::controller::kubernetes::Setup;
use crate::controller::kubernetes::probe::{Probes, Run, Up};
use crate::fleet::CrashLoop;
use crate::planted::{self, Bug};
use crate::strategy::{NEW, OLD, Replacement, Seen, Signal};

impl<R: Record> Engine<'_, R> {
    /// The pods as a controller sees them.
    pub(super) fn seen(&self) -> Seen {
        let (state, pipeline) = (&self.state, &self.pipeline);
        let desired = |v: usize| state.pods[v] + pipeline.coming(v);
        let available = |v: usize| state.serving[v].saturating_sub(pipeline.unripe[v]);
        Seen {
            replicas: self.replicas,
            desired: [desired(OLD), desired(NEW)],
            available: [available(OLD), available(NEW)],
            stopping: pipeline.terminating(OLD) + pipeline.terminating(NEW),
        }
    }

    /// Books the pods that exist until `now`.
    pub(super) fn count_pods(&mut self, now: Instant) {
        let seen = self.seen();
        let [old, new] = seen.desired;
        let ordered = if planted::is(Bug::CostForgetsOverlap) { old.max(new) } else { old + new };
        let all = (ordered + seen.stopping).saturating_sub(self.pipeline.unplaced());
        self.history.pods.count(now, all, self.scenario.fleet.replicas);
    }

    /// Orders so many more pods of a version; `together` they become ready with the last one.
    pub(super) fn order(&mut self, now: Instant, v: usize, count: u32, together: bool) {
        if count == 0 {
            return;
        }
        let first = self.pipeline.ordered[v];
        self.pipeline.ordered[v] += count;
        let place = self.pipeline.starting[v].len();
        for pod in first..first + count {
            self.place(now, v, pod);
        }
        if together {
            self.pipeline.join(v, place);
        }
        self.pipeline.sort_from(v, place);
        self.ask_for_nodes(now);
        self.count_pods(now);
        self.schedule_ready();
        self.progress(now);
    }

    pub(super) fn schedule_ready(&mut self) {
        let next = self.pipeline.starting.iter().filter_map(|list| list.last()).map(|it| it.at);
        match next.min() {
            Some(at) => self.agenda.schedule(Event::PodsReady, at),
            None => self.agenda.cancel(Event::PodsReady),
        }
    }

    /// There was progress: the rollout is stuck only a deadline later.
    pub(super) fn progress(&mut self, now: Instant) {
        let strategy = &self.scenario.strategy;
        // Whoever follows the load afterwards, or waits for somebody, has all the time.
        if self.rollout.is_over() || self.rollout.rests() {
            return;
        }
        // A Deployment has a clock of its own, which pods that come and go set back for ever.
        let times = if strategy.deployment.is_some() { 2 } else { 1 };
        if let Some(deadline) = strategy.deadline {
            self.agenda.schedule(Event::Deadline, now + deadline * times);
        }
    }

    /// Pods came: a rollout that waits for them is not stuck, or not any more.
    pub(super) fn goes_on(&mut self, now: Instant) {
        if matches!(self.history.ended, Some((_, Ending::Stuck))) && !self.has_given_up() {
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
                    state.grow(v, start.count, now, (condition, tick), (start.set, start.node));
                    if let Some(cohort) = state.cohorts[v].last_mut().filter(|_| !up) {
                        (cohort.next, cohort.waits) = (start.ready, start.waits);
                    }
                });
                if up {
                    self.record.note(now, Happening::PodsReady { version: v, pods: start.count });
                    self.ripen_later(now, v, start.count, start.set);
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

    /// When a pod that starts now would be ready, and when it is although starts fail.
    pub(super) fn start(&self, now: Instant, v: usize, it: Unplaced) -> Start {
        let Unplaced { pod, set } = it;
        let chance = if v == NEW { self.world.crash() } else { 0.0 };
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
        Start { at, ready, serves, waits, count: 1, pod, set, node: 0 }
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

    pub(super) fn ripen_later(&mut self, now: Instant, v: usize, count: u32, set: u32) {
        let wait = self.scenario.strategy.min_ready;
        if wait.is_zero() {
            return;
        }
        let at = match &self.scenario.strategy.deployment {
            Some(setup) => self.world.clock().available_at(now, setup.spec.min_ready_seconds),
            None => now + wait,
        };
        self.pipeline.ripening[v].push(Ripening { at, pods: count, set });
        self.pipeline.unripe[v] += count;
        if self.agenda.pending(Event::PodsAvailable).is_none() {
            self.agenda.schedule(Event::PodsAvailable, at);
        }
    }

    /// Pods have been ready for long enough.
    pub(super) fn pods_available(&mut self, now: Instant) -> Option<Signal> {
        self.pipeline.ripen(now);
        let next = self.pipeline.ripening.iter().flatten().map(|it| it.at).min();
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
        self.start_waiting(now);
        self.count_pods(now);
    }

    /// Stops so many pods of a ReplicaSet, where others of the same version go on: first those that
    /// are not ready, then the latest.
    pub(super) fn stop_set(&mut self, now: Instant, (v, set): (usize, u32), count: u32) {
        let left = count - self.pipeline.stop_starting_of(v, set, count);
        self.schedule_ready();
        if left > 0 {
            self.stop_ready_of(now, (v, set), left);
        }
        self.start_waiting(now);
        self.count_pods(now);
    }

    fn stop_ready_of(&mut self, now: Instant, (v, set): (usize, u32), count: u32) {
        if self.nodes.is_some() {
            return self.stop_chosen(now, v, Some(set), count);
        }
        let before = self.state.serving[v];
        let each = self.each(now, v);
        self.regime(now, |state| state.shrink_set(v, set, count));
        let stopped = before - self.state.serving[v];
        self.pipeline.unripe_of(v, set, stopped);
        let younger = self.state.cohorts[v].iter().any(|it| it.set > set);
        self.stop_eager(now, v, if younger { 0 } else { stopped });
        self.end(now, v, (each, stopped), count);
    }

    /// Requests a second that a pod of a version gets.
    pub(super) fn each(&mut self, now: Instant, v: usize) -> f64 {
        let share = self.state.share_at(now);
        let share = if v == NEW { share } else { 1.0 - share };
        self.load_at(now) * share / f64::from(self.state.serving[v].max(1))
    }

    fn stop_ready(&mut self, now: Instant, v: usize, count: u32) {
        if self.nodes.is_some() {
            return self.stop_chosen(now, v, None, count);
        }
        let each = self.each(now, v);
        let before = self.state.serving[v];
        self.regime(now, |state| {
            let down = state.shrink_down(v, count);
            state.shrink(v, state.pods[v] - (count - down));
        });
        let stopped = before - self.state.serving[v];
        self.pipeline.unripe(v, stopped);
        self.stop_eager(now, v, stopped);
        self.end(now, v, (each, stopped), count);
    }

    /// Pods end, and those of them that got requests get some more that nobody answers.
    pub(super) fn end(&mut self, now: Instant, v: usize, (each, stopped): (f64, u32), count: u32) {
        let termination = self.scenario.fleet.termination;
        let lost = each * termination.deaf.as_secs_f64() * f64::from(stopped);
        // Where no pod is left to take its requests they fail for that reason.
        if lost > 0.0 && self.state.serving != [0; VERSIONS] {
            let booked = planted::is(Bug::RollbackCountsAsHarm);
            self.grid.lose(now, v, if booked { DEFECT } else { ROLLOUT }, lost);
        }
        let gone = now + termination.takes;
        self.pipeline.stopping[v].push((gone, count));
        self.pipeline.terminating[v] += count;
        if self.agenda.pending(Event::PodsGone).is_none() {
            self.agenda.schedule(Event::PodsGone, gone);
        }
    }

    /// Pods that were told to stop are gone.
    pub(super) fn pods_gone(&mut self, now: Instant) -> Option<Signal> {
        self.pipeline.forget(now);
        if let Some(nodes) = &mut self.nodes {
            nodes.forget(now);
        }
        self.start_waiting(now);
        self.count_pods(now);
        let next = self.pipeline.stopping.iter().filter_map(|pods| pods.first()).min();
        if let Some((at, _)) = next {
            self.agenda.schedule(Event::PodsGone, *at);
        }
        self.heeds_ends().then_some(Signal::Pods)
    }

    /// Whether anybody makes something of a pod that is gone. Who replaces pods one by one counts
    /// those that are there, and a controller that acts at once has nothing to catch up with.
    fn heeds_ends(&self) -> bool {
        let strategy = &self.scenario.strategy;
        let rolls = matches!(strategy.replacement(), Some(Replacement::Rolling(..)));
        let at_once = strategy.deployment.as_ref().is_none_or(Setup::acts_at_once);
        !rolls || strategy.after_termination || self.nodes.is_some() || !at_once
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
