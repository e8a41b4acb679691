//! Series that every pod of a version has one of, scrape by scrape.

use clockwork::{Instant, Span};
use promql::{SeriesId, Store};

use super::deal::Dealt;
use super::engine::Engine;
use super::purpose;
use super::record::Record;
use super::scraped::{Scraped, Track, is_present};
use crate::strategy::OLD;
use crate::telemetry::{Birth, Fact, Outcome, Series, Source};

/// The series of the pods of a version.
pub(super) struct Family {
    series: Series,
    /// What stands for all of them.
    whole: Track,
    /// The series of a pod, by its number, once it was scraped.
    ids: Vec<Option<SeriesId>>,
    /// What a process has counted, by its number.
    runs: Vec<Run>,
}

/// What a process has counted, from a scrape on.
#[derive(Clone, Debug, Default)]
struct Run {
    first: u32,
    totals: Vec<f64>,
}

impl Run {
    fn total(&self) -> f64 {
        self.totals.last().copied().unwrap_or_default()
    }
}

impl Family {
    /// Nothing seen of a series that every pod has; `whole` stands for all of them.
    pub(super) fn new(series: &Series, whole: Track) -> Self {
        Self { series: series.clone(), whole, ids: Vec::new(), runs: Vec::new() }
    }

    /// Before a replication.
    pub(super) fn restart(&mut self) {
        self.runs.clear();
        self.whole.restart();
    }

    /// Forgets what was counted at scrapes from this one on.
    pub(super) fn forget(&mut self, scrape: u32) {
        for run in &mut self.runs {
            run.totals.truncate(scrape.saturating_sub(run.first) as usize);
        }
    }

    /// Whether what it counts depends on limits.
    fn is_divided(&self) -> bool {
        self.whole.limit.is_some()
    }

    /// What its samples are, and the series of its pods so far.
    pub(super) fn all(&self) -> impl Iterator<Item = (SeriesId, Source)> {
        self.ids.iter().flatten().map(|id| (*id, self.series.source))
    }

    /// Adds what a process has counted before a scrape; gives what it had before.
    fn add(&mut self, process: u32, scrape: u32, counted: f64) {
        let needed = process as usize + 1;
        if self.runs.len() < needed {
            self.runs.resize_with(needed, Run::default);
        }
        let source = self.series.source;
        let run = &mut self.runs[process as usize];
        if run.totals.is_empty() {
            run.first = scrape;
        }
        let total = source.on(run.total(), counted);
        run.totals.push(total);
    }

    /// The series of a pod.
    fn id(&mut self, pod: u32, store: &mut Store) -> SeriesId {
        let needed = pod as usize + 1;
        if self.ids.len() < needed {
            self.ids.resize(needed, None);
        }
        let series = &self.series;
        *self.ids[pod as usize].get_or_insert_with(|| store.series(series.labels_of(pod)))
    }
}

/// What a scrape finds in the place of a pod.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit {
    /// When it is there.
    pub(super) at: Instant,
    /// Whether there is a pod.
    pub(super) exists: bool,
    /// The process that runs in it.
    pub(super) process: Option<u32>,
    /// What that was dealt in this tick, up to then.
    dealt: Option<Dealt>,
}

