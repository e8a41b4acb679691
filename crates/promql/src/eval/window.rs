//! Windows over samples, whose ends move on with the instants of evaluation.

use super::{Context, Node, Slot};
use crate::ast::{At, Shift};
use crate::store::{Samples, SeriesId};
use crate::{Error, Place};

/// The time that an expression looks at: its own, or a fixed one, and earlier by an offset.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    at: Option<At>,
    offset: i64,
}

impl Moment {
    pub(crate) fn new(shift: Shift) -> Self {
        Self { at: shift.at.map(|at| at.0), offset: shift.offset.map_or(0, |it| it.millis) }
    }

    #[inline]
    pub(crate) fn of(self, context: Context<'_>) -> i64 {
        let at = match self.at {
            None => context.at,
            Some(At::Millis(at)) => at,
            Some(At::Start) => context.bounds.0,
            Some(At::End) => context.bounds.1,
        };
        at.saturating_sub(self.offset)
    }
}

/// Where a window begins and ends among samples. It may have been set for other samples: each
/// move checks what it relies on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor {
    low: u32,
    high: u32,
    drop: u32,
}

impl Cursor {
    /// Moves to the samples later than `before` and not later than `end`: a step for each sample
    /// that enters or leaves, if the ends have moved forward.
    #[inline]
    pub(crate) fn advance(&mut self, samples: &Samples, before: i64, end: i64) {
        let times = samples.times();
        let (mut low, mut high) = (self.low as usize, self.high as usize);
        if high > times.len() || (high > 0 && times[high - 1] > end) {
            high = times.partition_point(|&time| time <= end);
        }
        while high < times.len() && times[high] <= end {
            high += 1;
        }
        if low > high || (low > 0 && times[low - 1] > before) {
            low = times[..high].partition_point(|&time| time <= before);
        }
        while low < high && times[low] <= before {
            low += 1;
        }
        (self.low, self.high) = (low as u32, high as u32);
        if !samples.drops().is_empty() {
            self.advance_drops(samples.drops());
        }
    }

    /// Moves to the first drop behind the first sample.
    fn advance_drops(&mut self, drops: &[u32]) {
        let mut drop = self.drop as usize;
        if drop > drops.len() || (drop > 0 && drops[drop - 1] > self.low) {
            drop = drops.partition_point(|&at| at <= self.low);
        }
        while drop < drops.len() && drops[drop] <= self.low {
            drop += 1;
        }
        self.drop = drop as u32;
    }

    /// The newest sample not later than `end`.
    #[inline]
    pub(crate) fn newest(&mut self, samples: &Samples, end: i64) -> Option<(i64, f64)> {
        let times = samples.times();
        let mut high = self.high as usize;
        if high > times.len() || (high > 0 && times[high - 1] > end) {
            high = times.partition_point(|&time| time <= end);
        }
        while high < times.len() && times[high] <= end {
            high += 1;
        }
        self.high = high as u32;
        let newest = high.checked_sub(1)?;
        Some((times[newest], samples.values()[newest]))
    }

    #[inline]
    fn window<'s>(&self, samples: &'s Samples, bounds: (i64, i64)) -> Window<'s> {
        let (low, high) = (self.low as usize, self.high as usize);
        Window { samples, low, high, drop: self.drop as usize, bounds }
    }
}

/// Samples between two instants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window<'s> {
    samples: &'s Samples,
    low: usize,
    high: usize,
    drop: usize,
    /// Where the window begins and ends, in milliseconds.
    pub(crate) bounds: (i64, i64),
}

impl<'s> Window<'s> {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.high - self.low
    }

    #[inline]
    pub(crate) fn times(&self) -> &'s [i64] {
        &self.samples.times()[self.low..self.high]
    }

    #[inline]
    pub(crate) fn values(&self) -> &'s [f64] {
        &self.samples.values()[self.low..self.high]
    }

    /// How many samples are less than the one before.
    pub(crate) fn drops(&self) -> usize {
        self.dropped().count()
    }

    /// The last value before each drop.
    #[inline]
    pub(crate) fn dropped(&self) -> impl Iterator<Item = f64> {
        let drops = self.samples.drops().get(self.drop..).unwrap_or_default();
        let high = self.high;
        let values = self.samples.values();
        let within = drops.iter().map(|&at| at as usize).take_while(move |&at| at < high);
        within.map(move |at| values[at - 1])
    }
}

