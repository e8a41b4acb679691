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
use promql::{Answer, Error, Evaluator, SeriesId, Shape, Store, Type};

use super::ends::{Mark, Sampled};
use super::engine::Engine;
use super::law::{FAST, MIDDLE, SLOW, stream};
use super::purpose;
use super::record::Record;
use super::state::VERSIONS;
use crate::baseline::Latency;
use crate::scenario::Scenario;
use crate::strategy::OLD;
use crate::telemetry::{Birth, Compiled, Outcome, Source};

/// How long the running version has run when a world begins, seconds: its counters are large.
const UPTIME: f64 = 86_400.0;

/// What one query has seen so far.
pub(super) struct Asking {
    evaluator: Evaluator,
    store: Store,
    tracks: Vec<Track>,
    /// Scrapes that are in the store: those before this one.
    scraped: u32,
    /// The query, if the ends of windows are enough to answer it.
    shape: Option<Shape>,
    value: Value,
}

/// One series.
pub(super) struct Track {
    id: SeriesId,
    pub(super) version: usize,
    pub(super) source: Source,
    /// Its limit among those of the engine.
    limit: Option<usize>,
    /// What it had counted at the start of the world, had it run since the day before.
    before: Option<f64>,
    /// What it has counted since then, by scrape.
    totals: Vec<f64>,
    /// The same where windows begin and where they end, as far as that is known.
    pub(super) marks: [Mark; 2],
    /// The same where the life began that was looked at last.
    pub(super) base: Mark,
}

impl Asking {
    /// Nothing seen of a query; `limits` are those of the engine, seconds.
    pub(super) fn new(query: &Compiled, limits: &[f64]) -> Self {
        let mut store = Store::new();
        let tracks = query.series.iter().map(|series| Track {
            id: store.series(series.labels.clone()),
            version: series.version,
            source: series.source,
            limit: series.source.limit().and_then(|it| limits.iter().position(|at| *at == it)),
            before: None,
            totals: Vec::with_capacity(512),
            marks: [Mark::default(); 2],
            base: Mark::default(),
        });
        let tracks = tracks.collect();
        let value = Value::Floats(Vec::with_capacity(8));
        let labels: Vec<_> = query.series.iter().map(|series| series.labels.clone()).collect();
        let shape = Shape::bind(&query.query, &labels);
        Self { evaluator: query.query.evaluator(), store, tracks, scraped: 0, shape, value }
    }

    /// Before a replication.
    pub(super) fn restart(&mut self) {
        self.store.clear_samples();
        self.scraped = 0;
        for track in &mut self.tracks {
            track.totals.clear();
            track.before = None;
            (track.marks, track.base) = ([Mark::default(); 2], Mark::default());
        }
    }

