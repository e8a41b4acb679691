//! Sums of counts over the same ticks, kept for the series that share them.
//!
//! The buckets of a histogram count the same requests: those of a class are looked at once for all
//! limits that divide it. What is kept holds for one question; the next one begins with nothing.

use super::engine::Engine;
use super::law::{CELLS, FAST, MIDDLE, SLOW, stream};
use super::record::Record;
use crate::scenario::LIMITS_MAX;
use crate::strategy::NEW;
use crate::telemetry::Outcome;

/// How many sums are kept: two ends of a window for each version.
const KEPT: usize = 4;

/// What is known of some ticks of one version.
#[derive(Clone, Copy, Debug)]
struct Sum {
    version: usize,
    ticks: (u32, u32),
    failed: u64,
    /// Slow, middle and fast responses.
    classes: [u64; 3],
    /// Of each class, as far as it was asked for, those beyond each limit that divides it.
    beyond: [Option<[u64; LIMITS_MAX]>; 3],
}

/// The sums that are kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    kept: [Option<Sum>; KEPT],
    next: usize,
}

impl Sums {
    /// A new question.
    pub(super) fn forget(&mut self) {
        self.kept = [None; KEPT];
    }
}

impl<R: Record> Engine<'_, R> {
    /// The place of the sums of some ticks.
    fn kept(&mut self, version: usize, ticks: (u32, u32)) -> usize {
        let is_it = |sum: &Option<Sum>| {
            sum.as_ref().is_some_and(|sum| sum.version == version && sum.ticks == ticks)
        };
        if let Some(place) = self.sums.kept.iter().position(is_it) {
            return place;
        }
        let mut failed = self.failed(version, ticks.0, ticks.1);
        let mut class = |class| self.grid.ticks.sum(stream(version, class), ticks.0, ticks.1);
        let mut classes = [class(SLOW), class(MIDDLE), class(FAST)];
        // Nobody tells copies and tests from requests of users.
        if let Some(copied) = self.copied(ticks).filter(|_| version == NEW) {
            failed += copied.cells[..SLOW].iter().sum::<u64>();
            classes.iter_mut().zip(&copied.cells[SLOW..]).for_each(|(all, more)| *all += more);
        }
        let place = self.sums.next;
        self.sums.next = (place + 1) % KEPT;
        let sum = Sum { version, ticks, failed, classes, beyond: [None; 3] };
        self.sums.kept[place] = Some(sum);
        place
    }

    /// Requests of an outcome: failures, and slow, middle and fast responses.
    pub(super) fn requests_of(
        &mut self,
        version: usize,
        outcome: Outcome,
        ticks: (u32, u32),
    ) -> u64 {
        let place = self.kept(version, ticks);
        let Some(Sum { failed, classes, .. }) = self.sums.kept[place] else { return 0 };
        let good = classes.iter().sum::<u64>();
        match outcome {
            Outcome::Failed => failed,
            Outcome::Good => good,
            Outcome::Any => failed + good,
        }
    }

    /// Fast, middle and slow responses.
    pub(super) fn classes_of(&mut self, version: usize, ticks: (u32, u32)) -> [u64; 3] {
        let place = self.kept(version, ticks);
        let classes = self.sums.kept[place].map_or([0; 3], |sum| sum.classes);
        [classes[2], classes[1], classes[0]]
    }

    /// Responses beyond a limit: the same as [`Engine::beyond`].
    pub(super) fn slower_than(&mut self, limit: usize, version: usize, ticks: (u32, u32)) -> u64 {
        let place = self.kept(version, ticks);
        let Some(sum) = self.sums.kept[place] else { return 0 };
        let class = self.limits.class(limit);
        let slower: u64 = sum.classes[..class - SLOW].iter().sum();
        let divided = if let Some(beyond) = sum.beyond[class - SLOW] {
            beyond
        } else {
            let beyond = self.divided(class, version, ticks);
            if let Some(sum) = &mut self.sums.kept[place] {
                sum.beyond[class - SLOW] = Some(beyond);
            }
            beyond
        };
        slower + divided[limit]
    }

    /// Of one class, the responses beyond each limit that divides it, by the draws of
    /// [`Engine::beyond`].
    pub(super) fn divided(
        &mut self,
        class: usize,
        version: usize,
        ticks: (u32, u32),
    ) -> [u64; LIMITS_MAX] {
        let mut beyond = [0; LIMITS_MAX];
        let dividing = self.limits.dividing(class);
        for tick in ticks.0..ticks.1 {
            let row = self.row(class, version, tick);
            for limit in dividing.clone() {
                beyond[limit] += row[limit];
            }
        }
        if let Some(copied) = self.copied(ticks).filter(|_| version == NEW) {
            dividing.for_each(|limit| beyond[limit] += copied.beyond[limit]);
        }
        beyond
    }
}

const _: () = assert!(SLOW + 1 == MIDDLE && MIDDLE + 1 == FAST && FAST + 1 == CELLS);
