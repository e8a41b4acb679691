//! The load of a day and how fast the pods of a version answer, as far as the truth needs them.

use chance::math;

use super::DAY;
use crate::scenario::Scenario;
use crate::simulation::world::World;
use crate::traffic::Shape;

/// Parts of a day in which the load counts as the same.
pub(super) const HOURS: usize = 24;
const HOUR: f64 = DAY / HOURS as f64;
/// Points that stand for the random change of a load, with and without a shape of the day.
const COARSE: usize = 6;
const FINE: usize = 16;
/// Deviations up to which it is looked at.
const FAR: f64 = 3.0;

/// The load of the 24 hours after the start of a change.
pub(super) struct Day {
    shape: Shape,
    /// Seconds after midnight at which it starts.
    start: f64,
    /// Mean load of each hour, as a multiple of the mean of the day.
    hours: [f64; HOURS],
    /// Random change about that: weights and multiples with mean one.
    modulation: ([(f64, f64); FINE], usize),
}

impl Day {
    pub(super) fn of(scenario: &Scenario, world: &World) -> Self {
        let (shape, start) = (scenario.traffic.shape, world.start);
        let mut hours = [1.0; HOURS];
        if shape != Shape::Constant {
            for (index, load) in hours.iter_mut().enumerate() {
                let from = start + HOUR * index as f64;
                *load = shape.mean_between(from, from + HOUR);
            }
        }
        // A load that goes up and down anyway needs fewer of them.
        let parts = if shape == Shape::Constant { FINE } else { COARSE };
        let mut modulation = ([(1.0, 1.0); FINE], 1);
        if let Some(wander) = scenario.traffic.modulation {
            modulation.1 = parts;
            lognormal(wander.sd, &mut modulation.0[..parts]);
        }
        Self { shape, start, hours, modulation }
    }

    /// Whether every hour has the same load.
    pub(super) fn is_even(&self) -> bool {
        self.shape == Shape::Constant
    }

    /// The lowest and the highest load of an hour.
    pub(super) fn range(&self) -> [f64; 2] {
        let lowest = self.hours.iter().copied().fold(f64::INFINITY, f64::min);
        [lowest, self.hours.iter().copied().fold(0.0, f64::max)]
    }

    /// The hour that a time belongs to: when it is over, and its load.
    pub(super) fn hour(&self, at: f64) -> (f64, f64) {
        if self.is_even() {
            return (DAY, 1.0);
        }
        let index = ((at / HOUR) as usize).min(HOURS - 1);
        (HOUR * (index + 1) as f64, self.hours[index])
    }

    /// When the hours end.
    pub(super) fn borders(&self) -> impl Iterator<Item = f64> {
        let hours = if self.is_even() { 0 } else { HOURS };
        (0..hours).map(|index| HOUR * index as f64)
    }

    /// What arrives between two times, in seconds of the mean load.
    pub(super) fn between(&self, from: f64, to: f64) -> f64 {
        if to <= from {
            return 0.0;
        }
        (to - from) * self.shape.mean_between(self.start + from, self.start + to)
    }

    /// When so much has arrived, in seconds of the mean load; the end of the day if it does not.
    pub(super) fn when(&self, arrived: f64) -> f64 {
        let (mut at, mut left) = (0.0, arrived);
        while at < DAY {
            let (over, load) = self.hour(at);
            if left < (over - at) * load {
                return at + left / load;
            }
            left -= (over - at) * load;
            at = over;
        }
        DAY
    }

    /// The mean over the random change of a load of what `harm` says of it, by requests.
    pub(super) fn mean(&self, load: f64, harm: impl Fn(f64) -> f64) -> f64 {
        let (parts, len) = &self.modulation;
        parts[..*len].iter().map(|(weight, times)| weight * times * harm(load * times)).sum()
    }
}

/// Weights and multiples that stand for a lognormal one with mean one, evenly spread over its
/// logarithm: what is rare may be what does the harm.
fn lognormal(sd: f64, into: &mut [(f64, f64)]) {
    let step = 2.0 * FAR / (into.len() - 1) as f64;
    let (mut weights, mut mean) = (0.0, 0.0);
    for (index, (weight, multiple)) in into.iter_mut().enumerate() {
        let z = step * index as f64 - FAR;
        (*weight, *multiple) = (math::exp(-z * z / 2.0), math::exp(sd * z));
        weights += *weight;
        mean += *weight * *multiple;
    }
    for (weight, multiple) in into {
        (*weight, *multiple) = (*weight / weights, *multiple * weights / mean);
    }
}

/// How slow responses are on nodes that differ: a few kinds of nodes, each with a lognormal.
pub(super) struct Responses {
    /// Share, mean of the logarithm, and one over its deviation.
    kinds: ([(f64, f64, f64); 4], usize),
    table: math::NormalTable,
}

impl Responses {
    /// Relative to the objective of a scenario.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let latency = scenario.baseline.latency;
        let middle = latency.mu - math::ln(scenario.slo.latency);
        let kinds = match scenario.fleet.nodes {
            None => ([(1.0, middle, 1.0 / latency.sigma); 4], 1),
            Some(nodes) => {
                let unit = 1.0 / math::sqrt(latency.sigma * latency.sigma + nodes.sd * nodes.sd);
                let [low, high] = nodes.slow;
                let slow = |part: f64, place: f64| {
                    let slower = low + (high - low) * place;
                    (nodes.outliers * part, middle + math::ln(slower), unit)
                };
                // Gauss and Legendre's three points of an interval.
                let far = math::sqrt(0.15);
                let [first, last] = [0.5 - far, 0.5 + far].map(|at| slow(5.0 / 18.0, at));
                let usual = (1.0 - nodes.outliers, middle, unit);
                ([usual, first, slow(8.0 / 18.0, 0.5), last], 4)
            }
        };
        Self { kinds, table: math::NormalTable::new() }
    }

    /// The share that is too slow when every response takes `exp(ln)` times as long.
    pub(super) fn late(&self, ln: f64) -> f64 {
        let (kinds, len) = &self.kinds;
        let tail =
            |(share, middle, unit): &(f64, f64, f64)| share * self.table.cdf((middle + ln) * unit);
        kinds[..*len].iter().map(tail).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_points_have_the_mean_of_a_lognormal_and_nearly_its_square() {
        for parts in [FINE, COARSE] {
            let mut at = [(0.0, 0.0); FINE];
            lognormal(0.3, &mut at[..parts]);
            let at = &at[..parts];
            let weights: f64 = at.iter().map(|(weight, _)| weight).sum();
            let mean: f64 = at.iter().map(|(weight, it)| weight * it).sum();
            let square: f64 = at.iter().map(|(weight, it)| weight * it * it).sum();
            assert!((weights - 1.0).abs() < 1e-12 && (mean - 1.0).abs() < 1e-12);
            assert!((square / math::exp(0.09) - 1.0).abs() < 0.01, "{square}");
        }
    }
}