    /// Forgets the scrapes from this one on.
    pub(super) fn forget(&mut self, scrape: u32, tick: i64) {
        let marks = self.tracks.iter_mut().flat_map(|track| &mut track.marks);
        marks.for_each(|mark| mark.forget(scrape));
        self.tracks.iter_mut().for_each(|track| track.base.forget(scrape));
        if self.scraped <= scrape {
            return;
        }
        self.scraped = scrape;
        self.store.truncate(i64::from(scrape) * tick - 1);
        self.tracks.iter_mut().for_each(|track| track.totals.truncate(scrape as usize));
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
        let visible = now.since_start().micros().checked_sub(self.scenario.delay.micros());
        let tick = self.scenario.tick.micros();
        // The last scrape that can be read; none in the first moments.
        let end = visible.map_or(0, |visible| (visible / tick) as u32 + 1);
        self.open_to(end.saturating_sub(1));
        let now = (now.since_start().micros() / 1000) as i64;
        if glance && self.glance(asking, end, now) {
            return Ok(());
        }
        // Readings before others that were taken ahead must not see their scrapes.
        asking.forget(end, (tick / 1000) as i64);
        while asking.scraped < end {
            self.scrape(asking);
        }
        let Asking { evaluator, store, value, .. } = asking;
        match evaluator.at(store, now)? {
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
        let Asking { shape: Some(shape), tracks, value, .. } = asking else { return false };
        if self.scenario.telemetry.failed_scrapes > 0.0 {
            return false;
        }
        let mut sampled = Sampled { engine: self, tracks, end };
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

    /// The next scrape of every series of a query.
    fn scrape(&mut self, asking: &mut Asking) {
        let scrape = asking.scraped;
        let at = (u64::from(scrape) * self.scenario.tick.micros() / 1000) as i64;
        let failed: [bool; VERSIONS] =
            std::array::from_fn(|version| self.scrape_fails(version, scrape));
        let Asking { tracks, store, .. } = asking;
        for track in tracks {
            let counted = match scrape.checked_sub(1) {
                Some(tick) => {
                    let more = self.counted(track, (tick, tick + 1));
                    more + track.totals.last().copied().unwrap_or_default()
                }
                None => 0.0,
            };
            track.totals.push(counted);
            let sample = self.sample(track, scrape, failed[track.version]);
            let pushed = match sample {
                Some(value) => store.push(track.id, at, value),
                None if is_present(store, track.id) => store.push_stale(track.id, at),
                None => Ok(()),
            };
            debug_assert!(pushed.is_ok(), "scrapes are in order");
        }
        asking.scraped += 1;
    }

    fn scrape_fails(&self, version: usize, scrape: u32) -> bool {
        let share = self.scenario.telemetry.failed_scrapes;
        share > 0.0 && self.world.keyed.uniform(version as u32, scrape, purpose::SCRAPE) < share
    }

    /// What a scrape finds of a series; nothing when there is no such series.
    fn sample(&mut self, track: &mut Track, scrape: u32, fails: bool) -> Option<f64> {
        let life = self.targets.found(track.version, scrape)?;
        if track.source == Source::Up {
            return Some(f64::from(u8::from(!fails)));
        }
        if fails {
            return None;
        }
        let counted = track.totals[scrape as usize];
        let value = if let Some(before) = life.from.checked_sub(1) {
            counted - track.totals[before as usize]
        } else if track.version == OLD {
            counted + self.before(track)
        } else {
            counted
        };
        let born = self.scenario.telemetry.birth == Birth::Start || value > 0.0;
        born.then_some(value)
    }

    /// What a series counts in some ticks.
    pub(super) fn counted(&mut self, track: &Track, ticks: (u32, u32)) -> f64 {
        let version = track.version;
        match track.source {
            Source::Requests(outcome) => self.requests_of(version, outcome, ticks) as f64,
            Source::Within(_, outcome) => {
                let all = self.requests_of(version, outcome, ticks);
                let beyond = match track.limit {
                    Some(limit) => self.beyond(limit, version, ticks),
                    None => 0,
                };
                (all - beyond) as f64
            }
            Source::Seconds(Outcome::Failed, _) | Source::Up => 0.0,
            Source::Seconds(_, unit) => {
                let means = self.class_means.map(|mean| mean * unit);
                let classes = [FAST, MIDDLE, SLOW].into_iter().zip(means);
                classes
                    .map(|(class, mean)| {
                        let count = self.grid.ticks.sum(stream(version, class), ticks.0, ticks.1);
                        count as f64 * mean
                    })
                    .sum()
            }
        }
    }

    fn requests_of(&mut self, version: usize, outcome: Outcome, (from, to): (u32, u32)) -> u64 {
        let good = |engine: &mut Self| -> u64 {
            let classes = [FAST, MIDDLE, SLOW].into_iter();
            classes.map(|class| engine.grid.ticks.sum(stream(version, class), from, to)).sum()
        };
        match outcome {
            Outcome::Failed => self.failed(version, from, to),
            Outcome::Good => good(self),
            Outcome::Any => self.failed(version, from, to) + good(self),
        }
    }

    /// What a series of the running version has counted before the world begins: what is expected
    /// of its first tick, for as long as it has run.
    pub(super) fn before(&mut self, track: &mut Track) -> f64 {
        if let Some(before) = track.before {
            return before;
        }
        self.open_to(1);
        let piece = self.grid.ticks.piece(0);
        let rate = |class: usize| piece.rate[stream(track.version, class)];
        let good = rate(FAST) + rate(MIDDLE) + rate(SLOW);
        let failed: f64 = (0..SLOW).map(rate).sum();
        let of = |outcome: Outcome| match outcome {
            Outcome::Any => good + failed,
            Outcome::Good => good,
            Outcome::Failed => failed,
        };
        let means = self.class_means;
        let a_tick = match track.source {
            Source::Requests(outcome) => of(outcome),
            Source::Within(_, outcome) => {
                let slower = track.limit.map_or(0.0, |limit| {
                    let class = self.limits.class(limit);
                    let slower: f64 = (SLOW..class).map(rate).sum();
                    slower + piece.note.beyond[track.version][limit]
                });
                of(outcome) - slower
            }
            Source::Seconds(Outcome::Failed, _) | Source::Up => 0.0,
            Source::Seconds(_, unit) => {
                let classes = [FAST, MIDDLE, SLOW].into_iter().zip(means);
                classes.map(|(class, mean)| rate(class) * mean * unit).sum()
            }
        };
        let before = (a_tick * UPTIME / self.scenario.tick.as_secs_f64()).round();
        track.before = Some(before);
        before
    }

    /// The regime changes at `now`: scrapes from then on will be others.
    pub(super) fn forget_scrapes(&mut self, now: Instant) {
        let scrape = self.targets.first_from(now);
        let tick = (self.scenario.tick.micros() / 1000) as i64;
        self.asking.iter_mut().for_each(|asking| asking.forget(scrape, tick));
    }
}

/// Whether the last thing that is known of a series is a sample.
fn is_present(store: &Store, id: SeriesId) -> bool {
    let samples = store.samples(id);
    samples.times().last() > samples.ends().last()
}

/// Mean response times of the classes fast, middle and slow on the running version, seconds.
pub(super) fn class_means(scenario: &Scenario) -> [f64; 3] {
    let Latency { mu, sigma } = scenario.baseline.latency;
    let table = chance::math::NormalTable::new();
    let edges = [scenario.slo.apdex, 4.0 * scenario.slo.apdex]
        .map(|edge| (chance::math::ln(edge) - mu) / sigma);
    let mean = chance::math::exp(mu + sigma * sigma / 2.0);
    let below = |z: f64| (table.cdf(z), mean * table.cdf(z - sigma));
    let [(p0, m0), (p1, m1)] = edges.map(below);
    let of = |share: f64, sum: f64, edge: f64| if share > 1e-9 { sum / share } else { edge };
    let apdex = scenario.slo.apdex;
    [of(p0, m0, apdex), of(p1 - p0, m1 - m0, 2.0 * apdex), of(1.0 - p1, mean - m1, 8.0 * apdex)]
}
