//! How much slower pods are because they are fresh: kept, because every change within a tick asks
//! again for every pod that became ready lately.

use std::cell::Cell;

use chance::math;
use clockwork::Instant;

use crate::fleet::Cold;

const WAYS: usize = 64;

/// A pod that became ready then, at a time in seconds, and the logarithm of how many times as long
/// it takes.
type Entry = (Instant, f64, f64);

/// The latest answers. They depend on nothing but what they are kept by and the one `Cold` of the
/// scenario.
#[derive(Clone, Debug)]
pub(super) struct Coldness([Cell<Entry>; WAYS]);

impl Default for Coldness {
    fn default() -> Self {
        Self([const { Cell::new((Instant::ZERO, f64::NAN, 0.0)) }; WAYS])
    }
}

impl Coldness {
    /// The logarithm of how many times as long a pod takes at a time that became ready then.
    pub(super) fn ln(&self, cold: Cold, at: f64, ready: Instant) -> f64 {
        let since = ready.since_start();
        let age = (at - since.as_secs_f64()).max(0.0);
        if age >= cold.warm_after() {
            return 0.0;
        }
        let place = &self.0[(since.micros() >> 10) as usize % WAYS];
        let (of, when, ln) = place.get();
        if (of, when) == (ready, at) {
            return ln;
        }
        let ln = math::ln(cold.at(age));
        place.set((ready, at, ln));
        ln
    }
}
