//! Which Prometheus a query is evaluated as, and how much it may do.

/// What differs between versions and settings of Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a sample stands for its series, in milliseconds; 5 minutes by default.
    pub lookback: i64,
    /// The step of subqueries that say none, in milliseconds: the global evaluation interval, one
    /// minute by default.
    pub subquery_step: i64,
    /// Whether windows and the lookback contain the instant at which they begin. Until 2.x they
    /// did; since 3.0 they do not.
    pub is_left_closed: bool,
    /// Whether extrapolation below zero is limited before the distance to the first sample is
    /// compared with the mean interval (until 2.50) or after it.
    pub clamps_to_zero_first: bool,
    /// Whether metric names are dropped at the end only (`promql-delayed-name-removal`).
    pub drops_names_late: bool,
    /// How many values one evaluation may look at before it is refused, as `query.max-samples`.
    pub work_max: u64,
}

impl Options {
    /// Prometheus 3.0 and later, with its defaults.
    pub const V3: Self = Self {
        lookback: 300_000,
        subquery_step: 60_000,
        is_left_closed: false,
        clamps_to_zero_first: false,
        drops_names_late: false,
        work_max: 50_000_000,
    };

    /// Prometheus 2.x up to 2.50.
    pub const V2: Self = Self { is_left_closed: true, clamps_to_zero_first: true, ..Self::V3 };

    /// The last millisecond before a window that begins at `start`.
    #[inline]
    pub(crate) fn before(&self, start: i64) -> i64 {
        start.saturating_sub(i64::from(self.is_left_closed))
    }
}

impl Default for Options {
    fn default() -> Self {
        Self::V3
    }
}
