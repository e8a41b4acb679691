//! A quantile of the response time.

use clockwork::Span;

use super::{Bound, Bounds, Cells, Judge, SlowShare, Subject, SubjectDoc, Window};
use crate::document::{record, word};
use crate::units::Share;

record! {
    /// A quantile of the response time.
    pub struct LatencyDoc {
        /// Which quantile.
        quantile: QuantileDoc = "p99",
        /// Whose requests.
        of: SubjectDoc = "new",
    }
}

word! {
    /// A quantile that people look at.
    pub enum QuantileDoc {
        /// The median.
        p50 => P50,
        /// 90 %.
        p90 => P90,
        /// 95 %.
        p95 => P95,
        /// 99 %.
        p99 => P99,
        /// 99.9 %.
        "p99.9" => P999,
    }
}

impl QuantileDoc {
    /// The share of responses that are faster.
    pub fn share(self) -> Share {
        let permille = match self {
            Self::P50 => 500,
            Self::P90 => 900,
            Self::P95 => 950,
            Self::P99 => 990,
            Self::P999 => 999,
        };
        Share::from_parts(permille * (Share::ONE.parts() / 1000)).unwrap_or(Share::ONE)
    }
}

/// A quantile of the response time against a limit.
///
/// "p99 over T" is a count: more than `n - ceil(0.99 n)` of the `n` requests are slower than T,
/// which is the same as more than 1 % of them. No quantile is ever estimated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Latency {
    /// The quantile: 50 %, 90 %, 99 %.
    pub quantile: Share,
    slow: SlowShare,
}

impl Latency {
    /// The gate that fails when the quantile of the response time is over `limit`.
    pub fn new(quantile: Share, of: Subject, limit: Span) -> Self {
        let bound = Bound::Over(quantile.complement());
        Self { quantile, slow: SlowShare { of, than: limit, bound } }
    }
}

impl Judge for Latency {
    fn of(&self) -> Subject {
        self.slow.of
    }

    fn limit(&self) -> Option<f64> {
        self.slow.limit()
    }

    fn upper(&self) -> Cells {
        self.slow.upper()
    }

    fn can_fail(&self, bounds: &Bounds) -> bool {
        self.slow.can_fail(bounds)
    }

    fn fails(&self, window: &Window) -> bool {
        self.slow.fails(window)
    }

    fn reading(&self, window: &Window) -> (f64, f64) {
        self.slow.reading(window)
    }
}
