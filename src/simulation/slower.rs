//! Responses beyond a limit of a gate: the slower classes, and of the class that the limit divides
//! a binomial part in every tick. Windows overlap, so that what a tick has come to is kept.

use std::ops::Range;

use super::engine::Engine;
use super::law::{SLOW, stream};
use super::record::Record;
use super::state::VERSIONS;

/// The draw that says how many responses of a class are beyond a limit.
const SLOWER: u16 = 22;

/// What ticks have come to, as far as somebody asked.
#[derive(Clone, Debug)]
pub(super) struct Slower {
    /// By tick, then by version and limit.
    kept: Vec<u64>,
    /// Entries of a tick.
    width: usize,
}

/// Nobody has asked.
const UNKNOWN: u64 = u64::MAX;

impl Slower {
    /// Nothing yet, of so many limits; with room for so many ticks.
    pub(super) fn new(limits: usize, ticks: usize) -> Self {
        let width = VERSIONS * limits;
        Self { kept: Vec::with_capacity(width * ticks), width }
    }

    /// Every tick from this one on will be another.
    pub(super) fn forget(&mut self, tick: u32) {
        self.kept.truncate(tick as usize * self.width);
    }

    /// Where a version's entries of a tick are.
    fn places(&self, version: usize, tick: u32) -> Range<usize> {
        let limits = self.width / VERSIONS;
        let first = tick as usize * self.width + version * limits;
        first..first + limits
    }
}

impl<R: Record> Engine<'_, R> {
    /// Responses beyond a limit in some ticks.
    pub(super) fn beyond(&mut self, limit: usize, version: usize, (from, to): (u32, u32)) -> u64 {
        let class = self.limits.class(limit);
        let mut beyond: u64 = (SLOW..class)
            .map(|slower| self.grid.ticks.sum(stream(version, slower), from, to))
            .sum();
        for tick in from..to {
            beyond += self.row(class, version, tick)[limit];
        }
        beyond
    }

    /// Responses of a class in a tick that are beyond each limit which divides it; of other
    /// limits nothing is said.
    pub(super) fn row(&mut self, class: usize, version: usize, tick: u32) -> &[u64] {
        let places = self.grid.slower.places(version, tick);
        let first = places.start + self.limits.dividing(class).start;
        if self.grid.slower.kept.get(first).is_none_or(|known| *known == UNKNOWN) {
            self.divide(class, version, tick);
        }
        &self.grid.slower.kept[places]
    }

    fn divide(&mut self, class: usize, version: usize, tick: u32) {
        let cell = stream(version, class);
        let count = self.grid.ticks.sum(cell, tick, tick + 1);
        let u = if count > 0 { self.world.keyed.uniform(cell as u32, tick, SLOWER) } else { 0.0 };
        let Slower { kept, width } = &mut self.grid.slower;
        let until = (tick as usize + 1) * *width;
        if kept.len() < until {
            kept.resize(until, UNKNOWN);
        }
        let first = self.grid.slower.places(version, tick).start;
        for limit in self.limits.dividing(class) {
            let piece = self.grid.ticks.piece(tick);
            let part = self.grid.beyond(piece, version, limit) / piece.rate[cell];
            // At the class's own edge the part is the whole, but for the last bits.
            let all = count == 0 || part > 1.0 - 1e-9;
            let beyond = if all { count } else { chance::binomial::quantile(count, part, u) };
            self.grid.slower.kept[first + limit] = beyond;
        }
    }
}
