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
    let mut result = values[last] - values[0];
    if difference != Difference::Delta {
        for dropped in window.dropped() {
            result += dropped;
        }
    }
    let ends = Ends {
        first: (times[0], values[0]),
        last: (times[last], values[last]),
        steps: last as u32,
    };
    Some(stretched(difference, result, ends, window.bounds, options).0)
}

/// The first and the last sample of a window, times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ends {
    /// The first sample.
    pub first: (i64, f64),
    /// The last sample, which is another one.
    pub last: (i64, f64),
    /// How many samples come after the first.
    pub steps: u32,
}

/// What has been counted between the ends, extrapolated; and whether that was limited by zero.
#[inline]
pub(crate) fn stretched(
    difference: Difference,
    result: f64,
    ends: Ends,
    (start, end): (i64, i64),
    options: &Options,
) -> (f64, bool) {
    let Ends { first, last, steps } = ends;
    let is_counter = difference != Difference::Delta;
    let seconds = |millis: i64| millis as f64 / 1000.0;
    let mut to_start = seconds(first.0 - start);
    let mut to_end = seconds(end - last.0);
    let sampled = seconds(last.0 - first.0);
    let interval = sampled / f64::from(steps);
    let threshold = interval * THRESHOLD;
    let to_zero = if is_counter && result > 0.0 && first.1 >= 0.0 {
        sampled * (first.1 / result)
    } else {
        f64::INFINITY
    };
    let mut is_limited = options.clamps_to_zero_first && to_zero < to_start;
    if is_limited {
        to_start = to_zero;
    }
    if to_start >= threshold {
        to_start = interval / 2.0;
    }
    if !options.clamps_to_zero_first && to_zero < to_start {
        to_start = to_zero;
        is_limited = true;
    }
    if to_end >= threshold {
        to_end = interval / 2.0;
    }
    let mut factor = (sampled + to_start + to_end) / sampled;
    if difference == Difference::Rate {
        factor /= seconds(end - start);
    }
    (result * factor, is_limited)
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
