//! What an operator tells a controller of its own while the change is under way.

use clockwork::Instant;

use super::engine::Engine;
use super::event::Event;
use super::measures::By;
use super::record::{Happening, Record};
use crate::controller::argo::{self, Command};
use crate::controller::delivery::{Order, Saying};
use crate::strategy::Signal;

impl<R: Record> Engine<'_, R> {
    /// An operator gives the next order.
    pub(super) fn commanded(&mut self, now: Instant) -> Option<Signal> {
        let delivery = self.scenario.strategy.delivery.as_ref()?;
        let (_, command) = *delivery.commands.get(self.orders)?;
        self.orders += 1;
        self.schedule_order();
        let saying = Saying::Argo(argo::Saying::Told(command));
        self.record.note(now, Happening::Delivery(saying));
        let is_promoted = self.history.live.is_some() || self.history.promoted.is_some();
        match command {
            Command::Abort if self.rollout.is_back() || is_promoted => {
                self.answer_operator(now, "nothing is under way that could be aborted");
            }
            Command::Abort => self.roll_back(now, By::Person),
            Command::Undo if self.rollout.is_back() => {
                self.answer_operator(now, "the version before is wanted already");
            }
            Command::Undo => {
                let detected = self.detected(now, By::Person);
                self.order_back(now, By::Person, detected);
                self.tell_delivery(now, Order::Undo);
            }
            Command::Retry if !self.rollout.is_back() || is_promoted => {
                self.answer_operator(now, "nothing was aborted");
            }
            Command::Retry => return Some(self.reopened(now)),
            Command::PromoteFull if self.rollout.is_back() && !is_promoted => {
                self.reopened(now);
                self.tell_delivery(now, Order::Update);
                self.tell_delivery(now, Order::PromoteFull);
            }
            Command::PromoteFull => self.tell_delivery(now, Order::PromoteFull),
            Command::Promote => self.tell_delivery(now, Order::Promote),
            Command::Pause => self.tell_delivery(now, Order::Pause),
        }
        None
    }

    /// An aborted change begins again.
    fn reopened(&mut self, now: Instant) -> Signal {
        self.agenda.cancel(Event::TriedAgain);
        self.agenda.cancel(Event::WatchElapsed);
        self.try_again(now);
        Signal::Started
    }

    /// What the operator is told, for those who read it.
    fn answer_operator(&mut self, now: Instant, text: &str) {
        if R::READINGS {
            self.record.note(now, Happening::Answered { text: text.to_owned() });
        }
    }
}
