//! Random queries, the same for the same seed; random series stand beside them.

pub(crate) mod queries;

/// Metrics of counters.
pub(crate) const COUNTERS: [&str; 2] = ["requests_total", "errors_total"];
/// Metrics of gauges.
pub(crate) const GAUGES: [&str; 2] = ["memory_bytes", "up"];
/// A metric of buckets.
pub(crate) const BUCKETS: &str = "latency_bucket";

/// A stream of 64-bit words (`SplitMix64`, Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next word.
    pub(crate) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below another, which is not zero.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        (self.word() % most as u64) as usize
    }

    /// Whether something of this chance in a hundred happens.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of some things.
    pub(crate) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }
}
