//! Pods of the new version that wear out: when, what then, and when they are back.

use chance::{Law, math};
use clockwork::{Instant, Span};

use super::engine::Engine;
use super::event::Event;
use super::law::DEFECT;
use super::readiness::withdrawn_at;
use super::record::{Happening, Record};
use super::state::{Cohort, Condition};
use crate::fault::{End, Wear};
use crate::planted::{self, Bug};
use crate::strategy::{NEW, Signal};

impl<R: Record> Engine<'_, R> {
    /// The wear of this world's release that has begun.
    fn wear(&self) -> Option<Wear> {
        let (fault, wear) = self.worn_by?;
        self.state.began[fault].map(|_| wear)
    }

    /// Books what has been used up until `now` under the regime that ends.
    pub(super) fn use_up(&mut self, now: Instant) {
        let Some(wear) = self.wear() else { return };
        let pods = f64::from(self.state.serving[NEW].max(1));
        let mut known: Option<(Instant, f64)> = None;
        for index in 0..self.state.cohorts[NEW].len() {
            let cohort = self.state.cohorts[NEW][index];
            if cohort.condition != Condition::Up || cohort.since >= now {
                continue;
            }
            let served = match known {
                Some((since, served)) if since == cohort.since => served,
                _ if wear.per_request == 0.0 => 0.0,
                _ => self.served_between(cohort.since, now) / pods,
            };
            known = Some((cohort.since, served));
            let spent = wear.per_second * (now - cohort.since).as_secs_f64();
            let cohort = &mut self.state.cohorts[NEW][index];
            cohort.used = (cohort.used + spent + wear.per_request * served).min(1.0);
            cohort.since = now;
        }
    }

    /// Tells when pods change by themselves, if the present regime lasts.
    pub(super) fn schedule_wear(&mut self, now: Instant) {
        if self.state.cohorts[NEW].is_empty() {
            self.agenda.cancel(Event::PodsChanged);
            self.grid.expect_change(None);
            return;
        }
        let wear = self.wear();
        let full = wear.map_or(1.0, |wear| self.full(&wear, now));
        let felt_at = wear.filter(|_| !self.state.worn).map(|wear| wear.felt_at());
        let mut next: Option<Instant> = None;
        for index in 0..self.state.cohorts[NEW].len() {
            let cohort = self.state.cohorts[NEW][index];
            let mut soonest = cohort.next;
            if let Some(wear) = wear.filter(|_| cohort.condition == Condition::Up) {
                let end = self.when_used(now, &wear, full - cohort.used);
                soonest = end;
                if let Some(felt_at) = felt_at {
                    let felt = self.when_used(now, &wear, (felt_at - cohort.used).max(0.0));
                    soonest = felt.into_iter().chain(end).min();
                }
                let cohort = &mut self.state.cohorts[NEW][index];
                (cohort.end, cohort.next) = (end, end);
            }
            next = next.into_iter().chain(soonest).min();
        }
        let warm = self.warm_at().filter(|at| *at > now);
        let next = next.into_iter().chain(warm).min().map(|at| at.max(now));
        self.grid.expect_change(next);
        match next {
            Some(at) => self.agenda.schedule(Event::PodsChanged, at),
            None => self.agenda.cancel(Event::PodsChanged),
        }
    }

    /// The share of all requests that one pod of the new version gets.
    fn share_of_a_pod(&self, now: Instant) -> f64 {
        let serving = self.state.serving[NEW];
        if serving == 0 { 0.0 } else { self.state.share_at(now) / f64::from(serving) }
    }

    /// How much can be used up. Connections that healthy requests hold cannot leak: Little's law.
    fn full(&self, wear: &Wear, now: Instant) -> f64 {
        match wear.end {
            End::Killed => 1.0,
            End::Stalled { .. } => {
                let held = self.world.rate * self.share_of_a_pod(now) * self.mean_response();
                (1.0 - held / self.scenario.fleet.pool).max(0.0)
            }
        }
    }

    /// Mean response time of the baseline, seconds.
    pub(super) fn mean_response(&self) -> f64 {
        let latency = self.scenario.baseline.latency;
        math::exp(latency.mu + latency.sigma * latency.sigma / 2.0)
    }

    /// When so much more of every pod has been used up, if the regime lasts.
    fn when_used(&mut self, now: Instant, wear: &Wear, left: f64) -> Option<Instant> {
        let pods = f64::from(self.state.serving[NEW]);
        if pods == 0.0 {
            return None;
        }
        self.when_spent(now, left, [wear.per_second, wear.per_request / pods])
    }

    /// When the pods of the new version are as warm as those of the old one would be.
    pub(super) fn warm_at(&self) -> Option<Instant> {
        let faults = self.world.severities().iter();
        let slowest = faults.filter_map(|fault| fault.signature.cold);
        let warm = slowest.map(|cold| cold.warm_after()).fold(0.0, f64::max);
        if warm == 0.0 {
            return None;
        }
        let ready = self.state.cohorts[NEW].iter().filter_map(|cohort| cohort.ready).max()?;
        Some(after(ready, warm))
    }

    /// Pods wear out, fail or come back by themselves.
    pub(super) fn pods_changed(&mut self, now: Instant) -> Option<Signal> {
        let mut changed = false;
        if let Some(wear) = self.wear().filter(|_| !self.state.worn) {
            let felt_at = wear.felt_at() - 1e-6;
            // What is due at this instant is due, whatever the last bits of a sum say.
            let ends = |it: &Cohort| {
                it.condition == Condition::Up && it.next.is_some_and(|next| next <= now)
            };
            let seconds = now.since_start().as_secs_f64();
            let felt = |it: &Cohort| it.used_at(seconds) >= felt_at || ends(it);
            self.state.worn = self.state.cohorts[NEW].iter().any(felt);
        }
        let mut back = false;
        let mut index = 0;
        while index < self.state.cohorts[NEW].len() {
            let cohort = self.state.cohorts[NEW][index];
            if cohort.next.is_some_and(|next| next <= now) {
                back |= cohort.condition == Condition::Down;
                self.turn(now, index);
                changed = true;
            }
            index += 1;
        }
        if !changed {
            self.regime(now, |_| ());
            self.update_harm(now);
            return None;
        }
        if back {
            self.goes_on_with_more(now);
        }
        self.follow_pods(now);
        self.update_harm(now);
        self.after_pods(now)
    }

    /// One cohort changes its condition.
    fn turn(&mut self, now: Instant, index: usize) {
        let cohort = self.state.cohorts[NEW][index];
        let first = index.checked_sub(1).map_or(0, |before| self.state.cohorts[NEW][before].to);
        let pods = cohort.to - first;
        let end = self.wear().map(|wear| wear.end);
        let mut later = cohort;
        match (cohort.condition, end) {
            (Condition::Up, Some(End::Stalled { restart })) => {
                later.condition = Condition::Stalled;
                later.then = restart.map(|restart| now + restart);
                let probe = self.scenario.probes.and_then(|it| it.readiness);
                let withdrawn = probe.map(|probe| withdrawn_at(&cohort, &probe, now));
                later.next = later.then.into_iter().chain(withdrawn).min();
                self.record.note(now, Happening::PodsStalled { pods });
            }
            (Condition::Stalled, _) if cohort.then.is_none_or(|kill| kill > now) => {
                (later.condition, later.next) = (Condition::Withdrawn, cohort.then);
                let wait = self.scenario.strategy.min_ready;
                if cohort.ready.is_some_and(|ready| ready + wait > now) {
                    self.pipeline.unripe_of(NEW, cohort.set, pods);
                }
                self.record.note(now, Happening::PodsUnready { version: NEW, pods });
            }
            (Condition::Up | Condition::Stalled | Condition::Withdrawn, _) => {
                let start = later.waits.start_after(now);
                let takes = self.world.restart(self.scenario, first, cohort.restarts);
                later.condition = Condition::Down;
                later.next = Some(after(start, takes));
                later.restarts += 1;
                let wait = self.scenario.strategy.min_ready;
                if cohort.condition.serves() && cohort.ready.is_some_and(|ready| ready + wait > now)
                {
                    self.pipeline.unripe_of(NEW, cohort.set, pods);
                }
                later.then = None;
                self.history.killed += u64::from(pods);
                self.record.note(now, Happening::PodsKilled { version: NEW, pods });
            }
            // What comes of those is for their readiness probe to say.
            (Condition::Unready | Condition::Lost, _) => later.next = None,
            (Condition::Down, _) => {
                later.condition = Condition::Up;
                let kept = planted::is(Bug::LeakSurvivesRestart);
                let used = if kept { cohort.used / 2.0 } else { 0.0 };
                (later.ready, later.since, later.used) = (Some(now), now, used);
                (later.next, later.end) = (None, None);
                self.ripen_later(now, NEW, pods, cohort.set);
                self.record.note(now, Happening::PodsBack { version: NEW, pods });
            }
        }
        if later.condition == Condition::Down && cohort.condition == Condition::Up {
            let each = self.load_at(now) * self.share_of_a_pod(now);
            let lost = each * self.mean_response() * f64::from(pods);
            self.change(now, index, later);
            self.grid.lose(now, NEW, DEFECT, lost);
        } else {
            self.change(now, index, later);
        }
    }

    /// Pods of a cohort that was killed are restarted one by one when that takes its time.
    fn change(&mut self, now: Instant, index: usize, later: Cohort) {
        let apart = later.condition == Condition::Down
            && !matches!(self.scenario.fleet.restart, Law::Fixed(_));
        let first = index.checked_sub(1).map_or(0, |before| self.state.cohorts[NEW][before].to);
        let start = later.next.unwrap_or(now);
        let (scenario, world) = (self.scenario, &self.world);
        let restarts = later.restarts.saturating_sub(1);
        let of_first = Span::from_secs_f64(world.restart(scenario, first, restarts));
        let others = (first + 1..if apart { later.to } else { first + 1 }).map(|pod| {
            let takes = Span::from_secs_f64(world.restart(scenario, pod, restarts));
            Cohort { to: pod + 1, next: Some(start - of_first + takes), ..later }
        });
        let mut alone = later;
        if apart {
            alone.to = first + 1;
        }
        let at = index + 1;
        self.apart.clear();
        self.apart.extend(others);
        let mut apart = std::mem::take(&mut self.apart);
        self.regime(now, |state| {
            state.cohorts[NEW][index] = alone;
            state.cohorts[NEW].splice(at..at, apart.drain(..));
            state.count_serving(NEW);
        });
        self.apart = apart;
    }
}

fn after(at: Instant, seconds: f64) -> Instant {
    at + Span::from_secs_f64(seconds)
}
