//! What scrapes find: the samples of series that are counted, scrape by scrape.

use promql::{SeriesId, Store};

use super::ends::Mark;
use super::engine::Engine;
use super::family::Family;
use super::law::{FAST, MIDDLE, SLOW, stream};
use super::purpose;
use super::record::Record;
use super::state::VERSIONS;
use crate::baseline::Latency;
use crate::scenario::Scenario;
use crate::strategy::OLD;
use crate::telemetry::{Birth, Outcome, Series, Source};

/// How long the running version has run when a world begins, seconds: its counters are large.
const UPTIME: f64 = 86_400.0;

/// Series, and the samples of them so far.
pub(super) struct Scraped {
    pub(super) store: Store,
    pub(super) tracks: Vec<Track>,
    /// Series of single pods.
    pub(super) families: Vec<Family>,
    /// Whether single pods are scraped within ticks.
    spread: bool,
    /// Scrapes that are in the store: those before this one.
    end: u32,
}

/// One series.
pub(super) struct Track {
    id: Option<SeriesId>,
    pub(super) version: usize,
    pub(super) source: Source,
    /// Its limit among those of the engine.
    pub(super) limit: Option<usize>,
    /// What it had counted at the start of the world, had it run since the day before.
    before: Option<f64>,
    /// What it has counted since then, by scrape.
    totals: Vec<f64>,
    /// The same where windows begin and where they end, as far as that is known.
    pub(super) marks: [Mark; 2],
    /// The same where the life began that was looked at last.
    pub(super) base: Mark,
}

impl Track {
    fn new(series: &Series, limits: &[f64]) -> Self {
        Self {
            id: None,
            version: series.version,
            source: series.source,
            limit: series.source.limit().and_then(|it| limits.iter().position(|at| *at == it)),
            before: None,
            totals: Vec::new(),
            marks: [Mark::default(); 2],
            base: Mark::default(),
        }
    }

    /// Before a replication.
    pub(super) fn restart(&mut self) {
        self.totals.clear();
        self.before = None;
        (self.marks, self.base) = ([Mark::default(); 2], Mark::default());
    }
}

impl Scraped {
    /// Nothing seen of some series, those of single pods where `by_pod`; `limits` are those of the
    /// engine, seconds.
    pub(super) fn new(
        series: &[Series],
        scenario: &Scenario,
        limits: &[f64],
        by_pod: bool,
    ) -> Self {
        let mut store = Store::new();
        let (mut tracks, mut families) = (Vec::new(), Vec::new());
        for series in series {
            let track = Track::new(series, limits);
            if by_pod && series.pod.is_some() {
                families.push(Family::new(series, track));
            } else {
                let id = Some(store.series(series.labels.clone()));
                tracks.push(Track { id, totals: Vec::with_capacity(512), ..track });
            }
        }
        Self { tracks, families, spread: scenario.telemetry.spread, store, end: 0 }
    }

    /// Before a replication.
    pub(super) fn restart(&mut self) {
        self.store.clear_samples();
        self.end = 0;
        self.tracks.iter_mut().for_each(Track::restart);
        self.families.iter_mut().for_each(Family::restart);
    }

    /// Forgets the scrapes from this one on; says whether there were any in the store.
    pub(super) fn forget(&mut self, scrape: u32, tick: i64) -> bool {
        for track in &mut self.tracks {
            track.marks.iter_mut().for_each(|mark| mark.forget(scrape));
            track.base.forget(scrape);
        }
        if self.end <= scrape {
            return false;
        }
        self.end = scrape;
        // Within a tick, pods were scraped after the one before.
        let last =
            if self.spread { tick * (i64::from(scrape) - 1) } else { tick * i64::from(scrape) - 1 };
        self.store.truncate(last);
        self.tracks.iter_mut().for_each(|track| track.totals.truncate(scrape as usize));
        self.families.iter_mut().for_each(|family| family.forget(scrape));
        true
    }

    /// Every series so far, and what its samples are.
    pub(super) fn all(&self) -> impl Iterator<Item = (SeriesId, Source)> {
        let tracks = self.tracks.iter().filter_map(|track| Some((track.id?, track.source)));
        tracks.chain(self.families.iter().flat_map(Family::all))
    }
}

