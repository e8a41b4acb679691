//! Queries at work: the series that a query selects, scrape by scrape, and its answers.
//!
//! **The seam for everybody who asks.** `Scenario::queries` has every query, compiled; its place
//! there is its name. [`Engine::answer`] takes one reading of it: it draws the counts up to the
//! last scrape that can be read at that instant, adds the samples, and evaluates. The answer is an
//! [`expr::Value`], a number for a scalar and numbers for a vector, as a condition wants it; an
//! error of the evaluation is what Argo calls an error. A reading changes no count, and it may be
//! taken at any instant under the regime in force, before or after others.
//!
//! Each query has a store of its own, so that what it has seen is in the order of its own readings.
//! When a decision changes what comes, the scrapes from then on are forgotten, and made anew.

use clockwork::Instant;
use expr::Value;
use promql::{Answer, Error, Evaluator, Labels, Shape, Type};

use super::ends::Sampled;
use super::engine::Engine;
use super::record::Record;
use super::scraped::Scraped;
use crate::scenario::Scenario;
use crate::telemetry::{Compiled, Instants};

/// What one query has seen so far.
pub(super) struct Asking {
    evaluator: Evaluator,
    scraped: Scraped,
    /// The query, if the ends of windows are enough to answer it.
    shape: Option<Shape>,
    /// The instants that it is asked for, where that is not one.
    instants: Option<Instants>,
    value: Value,
}

impl Asking {
    /// Nothing seen of a query; `limits` are those of the engine, seconds.
    pub(super) fn new(query: &Compiled, scenario: &Scenario, limits: &[f64]) -> Self {
        let labels: Vec<_> = query.series.iter().map(|series| series.labels.clone()).collect();
        let counters = query.series.iter().all(|it| it.source.is_counter());
        let is_counted = counters && query.instants.is_none() && !query.by_pod;
        Self {
            evaluator: query.query.evaluator(),
            scraped: Scraped::new(&query.series, scenario, limits, query.by_pod),
            shape: is_counted.then(|| Shape::bind(&query.query, &labels)).flatten(),
            instants: query.instants,
            value: Value::Floats(Vec::with_capacity(8)),
        }
    }

    /// The numbers of all instants, series by series, as Argo Rollouts reads a matrix.
    fn range(&mut self, instants: Instants, now: i64) -> Result<(), Error> {
        let mut rows: Vec<(Labels, Vec<f64>)> = Vec::new();
        for at in instants.before(now).filter(|at| *at >= 0) {
            match self.evaluator.at(&self.scraped.store, at)? {
                Answer::Scalar(number) => add(&mut rows, &Labels::default(), number),
                Answer::Vector(vector) => {
                    vector.iter().for_each(|(labels, number)| add(&mut rows, labels, number));
                }
                Answer::Range(_) | Answer::Text(_) => {}
            }
        }
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.value = Value::Floats(rows.into_iter().flat_map(|(_, numbers)| numbers).collect());
        Ok(())
    }

    /// Before a replication.
    pub(super) fn restart(&mut self) {
        self.scraped.restart();
    }
}

/// Adds a number to the row of its labels.
fn add(rows: &mut Vec<(Labels, Vec<f64>)>, labels: &Labels, number: f64) {
    match rows.iter_mut().find(|(known, _)| known == labels) {
        Some((_, numbers)) => numbers.push(number),
        None => rows.push((labels.clone(), vec![number])),
    }
}

impl<R: Record> Engine<'_, R> {
    /// What a query of the scenario gives at an instant.
    ///
    /// # Errors
    /// What Prometheus answers with an error, such as two series for one.
    pub fn answer(&mut self, query: usize, now: Instant) -> Result<&Value, Error> {
        self.answered(query, now, true)
    }

    /// The same from every sample in every window, whatever the shape of the query.
    ///
    /// # Errors
    /// As [`Engine::answer`].
    pub fn answer_in_full(&mut self, query: usize, now: Instant) -> Result<&Value, Error> {
        self.answered(query, now, false)
    }

    fn answered(&mut self, query: usize, now: Instant, glance: bool) -> Result<&Value, Error> {
        let mut asking = std::mem::take(&mut self.asking);
        let seen = self.look(&mut asking[query], now, glance);
        self.asking = asking;
        seen.map(|()| &self.asking[query].value)
    }

    fn look(&mut self, asking: &mut Asking, now: Instant, glance: bool) -> Result<(), Error> {
        let end = self.readable(now);
        self.sums.forget();
        let now = (now.since_start().micros() / 1000) as i64;
        if glance && self.glance(asking, end, now) {
            return Ok(());
        }
        // Readings before others that were taken ahead must not see their scrapes.
        asking.scraped.forget(end, self.tick_millis());
        self.scrape_to(&mut asking.scraped, end);
        if let Some(instants) = asking.instants {
            return asking.range(instants, now);
        }
        let Asking { evaluator, scraped, value, .. } = asking;
        match evaluator.at(&scraped.store, now)? {
            Answer::Scalar(number) => *value = Value::Float(number),
            Answer::Vector(vector) => {
                if !matches!(value, Value::Floats(_)) {
                    *value = Value::Floats(Vec::new());
                }
                if let Value::Floats(values) = value {
                    values.clear();
                    values.extend(vector.iter().map(|(_, value)| value));
                }
            }
            Answer::Range(_) | Answer::Text(_) => *value = Value::Nil,
        }
        Ok(())
    }

    /// Answers a query from the ends of its windows, if they are enough.
    fn glance(&mut self, asking: &mut Asking, end: u32, now: i64) -> bool {
        let Asking { shape: Some(shape), scraped, value, .. } = asking else { return false };
        if self.scenario.telemetry.failed_scrapes > 0.0 {
            return false;
        }
        let mut sampled = Sampled { engine: self, tracks: &mut scraped.tracks, end };
        let Ok(number) = shape.at(&mut sampled, now) else { return false };
        match value {
            Value::Floats(values) if shape.gives() == Type::Vector => {
                values.clear();
                values.extend(number);
            }
            _ => *value = number.map_or(Value::Nil, Value::Float),
        }
        true
    }

    /// The scrapes before this one can be read at an instant; their counts are drawn.
    pub(super) fn readable(&mut self, now: Instant) -> u32 {
        let visible = now.since_start().micros().checked_sub(self.scenario.delay.micros());
        // In the first moments there is none.
        let end = visible.map_or(0, |it| (it / self.scenario.tick.micros()) as u32 + 1);
        self.open_to(end.saturating_sub(1));
        end
    }

    /// The time between two scrapes, milliseconds.
    pub(super) fn tick_millis(&self) -> i64 {
        (self.scenario.tick.micros() / 1000) as i64
    }

    /// The regime changes at `now`: scrapes from then on will be others.
    pub(super) fn forget_scrapes(&mut self, now: Instant) {
        let (scrape, tick) = (self.targets.first_from(now), self.tick_millis());
        self.asking.iter_mut().for_each(|asking| _ = asking.scraped.forget(scrape, tick));
        for alarming in &mut self.alarming {
            alarming.forget((scrape, tick), self.scenario, &self.gate_limits);
        }
    }
}
