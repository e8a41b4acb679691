//! How a change ends: rolled back, held, stuck or promoted; and how it is tried again.

use clockwork::Instant;

use super::engine::{Engine, Shift};
use super::event::Event;
use super::measures::{By, Ending};
use super::record::{Happening, Record};
use crate::controller::delivery::Order;
use crate::gate::Combine;
use crate::planted::{self, Bug};
use crate::scenario::{AfterRollback, FAULTS_MAX};
use crate::strategy::{NEW, OLD};

impl<R: Record> Engine<'_, R> {
    /// The old version is ordered back.
    pub(super) fn roll_back(&mut self, now: Instant, by: By) {
        let detected = self.detected(now, by);
        self.order_back(now, by, detected);
        if self.is_delivered() {
            self.tell_delivery(now, Order::Back);
            return;
        }
        if self.scenario.strategy.replacement().is_some() {
            self.progress(now);
            return;
        }
        let replicas = self.scenario.fleet.replicas;
        self.want_fleet(now, OLD, true);
        self.shift = Some(Shift { target: 0.0, pods: [replicas, 0] });
        self.begin_shift(now);
    }

    /// Books that the old version is ordered back.
    pub(super) fn order_back(&mut self, now: Instant, by: By, detected: Option<Instant>) {
        self.record.note(now, Happening::RollbackOrdered { by });
        self.history.order = Some((now, by));
        self.history.detected = detected;
        self.history.ended = None;
        self.history.live = None;
        self.stop(now, true);
        self.close_incident(now);
        self.rollout.turn_back();
        if self.is_delivered() {
            self.progress(now);
        }
    }

    /// When somebody or something knew what led to an order.
    pub(super) fn detected(&self, now: Instant, by: By) -> Option<Instant> {
        if planted::is(Bug::DetectionCountedFromOrder) {
            return Some(now);
        }
        let gates = &self.watches[..self.scenario.gates.len()];
        match (by, self.scenario.combine) {
            (By::Gate(gate), Combine::Any) => gates[usize::from(gate)].first_failure,
            (By::Gate(_), Combine::All) => {
                gates.iter().filter_map(|watch| watch.first_failure).min()
            }
            (By::Person, _) => self.incident.map(|incident| incident.known),
            (By::Strategy | By::Analysis(_), _) => Some(now),
        }
    }

    fn silence_gates(&mut self) {
        let gates = self.scenario.gates.len();
        self.watches[..gates].iter_mut().for_each(|watch| watch.active = false);
    }

    pub(super) fn hold(&mut self, now: Instant, gate: Option<usize>) {
        if matches!(self.history.ended, Some((_, Ending::Held))) {
            return;
        }
        self.record.note(now, Happening::Held { gate });
        self.stop(now, false);
        self.pause_deployment(now, true);
        if gate.is_some() {
            self.tell_delivery(now, Order::Pause);
        }
        if let Some(gate) = gate {
            let by = By::Gate(gate as u8);
            self.history.order = Some((now, by));
            self.history.detected = self.detected(now, by);
        }
        self.finish(now, Ending::Held);
        self.page_for_hold(now, gate);
    }

    /// The pods are left as they are, until somebody deletes them.
    pub(super) fn rest(&mut self, now: Instant) {
        if !self.is_held() {
            self.record.note(now, Happening::Rests);
            self.agenda.cancel(Event::Deadline);
            self.finish(now, Ending::Held);
        }
    }

    /// Whether somebody has deleted all pods that were left as they are: then the rollout goes on.
    pub(super) fn goes_on_by_hand(&mut self, now: Instant) -> bool {
        let is_done = self.rollout.was_done_by_hand(&self.seen_by_rollout());
        if is_done {
            self.history.ended = None;
            self.agenda.cancel(Event::WatchElapsed);
            self.close_hold(now);
        }
        is_done
    }

    /// There was no progress for too long.
    pub(super) fn stuck(&mut self, now: Instant) {
        if matches!(self.history.ended, Some((_, Ending::Stuck))) {
            return;
        }
        self.record.note(now, Happening::Stuck);
        if self.rollout.is_back() && !self.is_delivered() {
            // The way back has no place for its pods: nobody can do more, and it may yet end.
            if !planted::is(Bug::NoPlaceForTheWayBack) {
                self.finish(now, Ending::Stuck);
            }
            return;
        }
        self.agenda.cancel(Event::PauseElapsed);
        self.finish(now, Ending::Stuck);
        self.page_for_hold(now, None);
    }

    /// Nothing more of the plan happens; with `off` the gates are silent as well.
    fn stop(&mut self, now: Instant, off: bool) {
        if off {
            self.silence_gates();
        }
        self.note_peak(now);
        self.wanted = None;
        // A router that was told a weight by a controller of its own gets it all the same.
        if !self.is_delivered() {
            self.shift = None;
            self.agenda.cancel(Event::ShiftSettled);
        }
        // Sessions end whatever was decided: that is not cancelled.
        for event in [
            Event::PauseElapsed,
            Event::Checked,
            Event::OldRetired,
            Event::Deadline,
            Event::BakeElapsed,
            Event::Approved,
            Event::WatchElapsed,
        ] {
            self.agenda.cancel(event);
        }
    }

    /// The old version serves all again.
    pub(super) fn back(&mut self, now: Instant) {
        self.agenda.cancel(Event::Deadline);
        self.finish(now, Ending::RolledBack);
        let tries = match &self.scenario.after_rollback {
            AfterRollback::Abandon => return,
            AfterRollback::Retry { attempts, .. } | AfterRollback::Fix { attempts, .. } => {
                *attempts
            }
        };
        if self.attempt + 1 < tries {
            let wait = self.world.until_next_attempt(self.scenario, self.attempt);
            self.agenda.cancel(Event::WatchElapsed);
            let is_early = planted::is(Bug::CooldownFromTheOrder);
            let from = self.history.order.filter(|_| is_early).map_or(now, |(at, _)| at);
            self.agenda.schedule(Event::TriedAgain, (from + wait).max(now));
        }
    }

    pub(super) fn finish(&mut self, now: Instant, ending: Ending) {
        self.record.note(now, Happening::Ended { ending });
        self.tell_status(now);
        if !matches!(ending, Ending::Held | Ending::Stuck) {
            self.silence_gates();
        }
        self.history.ended = Some((now, ending));
        self.agenda.schedule(Event::WatchElapsed, now + self.scenario.watch);
    }

    /// The change is tried again from the start.
    pub(super) fn try_again(&mut self, now: Instant) {
        self.attempt += 1;
        self.record.note(now, Happening::TriedAgain { attempt: self.attempt });
        if let AfterRollback::Fix { works, .. } = &self.scenario.after_rollback {
            self.world.fix(self.attempt, works.as_f64());
            self.know_faults();
        }
        self.silence_gates();
        self.wanted = None;
        self.told = None;
        self.exposed = None;
        (self.history.ended, self.history.promoted) = (None, None);
        (self.history.order, self.history.detected) = (None, None);
        self.rollout = self.scenario.strategy.begin();
        self.pipeline.ordered[NEW] = 0;
        self.pipeline.most = [0; 2];
        // An onset that the first attempt did not live to see.
        (0..FAULTS_MAX as u8).for_each(|fault| self.agenda.cancel(Event::Onset(fault)));
        self.regime(now, |state| {
            state.began = [None; FAULTS_MAX];
            state.worn = false;
        });
        self.update_harm(now);
    }
}