impl<R: Record> Engine<'_, R> {
    /// Adds the samples of all scrapes before `end`.
    pub(super) fn scrape_to(&mut self, scraped: &mut Scraped, end: u32) {
        while scraped.end < end {
            self.scrape(scraped);
        }
    }

    /// The next scrape of every series.
    fn scrape(&mut self, scraped: &mut Scraped) {
        let scrape = scraped.end;
        let at = (u64::from(scrape) * self.scenario.tick.micros() / 1000) as i64;
        let failed: [bool; VERSIONS] =
            std::array::from_fn(|version| self.scrape_fails(version, scrape));
        let Scraped { tracks, store, .. } = scraped;
        for track in tracks {
            let Some(id) = track.id else { continue };
            let counted = match scrape.checked_sub(1) {
                Some(tick) => {
                    let more = self.counted(track, (tick, tick + 1));
                    track.source.on(track.totals.last().copied().unwrap_or_default(), more)
                }
                None => 0.0,
            };
            track.totals.push(counted);
            let sample = self.sample(track, scrape, failed[track.version]);
            let pushed = match sample {
                Some(value) => store.push(id, at, value),
                None if is_present(store, id) => store.push_stale(id, at),
                None => Ok(()),
            };
            debug_assert!(pushed.is_ok(), "scrapes are in order");
        }
        if !scraped.families.is_empty() {
            self.scrape_pods(scraped, scrape);
        }
        scraped.end += 1;
    }

    fn scrape_fails(&self, version: usize, scrape: u32) -> bool {
        let share = self.scenario.telemetry.failed_scrapes;
        share > 0.0 && self.world.keyed.uniform(version as u32, scrape, purpose::SCRAPE) < share
    }

    /// What a scrape finds of a series; nothing when there is no such series.
    fn sample(&mut self, track: &mut Track, scrape: u32, fails: bool) -> Option<f64> {
        if let Source::Replicas(number, of) = track.source {
            return Some(self.replicas(number, of, scrape));
        }
        let life = self.targets.found(track.version, scrape)?;
        if track.source == Source::Up {
            return Some(f64::from(u8::from(!fails)));
        }
        if fails {
            return None;
        }
        let counted = track.totals[scrape as usize];
        let value = if matches!(track.source, Source::Mean(_)) {
            let is_of_before = counted <= 0.0 && track.version == OLD;
            if is_of_before { self.before(track) } else { counted }
        } else if let Some(before) = life.from.checked_sub(1) {
            counted - track.totals[before as usize]
        } else if track.version == OLD {
            counted + self.before(track)
        } else {
            counted
        };
        let born = self.scenario.telemetry.birth == Birth::Start || value > 0.0;
        born.then_some(track.source.sample(value))
    }

    /// What a series counts in some ticks.
    pub(super) fn counted(&mut self, track: &Track, ticks: (u32, u32)) -> f64 {
        let version = track.version;
        match track.source {
            Source::Requests(outcome) => self.requests_of(version, outcome, ticks) as f64,
            Source::Within(_, outcome) => {
                let all = self.requests_of(version, outcome, ticks);
                let beyond = match track.limit {
                    Some(limit) => self.slower_than(limit, version, ticks),
                    None => 0,
                };
                (all - beyond) as f64
            }
            Source::Seconds(Outcome::Failed, _)
            | Source::Up
            | Source::Pod(_)
            | Source::Replicas(..) => 0.0,
            Source::Seconds(..) | Source::Mean(_) => {
                let classes = self.classes_of(version, ticks).map(|count| count as f64);
                self.took(track.source, classes)
            }
        }
    }

    /// The time that requests of the three classes took, or the mean of it, microseconds; nothing
    /// where there were none.
    pub(super) fn took(&self, source: Source, classes: [f64; 3]) -> f64 {
        let times = classes.iter().zip(self.class_means).map(|(count, mean)| count * mean);
        let sum: f64 = times.sum();
        match source {
            Source::Mean(_) if sum > 0.0 => sum / classes.iter().sum::<f64>(),
            _ => sum,
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
        let a_tick = match track.source {
            Source::Requests(outcome) => of(outcome),
            Source::Within(_, outcome) => {
                let slower = track.limit.map_or(0.0, |limit| {
                    let class = self.limits.class(limit);
                    let slower: f64 = (SLOW..class).map(rate).sum();
                    slower + self.grid.beyond(piece, track.version, limit)
                });
                of(outcome) - slower
            }
            Source::Seconds(Outcome::Failed, _)
            | Source::Up
            | Source::Pod(_)
            | Source::Replicas(..) => 0.0,
            Source::Seconds(..) => self.took(track.source, [FAST, MIDDLE, SLOW].map(rate)),
            Source::Mean(_) => {
                // Not as much as in a day: what it shows last.
                let mean = self.took(track.source, [FAST, MIDDLE, SLOW].map(rate));
                track.before = Some(mean);
                return mean;
            }
        };
        let before = (a_tick * UPTIME / self.scenario.tick.as_secs_f64()).round();
        track.before = Some(before);
        before
    }
}

/// Whether the last thing that is known of a series is a sample.
pub(super) fn is_present(store: &Store, id: SeriesId) -> bool {
    let samples = store.samples(id);
    samples.times().last() > samples.ends().last()
}

/// Mean response times of the classes fast, middle and slow on the running version, whole
/// microseconds.
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
    let means = [
        of(p0, m0, apdex),
        of(p1 - p0, m1 - m0, 2.0 * apdex),
        of(1.0 - p1, mean - m1, 8.0 * apdex),
    ];
    means.map(|mean| (mean * 1e6).round())
}
