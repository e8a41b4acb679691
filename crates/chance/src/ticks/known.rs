//! Counts that are known already.

/// The count of a node, and of which tile that is true, in one word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known(u64);

impl Known {
    /// Counts from here on are drawn again instead of being kept.
    const COUNT_BITS: u32 = 40;
    /// The last serial number of a tile that fits.
    pub(super) const SERIAL_MAX: u32 = (1 << (64 - Self::COUNT_BITS)) - 1;

    #[inline]
    pub(super) fn new(serial: u32, count: u64) -> Self {
        let fits = count >> Self::COUNT_BITS == 0;
        Self(if fits { u64::from(serial) << Self::COUNT_BITS | count } else { 0 })
    }

    #[inline]
    pub(super) fn of(self, serial: u32) -> Option<u64> {
        (self.0 >> Self::COUNT_BITS == u64::from(serial))
            .then_some(self.0 & ((1 << Self::COUNT_BITS) - 1))
    }
}
