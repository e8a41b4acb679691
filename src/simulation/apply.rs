//! The one place where events and decisions change the world.

use clockwork::{Instant, Span};

use super::engine::{Engine, Shift, Wanted};
use super::event::Event;
use super::measures::{By, Ending};
use super::record::{Happening, Record};
use super::state::{Sessions, pods_for};
use super::watch::{Call, Watch, first_reading};
use crate::controller::kubernetes::Kept;
use crate::gate::{Action, Combine};
use crate::planted::{self, Bug};
use crate::strategy::{Command, NEW, OLD, Routing, Signal};
use crate::units::Share;

impl<R: Record> Engine<'_, R> {
    /// What an event does to the world, and what the rollout sees of it.
    pub(super) fn witness(&mut self, now: Instant, event: Event) -> Option<Signal> {
        match event {
            Event::Onset(fault) => {
                self.begin_fault(now, fault as usize);
                None
            }
            Event::PodsReady => self.pods_ready(now),
            Event::PodsServe => {
                self.pods_serve(now);
                None
            }
            Event::Probed => self.probed(now),
            Event::Asked => self.asked(now),
            Event::PodsChanged => self.pods_changed(now),
            Event::PodsAvailable => self.pods_available(now),
            Event::PodsGone => self.pods_gone(now),
            Event::NodesChanged => self.nodes_changed(now),
            Event::Controllers if self.is_delivered() => Some(Signal::Elapsed),
            Event::Controllers => Some(Signal::Pods),
            Event::Autoscaler => {
                self.autoscale(now);
                None
            }
            Event::Ordered => self.ordered(now),
            Event::ShiftSettled => self.settled(now),
            Event::SessionsOver => self.sessions_over(now),
            Event::GateSpoke => self.gate_spoke(now),
            Event::PauseElapsed => {
                self.wanted = None;
                Some(Signal::Elapsed)
            }
            Event::Checked => Some(self.checked(now)),
            Event::OldRetired => {
                self.want_fleet(now, OLD, false);
                self.record.note(now, Happening::OldRetired);
                None
            }
            Event::Deadline => {
                self.stuck(now);
                None
            }
            Event::BakeElapsed => {
                self.history.promoted = Some(now);
                self.finish(now, Ending::Promoted);
                None
            }
            Event::TriedAgain => {
                self.try_again(now);
                Some(Signal::Started)
            }
            Event::Decided => self.decided(now),
            Event::Approved => self.approved(now),
            Event::WatchElapsed => None,
        }
    }

    /// The rollout hears of it and its commands are carried out, until it has nothing to say.
    pub(super) fn tell(&mut self, now: Instant, mut signal: Signal) {
        if self.is_delivered() {
            return self.deliver(now, signal);
        }
        if signal == Signal::Resumed {
            self.pause_deployment(now, false);
        }
        loop {
            if signal == Signal::Pods {
                self.run_controllers(now);
            }
            if signal == Signal::Pods && self.is_held() && !self.goes_on_by_hand(now) {
                return;
            }
            let command = self.rollout.decide(signal, &self.seen_by_rollout());
            if !self.apply(now, command) {
                return;
            }
            signal = Signal::Pods;
        }
    }

    /// The one place where a decision changes the world; says whether the rollout looks again.
    fn apply(&mut self, now: Instant, command: Command) -> bool {
        let stage = self.rollout.progress().0;
        if !matches!(
            command,
            Command::Stay | Command::Update(_) | Command::Scale(_) | Command::Back
        ) {
            self.agenda.cancel(Event::Deadline);
        }
        let begins = !matches!(command, Command::Stay | Command::Bake | Command::Back)
            && !self.rollout.is_back()
            && self.told != Some(stage);
        if begins {
            self.told = Some(stage);
            self.record.note(now, Happening::Stage { stage });
            if planted::is(Bug::StepsRestartGates) {
                self.watches.iter_mut().for_each(Watch::resolve);
            }
        }
        match command {
            Command::Stay => {}
            Command::Shift(weight) => self.order_shift(now, weight),
            Command::Prepare => {
                self.want_fleet(now, NEW, true);
            }
            Command::Scale(desired) => {
                self.scale(now, desired);
                return true;
            }
            Command::Update(version) => {
                self.update_deployment(now, version);
                return true;
            }
            Command::Wait(span) => self.agenda.schedule(Event::PauseElapsed, now + span),
            Command::WaitFor { gate, passes, at_most } => {
                if let Some(watch) = self.watches.get_mut(gate) {
                    watch.passes = 0;
                }
                self.wanted = Some(Wanted { gate, passes });
                self.agenda.schedule(Event::PauseElapsed, now + at_most);
            }
            Command::Ask => self.ask(now),
            Command::Check(smoke) => {
                let takes = smoke.every * smoke.requests;
                self.agenda.schedule(Event::Checked, now + takes);
            }
            Command::Hold => self.hold(now, None),
            Command::Rest => self.rest(now),
            Command::Abandon => self.roll_back(now, By::Strategy),
            Command::Bake => self.bake(now),
            Command::Back => self.back(now),
        }
        false
    }

    /// Every stage is done: the gates watch on.
    pub(super) fn bake(&mut self, now: Instant) {
        // Where pods are kept as they were the release is never alone.
        if self.seen().desired[OLD] == 0 || self.scenario.strategy.kept() == Kept::Nothing {
            self.live(now);
        }
        self.agenda.cancel(Event::Deadline);
        self.record.note(now, Happening::Baking);
        let is_cut = planted::is(Bug::BakeWithinTheWatch);
        let most = if is_cut { self.scenario.watch } else { Span::MAX };
        let from_start = planted::is(Bug::BakeFromTheStart);
        let from = if from_start { Instant::ZERO } else { now };
        let over = (from + self.scenario.bake.min(most)).max(now);
        self.agenda.schedule(Event::BakeElapsed, over);
    }

    /// Pods of a version that are missing to a whole fleet.
    pub(super) fn missing(&self, v: usize) -> u32 {
        let have = self.state.pods[v] + self.pipeline.coming(v);
        self.scenario.fleet.replicas.saturating_sub(have)
    }

    fn order_shift(&mut self, now: Instant, weight: Share) {
        let replicas = self.scenario.fleet.replicas;
        let wanted = pods_for(replicas, weight);
        let target = match self.scenario.strategy.routing {
            Routing::Weights { .. } => weight.as_f64(),
            Routing::Pods => f64::from(wanted) / f64::from(replicas),
        };
        let have = self.state.pods[NEW] + self.pipeline.coming(NEW);
        self.order(now, NEW, wanted.saturating_sub(have), true);
        self.shift = Some(Shift { target, pods: [0, wanted] });
        self.progress(now);
        self.begin_shift(now);
    }

    /// Moves the traffic if the pods are there.
    pub(super) fn begin_shift(&mut self, now: Instant) {
        let Some(shift) = self.shift else { return };
        let serving = self.state.serving;
        let there = shift.pods.iter().zip(serving).all(|(wanted, have)| have >= *wanted);
        if there && self.agenda.pending(Event::ShiftSettled).is_none() {
            let delay = match self.scenario.strategy.routing {
                Routing::Weights { delay } => delay,
                Routing::Pods => Span::ZERO,
            };
            self.agenda.cancel(Event::Deadline);
            let pod_by_pod = planted::is(Bug::SwitchGoesPodByPod);
            let times = if pod_by_pod { u64::from(self.scenario.fleet.replicas) } else { 1 };
            self.agenda.schedule(Event::ShiftSettled, now + delay * times);
        }
    }

    /// Traffic follows the pods, where no router splits it.
    pub(super) fn follow_pods(&mut self, now: Instant) {
        let shares = self.state.shares_of_pods();
        let same = shares == [self.state.share, self.state.due];
        if same || self.scenario.strategy.routing != Routing::Pods {
            return;
        }
        let [share, due] = shares;
        let arms = self.world.arms(self.scenario, share).1;
        self.regime(now, |state| {
            (state.weight, state.share, state.due, state.arm_errors) = (share, share, due, arms);
        });
        self.moved(now);
    }

    /// The traffic has arrived where it was ordered.
    fn settled(&mut self, now: Instant) -> Option<Signal> {
        let Shift { target, .. } = self.shift.take()?;
        if self.scenario.strategy.routing == Routing::Pods {
            let replicas = self.scenario.fleet.replicas;
            let new = (target * f64::from(replicas) + 0.5) as u32;
            self.stop_pods(now, OLD, replicas - new);
            self.stop_pods(now, NEW, new);
            self.follow_pods(now);
            return self.arrived(now, target);
        }
        let (share, arm_errors) = self.world.arms(self.scenario, target);
        // A switch back may come while sessions still hold the traffic of the switch before.
        let from = self.state.share_at(now);
        let affinity = self.scenario.strategy.affinity.filter(|_| share != from);
        self.agenda.cancel(Event::SessionsOver);
        if target == self.state.weight && share == from && self.state.sessions.is_none() {
            // The same weight again is no change of regime: no tick is cut.
            self.count_served(now);
        } else {
            self.regime(now, |state| {
                (state.weight, state.share, state.due, state.arm_errors) =
                    (target, share, share, arm_errors);
                state.sessions = affinity.map(|it| Sessions {
                    from,
                    began: now,
                    mean: it.session.as_secs_f64(),
                });
            });
        }
        self.moved(now);
        if let Some(affinity) = affinity {
            self.agenda.schedule(Event::SessionsOver, now + affinity.drain);
            return None;
        }
        self.arrived(now, target)
    }

    /// The sessions that held traffic back are over or are cut.
    fn sessions_over(&mut self, now: Instant) -> Option<Signal> {
        self.note_peak(now);
        self.regime(now, |state| state.sessions = None);
        self.note_peak(now);
        self.update_harm(now);
        self.schedule_onsets(now);
        let target = self.state.weight;
        // Whoever has held the rollout or ordered it back since does not want it to go on.
        let is_unwanted =
            !self.is_delivered() && (self.is_held() || self.rollout.is_back() && target != 0.0);
        if is_unwanted { None } else { self.arrived(now, target) }
    }

    /// All of the traffic is where it was ordered: a fleet without traffic may go.
    fn arrived(&mut self, now: Instant, target: f64) -> Option<Signal> {
        if self.is_delivered() {
            if target == 1.0 && !self.rollout.is_back() {
                self.live(now);
            }
            return Some(Signal::Settled);
        }
        if target == 0.0 {
            self.want_fleet(now, NEW, false);
        } else if target == 1.0 {
            let keep = self.scenario.strategy.keep_old;
            if keep.is_zero() {
                self.want_fleet(now, OLD, false);
            } else {
                self.agenda.schedule(Event::OldRetired, now + keep);
            }
        }
        if self.rollout.is_back() {
            self.back(now);
            return None;
        }
        Some(Signal::Settled)
    }

    /// The share of the new version has changed.
    fn moved(&mut self, now: Instant) {
        let (share, weight, pods) = (self.state.share, self.state.weight, self.state.pods);
        self.weights.push((self.grid.over(now), weight));
        self.record.note(now, Happening::Settled { share, pods });
        self.note_peak(now);
        if self.exposed.is_none() && self.state.share > 0.0 {
            self.expose(now);
        }
        self.update_harm(now);
        self.schedule_onsets(now);
    }

    /// The first traffic of the new version: gates and the clocks of faults start.
    fn expose(&mut self, now: Instant) {
        self.exposed = Some(now);
        self.history.exposed.get_or_insert(now);
        self.history.served = (now, 0.0);
        for (watch, gate) in self.watches.iter_mut().zip(&self.scenario.gates) {
            let before = watch.readings;
            *watch = Watch::from(first_reading(now, gate.initial_delay));
            watch.readings = before;
        }
        for fault in 0..self.world.severities().len() {
            if self.begins_at_once(fault) {
                self.begin_fault(now, fault);
            }
        }
    }

    /// Keeps the largest share of the traffic that the new version has had.
    pub(super) fn note_peak(&mut self, now: Instant) {
        self.history.peak_share = self.history.peak_share.max(self.state.share_at(now));
    }

    /// All traffic is on the new version. A rollout that was held after that was live before.
    fn live(&mut self, now: Instant) {
        self.history.live.get_or_insert(now);
    }

    fn gate_spoke(&mut self, now: Instant) -> Option<Signal> {
        let (gate, call) = self.spoken.take()?;
        if gate == self.scenario.gates.len() {
            self.alert_spoke(now, call);
            return None;
        }
        if call == Call::Satisfied {
            self.wanted = None;
            self.agenda.cancel(Event::PauseElapsed);
            return Some(Signal::Satisfied);
        }
        self.watches[gate].said = true;
        self.record.note(now, Happening::Tripped { gate });
        let gates = &self.watches[..self.scenario.gates.len()];
        let all = || gates.iter().all(|watch| watch.tripped.is_some_and(|at| at <= now));
        if self.scenario.combine == Combine::Any || all() {
            let judge = &self.scenario.gates[gate];
            let undecided = self.watches[gate].is_undecided(judge);
            match if undecided { Action::Pause } else { judge.action } {
                Action::Rollback => {
                    self.roll_back(now, By::Gate(gate as u8));
                    return self.rollout.is_back().then_some(Signal::Pods);
                }
                Action::Pause => self.hold(now, Some(gate)),
            }
        }
        None
    }

    /// The test of the new fleet is over: requests failed as the baseline and those faults make
    /// them that act from the first request on.
    fn checked(&mut self, now: Instant) -> Signal {
        let Some(smoke) = self.rollout.check() else { return Signal::Satisfied };
        let step = self.grid.over(now) >> crate::traffic::STEP_BITS;
        let pods = self.state.pods[NEW];
        let baseline = self.world.baseline_errors(self.scenario, NEW, pods, step);
        let mut fine = 1.0 - baseline;
        for fault in 0..self.world.severities().len() {
            if self.begins_at_once(fault) {
                fine *= 1.0 - self.world.faults[fault].signature.errors;
            }
        }
        let u = self.world.smoke(self.attempt);
        let failed = chance::binomial::quantile(smoke.requests, 1.0 - fine, u);
        self.record.note(now, Happening::Checked { failed, of: smoke.requests });
        let share = failed as f64 / smoke.requests as f64;
        if share > smoke.over.as_f64() { Signal::Refused } else { Signal::Satisfied }
    }
}
