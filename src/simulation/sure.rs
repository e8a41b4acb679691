//! What is as good as sure of the counts of a window before one of them is drawn.
//!
//! A count is the sum of Poisson counts whose means follow from what was drawn before, so
//! Chernoff's bound holds for it in whatever way it is drawn later: a count of mean `m` lies below
//! `m - sqrt(2 k m)` with a probability of at most `exp(-k)`, and above
//! `m + k/3 + sqrt(k^2/9 + 2 k m)` as well (Bernstein's form of it). With `k = 45` that is less
//! than `3e-20`, so a replication of ten thousand readings is told wrongly less than once in
//! `1e15`. Counts of even arrivals are binomial and vary less.

use chance::math::sqrt;

use super::engine::Engine;
use super::grid::Grid;
use super::law::{BASELINE, CELLS, DEFECT, MIDDLE, Note, ROLLOUT, SLOW, STREAMS, stream};
use super::record::Record;
use super::skip::versions;
use crate::gate::{Bounds, Cells, Gate, Tally};
use chance::ticks::Piece;

/// The logarithm of the chance, less its sign, that is taken for none.
const SURE: f64 = 45.0;

/// A count of this mean is at least this.
fn least(mean: f64) -> u64 {
    (mean - sqrt(2.0 * SURE * mean)).max(0.0) as u64
}

/// A count of this mean is at most this.
fn most(mean: f64) -> u64 {
    let third = SURE / 3.0;
    (mean + third + sqrt(third * third + 2.0 * SURE * mean)) as u64 + 1
}

/// The parts that kinds of requests are of all requests: at most, in any tick of a block.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    failed: f64,
    middle: f64,
    slow: f64,
    beyond: f64,
    /// What is not answered within T.
    late: f64,
}

impl Parts {
    fn of(
        grid: &Grid,
        piece: &Piece<STREAMS, Note>,
        gate: &Gate,
        limit: Option<(usize, usize)>,
        all: f64,
    ) -> Self {
        let mut parts = Self::default();
        for version in versions(gate.metric.of()) {
            let rate = |cell: usize| piece.rate[stream(version, cell)] / all;
            let failed = rate(BASELINE) + rate(ROLLOUT) + rate(DEFECT);
            parts.failed += failed;
            parts.middle += rate(MIDDLE);
            parts.slow += rate(SLOW);
            parts.late += failed + rate(MIDDLE) + rate(SLOW);
            if let Some((limit, class)) = limit {
                let slower: f64 = (SLOW..class).map(rate).sum();
                parts.beyond += slower + grid.beyond(piece, version, limit) / all;
            }
        }
        parts
    }

    fn max(self, other: Self) -> Self {
        Self {
            failed: self.failed.max(other.failed),
            middle: self.middle.max(other.middle),
            slow: self.slow.max(other.slow),
            beyond: self.beyond.max(other.beyond),
            late: self.late.max(other.late),
        }
    }
}

impl<R: Record> Engine<'_, R> {
    /// What is sure of every window of at least `width` ticks in a block whose first one begins at
    /// its start; nothing where there may be a tick without requests among others.
    pub(super) fn sure(&self, gate: &Gate, (from, to): (u32, u32), width: u32) -> Option<Bounds> {
        let limit = gate.metric.limit().map(|_| self.limit_of(gate));
        let limit = limit.map(|limit| (limit, self.limits.class(limit)));
        let (mut fewest, mut parts, mut idle) = (f64::INFINITY, Parts::default(), 0);
        let mut broken = false;
        self.grid.ticks.visit_means(from, to, |ticks, piece| {
            let all: f64 = versions(gate.metric.of())
                .map(|version| {
                    piece.rate[stream(version, 0)..stream(version, CELLS)].iter().sum::<f64>()
                })
                .sum();
            if all > 0.0 {
                fewest = fewest.min(all);
                parts = parts.max(Parts::of(&self.grid, piece, gate, limit, all));
            } else if fewest.is_finite() {
                broken = true;
            } else {
                idle += ticks;
            }
        });
        if broken || idle >= width {
            return None;
        }
        // A window with more requests has smaller shares of both for certain.
        let mean = fewest * f64::from(width - idle);
        Some(self.between(gate, mean, parts))
    }

    fn between(&self, gate: &Gate, mean: f64, parts: Parts) -> Bounds {
        let Cells { failed, middle, slow, beyond } = gate.metric.upper();
        let high = |asked: bool, part: f64| if asked { most(mean * part) } else { 0 };
        Bounds {
            low: Tally {
                requests: least(mean),
                fast: least(mean * (1.0 - parts.late).max(0.0)),
                ..Tally::default()
            },
            high: Tally {
                failed: high(failed, parts.failed),
                middle: high(middle, parts.middle),
                slow: high(slow, parts.slow),
                beyond: high(beyond, parts.beyond),
                ..Tally::default()
            },
            seconds: f64::from(gate.window) * self.scenario.tick.as_secs_f64(),
        }
    }
}
