//! Series in memory: samples in order, to which only later ones are added.

use crate::labels::Labels;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bits of the not-a-number by which Prometheus marks that a series has ended.
pub const STALE: u64 = 0x7ff0_0000_0000_0002;

/// Series and their samples, in the order in which they were added.
///
/// Times are milliseconds, as in Prometheus. A query notices when a series has been added, and
/// looks again which ones it selects; samples may be added at any time.
#[derive(Debug)]
pub struct Store {
    series: Vec<Series>,
    index: BTreeMap<Labels, SeriesId>,
    /// Changes with the set of series, and is never that of another store with other series.
    stamp: u64,
}

#[derive(Clone, Debug)]
struct Series {
    labels: Labels,
    samples: Samples,
}

/// A series of one store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesId(u32);

/// A sample that is not later than the last one of its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfOrder {
    /// When the last sample of the series was, in milliseconds.
    pub last: i64,
    /// When the refused one is.
    pub refused: i64,
}

impl std::fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { last, refused } = self;
        write!(f, "a sample at {refused} ms is not later than the last one at {last} ms")
    }
}

impl std::error::Error for OutOfOrder {}

static STAMPS: AtomicU64 = AtomicU64::new(1);

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

impl Clone for Store {
    /// A copy that goes its own way: queries look anew which of its series they select.
    fn clone(&self) -> Self {
        Self { series: self.series.clone(), index: self.index.clone(), stamp: stamp() }
    }
}

fn stamp() -> u64 {
    STAMPS.fetch_add(1, Ordering::Relaxed)
}

impl Store {
    /// A store without series.
    pub fn new() -> Self {
        Self { series: Vec::new(), index: BTreeMap::new(), stamp: stamp() }
    }

    /// The series with these labels, which is added if it is new.
    pub fn series(&mut self, labels: Labels) -> SeriesId {
        if let Some(&id) = self.index.get(&labels) {
            return id;
        }
        let id = SeriesId(self.series.len() as u32);
        self.index.insert(labels.clone(), id);
        self.series.push(Series { labels, samples: Samples::default() });
        self.stamp = stamp();
        id
    }

    /// How many series there are.
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// Whether there is no series.
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// Adds a sample; [`STALE`] marks that the series has ended.
    pub fn push(&mut self, id: SeriesId, at: i64, value: f64) -> Result<(), OutOfOrder> {
        self.series[id.0 as usize].samples.push(at, value)
    }

    /// Marks that a series has ended.
    pub fn push_stale(&mut self, id: SeriesId, at: i64) -> Result<(), OutOfOrder> {
        self.push(id, at, f64::from_bits(STALE))
    }

    /// Forgets every sample and keeps the series, so that queries stay as they are.
    pub fn clear_samples(&mut self) {
        for series in &mut self.series {
            series.samples.clear();
        }
    }

    /// Forgets every sample later than `last`, and keeps the series.
    pub fn truncate(&mut self, last: i64) {
        for series in &mut self.series {
            series.samples.truncate(last);
        }
    }

    /// The labels of a series.
    pub fn labels(&self, id: SeriesId) -> &Labels {
        &self.series[id.0 as usize].labels
    }

    /// Every series, in the order in which they were added.
    pub fn ids(&self) -> impl Iterator<Item = SeriesId> {
        (0..self.series.len() as u32).map(SeriesId)
    }

    /// The samples of a series.
    pub fn samples(&self, id: SeriesId) -> &Samples {
        &self.series[id.0 as usize].samples
    }

    pub(crate) fn stamp(&self) -> u64 {
        self.stamp
    }
}

/// Samples of one series, by time. Marks of its end are apart, since no window sees them.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    times: Vec<i64>,
    values: Vec<f64>,
    /// Which samples are less than the one before: resets, if the series is a counter.
    drops: Vec<u32>,
    ends: Vec<i64>,
}

impl Samples {
    /// Adds a sample, which must be the latest.
    #[inline]
    pub(crate) fn push(&mut self, at: i64, value: f64) -> Result<(), OutOfOrder> {
        let last = self.times.last().max(self.ends.last());
        if let Some(&last) = last.filter(|last| **last >= at) {
            return Err(OutOfOrder { last, refused: at });
        }
        if value.to_bits() == STALE {
            self.ends.push(at);
            return Ok(());
        }
        if self.values.last().is_some_and(|last| value < *last) {
            self.drops.push(self.values.len() as u32);
        }
        self.times.push(at);
        self.values.push(value);
        Ok(())
    }

    fn truncate(&mut self, last: i64) {
        self.ends.truncate(self.ends.partition_point(|&at| at <= last));
        self.times.truncate(self.times.partition_point(|&at| at <= last));
        let len = self.times.len();
        self.values.truncate(len);
        self.drops.truncate(self.drops.partition_point(|&at| (at as usize) < len));
    }

    pub(crate) fn clear(&mut self) {
        self.times.clear();
        self.values.clear();
        self.drops.clear();
        self.ends.clear();
    }

    /// When the samples are, in milliseconds.
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    /// What the samples are.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// When the series has ended, in milliseconds.
    pub fn ends(&self) -> &[i64] {
        &self.ends
    }

    pub(crate) fn drops(&self) -> &[u32] {
        &self.drops
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_later_than_those_before() {
        let mut store = Store::new();
        let id = store.series(Labels::of("x", []));
        assert_eq!(store.series(Labels::of("x", [])), id);
        store.push(id, 10, 1.0).expect("the first");
        store.push_stale(id, 20).expect("later");
        assert_eq!(store.push(id, 20, 2.0), Err(OutOfOrder { last: 20, refused: 20 }));
        store.push(id, 30, 0.5).expect("later");
        assert_eq!(store.samples(id).times(), [10, 30]);
        assert_eq!(store.samples(id).ends(), [20]);
        assert_eq!(store.samples(id).drops(), [1]);
        store.clear_samples();
        assert!(store.push(id, 5, 1.0).is_ok() && store.len() == 1);
    }

    #[test]
    fn a_stamp_is_of_one_set_of_series() {
        let mut store = Store::new();
        let empty = store.stamp();
        let id = store.series(Labels::of("x", []));
        assert_ne!(store.stamp(), empty);
        let stamp = store.stamp();
        store.push(id, 0, 1.0).expect("a sample");
        assert_eq!(store.stamp(), stamp);
        assert_ne!(store.clone().stamp(), stamp);
    }
}
