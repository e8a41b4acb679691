//! What pods that wear out do in a day in which nobody interferes.

use chance::{Continuous, math};
use clockwork::{Instant, Span};

use super::DAY;
use super::day::{Day, Responses};
use crate::fault::{End, Wear};
use crate::fleet::{CrashLoop, overload, stretch};
use crate::scenario::Scenario;

/// Parts of what a pod uses up in which it counts as equally slow.
const PARTS: usize = 16;
/// Loads at which that is looked at; between them it is interpolated.
const LOADS: usize = 5;

/// Pods that all wear out together, from `onset` to the end of the day: the seconds of mean
/// traffic that fail or are too slow.
pub(super) fn harm(s: &Scenario, rate: f64, day: &Day, wear: &Wear, onset: f64) -> f64 {
    let each = rate / f64::from(s.fleet.replicas);
    let wears = |load: f64| wear.per_second + wear.per_request * each * load;
    if wears(1.0) <= 0.0 {
        return 0.0;
    }
    let response = {
        let latency = s.baseline.latency;
        math::exp(latency.mu + latency.sigma * latency.sigma / 2.0)
    };
    let full = match wear.end {
        End::Killed => 1.0,
        End::Stalled { .. } => (1.0 - each * response / s.fleet.pool).max(0.0),
    };
    let slow = Slow::of(s, rate, day, wear);
    let restart = s.fleet.restart.quantile(0.5);
    let (mut now, mut harm) = (onset, 0.0);
    let mut waits = CrashLoop::default();
    while now < DAY {
        let exit = run(day, &slow, wears, (now, full), &mut harm);
        if exit >= DAY {
            break;
        }
        let dead = match wear.end {
            End::Stalled { restart: None } => DAY - exit,
            End::Stalled { restart: Some(after) } => after.as_secs_f64(),
            End::Killed => 0.0,
        };
        let at = Instant::ZERO + Span::from_secs_f64(exit + dead);
        let up = waits.start_after(at).since_start().as_secs_f64() + restart;
        harm += day.between(exit, up.min(DAY));
        now = up.max(now + 1.0);
    }
    harm
}

/// One run from fresh to used up, or to the end of the day; says when it ends.
fn run(
    day: &Day,
    slow: &Slow,
    wears: impl Fn(f64) -> f64,
    (from, full): (f64, f64),
    harm: &mut f64,
) -> f64 {
    let (mut at, mut used) = (from, 0.0);
    while at < DAY {
        let (over, load) = day.hour(at);
        let rate = wears(load);
        let exit = at + (full - used) / rate;
        let until = exit.min(over);
        let then = if exit <= over { full } else { used + rate * (until - at) };
        *harm += (slow.until(load, then) - slow.until(load, used)) / rate;
        (at, used) = (until, then);
        if exit <= over {
            return exit;
        }
    }
    DAY
}

/// The share of the traffic that is too slow because of what is used up, added up from a fresh
/// pod on; by load.
struct Slow {
    sums: [[f64; PARTS + 1]; LOADS],
    lowest: f64,
    step: f64,
}

impl Slow {
    fn of(s: &Scenario, rate: f64, day: &Day, wear: &Wear) -> Self {
        let [lowest, highest] = day.range();
        let step = (highest - lowest) / (LOADS - 1) as f64;
        let mut sums = [[0.0; PARTS + 1]; LOADS];
        if wear.drag == 0.0 {
            return Self { sums, lowest, step };
        }
        let usual = rate / (f64::from(s.fleet.replicas) * s.fleet.per_pod);
        let responses = Responses::of(s);
        let late = |busy: f64| {
            move |slower: f64, responses: &Responses| {
                let stretch = stretch(busy * slower, s.fleet.utilisation);
                let lost = overload(busy * slower);
                lost + (1.0 - lost) * responses.late(math::ln(stretch * slower))
            }
        };
        let loads = if step > 0.0 { LOADS } else { 1 };
        for (index, sums) in sums[..loads].iter_mut().enumerate() {
            let load = lowest + step * index as f64;
            for part in 0..PARTS {
                let used = (part as f64 + 0.5) / PARTS as f64;
                let more = day.mean(load, |load| {
                    let late = late(load * usual);
                    late(wear.slowdown(used), &responses) - late(1.0, &responses)
                });
                sums[part + 1] = sums[part] + load * more / PARTS as f64;
            }
        }
        Self { sums, lowest, step }
    }

    /// Until so much is used up, at a load.
    fn until(&self, load: f64, used: f64) -> f64 {
        let part = (used.min(1.0) * PARTS as f64).min(PARTS as f64 - 1e-9);
        let (below, into) = (part as usize, part.fract());
        let at = |index: usize| {
            let sums = &self.sums[index];
            sums[below] + into * (sums[below + 1] - sums[below])
        };
        if self.step <= 0.0 {
            return at(0);
        }
        let place = ((load - self.lowest) / self.step).clamp(0.0, (LOADS - 1) as f64 - 1e-9);
        let (index, into) = (place as usize, place.fract());
        at(index) + into * (at(index + 1) - at(index))
    }
}
