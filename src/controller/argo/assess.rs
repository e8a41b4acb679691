//! What a metric comes to.

use std::fmt;

use super::counters::Counters;
use super::metric::Metric;
use super::phase::Phase;

/// What a metric comes to, and by which limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// What it comes to.
    pub phase: Phase,
    /// The limit that was passed, if one was.
    pub limit: Option<Passed>,
}

/// A limit that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// What was counted.
    pub counted: &'static str,
    /// How often.
    pub times: u32,
    /// The limit's name.
    pub limit: &'static str,
    /// The limit.
    pub allowed: u32,
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { counted, times, limit, allowed } = self;
        write!(f, "{counted} ({times}) > {limit} ({allowed})")
    }
}

impl Assessment {
    const fn plain(phase: Phase) -> Self {
        Self { phase, limit: None }
    }
}

/// What a metric that is not completed comes to. `last` is its last measurement, and a run that is
/// terminating takes no more. Of several limits that are passed the later one of failures,
/// inconclusive measurements and errors decides.
///
/// Source: `assessMetricStatus`.
pub fn assess(
    metric: &Metric,
    counters: Counters,
    last: Option<Phase>,
    is_terminating: bool,
) -> Assessment {
    let Some(last) = last else {
        let phase = if is_terminating { Phase::Successful } else { Phase::Pending };
        return Assessment::plain(phase);
    };
    if !last.is_completed() {
        return Assessment::plain(Phase::Running);
    }
    if let Some((phase, passed)) = passed(metric, counters) {
        return Assessment { phase, limit: Some(passed) };
    }
    let enough = metric.consecutive_success_limit;
    if enough > 0 && counters.consecutive_success >= enough {
        return Assessment::plain(Phase::Successful);
    }
    if metric.effective_count().is_some_and(|count| counters.count >= count) {
        return Assessment::plain(match (metric.failure_limit, enough) {
            (_, 0) => Phase::Successful,
            (None, _) => Phase::Failed,
            (Some(_), _) => Phase::Inconclusive,
        });
    }
    Assessment::plain(if is_terminating { Phase::Successful } else { Phase::Running })
}

/// The last of the limits that was passed.
fn passed(metric: &Metric, counters: Counters) -> Option<(Phase, Passed)> {
    let limits = [
        (Phase::Failed, "failed", counters.failed, "failureLimit", metric.failure_limit),
        (
            Phase::Inconclusive,
            "inconclusive",
            counters.inconclusive,
            "inconclusiveLimit",
            Some(metric.inconclusive_limit),
        ),
        (
            Phase::Error,
            "consecutiveErrors",
            counters.consecutive_error,
            "consecutiveErrorLimit",
            Some(metric.consecutive_error_limit),
        ),
    ];
    limits.into_iter().rev().find_map(|(phase, counted, times, limit, allowed)| {
        let allowed = allowed.filter(|allowed| times > *allowed)?;
        Some((phase, Passed { counted, times, limit, allowed }))
    })
}
