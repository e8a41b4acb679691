//! What an operator tells the Deployment while the change is under way.

use clockwork::Instant;

use super::engine::Engine;
use super::event::Event;
use super::measures::By;
use super::record::{Happening, Record};
use crate::controller::kubernetes::{Order, kubectl};
use crate::strategy::{NEW, OLD, Signal};

const TOO_LATE: &str = "skipped: the release does not come back after it was rolled back";

impl<R: Record> Engine<'_, R> {
    /// The next order is given when its time has come.
    pub(super) fn schedule_order(&mut self) {
        let strategy = &self.scenario.strategy;
        if let Some(delivery) = &strategy.delivery {
            if let Some((after, _)) = delivery.commands.get(self.orders) {
                self.agenda.schedule(Event::Ordered, Instant::ZERO + *after);
            }
            return;
        }
        if let Some((after, _)) = strategy.orders.get(self.orders) {
            self.agenda.schedule(Event::Ordered, Instant::ZERO + *after);
        }
    }

    /// An operator gives an order.
    pub(super) fn ordered(&mut self, now: Instant) -> Option<Signal> {
        if self.is_delivered() {
            return self.commanded(now);
        }
        let (_, order) = *self.scenario.strategy.orders.get(self.orders)?;
        self.orders += 1;
        self.schedule_order();
        self.record.note(now, Happening::Told { order });
        match order {
            Order::Pause => self.pause_deployment(now, true),
            Order::Resume => self.pause_deployment(now, false),
            Order::Scale(replicas) => self.scale_deployment(now, replicas),
            Order::DeletePod => return self.delete_pod(now),
            Order::Drain(node) => return self.drain(now, node),
            Order::Uncordon(node) => return self.uncordon(now, node),
            Order::Restart => {
                let cluster = self.cluster.as_ref()?;
                let version = cluster.version_of(cluster.template())?;
                self.rewrite_deployment(now, version);
            }
            Order::SetImage if self.rollout.is_back() => self.reply(now, |_| TOO_LATE.into()),
            Order::SetImage => self.rewrite_deployment(now, NEW),
            Order::Undo(which) => {
                let cluster = self.cluster.as_ref()?;
                match cluster.deployment().revision(which) {
                    Ok(_) if self.rollout.is_back() => self.reply(now, |_| TOO_LATE.into()),
                    Ok(template) if cluster.version_of(template) == Some(OLD) => {
                        self.roll_back(now, By::Person);
                        return self.rollout.is_back().then_some(Signal::Pods);
                    }
                    Ok(template) => self.undo_deployment(now, template),
                    Err(refusal) => self.reply(now, |_| format!("error: {refusal}")),
                }
            }
        }
        None
    }

    /// A pod is deleted: one that does not run what is wanted, if there is any.
    fn delete_pod(&mut self, now: Instant) -> Option<Signal> {
        let cluster = self.cluster.as_ref()?;
        let wanted = cluster.version_of(cluster.template())?;
        let have = self.seen().desired;
        let other = if wanted == NEW { OLD } else { NEW };
        let version = if have[other] > 0 { other } else { wanted };
        self.stop_pods(now, version, have[version].saturating_sub(1));
        self.after_pods(now)
    }

    /// What kubectl prints, for those who read it.
    pub(super) fn reply(&mut self, now: Instant, text: impl FnOnce(&Self) -> String) {
        if R::READINGS {
            let text = text(self);
            self.record.note(now, Happening::Answered { text });
        }
    }

    /// What the Deployment is called.
    fn called(&self) -> &str {
        &self.scenario.telemetry.workloads[NEW]
    }

    /// What `kubectl rollout status` would say.
    pub(super) fn tell_status(&mut self, now: Instant) {
        let Some(cluster) = self.cluster.as_ref().filter(|_| R::READINGS) else { return };
        let (kubectl::RolloutStatus::Waiting(text)
        | kubectl::RolloutStatus::Done(text)
        | kubectl::RolloutStatus::Failed(text)) =
            kubectl::rollout_status(cluster.deployment(), self.called());
        self.record.note(now, Happening::Answered { text });
    }

    /// What `kubectl rollout history` would say.
    pub(super) fn tell_history(&mut self, now: Instant) {
        let Some(cluster) = self.cluster.as_ref().filter(|_| R::READINGS) else { return };
        let text = kubectl::rollout_history(cluster.deployment(), self.called());
        let revisions = text.lines().skip(2).filter_map(|line| line.split_whitespace().next());
        let text = format!("revisions {}", revisions.collect::<Vec<_>>().join(", "));
        self.record.note(now, Happening::Answered { text });
    }
}
