//! When a metric is measured next.

use clockwork::{Instant, Span};

use super::metric::Metric;
use super::run::Measured;

/// From an error to the next attempt, whatever the interval.
///
/// Source: `DefaultErrorRetryInterval`.
pub const ERROR_RETRY: Span = Span::from_secs(10);

/// What a metric needs now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// A new measurement.
    Measure,
    /// The measurement that is under way is looked at again.
    Resume,
}

/// What a metric needs now, if anything. `started` is the start of the run, if it has started.
///
/// Source: `generateMetricTasks`.
pub(super) fn task(
    metric: &Metric,
    measured: Option<&Measured>,
    started: Option<Instant>,
    is_terminating: bool,
    now: Instant,
) -> Option<Task> {
    if measured.is_some_and(|it| it.phase.is_completed()) {
        return None;
    }
    let last = measured.and_then(|it| it.last);
    if let Some(last) = last
        && last.finished.is_none()
    {
        let is_early = last.resume.is_some_and(|resume| resume > now);
        return (!is_early).then_some(Task::Resume);
    }
    if is_terminating {
        return None;
    }
    let due = match measured.zip(last).and_then(|(it, last)| Some((it, last, last.finished?))) {
        None => match metric.initial_delay {
            Some(delay) => started? + delay <= now,
            None => true,
        },
        Some((it, last, finished)) => {
            !is_counted_out(metric, it) && now > finished + interval(metric, last.phase.is_error())
        }
    };
    due.then_some(Task::Measure)
}

/// When a metric wants to be looked at again, if by itself.
///
/// Source: `calculateNextReconcileTime`.
pub(super) fn wake(
    metric: &Metric,
    measured: Option<&Measured>,
    started: Option<Instant>,
) -> Option<Instant> {
    if measured.is_some_and(|it| it.phase.is_completed()) {
        return None;
    }
    let Some((it, last)) = measured.and_then(|it| Some((it, it.last?))) else {
        return Some(started? + metric.initial_delay?);
    };
    match last.finished {
        None => last.resume,
        Some(_) if is_counted_out(metric, it) => None,
        Some(finished) => Some(finished + interval(metric, last.phase.is_error())),
    }
}

fn is_counted_out(metric: &Metric, measured: &Measured) -> bool {
    metric.effective_count().is_some_and(|count| measured.counters.count >= count)
}

/// From the end of a measurement to the next one.
fn interval(metric: &Metric, was_error: bool) -> Span {
    metric.interval.filter(|_| !was_error).unwrap_or(ERROR_RETRY)
}
