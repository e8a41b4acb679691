//! One world of a scenario: its measures, its timeline and all of its counts.

use clockwork::{Instant, Span};
use coalmine::scenario::Scenario;
use coalmine::simulation::{By, Engine, Happening, Measures, Reading, Record, Unrecorded};

use super::draft::Draft;

/// Counts of a tick: three kinds of failures and three classes of successes, by version.
const CELLS: usize = 6;
pub(super) const OLD: usize = 0;
pub(super) const NEW: usize = 1;

/// What became of one world.
pub(super) struct Run {
    pub draft: Draft,
    pub scenario: Scenario,
    pub measures: Measures,
    /// The measures of the same world when nobody is told.
    pub quiet: Measures,
    pub timeline: Vec<(Instant, Happening)>,
    /// Where the world comes from.
    pub seed: u64,
    pub world: u64,
    counts: Vec<u64>,
}

/// A timeline that does not go on for ever.
#[derive(Default)]
struct Diary(Vec<(Instant, Happening)>);

/// More than any world of a draft can have.
const ENTRIES_MAX: usize = 20_000;

impl Record for Diary {
    const READINGS: bool = true;

    fn note(&mut self, at: Instant, happening: Happening) {
        self.0.push((at, happening));
        assert!(self.0.len() < ENTRIES_MAX, "a world does not end");
    }
}

impl Run {
    /// Some worlds of a scenario, one after the other on one engine.
    pub(super) fn several(draft: &Draft, seed: u64, worlds: u64) -> Vec<Self> {
        let scenario = draft.scenario();
        let mut engine = Engine::new(&scenario, Diary::default());
        let mut silent = Engine::new(&scenario, Unrecorded);
        let runs = (0..worlds).map(|world| {
            engine.record.0.clear();
            let measures = engine.simulate(seed, world);
            let counts = engine.counts();
            let timeline = engine.record.0.clone();
            let quiet = silent.simulate(seed, world);
            let (draft, scenario) = (draft.clone(), scenario.clone());
            Self { draft, scenario, measures, quiet, timeline, seed, world, counts }
        });
        runs.collect()
    }

    /// The measures without what belongs to the readers themselves.
    pub(super) fn plain(&self) -> Measures {
        Measures { readings: 0, ..self.measures }
    }

    pub(super) fn counts(&self) -> &[u64] {
        &self.counts
    }

    pub(super) fn ticks(&self) -> usize {
        self.counts.len() / (2 * CELLS)
    }

    /// One cell of one version in a tick.
    pub(super) fn cell(&self, tick: usize, version: usize, cell: usize) -> u64 {
        self.counts.get((tick * 2 + version) * CELLS + cell).copied().unwrap_or_default()
    }

    /// Requests of a version in some ticks, and those that failed.
    pub(super) fn sum(&self, version: usize, from: usize, to: usize) -> [u64; 2] {
        let mut sum = [0; 2];
        for tick in from..to {
            for cell in 0..CELLS {
                let count = self.cell(tick, version, cell);
                sum[0] += count;
                sum[1] += if cell < 3 { count } else { 0 };
            }
        }
        sum
    }

    /// What happened, with the readings of the gates or without.
    pub(super) fn plain_timeline(&self) -> Vec<(Instant, Happening)> {
        let entries = self.timeline.iter();
        entries.filter(|(_, it)| !matches!(it, Happening::Reading(_))).cloned().collect()
    }

    pub(super) fn readings(&self) -> impl Iterator<Item = (Instant, &Reading)> {
        self.timeline.iter().filter_map(|(at, happening)| match happening {
            Happening::Reading(reading) => Some((*at, reading)),
            _ => None,
        })
    }

    /// When the first thing of a kind happened.
    pub(super) fn first(&self, is: impl Fn(&Happening) -> bool) -> Option<Instant> {
        self.timeline.iter().find(|(_, happening)| is(happening)).map(|(at, _)| *at)
    }

    /// Every instant at which something of a kind happened.
    pub(super) fn all(&self, is: impl Fn(&Happening) -> bool) -> Vec<Instant> {
        self.timeline.iter().filter(|(_, happening)| is(happening)).map(|(at, _)| *at).collect()
    }

    /// When the first rollback was ordered, and by whom.
    pub(super) fn first_order(&self) -> Option<(Instant, By)> {
        self.timeline.iter().find_map(|(at, happening)| match happening {
            Happening::RollbackOrdered { by } => Some((*at, *by)),
            _ => None,
        })
    }

    /// When the first rollback was ordered; never when none was.
    pub(super) fn ordered(&self) -> Instant {
        self.first_order().map_or(Instant::NEVER, |(at, _)| at)
    }

    /// Shares of the new version, each with the time from which it is in force, and the pods.
    pub(super) fn shares(&self) -> Vec<(Instant, f64, [u32; 2])> {
        let settled = self.timeline.iter().filter_map(|(at, happening)| match happening {
            Happening::Settled { share, pods } => Some((*at, *share, *pods)),
            _ => None,
        });
        settled.collect()
    }

    /// Seconds of the whole traffic on the new version.
    pub(super) fn exposure(&self) -> f64 {
        let end = self.first(|it| matches!(it, Happening::Watched)).unwrap_or_default();
        let shares = self.shares();
        let ends = shares.iter().skip(1).map(|(at, ..)| *at).chain([end]);
        shares.iter().zip(ends).map(|((at, share, _), end)| (end - *at).as_secs_f64() * share).sum()
    }
}

/// Whole seconds.
pub(super) const fn secs(seconds: u64) -> Span {
    Span::from_secs(seconds)
}
