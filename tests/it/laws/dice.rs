//! Raw numbers turned into choices: the first choice for a zero, so that smaller numbers are
//! simpler scenarios.

/// Raw numbers that are used up one after the other; after the last one all are zero.
pub(super) struct Dice<'a> {
    raw: std::slice::Iter<'a, u32>,
}

impl<'a> Dice<'a> {
    pub(super) fn new(raw: &'a [u32]) -> Self {
        Self { raw: raw.iter() }
    }

    fn next(&mut self) -> u64 {
        self.raw.next().copied().map_or(0, u64::from)
    }

    /// One of several.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.next() as usize % choices.len()]
    }

    /// A number from `low` to `high`.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// True in so many of a hundred cases, and never for a zero.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 >= 100 - percent
    }
}