impl<R: Record> Engine<'_, R> {
    /// A scrape of every pod.
    pub(super) fn scrape_pods(&mut self, scraped: &mut Scraped, scrape: u32) {
        for version in 0..super::state::VERSIONS {
            let of_it = move |it: &&mut Family| it.series.version == version;
            if !scraped.families.iter().any(|it| it.series.version == version) {
                continue;
            }
            self.table.hands.clear();
            if let Some(tick) = scrape.checked_sub(1) {
                let limits = scraped.families.iter().any(Family::is_divided);
                self.deal(version, tick, limits);
            }
            for pod in 0..self.roster.pods(version).len() as u32 {
                let families = scraped.families.iter_mut().filter(of_it);
                self.scrape_pod((version, pod, scrape), families, &mut scraped.store);
            }
            for hand in &self.table.hands {
                for family in scraped.families.iter_mut().filter(of_it) {
                    let counted = self.of_dealt(&family.whole, &hand.whole);
                    family.add(hand.process, scrape, counted);
                }
            }
        }
    }

    /// A scrape of one pod: all its series.
    fn scrape_pod<'f>(
        &mut self,
        (version, pod, scrape): (usize, u32, u32),
        families: impl Iterator<Item = &'f mut Family>,
        store: &mut Store,
    ) {
        // What knows the cluster is scraped with the tick.
        let with_tick = self.visit((version, pod), self.span_of(scrape).0, None);
        let fails = self.pod_fails(version, pod, scrape);
        let own = match (self.phase(version, pod), scrape.checked_sub(1)) {
            (Some(phase), Some(tick)) => {
                Some(self.visit((version, pod), self.span_of(tick).0 + phase, Some(phase)))
            }
            (Some(_), None) => None,
            (None, _) => Some(with_tick),
        };
        for family in families {
            let is_of_cluster = matches!(family.series.source, Source::Pod(_));
            let Some(visit) = (if is_of_cluster { Some(with_tick) } else { own }) else { continue };
            let at = visit.at;
            let value = match (family.series.source, visit.process) {
                _ if !visit.exists => None,
                (Source::Pod(fact), _) if fact != Fact::Busy => {
                    self.fact(fact, (version, pod), &visit)
                }
                (Source::Up, None) => Some(0.0),
                (Source::Up, Some(_)) => Some(f64::from(u8::from(!fails))),
                (Source::Pod(_), Some(process)) => self.of_pod(family, process, &visit),
                (_, Some(process)) if !fails => self.of_pod(family, process, &visit),
                _ => None,
            };
            // A pod that was never found has no series.
            let known = family.ids.get(pod as usize).copied().flatten();
            let millis = millis(at);
            let pushed = match (value, known) {
                (Some(value), _) => {
                    let id = family.id(pod, store);
                    store.push(id, millis, value)
                }
                (None, Some(id)) if is_present(store, id) => store.push_stale(id, millis),
                (None, _) => Ok(()),
            };
            debug_assert!(pushed.is_ok(), "scrapes are in order");
        }
    }

    /// What a scrape at an instant finds in the place of a pod.
    fn visit(&self, (version, pod): (usize, u32), at: Instant, phase: Option<Span>) -> Visit {
        let it = &self.roster.pods(version)[pod as usize];
        let exists = it.from <= at && at < it.to;
        let process = self.roster.running(version, pod, at).filter(|_| exists);
        let hand = self.table.hands.iter().find(|hand| Some(hand.process) == process);
        let dealt = hand.map(|hand| if phase.is_some() { hand.early } else { hand.whole });
        Visit { at, exists, process, dealt }
    }

    /// What a scrape finds that a process has counted.
    fn of_pod(&mut self, family: &mut Family, process: u32, visit: &Visit) -> Option<f64> {
        let source = family.series.source;
        let before = family.runs.get(process as usize).map_or(0.0, Run::total);
        let more = visit.dealt.map_or(0.0, |dealt| self.of_dealt(&family.whole, &dealt));
        let mut value = source.on(before, more);
        let version = family.series.version;
        let is_old = version == OLD && self.roster.process(version, process).is_old;
        if matches!(source, Source::Mean(_)) {
            if is_old && value <= 0.0 {
                value = self.before(&mut family.whole);
            }
        } else if is_old {
            // Of a day of the whole version, as much as every pod has.
            let pods = f64::from(self.scenario.fleet.replicas.max(1));
            value += (self.before(&mut family.whole) / pods).round();
        }
        let born = self.scenario.telemetry.birth == Birth::Start || value > 0.0;
        born.then_some(source.sample(value))
    }

    fn pod_fails(&self, version: usize, pod: u32, scrape: u32) -> bool {
        let share = self.scenario.telemetry.failed_scrapes;
        let target = (2 * (pod + 1)) + version as u32;
        share > 0.0 && self.world.keyed.uniform(target, scrape, purpose::SCRAPE) < share
    }

    /// What a series counts of what a process was dealt.
    fn of_dealt(&self, track: &Track, dealt: &Dealt) -> f64 {
        match track.source {
            Source::Requests(outcome) => dealt.requests(outcome) as f64,
            Source::Within(_, outcome) => {
                let beyond = track
                    .limit
                    .map_or(0, |limit| dealt.slower_than(limit, self.limits.class(limit)));
                (dealt.requests(outcome) - beyond) as f64
            }
            // A saturated pod keeps one core busy.
            Source::Pod(Fact::Busy) => {
                dealt.requests(Outcome::Any) as f64 / self.scenario.fleet.per_pod
            }
            Source::Seconds(Outcome::Failed, _)
            | Source::Up
            | Source::Pod(_)
            | Source::Replicas(..) => 0.0,
            Source::Seconds(..) | Source::Mean(_) => {
                self.took(track.source, dealt.classes().map(|count| count as f64))
            }
        }
    }
}

fn millis(at: Instant) -> i64 {
    (at.since_start().micros() / 1000) as i64
}

#[cfg(test)]
mod tests;
