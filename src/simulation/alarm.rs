//! Alerts at work: the rules of an alert, evaluated from the start of a world on.

use clockwork::{Instant, Span};
use promql::rule::Group;

use super::engine::Engine;
use super::record::Record;
use super::scraped::Scraped;
use crate::scenario::Scenario;
use crate::telemetry::{Alarm, Members, Series};

/// What the rules of one alert have seen and said so far.
pub(super) struct Alarming {
    scraped: Scraped,
    groups: Vec<Group>,
    /// When the rules are evaluated next, milliseconds.
    next: i64,
    is_firing: bool,
    /// The rules before their first evaluation, and what they read.
    fresh: Fresh,
}

struct Fresh {
    name: String,
    groups: Vec<Members>,
    series: Vec<Series>,
    by_pod: bool,
}

impl Alarming {
    /// Nothing seen of an alert; `limits` are those of the engine, seconds.
    pub(super) fn new(alarm: &Alarm, scenario: &Scenario, limits: &[f64]) -> Self {
        let fresh = Fresh {
            name: alarm.name.clone(),
            groups: alarm.groups.clone(),
            series: alarm.series.clone(),
            by_pod: alarm.by_pod,
        };
        let scraped = Scraped::new(&fresh.series, scenario, limits, alarm.by_pod);
        let groups = fresh.groups.iter().map(Members::begin).collect();
        Self { scraped, groups, next: 0, is_firing: false, fresh }
    }

    /// Before a replication, or before the rules are evaluated all over again: what they recorded
    /// is forgotten as well.
    pub(super) fn restart(&mut self, scenario: &Scenario, limits: &[f64]) {
        let Fresh { series, by_pod, .. } = &self.fresh;
        self.scraped = Scraped::new(series, scenario, limits, *by_pod);
        self.groups = self.fresh.groups.iter().map(Members::begin).collect();
        (self.next, self.is_firing) = (0, false);
    }

    /// Scrapes from this one on will be others. If the rules have seen one they begin anew: what
    /// they have said of it may be the state of an alert.
    pub(super) fn forget(
        &mut self,
        (scrape, tick): (u32, i64),
        scenario: &Scenario,
        limits: &[f64],
    ) {
        if self.scraped.forget(scrape, tick) {
            self.restart(scenario, limits);
        }
    }

    /// Evaluates the groups whose turn it is.
    fn evaluate(&mut self) {
        let Self { scraped, groups, next, is_firing, fresh } = self;
        for group in groups.iter_mut() {
            if *next % group.interval == 0 {
                // A rule that cannot be evaluated leaves its alerts as they are, as in Prometheus.
                let _ = group.evaluate(&mut scraped.store, *next);
            }
        }
        let mut alerts = groups.iter().flat_map(Group::alerts);
        *is_firing = alerts.any(|alerts| alerts.rule().name == fresh.name && alerts.is_firing());
        let turn = |group: &Group| (*next / group.interval + 1) * group.interval;
        *next = groups.iter().map(turn).min().unwrap_or(i64::MAX);
    }
}

impl<R: Record> Engine<'_, R> {
    /// Whether an alert of the scenario fires at an instant, as of its last evaluation.
    pub(super) fn is_alarmed(&mut self, alarm: usize, now: Instant) -> bool {
        let mut alarming = std::mem::take(&mut self.alarming);
        let alerts = &mut alarming[alarm];
        let now = (now.since_start().micros() / 1000) as i64;
        if alerts.last().is_some_and(|last| last > now) {
            alerts.restart(self.scenario, &self.gate_limits);
        }
        self.sums.forget();
        while alerts.next <= now {
            let end = self.readable(at(alerts.next));
            self.scrape_to(&mut alerts.scraped, end);
            alerts.evaluate();
        }
        let is_firing = alerts.is_firing;
        self.alarming = alarming;
        is_firing
    }
}

impl Alarming {
    /// When the rules were evaluated last, milliseconds.
    fn last(&self) -> Option<i64> {
        let before = |group: &Group| (self.next - 1).div_euclid(group.interval) * group.interval;
        self.groups.iter().map(before).max().filter(|last| *last >= 0)
    }
}

fn at(millis: i64) -> Instant {
    Instant::ZERO + Span::from_millis(u64::try_from(millis).unwrap_or(0))
}
