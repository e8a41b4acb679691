//! The ends of windows over series that are counted: only the scrapes that begin or end a window
//! matter, so only they are counted.

use promql::{Ends, Unknown, Windows};

use super::engine::Engine;
use super::record::Record;
use super::scraped::Track;
use super::targets::Life;
use crate::strategy::OLD;
use crate::telemetry::Birth;

/// What a series has counted in all ticks before a scrape.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    scrape: u32,
    total: f64,
}

impl Mark {
    /// Scrapes from this one on will be others.
    pub(super) fn forget(&mut self, scrape: u32) {
        if self.scrape >= scrape {
            *self = Self::default();
        }
    }
}

/// The series of a query as far as they can be read.
pub(super) struct Sampled<'a, 's, R> {
    pub(super) engine: &'a mut Engine<'s, R>,
    pub(super) tracks: &'a mut [Track],
    /// Scrapes before this one can be read.
    pub(super) end: u32,
}

impl<R: Record> Windows for Sampled<'_, '_, R> {
    fn ends(&mut self, series: usize, before: i64, end: i64) -> Result<Option<Ends>, Unknown> {
        let tick = (self.engine.scenario.tick.micros() / 1000) as i64;
        let first = u32::try_from(before.div_euclid(tick) + 1).unwrap_or(0);
        let Ok(last) = u32::try_from(end.div_euclid(tick)) else { return Ok(None) };
        let last = last.min(self.end.saturating_sub(1));
        let version = self.tracks[series].version;
        let Some(life) = self.engine.targets.only(version, first, last)? else { return Ok(None) };
        let (first, last) = (first.max(life.from), last.min(life.to - 1));
        if first >= last {
            return Ok(None);
        }
        let [begin, finish] = [(0, first), (1, last)].map(|(mark, scrape)| {
            (i64::from(scrape) * tick, self.value(series, (mark, scrape), life))
        });
        if self.engine.scenario.telemetry.birth == Birth::FirstEvent && begin.1 <= 0.0 {
            return Err(Unknown);
        }
        Ok(Some(Ends { first: begin, last: finish, steps: last - first }))
    }

    fn are_nested(&self) -> bool {
        self.engine.scenario.telemetry.birth == Birth::Start
    }
}

impl<R: Record> Sampled<'_, '_, R> {
    /// What a scrape finds in a counter of that life.
    fn value(&mut self, series: usize, (mark, scrape): (usize, u32), life: Life) -> f64 {
        let track = &mut self.tracks[series];
        let known = track.marks[mark];
        let from = if known.scrape <= scrape { known } else { Mark::default() };
        let total = from.total + self.engine.counted(track, (from.scrape, scrape));
        track.marks[mark] = Mark { scrape, total };
        let value = match life.from.checked_sub(1) {
            Some(before) => {
                if track.base.scrape != before {
                    let total = self.engine.counted(track, (0, before));
                    track.base = Mark { scrape: before, total };
                }
                total - track.base.total
            }
            None if track.version == OLD => total + self.engine.before(track),
            None => total,
        };
        track.source.sample(value)
    }
}
