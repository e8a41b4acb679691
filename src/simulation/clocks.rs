//! When faults begin and whether they do harm: clocks of time and of served requests.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::history::Harm;
use super::record::{Happening, Record};
use crate::fault::{Clock, Fault};
use crate::traffic::STEP_BITS;

impl<R: Record> Engine<'_, R> {
    /// A fault begins to act.
    pub(super) fn begin_fault(&mut self, now: Instant, fault: usize) {
        self.regime(now, |state| state.began[fault] = Some(now));
        self.record.note(now, Happening::FaultBegan { fault });
        self.update_harm(now);
    }

    /// Harm begins when a hazard meets traffic, and ends when it does not any more.
    pub(super) fn update_harm(&mut self, now: Instant) {
        let acting = self
            .world
            .severities()
            .iter()
            .zip(&self.state.began)
            .any(|(fault, began)| began.is_some() && !fault.signature.is_none());
        let harming = acting && self.state.share > 0.0;
        Harm::update(&mut self.history.harm, now, harming);
    }

    /// Schedules the onset of every fault whose time can be told under the present regime.
    pub(super) fn schedule_onsets(&mut self, now: Instant) {
        let Some(exposed) = self.history.exposed else { return };
        for fault in 0..self.world.fault_count {
            if self.state.began[fault].is_some() {
                continue;
            }
            let after = self.world.faults[fault].after;
            let release = &self.scenario.releases[self.world.release];
            let at = match release.faults[fault].onset.after {
                Clock::Time(_) => Some(exposed + Span::from_secs_f64(after)),
                Clock::Requests(_) => self.when_served(now, after),
            };
            match at {
                Some(at) => self.agenda.schedule(Event::Onset(fault as u8), at.max(now)),
                None => self.agenda.cancel(Event::Onset(fault as u8)),
            }
        }
    }

    /// When the new version is expected to have served `requests`, if the regime lasts.
    fn when_served(&mut self, now: Instant, requests: f64) -> Option<Instant> {
        if self.state.share == 0.0 {
            return None;
        }
        let mut left = requests - self.history.served.1;
        let mut at = now;
        let last = now + Span::from_hours(24 * 40);
        while at < last {
            let (rate, until) = self.rate_at(at);
            let there = rate * self.state.share * (until - at).as_secs_f64();
            if there >= left {
                return Some(at + Span::from_secs_f64(left / (rate * self.state.share)));
            }
            left -= there;
            at = until;
        }
        None
    }

    /// Requests per second at an instant, and until when.
    fn rate_at(&mut self, at: Instant) -> (f64, Instant) {
        if self.scenario.traffic.is_steady() {
            return (self.world.rate, Instant::NEVER);
        }
        let step = self.grid.over(at) >> STEP_BITS;
        let until = Instant::ZERO + self.scenario.tick * (u64::from(step + 1) << STEP_BITS);
        (self.world.rate * self.world.load(self.scenario, step), until)
    }

    /// Keeps the expected count of the new version's requests, where a clock runs on it.
    pub(super) fn count_served(&mut self, now: Instant) {
        let release = &self.scenario.releases[self.world.release];
        let counts = |fault: &Fault| matches!(fault.onset.after, Clock::Requests(_));
        if self.history.exposed.is_none() || !release.faults.iter().any(counts) {
            return;
        }
        let (mut at, mut served) = self.history.served;
        while at < now {
            let (rate, until) = self.rate_at(at);
            served += rate * self.state.share * (until.min(now) - at).as_secs_f64();
            at = until.min(now);
        }
        self.history.served = (at, served);
    }
}
