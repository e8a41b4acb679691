//! The series of one replication, sample by sample, for other programs that read series.

use promql::Labels;

use super::engine::Engine;
use super::record::Record;
use super::scraped::Scraped;
use crate::telemetry::Series;

/// A series: its labels, its samples and the marks of its end, times in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// What it is called.
    pub labels: Labels,
    /// Whether it only grows while a process lives.
    pub is_counter: bool,
    /// What was sampled when; nothing where a scrape found that the series had ended.
    pub samples: Vec<(i64, Option<f64>)>,
}

impl<R: Record> Engine<'_, R> {
    /// What scrapes have found of some series, in the replication that was simulated last, up to
    /// its end. Buckets have to be among those that the scenario reads.
    pub fn export(&mut self, series: &[Series]) -> Vec<Exported> {
        let mut scraped =
            Scraped::new(series, self.scenario, &self.gate_limits, self.roster.is_kept());
        let end = self.readable(self.history.horizon);
        self.sums.forget();
        self.scrape_to(&mut scraped, end);
        let exported = scraped.all().map(|(id, source)| {
            let samples = scraped.store.samples(id);
            let values = samples.times().iter().zip(samples.values());
            let ends = samples.ends().iter().map(|&at| (at, None));
            let mut all: Vec<_> = values.map(|(&at, &value)| (at, Some(value))).collect();
            all.extend(ends);
            all.sort_by_key(|(at, _)| *at);
            let (is_counter, labels) = (source.is_counter(), scraped.store.labels(id).clone());
            Exported { labels, is_counter, samples: all }
        });
        exported.filter(|series| !series.samples.is_empty()).collect()
    }
}
