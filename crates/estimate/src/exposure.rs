//! How many requests meet a bad change before it is found, in closed form.

use crate::thresholds::trip_probability;
use chance::math::exp_m1;

/// One stage of a staged trial.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stage {
    /// The trial's share of the traffic, 0 to 1.
    pub share: f64,
    /// How many evaluations the stage lasts.
    pub evaluations: u64,
}

/// A staged trial judged by an error-ratio gate with a cumulative failure limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Staged<'a> {
    /// The stages in order.
    pub stages: &'a [Stage],
    /// All traffic, in requests per second.
    pub rps: f64,
    /// The time between evaluations, in seconds; each judges the requests since the last.
    pub interval: f64,
    /// The error ratio of the trial, 0 to 1.
    pub error_ratio: f64,
    /// The error ratio above which an evaluation fails.
    pub threshold: f64,
    /// The trial aborts when more than this many evaluations have failed.
    pub failure_limit: usize,
}

/// What a staged trial is expected to cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// The probability that it aborts.
    pub detection: f64,
    /// The mean number of requests served by the trial until it aborts or ends.
    pub requests: f64,
    /// The mean number of those that failed.
    pub errors: f64,
    /// The mean time until it aborts or ends, in seconds.
    pub seconds: f64,
}

impl Staged<'_> {
    /// The expected exposure, by dynamic programming over the number of failed evaluations.
    pub fn exposure(&self) -> Exposure {
        // The chance of each number of failures so far, while the trial goes on.
        let mut failures = vec![0.0; self.failure_limit + 1];
        failures[0] = 1.0;
        let (mut going, mut requests, mut seconds) = (1.0, 0.0, 0.0);
        for stage in self.stages {
            let judged = stage.share * self.rps * self.interval;
            let q = trip_probability(judged.round() as u64, self.error_ratio, self.threshold);
            for _ in 0..stage.evaluations {
                requests += going * judged;
                seconds += going * self.interval;
                for failed in (1..failures.len()).rev() {
                    failures[failed] = failures[failed] * (1.0 - q) + failures[failed - 1] * q;
                }
                failures[0] *= 1.0 - q;
                going = failures.iter().sum();
            }
        }
        let errors = requests * self.error_ratio;
        Exposure { detection: 1.0 - going, requests, errors, seconds }
    }
}

/// Requests served by a trial whose share rises linearly from 0 to 1 over `ramp` seconds and
/// that is found after `detected` seconds: `R D^2 / (2 T)`, or `R T / 2 + R (D - T)` past the end.
pub fn ramp_exposure(rps: f64, ramp: f64, detected: f64) -> f64 {
    if detected <= ramp {
        rps * detected * detected / (2.0 * ramp)
    } else {
        rps * (detected - ramp / 2.0)
    }
}

/// The share such a trial reaches before it is found, 0 to 1.
pub fn ramp_peak(ramp: f64, detected: f64) -> f64 {
    (detected / ramp).min(1.0)
}

/// The mean exposure of a linear ramp when the time of detection is exponential with this mean, in
/// seconds: `R mu^2 / T (1 - e^(-T / mu))`.
pub fn ramp_exposure_memoryless(rps: f64, ramp: f64, mean_detection: f64) -> f64 {
    -rps * mean_detection * mean_detection / ramp * exp_m1(-ramp / mean_detection)
}

/// Requests served by the new members of a group in which `batch` of `members` are replaced every
/// `step` seconds, the first at once, and that is found after `detected` seconds.
pub fn rolling_exposure(rps: f64, members: u64, batch: u64, step: f64, detected: f64) -> f64 {
    let batches = members.div_ceil(batch);
    let share = |j: u64| (j * batch).min(members) as f64 / members as f64;
    let lasts = |j: u64| {
        let begins = (j - 1) as f64 * step;
        let left = (detected - begins).max(0.0);
        // The last batch completes the change, and then everyone is on the new side.
        if j == batches { left } else { left.min(step) }
    };
    rps * (1..=batches).map(|j| share(j) * lasts(j)).sum::<f64>()
}

/// Seconds until a trailing error ratio over `window` seconds crosses `threshold` after the error
/// ratio steps from `p0` to `p1` at a constant rate: `W (t - p0) / (p1 - p0)`, or `None` when it
/// never does.
pub fn window_crossing(p0: f64, p1: f64, threshold: f64, window: f64) -> Option<f64> {
    (p0 < p1 && threshold < p1).then(|| (window * (threshold - p0) / (p1 - p0)).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(left: f64, right: f64) {
        assert!((left / right - 1.0).abs() < 1e-9, "{left} is not {right}");
    }

    #[test]
    fn a_short_trial_often_escapes() {
        let exposure = Staged {
            stages: &[Stage { share: 0.1, evaluations: 5 }],
            rps: 50.0,
            interval: 60.0,
            error_ratio: 0.05,
            threshold: 0.05,
            failure_limit: 1,
        }
        .exposure();
        close(exposure.detection, 0.7158753084740759);
        close(exposure.requests, 1150.7817736875254);
        close(exposure.errors, 57.53908868437628);
        close(exposure.seconds, 230.1563547375051);
    }

    #[test]
    fn linear_ramps() {
        close(ramp_exposure(1000.0, 3600.0, 300.0), 12500.0);
        close(ramp_exposure(100.0, 600.0, 900.0), 60000.0);
        close(ramp_peak(3600.0, 300.0), 1.0 / 12.0);
        close(ramp_peak(600.0, 900.0), 1.0);
        close(ramp_exposure_memoryless(100.0, 600.0, 60.0), 599.9727600421425);
        close(ramp_exposure_memoryless(100.0, 600.0, 600.0), 37927.23352971346);
    }

    #[test]
    fn rolling_updates() {
        close(rolling_exposure(10.0, 100, 25, 45.0, 1000.0), 9325.0);
        close(rolling_exposure(10.0, 100, 25, 45.0, 60.0), 10.0 * (0.25 * 45.0 + 0.5 * 15.0));
    }

    #[test]
    fn trailing_windows() {
        close(window_crossing(0.001, 0.02, 0.01, 300.0).expect("above"), 142.10526315789477);
        assert_eq!(window_crossing(0.001, 0.009, 0.01, 300.0), None);
        assert_eq!(window_crossing(0.02, 0.03, 0.01, 300.0), Some(0.0));
    }
}
