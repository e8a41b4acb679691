//! A controller of its own at work: what it sees of the pods, and what is done of what it orders.

use clockwork::Instant;

use super::engine::{Engine, Shift};
use super::event::Event;
use super::measures::By;
use super::record::{Happening, Record};
use super::state::VERSIONS;
use crate::controller::delivery::{Action, Answer, Cause, Order, Pods, Seen};
use crate::strategy::{NEW, Native, OLD, Reader, Signal};
use crate::units::Share;

impl<R: Record> Engine<'_, R> {
    /// Whether a controller of its own carries the change out.
    pub(super) const fn is_delivered(&self) -> bool {
        self.delivery.is_some()
    }

    /// Whether a controller of its own does nothing more, whatever the pods do.
    pub(super) fn has_given_up(&self) -> bool {
        self.delivery.as_ref().is_some_and(|it| it.has_given_up())
    }

    /// The controller hears what has happened and its orders are carried out, until it has nothing
    /// to say.
    pub(super) fn deliver(&mut self, now: Instant, signal: Signal) {
        if self.is_seen_later(now, signal) {
            return;
        }
        let order = match signal {
            Signal::Started => Some(Order::Update),
            Signal::Satisfied | Signal::Resumed => Some(Order::Resume),
            Signal::Refused => {
                self.roll_back(now, By::Person);
                None
            }
            Signal::Pods | Signal::Settled | Signal::Elapsed => None,
        };
        if let Some(order) = order {
            self.tell_delivery(now, order);
            self.progress(now);
        }
        let mut actions = std::mem::take(&mut self.actions);
        let wake = loop {
            let seen = self.delivery_sees(now);
            let Some(controller) = &mut self.delivery else { break Instant::NEVER };
            let wake = controller.step(&seen, now, &mut actions);
            for action in &actions {
                self.carry(now, *action);
            }
            if wake > now {
                break wake;
            }
        };
        self.actions = actions;
        if wake == Instant::NEVER {
            self.agenda.cancel(Event::Controllers);
        } else {
            self.agenda.schedule(Event::Controllers, wake);
        }
    }

    /// Whether the controller takes its time, and looks at what has changed later.
    fn is_seen_later(&mut self, now: Instant, signal: Signal) -> bool {
        let Some(delivery) = &self.scenario.strategy.delivery else { return false };
        if delivery.latency.is_zero() || !matches!(signal, Signal::Pods | Signal::Settled) {
            return false;
        }
        let at = now + delivery.latency;
        if self.agenda.pending(Event::Controllers).is_none_or(|wake| wake > at) {
            self.agenda.schedule(Event::Controllers, at);
        }
        true
    }

    /// Somebody tells the controller something, if there is one.
    pub(super) fn tell_delivery(&mut self, now: Instant, order: Order) {
        if let Some(controller) = &mut self.delivery {
            controller.tell(order, now);
            self.agenda.schedule(Event::Controllers, now);
        }
    }

    fn delivery_sees(&mut self, now: Instant) -> Seen {
        let wants_load = self.delivery.as_ref().is_some_and(|it| it.wants_load());
        let busy =
            if wants_load { [OLD, NEW].map(|v| self.demand(now, v)) } else { [0.0; VERSIONS] };
        let seen = self.seen();
        let pods = [OLD, NEW].map(|v| Pods {
            replicas: seen.desired[v],
            ready: self.state.serving[v],
            available: seen.available[v],
        });
        let is_settled = self.shift.is_none() && self.state.sessions.is_none();
        Seen { pods, is_settled, busy }
    }

    fn carry(&mut self, now: Instant, action: Action) {
        match action {
            Action::Scale { version, pods } => self.have_pods(now, version, pods),
            Action::Route(share) => self.route(now, share),
            Action::Copy(share) => {
                self.settle_copies(now);
                self.copies.copy(now, share);
                self.forget_scrapes(now);
            }
            Action::Load { test, rate, lasts } => {
                self.settle_copies(now);
                self.copies.load(now, test, rate, lasts);
                self.forget_scrapes(now);
            }
            Action::Measure { source, question } => self.measure_source(now, source, question),
            Action::Step(stage) => {
                self.told = Some(stage);
                self.record.note(now, Happening::Stage { stage });
            }
            Action::Ask => self.ask(now),
            Action::Hold => self.hold(now, None),
            Action::Abort(cause) => {
                let (by, known) = match cause {
                    Cause::Metric { source, known } => (By::Analysis(source as u8), known),
                    Cause::Webhook { known } => (By::Strategy, known),
                    Cause::Deadline => (By::Strategy, now),
                };
                self.order_back(now, by, Some(known));
            }
            Action::Back => self.back(now),
            Action::Promoted => self.bake(now),
            Action::Stuck => self.stuck(now),
            Action::Say(saying) => {
                if R::READINGS {
                    self.record.note(now, Happening::Delivery(saying));
                }
            }
        }
    }

    /// A version has so many pods: more are ordered at once, and those that are too many stop.
    fn have_pods(&mut self, now: Instant, version: usize, pods: u32) {
        let have = self.seen().desired[version];
        if pods > have {
            self.order(now, version, pods - have, false);
        } else {
            self.stop_pods(now, version, pods);
        }
        self.follow_pods(now);
    }

    /// A router gets a weight.
    fn route(&mut self, now: Instant, share: Share) {
        self.shift = Some(Shift { target: share.as_f64(), pods: [0; VERSIONS] });
        self.agenda.cancel(Event::ShiftSettled);
        self.begin_shift(now);
    }

    /// Takes a measurement and tells the controller what came of it.
    fn measure_source(&mut self, now: Instant, source: usize, question: usize) {
        let scenario = self.scenario;
        let Some(delivery) = &scenario.strategy.delivery else { return };
        let answer = match &delivery.sources[source].reader {
            Reader::Native(native) => self.measure_native(now, native),
            Reader::Error(reason) => Answer::Error(reason.clone()),
            Reader::Query(query) => match self.answer(*query, now) {
                Ok(expr::Value::Float(value)) => Answer::Scalar(*value),
                Ok(expr::Value::Floats(values)) => Answer::Vector(values.clone()),
                Ok(_) => Answer::Error("the query gives no numbers".to_owned()),
                Err(error) => Answer::Error(error.to_string()),
            },
            Reader::Number(query) => match self.answer(*query, now) {
                Ok(expr::Value::Float(value)) => Answer::Scalar(*value),
                Ok(expr::Value::Floats(values)) => {
                    values.first().map_or(Answer::Nothing, |value| Answer::Scalar(*value))
                }
                Ok(_) => Answer::Error("the query gives no number".to_owned()),
                Err(error) => Answer::Error(error.to_string()),
            },
        };
        let Some(controller) = &mut self.delivery else { return };
        let opinion = controller.answer(question, &answer, now);
        if R::READINGS {
            self.record.note(now, Happening::Measured { source, answer, opinion });
        }
    }

    /// Counts of requests as a query for them would find them: nothing before the first scrape of
    /// the version, and no number where there were no requests since.
    fn measure_native(&mut self, now: Instant, native: &Native) -> Answer {
        let metric = &native.gate.metric;
        let (from, to) = self.window(&native.gate, now);
        self.open_to(to);
        let mut window = crate::gate::Window {
            seconds: f64::from(to - from) * self.scenario.tick.as_secs_f64(),
            ..crate::gate::Window::default()
        };
        window.new = self.tally(&native.gate, NEW, (from, to));
        if native.gate.reads_old() {
            window.old = self.tally(&native.gate, OLD, (from, to));
        }
        self.add_copies(&native.gate, &mut window.new, (from, to));
        let requests = window.of(metric.of()).requests;
        let is_seen = metric.of() != crate::gate::Subject::New
            || window.new.requests > 0
            || self.exposed.is_some_and(|at| self.grid.over(at) < to);
        let part = if requests == 0 { f64::NAN } else { metric.reading(&window).0 };
        let part = if native.is_complement { 1.0 - part } else { part };
        match (is_seen, native.is_scalar) {
            (false, false) => Answer::Vector(Vec::new()),
            (false, true) => Answer::Nothing,
            (true, false) => Answer::Vector(vec![part * native.whole]),
            (true, true) => Answer::Scalar(part * native.whole),
        }
    }
}
