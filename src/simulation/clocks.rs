//! When faults begin and whether they do harm: clocks of time, of served requests, of the day and
//! of the load.

use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::history::{Harm, Harmful};
use super::record::{Happening, Record};
use crate::fault::{Clock, Fault};
use crate::strategy::NEW;
use crate::traffic::STEP_BITS;

/// Within this time the share of the traffic that sessions hold back counts as constant.
const SESSIONS_STEP: Span = Span::from_secs(1);
/// What is not over yet takes at least so long, so that time goes on.
const LEAST: Span = Span::from_micros(1);
/// Nothing is waited for longer than this.
const PATIENCE: Span = Span::from_hours(24 * 40);

impl<R: Record> Engine<'_, R> {
    /// A fault begins to act.
    pub(super) fn begin_fault(&mut self, now: Instant, fault: usize) {
        self.regime(now, |state| {
            state.began[fault] = Some(now);
            // What wears out is used up from now on.
            state.cohorts[NEW].iter_mut().for_each(|cohort| cohort.since = cohort.since.max(now));
        });
        self.record.note(now, Happening::FaultBegan { fault });
        self.update_harm(now);
    }

    /// Harm begins when a hazard meets traffic, and ends when it does not any more.
    pub(super) fn update_harm(&mut self, now: Instant) {
        let state = &self.state;
        let began = self.world.severities().iter().zip(&state.began);
        let met = state.share > 0.0 || state.sessions.is_some();
        let mut acting = began.filter(|(_, began)| began.is_some());
        let cold = self.warm_at().is_some_and(|warm| now < warm);
        let harming =
            met && (cold || state.worn || acting.any(|(it, _)| it.signature.hits_requests()));
        let replicas = self.replicas;
        let missing = state.serving.iter().sum::<u32>() < replicas
            && !self.world.severities().is_empty()
            && state.cohorts[NEW].iter().any(|cohort| !cohort.condition.serves());
        if let Some(since) = Harm::update(&mut self.history.harm, now, harming || missing) {
            let with_traffic = (self.exposed == Some(since), !met);
            self.harmful.push(Harmful { from: since, to: now, with_traffic });
        }
    }

    /// Whether a fault acts from the first request on.
    pub(super) fn begins_at_once(&self, fault: usize) -> bool {
        match self.clock(fault) {
            Clock::Time(_) | Clock::Requests(_) => self.world.faults[fault].after <= 0.0,
            Clock::TimeOfDay(_) | Clock::Load(_) => false,
        }
    }

    fn clock(&self, fault: usize) -> &Clock {
        &self.scenario.releases[self.world.release].faults[fault].onset.after
    }

    /// Schedules the onset of every fault whose time can be told under the present regime.
    pub(super) fn schedule_onsets(&mut self, now: Instant) {
        let Some(exposed) = self.exposed else { return };
        for fault in 0..self.world.severities().len() {
            if self.state.began[fault].is_some() {
                continue;
            }
            let after = self.world.faults[fault].after;
            let at = match self.clock(fault) {
                Clock::Time(_) => Some(exposed + Span::from_secs_f64(after)),
                Clock::Requests(_) => self.when_served(now, after),
                Clock::TimeOfDay(_) => Some(self.when_day(exposed, after)),
                Clock::Load(_) => self.when_loaded(now, after),
            };
            match at {
                Some(at) => self.agenda.schedule(Event::Onset(fault as u8), at.max(now)),
                None => self.agenda.cancel(Event::Onset(fault as u8)),
            }
        }
    }

    /// The first time after `from` that it is `time` seconds after midnight.
    fn when_day(&self, from: Instant, time: f64) -> Instant {
        const DAY: f64 = 86_400.0;
        let clock = self.world.start + from.since_start().as_secs_f64();
        let wait = (time - clock).rem_euclid(DAY);
        from + Span::from_secs_f64(wait)
    }

    /// The first step at or after `now` in which the load is this multiple of its mean.
    fn when_loaded(&mut self, now: Instant, times: f64) -> Option<Instant> {
        let mut at = now;
        while at < now + PATIENCE {
            let (rate, until) = self.rate_at(at);
            if rate >= times * self.world.rate {
                return Some(at);
            }
            if until == Instant::NEVER {
                return None;
            }
            at = until;
        }
        None
    }

    /// When the new version is expected to have served `requests`, if the regime lasts.
    fn when_served(&mut self, now: Instant, requests: f64) -> Option<Instant> {
        let left = requests - self.history.served.1;
        self.when_spent(now, left.max(0.0), [0.0, 1.0])
    }

    /// When something is spent of which `per_second` goes by itself and `per_request` with every
    /// request of the new version, if the regime lasts.
    pub(super) fn when_spent(
        &mut self,
        now: Instant,
        left: f64,
        [per_second, per_request]: [f64; 2],
    ) -> Option<Instant> {
        if left <= 0.0 {
            return Some(now);
        }
        if per_request == 0.0 {
            let takes = || Span::from_secs_f64(left / per_second).max(LEAST);
            return (per_second > 0.0).then(|| now + takes());
        }
        let held = self.state.sessions.is_some();
        if per_second == 0.0 && self.state.share == 0.0 && !held {
            return None;
        }
        // The end of the sessions is another regime.
        let over = self.agenda.pending(Event::SessionsOver).filter(|_| held);
        let last = over.unwrap_or(now + PATIENCE);
        let (mut at, mut left) = (now, left);
        while at < last {
            let (load, mut until) = self.rate_at(at);
            if held {
                // The share changes all the time: one piece after the other.
                until = until.min(at + SESSIONS_STEP);
            }
            let share = self.state.share_between(at, until);
            let rate = per_second + per_request * load * share;
            let there = rate * (until - at).as_secs_f64();
            if there >= left {
                return Some(at + Span::from_secs_f64(left / rate).max(LEAST));
            }
            if until == Instant::NEVER {
                return None;
            }
            left -= there;
            at = until;
        }
        None
    }

    /// Requests per second at an instant, and until when.
    pub(super) fn rate_at(&mut self, at: Instant) -> (f64, Instant) {
        if self.scenario.traffic.is_steady() {
            return (self.world.rate, Instant::NEVER);
        }
        let step = self.grid.over(at) >> STEP_BITS;
        let until = Instant::ZERO + self.scenario.tick * (u64::from(step + 1) << STEP_BITS);
        (self.world.rate * self.world.load(self.scenario, step), until)
    }

    /// Requests per second at an instant.
    pub(super) fn load_at(&mut self, at: Instant) -> f64 {
        self.rate_at(at).0
    }

    /// Requests of the new version expected between two instants of one regime.
    pub(super) fn served_between(&mut self, from: Instant, to: Instant) -> f64 {
        let (mut at, mut served) = (from, 0.0);
        while at < to {
            let (load, until) = self.rate_at(at);
            let until = until.min(to);
            served += load * self.state.share_between(at, until) * (until - at).as_secs_f64();
            at = until;
        }
        served
    }

    /// Keeps the expected count of the new version's requests, where a clock runs on it.
    pub(super) fn count_served(&mut self, now: Instant) {
        let release = &self.scenario.releases[self.world.release];
        let counts = |fault: &Fault| matches!(fault.onset.after, Clock::Requests(_));
        if self.exposed.is_none() || !release.faults.iter().any(counts) {
            return;
        }
        let (at, served) = self.history.served;
        let more = self.served_between(at, now);
        self.history.served = (now.max(at), served + more);
    }
}
