//! Replications in parallel, in the order of their indices.

use std::io;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::scenario::Scenario;
use crate::simulation::{Engine, Measures, Unrecorded};

/// A worker takes this many replications at a time; an experiment stops at a border of these.
pub const CHUNK: u64 = 256;

/// The results of replications `0..values.len()` of one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample<T> {
    /// The seed of every replication.
    pub seed: u64,
    /// One result per replication, in order of their indices from zero.
    pub values: Vec<T>,
}

impl<T> Sample<T> {
    /// No replications yet.
    pub const fn new(seed: u64) -> Self {
        Self { seed, values: Vec::new() }
    }

    /// How many replications.
    pub const fn len(&self) -> u64 {
        self.values.len() as u64
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Who looks on while replications are made, and may stop them.
pub trait Onlooker: Sync {
    /// That many more are finished.
    fn finished(&self, replications: u64);
    /// Whether no further chunk is to be begun.
    fn stops(&self) -> bool;
}

/// Nobody looks on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Onlooker for Alone {
    fn finished(&self, _: u64) {}

    fn stops(&self) -> bool {
        false
    }
}

/// Threads that simulate.
#[derive(Debug)]
pub struct Workers(rayon::ThreadPool);

impl Workers {
    /// That many threads; one per core when not given.
    pub fn new(jobs: Option<NonZeroUsize>) -> io::Result<Self> {
        let threads = jobs.map_or(0, NonZeroUsize::get);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map(Self).map_err(io::Error::other)
    }
}

/// Simulates the replications of a range, or a contiguous first part of it when the onlooker
/// stops; the result does not depend on the number of workers.
pub fn replicate(
    scenario: &Scenario,
    seed: u64,
    range: Range<u64>,
    workers: &Workers,
    onlooker: &dyn Onlooker,
) -> Vec<Measures> {
    let mut samples = replicate_all(&[scenario], seed, range, workers, onlooker);
    samples.pop().unwrap_or_default()
}

/// Simulates the same worlds under several scenarios: one sample for each, all of them as long.
///
/// Chunks are begun in order and a chunk that was begun is finished under every scenario, so that
/// what is there has no gaps.
pub fn replicate_all(
    scenarios: &[&Scenario],
    seed: u64,
    range: Range<u64>,
    workers: &Workers,
    onlooker: &dyn Onlooker,
) -> Vec<Vec<Measures>> {
    let next = AtomicU64::new(0);
    let length = chunk(range.end.saturating_sub(range.start));
    let work = |_: rayon::BroadcastContext<'_>| {
        let scenarios = scenarios.iter().copied();
        let mut engines: Vec<_> = scenarios.map(|it| Engine::new(it, Unrecorded)).collect();
        let mut chunks = Vec::new();
        while !onlooker.stops() {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            let from = range.start.saturating_add(chunk.saturating_mul(length));
            let to = from.saturating_add(length).min(range.end);
            if from >= to {
                break;
            }
            let sample = |engine: &mut Engine<'_, Unrecorded>| {
                (from..to).map(|index| engine.simulate(seed, index)).collect()
            };
            let samples: Vec<Vec<Measures>> = engines.iter_mut().map(sample).collect();
            onlooker.finished(to - from);
            chunks.push((chunk, samples));
        }
        chunks
    };
    let mut chunks: Vec<_> = workers.0.broadcast(work).into_iter().flatten().collect();
    chunks.sort_unstable_by_key(|(chunk, _)| *chunk);
    let mut all = vec![Vec::new(); scenarios.len()];
    for (_, samples) in chunks {
        for (whole, sample) in all.iter_mut().zip(samples) {
            whole.extend(sample);
        }
    }
    all
}

/// Simulates some worlds of each scenario, one scenario after the other: the samples of the first
/// scenarios when the onlooker stops.
pub(super) fn replicate_each(
    units: &[(&Scenario, Range<u64>)],
    seed: u64,
    workers: &Workers,
    onlooker: &dyn Onlooker,
) -> Vec<Vec<Measures>> {
    let next = AtomicU64::new(0);
    let work = |_: rayon::BroadcastContext<'_>| {
        let mut samples = Vec::new();
        while !onlooker.stops() {
            let unit = next.fetch_add(1, Ordering::Relaxed) as usize;
            let Some((scenario, range)) = units.get(unit) else { break };
            let mut engine = Engine::new(scenario, Unrecorded);
            let sample = range.clone().map(|index| engine.simulate(seed, index));
            samples.push((unit, sample.collect::<Vec<_>>()));
            onlooker.finished(range.end - range.start);
        }
        samples
    };
    let mut all: Vec<_> = workers.0.broadcast(work).into_iter().flatten().collect();
    all.sort_unstable_by_key(|(unit, _)| *unit);
    all.into_iter().map(|(_, sample)| sample).collect()
}

/// How many replications a worker takes at a time: fewer where there are few, so that nobody waits
/// for one worker. It depends on nothing but their number.
fn chunk(replications: u64) -> u64 {
    if replications < 4 * CHUNK { replications.div_ceil(8).clamp(1, CHUNK) } else { CHUNK }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::experiment::reference;

    /// Stops after the first chunk.
    struct Impatient(AtomicBool);

    impl Onlooker for Impatient {
        fn finished(&self, _: u64) {
            self.0.store(true, Ordering::Relaxed);
        }

        fn stops(&self) -> bool {
            self.0.load(Ordering::Relaxed)
        }
    }

    fn workers(jobs: usize) -> Workers {
        Workers::new(NonZeroUsize::new(jobs)).expect("threads")
    }

    #[test]
    fn the_number_of_workers_changes_nothing() {
        let scenario = reference::scenario("canary");
        let sample = |jobs| replicate(&scenario, 7, 0..1000, &workers(jobs), &Alone);
        let one = sample(1);
        assert_eq!(one.len(), 1000);
        assert_eq!(one, sample(3));
    }

    #[test]
    fn a_stopped_experiment_is_a_prefix() {
        let scenario = reference::scenario("canary");
        let whole = replicate(&scenario, 7, 0..1000, &workers(2), &Alone);
        let impatient = Impatient(AtomicBool::new(false));
        let part = replicate(&scenario, 7, 0..1000, &workers(2), &impatient);
        let chunk = chunk(1000) as usize;
        assert!(part.len() >= chunk && part.len() <= 2 * chunk);
        assert_eq!(part, whole[..part.len()]);
    }
}
