//! `rate`, `increase` and `delta`: what a window shows, extrapolated to its ends.

use super::window::Window;
use crate::Options;

/// Beyond so many mean intervals the series is taken to begin or to end within the window.
const THRESHOLD: f64 = 1.1;

/// Which difference of a window is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// Per second, of a counter.
    Rate,
    /// Of a counter.
    Increase,
    /// Of a gauge.
    Delta,
}

/// The difference between the last and the first sample, extrapolated over the window.
///
/// A counter that falls was reset, and what it had counted is added. Either side is extrapolated
/// up to the window's end, or by half a mean interval if that end is further than 1.1 of them. A
/// counter is not extrapolated to before it was zero (Prometheus `promql/functions.go`).
#[inline]
pub(crate) fn extrapolated(
    difference: Difference,
    window: &Window<'_>,
    options: &Options,
) -> Option<f64> {
    let (times, values) = (window.times(), window.values());
    let last = times.len().checked_sub(1).filter(|&last| last > 0)?;
    let is_counter = difference != Difference::Delta;
    let mut result = values[last] - values[0];
    if is_counter {
        for dropped in window.dropped() {
            result += dropped;
        }
    }
    let seconds = |millis: i64| millis as f64 / 1000.0;
    let (start, end) = window.bounds;
    let mut to_start = seconds(times[0] - start);
    let mut to_end = seconds(end - times[last]);
    let sampled = seconds(times[last] - times[0]);
    let interval = sampled / last as f64;
    let threshold = interval * THRESHOLD;
    let to_zero = if is_counter && result > 0.0 && values[0] >= 0.0 {
        sampled * (values[0] / result)
    } else {
        f64::INFINITY
    };
    if options.clamps_to_zero_first && to_zero < to_start {
        to_start = to_zero;
    }
    if to_start >= threshold {
        to_start = interval / 2.0;
    }
    if !options.clamps_to_zero_first && to_zero < to_start {
        to_start = to_zero;
    }
    if to_end >= threshold {
        to_end = interval / 2.0;
    }
    let mut factor = (sampled + to_start + to_end) / sampled;
    if difference == Difference::Rate {
        factor /= seconds(end - start);
    }
    Some(result * factor)
}

/// `irate` and `idelta`: the last two samples alone.
pub(crate) fn instantaneous(is_rate: bool, window: &Window<'_>) -> Option<f64> {
    let (times, values) = (window.times(), window.values());
    let last = times.len().checked_sub(1).filter(|&last| last > 0)?;
    let (before, value) = (values[last - 1], values[last]);
    let difference = if is_rate && value < before { value } else { value - before };
    let seconds = (times[last] - times[last - 1]) as f64 / 1000.0;
    Some(if is_rate { difference / seconds } else { difference })
}
