//! People at work on a rollout: they are paged, look at the metrics, decide and approve.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::measures::{By, Ending, Truth};
use super::record::{Happening, Record};
use super::watch::Call;
use crate::people::{Evidence, Judgement, People};
use crate::planted::{self, Bug};
use crate::strategy::{NEW, OLD, Signal};

/// Why somebody was paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// An alert fires.
    Alert,
    /// A rollout stopped on the way.
    Hold,
}

/// Somebody is at work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Incident {
    /// Why.
    pub(super) cause: Cause,
    /// When something knew first: the reading that led to the page.
    pub(super) known: Instant,
    paged: Instant,
    acknowledged: Span,
    decided: Span,
    /// Decisions so far.
    round: u32,
    /// An order that is about to be carried out.
    ordered: bool,
}

/// What is read of the metrics when somebody looks: so many ticks.
const LOOKS_BACK: Span = Span::from_mins(5);
/// After so many pages about one change nobody lets it go on: a gate that always stops it and
/// people who always go on would never end.
const PAGES_MAX: u32 = 20;
/// The least requests of each version that can be compared.
const FEWEST: u64 = 30;

impl<R: Record> Engine<'_, R> {
    /// An alert fires or is over.
    pub(super) fn alert_spoke(&mut self, now: Instant, call: Call) {
        let alert = self.scenario.gates.len();
        if call == Call::Resolved {
            self.watches[alert].resolve();
            self.record.note(now, Happening::AlertOver);
            if self.incident.is_some_and(|it| it.cause == Cause::Alert && !it.ordered) {
                self.close_incident(now);
            }
            return;
        }
        self.watches[alert].said = true;
        self.record.note(now, Happening::AlertFires);
        let known = self.watches[alert].first_failure.unwrap_or(now);
        self.page(now, Cause::Alert, known);
    }

    /// A rollout that stopped on the way tells somebody.
    pub(super) fn page_for_hold(&mut self, now: Instant, gate: Option<usize>) {
        let known = gate.and_then(|gate| self.watches[gate].first_failure).unwrap_or(now);
        self.page(now, Cause::Hold, known);
    }

    fn page(&mut self, now: Instant, cause: Cause, known: Instant) {
        let Some(people) = &self.scenario.people else { return };
        if self.rollout.is_back() || self.incident.is_some() {
            return;
        }
        let number = self.pages;
        self.pages += 1;
        let uniforms = self.world.page(number);
        let response = people.respond(self.time_of_day(now), self.told_apart(), &uniforms);
        self.incident = Some(Incident {
            cause,
            known,
            paged: now,
            acknowledged: response.acknowledged,
            decided: response.decided,
            round: 0,
            ordered: false,
        });
        self.record.note(now, Happening::Paged { cause });
        self.agenda.schedule(Event::Decided, now + response.decided);
    }

    /// Nobody is at work any more; their time is booked.
    pub(super) fn close_incident(&mut self, now: Instant) {
        let Some(incident) = self.incident.take() else { return };
        self.history.work += now - (incident.paged + incident.acknowledged).min(now);
        self.agenda.cancel(Event::Decided);
    }

    /// What somebody was called for because the rollout had stopped is over by itself.
    pub(super) fn close_hold(&mut self, now: Instant) {
        if self.incident.is_some_and(|it| it.cause == Cause::Hold && !it.ordered) {
            self.close_incident(now);
        }
    }

    /// A person has decided, or carries out what was decided.
    pub(super) fn decided(&mut self, now: Instant) -> Option<Signal> {
        let (people, incident) = (self.scenario.people.as_ref()?, self.incident?);
        if incident.ordered {
            self.roll_back(now, By::Person);
            return self.rollout.is_back().then_some(Signal::Pods);
        }
        let number = self.pages - 1;
        let since = self.exposed.map_or(Span::ZERO, |exposed| now - exposed);
        let u = self.world.judgement(number, incident.round);
        let judgement = people.judge(self.evidence(now), since, u);
        self.record.note(now, Happening::Judged { judgement });
        match (judgement, incident.cause) {
            (Judgement::RollBack, _) if self.is_under_way() => {
                let acts = people.act(self.world.acting(number));
                let wait = if planted::is(Bug::ActsAtOnce) { Span::ZERO } else { acts };
                self.incident = Some(Incident { ordered: true, ..incident });
                self.agenda.schedule(Event::Decided, now + wait);
                None
            }
            (_, Cause::Hold) if self.is_held() && number < PAGES_MAX => {
                self.close_incident(now);
                Some(self.resume(now))
            }
            _ => {
                self.look_again(people, incident, number);
                None
            }
        }
    }

    fn look_again(&mut self, people: &People, incident: Incident, number: u32) {
        let round = incident.round + 1;
        let turn = self.world.turn(number, round);
        let response = people.look_again(incident.decided, self.told_apart(), turn);
        self.incident = Some(Incident { decided: response.decided, round, ..incident });
        self.agenda.schedule(Event::Decided, incident.paged + response.decided);
    }

    /// Whether there is a new version that can be taken back.
    fn is_under_way(&self) -> bool {
        !self.rollout.is_back()
            && (self.state.share > 0.0
                || self.state.pods[NEW] + self.pipeline.coming(NEW) > 0
                || self.state.serving[OLD] < self.replicas)
    }

    pub(super) fn is_held(&self) -> bool {
        matches!(self.history.ended, Some((_, Ending::Held)))
    }

    /// A held rollout goes on, and its gates begin anew.
    fn resume(&mut self, now: Instant) -> Signal {
        self.record.note(now, Happening::Resumed);
        self.agenda.cancel(super::event::Event::WatchElapsed);
        (self.history.ended, self.history.order, self.history.detected) = (None, None, None);
        let gates = self.scenario.gates.len();
        for (watch, gate) in self.watches[..gates].iter_mut().zip(&self.scenario.gates) {
            watch.resolve();
            if watch.next <= now {
                // It has not read since it tripped.
                let missed = (now - watch.next) / gate.interval + 1;
                watch.next += gate.interval * missed;
            }
        }
        Signal::Resumed
    }

    /// A rollout waits for somebody's approval.
    pub(super) fn ask(&mut self, now: Instant) {
        let Some(people) = &self.scenario.people else {
            self.hold(now, None);
            return;
        };
        self.asked += 1;
        let u = self.world.approval(self.asked);
        let wait = people.approve(self.time_of_day(now), Evidence::Unclear, u).wait;
        self.record.note(now, Happening::Asked);
        self.agenda.schedule(Event::Approved, now + wait);
    }

    /// A person has looked at a rollout that waits for approval.
    pub(super) fn approved(&mut self, now: Instant) -> Option<Signal> {
        let people = self.scenario.people.as_ref()?;
        let u = self.world.approval(self.asked);
        let approved = people.approve(self.time_of_day(now), self.evidence(now), u).approved;
        self.record.note(now, Happening::Approved { approved });
        Some(if approved { Signal::Satisfied } else { Signal::Refused })
    }

    fn time_of_day(&self, now: Instant) -> Span {
        Span::from_secs_f64(self.world.start) + now.since_start()
    }

    /// Whether two versions serve side by side.
    fn told_apart(&self) -> bool {
        self.state.share > 0.0 && self.state.share < 1.0
    }

    /// What the metrics of the last minutes say of the new version: whether it fails clearly more
    /// often than the old one beside it (three standard errors, and twice as often).
    fn evidence(&mut self, now: Instant) -> Evidence {
        if matches!(self.history.ended, Some((_, Ending::Stuck))) {
            return Evidence::Blames;
        }
        if planted::is(Bug::PeopleSeeTheTruth) {
            let truth = super::truth::of(self.scenario, &self.world).1;
            return if truth == Truth::Bad { Evidence::Blames } else { Evidence::Clears };
        }
        let to = self.grid.over(now - self.scenario.delay);
        let from = to.saturating_sub(self.grid.over(Instant::ZERO + LOOKS_BACK).max(1));
        self.open_to(to);
        let [old, new] = [OLD, NEW].map(|v| {
            let failed = self.failed(v, from, to);
            (failed as f64, self.grid.requests(v, from, to))
        });
        if old.1 < FEWEST || new.1 < FEWEST {
            return Evidence::Unclear;
        }
        let (n, m) = (old.1 as f64, new.1 as f64);
        let (p, q) = (old.0 / n, new.0 / m);
        let pooled = (old.0 + new.0) / (n + m);
        let error = chance::math::sqrt(pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m));
        if q > 2.0 * p && q - p > 3.0 * error { Evidence::Blames } else { Evidence::Clears }
    }
}