/// Where the samples of windows come from.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    samples: Stored,
    cursors: Vec<Cursor>,
    range: i64,
    moment: Moment,
    place: Place,
    pub(crate) slots: Vec<Slot>,
    pub(crate) weight: u64,
}

#[derive(Clone, Debug)]
enum Stored {
    Series(Vec<SeriesId>),
    /// An expression at every step, evaluated into samples of its own.
    Steps {
        inner: Box<Node>,
        step: i64,
        samples: Vec<Samples>,
    },
}

impl Source {
    pub(crate) fn series(
        ids: Vec<SeriesId>,
        slots: Vec<Slot>,
        range: i64,
        moment: Moment,
        place: Place,
    ) -> Self {
        let cursors = vec![Cursor::default(); ids.len()];
        let weight = 1 + ids.len() as u64;
        Self { samples: Stored::Series(ids), cursors, range, moment, place, slots, weight }
    }

    pub(crate) fn steps(inner: Node, step: i64, range: i64, moment: Moment, place: Place) -> Self {
        let slots = inner.out.slots.clone();
        let weight = inner.weight;
        let cursors = vec![Cursor::default(); slots.len()];
        let samples = vec![Samples::default(); slots.len()];
        let samples = Stored::Steps { inner: Box::new(inner), step, samples };
        Self { samples, cursors, range, moment, place, slots, weight }
    }

    pub(crate) fn len(&self) -> usize {
        self.cursors.len()
    }

    /// Gets the samples of a window that ends now; where it begins and ends.
    pub(crate) fn prepare(&mut self, context: Context<'_>) -> Result<(i64, i64), Error> {
        let end = self.moment.of(context);
        let start = end.saturating_sub(self.range);
        if let Stored::Steps { inner, step, samples } = &mut self.samples {
            samples.iter_mut().for_each(Samples::clear);
            let before = context.options.before(start);
            // The first multiple of the step that is later.
            let mut at = before.div_euclid(*step).saturating_add(1).saturating_mul(*step);
            let count = (end.saturating_sub(at) / *step).max(0).unsigned_abs();
            let first = context.work.get().saturating_add(count.saturating_mul(inner.weight));
            if first > context.options.work_max {
                context.spend(count.saturating_mul(inner.weight), self.place)?;
            }
            while at <= end {
                context.spend(inner.weight, self.place)?;
                inner.evaluate(context.at(at))?;
                for (slot, value) in inner.out.iter() {
                    // Steps are later and later: nothing is out of order.
                    let _ = samples[slot].push(at, value);
                }
                at = at.saturating_add(*step);
            }
        }
        Ok((start, end))
    }

    /// The window of one slot, after [`Source::prepare`].
    #[inline]
    pub(crate) fn window<'s>(
        &'s mut self,
        slot: usize,
        bounds: (i64, i64),
        context: Context<'s>,
    ) -> Window<'s> {
        let samples = match &self.samples {
            Stored::Series(ids) => context.store.samples(ids[slot]),
            Stored::Steps { samples, .. } => &samples[slot],
        };
        let cursor = &mut self.cursors[slot];
        cursor.advance(samples, context.options.before(bounds.0), bounds.1);
        cursor.window(samples, bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_finds_the_same_window_wherever_it_was() {
        let mut samples = Samples::default();
        for (at, value) in [(10, 5.0), (20, 3.0), (30, 4.0), (40, 1.0), (50, 2.0)] {
            samples.push(at, value).expect("in order");
        }
        let ends = [(0, 25), (10, 40), (45, 60), (5, 30), (60, 70), (0, 0), (-5, 100)];
        let mut moved = Cursor { low: 9, high: 9, drop: 9 };
        for (before, end) in ends {
            moved.advance(&samples, before, end);
            let window = moved.window(&samples, (before, end));
            let within = |time: &&i64| **time > before && **time <= end;
            let expected: Vec<_> = samples.times().iter().filter(within).copied().collect();
            assert_eq!(window.times(), expected, "after {before}, until {end}");
            let drops = window.values().windows(2).filter(|pair| pair[1] < pair[0]);
            let before_drops: Vec<_> = drops.map(|pair| pair[0]).collect();
            assert_eq!(window.dropped().collect::<Vec<_>>(), before_drops);
            assert_eq!(window.drops(), before_drops.len());
            assert_eq!(window.len(), expected.len());
        }
    }
}
