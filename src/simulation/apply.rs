//! The one place where events and decisions change the world.

use clockwork::{Instant, Span};

use super::engine::{Engine, Wanted};
use super::event::Event;
use super::law::{NEW, OLD};
use super::measures::Ending;
use super::record::{Happening, Record};
use super::state::{pods_at, pods_for};
use super::watch::{Call, Watch, first_reading};
use crate::gate::{Action, Combine};
use crate::strategy::{Command, Routing, Signal};
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
            Event::ShiftSettled => self.settled(now),
            Event::GateSpoke => self.gate_spoke(now),
            Event::PauseElapsed => {
                self.wanted = None;
                Some(Signal::Elapsed)
            }
            Event::BakeElapsed => {
                self.finish(now, Ending::Promoted);
                None
            }
            Event::WatchElapsed => None,
        }
    }

    /// The one place where a decision changes the world.
    pub(super) fn apply(&mut self, now: Instant, command: Command) {
        let stage = self.rollout.progress().0;
        match command {
            Command::Shift(weight) => {
                self.record.note(now, Happening::Stage { stage });
                self.order_pods(now, weight);
            }
            Command::Wait(span) => {
                self.record.note(now, Happening::Stage { stage });
                self.agenda.schedule(Event::PauseElapsed, now + span);
            }
            Command::WaitFor { gate, passes, at_most } => {
                self.record.note(now, Happening::Stage { stage });
                if let Some(watch) = self.watches.get_mut(gate) {
                    watch.passes = 0;
                }
                self.wanted = Some(Wanted { gate, passes });
                self.agenda.schedule(Event::PauseElapsed, now + at_most);
            }
            Command::Hold => self.hold(now, None),
            Command::Bake => {
                self.record.note(now, Happening::Baking);
                self.agenda.schedule(Event::BakeElapsed, now + self.scenario.bake);
            }
        }
    }

    fn order_pods(&mut self, now: Instant, weight: Share) {
        let replicas = self.scenario.fleet.replicas;
        let wanted = pods_for(replicas, weight);
        self.target = match self.scenario.strategy.routing() {
            Routing::Weights { .. } => weight.as_f64(),
            Routing::Pods => f64::from(wanted) / f64::from(replicas),
        };
        let ready = self.world.startup(self.scenario, NEW, self.state.pods[NEW], wanted);
        self.agenda.schedule(Event::PodsReady, now + Span::from_secs_f64(ready));
    }

    fn pods_ready(&mut self, now: Instant) -> Option<Signal> {
        let replicas = self.scenario.fleet.replicas;
        let delay = match self.scenario.strategy.routing() {
            Routing::Weights { delay } => delay,
            Routing::Pods => Span::ZERO,
        };
        if self.rolling_back {
            self.regime(now, |state| state.grow(OLD, replicas, now));
        } else {
            let exact = matches!(self.scenario.strategy.routing(), Routing::Weights { .. });
            let wanted = if exact {
                pods_at(replicas, self.target)
            } else {
                (self.target * f64::from(replicas) + 0.5) as u32
            };
            self.regime(now, |state| state.grow(NEW, wanted, now));
        }
        if delay.is_zero() {
            return self.settled(now);
        }
        self.agenda.schedule(Event::ShiftSettled, now + delay);
        None
    }

    /// The traffic has arrived where it was ordered.
    fn settled(&mut self, now: Instant) -> Option<Signal> {
        let (target, replicas) = (self.target, self.scenario.fleet.replicas);
        let (share, arm_errors) = self.world.arms(self.scenario, target);
        let pods = self.scenario.strategy.routing() == Routing::Pods;
        self.regime(now, |state| {
            (state.weight, state.share, state.arm_errors) = (target, share, arm_errors);
            if target == 0.0 {
                state.shrink(NEW, 0);
            } else if target == 1.0 {
                state.shrink(OLD, 0);
            } else if pods {
                let new = state.pods[NEW];
                state.shrink(OLD, replicas.saturating_sub(new));
            }
        });
        self.weights.push((self.grid.over(now), target));
        self.record.note(now, Happening::Settled { share, pods: self.state.pods });
        if self.history.exposed.is_none() && share > 0.0 {
            self.expose(now);
        }
        self.update_harm(now);
        self.schedule_onsets(now);
        if self.rolling_back {
            self.finish(now, Ending::RolledBack);
            return None;
        }
        if target == 1.0 {
            self.history.live = Some(now);
        }
        Some(Signal::Settled)
    }

    /// The first traffic of the new version: gates and the clocks of faults start.
    fn expose(&mut self, now: Instant) {
        self.history.exposed = Some(now);
        self.history.served = (now, 0.0);
        self.watching = true;
        let gates = &self.scenario.gates;
        self.watches
            .extend(gates.iter().map(|gate| Watch::from(first_reading(now, gate.initial_delay))));
        for fault in 0..self.world.fault_count {
            if self.world.faults[fault].after <= 0.0 {
                self.begin_fault(now, fault);
            }
        }
    }

    fn gate_spoke(&mut self, now: Instant) -> Option<Signal> {
        let (gate, call) = self.spoken.take()?;
        if call == Call::Satisfied {
            self.wanted = None;
            self.agenda.cancel(Event::PauseElapsed);
            return Some(Signal::Satisfied);
        }
        self.watches[gate].said = true;
        self.record.note(now, Happening::Tripped { gate });
        let all = || self.watches.iter().all(|watch| watch.tripped.is_some_and(|at| at <= now));
        if self.scenario.combine == Combine::Any || all() {
            match self.scenario.gates[gate].action {
                Action::Rollback => self.roll_back(now, gate),
                Action::Pause => self.hold(now, Some(gate)),
            }
        }
        None
    }

    fn roll_back(&mut self, now: Instant, gate: usize) {
        self.record.note(now, Happening::RollbackOrdered { gate });
        let first = self.watches.iter().filter_map(|watch| watch.first_failure).min();
        self.history.detected = match self.scenario.combine {
            Combine::Any => self.watches[gate].first_failure,
            Combine::All => first,
        };
        self.history.order = Some((now, gate));
        self.history.ended = None;
        self.stop(true);
        self.target = 0.0;
        let replicas = self.scenario.fleet.replicas;
        match self.scenario.strategy.routing() {
            Routing::Weights { delay } if self.state.pods[OLD] == replicas => {
                self.agenda.schedule(Event::ShiftSettled, now + delay);
            }
            _ => {
                let from = self.state.pods[OLD];
                let ready = self.world.startup(self.scenario, OLD, from, replicas);
                self.agenda.schedule(Event::PodsReady, now + Span::from_secs_f64(ready));
            }
        }
        self.rolling_back = true;
    }

    fn hold(&mut self, now: Instant, gate: Option<usize>) {
        if matches!(self.history.ended, Some((_, Ending::Held))) {
            return;
        }
        self.record.note(now, Happening::Held { gate });
        self.stop(false);
        if let Some(gate) = gate {
            self.history.order = Some((now, gate));
            self.history.detected = self.watches[gate].first_failure;
        }
        self.finish(now, Ending::Held);
    }

    /// Nothing more of the plan happens; with `off` the gates are silent as well.
    fn stop(&mut self, off: bool) {
        self.watching &= !off;
        self.wanted = None;
        for event in [
            Event::PodsReady,
            Event::ShiftSettled,
            Event::PauseElapsed,
            Event::BakeElapsed,
            Event::WatchElapsed,
        ] {
            self.agenda.cancel(event);
        }
    }

    fn finish(&mut self, now: Instant, ending: Ending) {
        self.record.note(now, Happening::Ended { ending });
        self.watching &= ending == Ending::Held;
        self.history.ended = Some((now, ending));
        self.agenda.schedule(Event::WatchElapsed, now + self.scenario.watch);
    }
}
