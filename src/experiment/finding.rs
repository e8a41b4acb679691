//! A measure of a sample with how far it can be trusted.

use estimate::moments::{Moments, PairedMoments};
use estimate::{Estimate, Interval, means, quantiles, rates};

use super::measure::{Amount, Event, How, Measure, Unit, Value, Worlds};
use crate::scenario::Scenario;
use crate::simulation::Measures;

/// The confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;

/// What a sample says of a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finding {
    /// The measure.
    pub measure: &'static Measure,
    /// In how many worlds it happened, for a rate.
    pub events: Option<u64>,
    /// In how many worlds it is more than the watched time can show.
    pub beyond: u64,
    /// The number with its interval, in the measure's unit; the number of worlds it rests on is
    /// [`Estimate::n`]. Nothing when there is no such world.
    pub estimate: Option<Estimate>,
}

impl Finding {
    /// How many worlds it rests on.
    pub fn n(&self) -> u64 {
        self.estimate.map_or(0, |estimate| estimate.n)
    }

    /// What it is counted in.
    pub fn unit(&self) -> Unit {
        self.measure.how.unit()
    }
}

/// Findings of one sample; what was sorted last is kept for the next measure.
pub(super) struct Finder<'a> {
    scenario: &'a Scenario,
    sample: &'a [Measures],
    sorted: Option<Sorted>,
}

struct Sorted {
    of: (Worlds, Amount),
    values: Vec<f64>,
    beyond: u64,
}

impl<'a> Finder<'a> {
    pub(super) fn new(scenario: &'a Scenario, sample: &'a [Measures]) -> Self {
        Self { scenario, sample, sorted: None }
    }

    /// What the sample says of a measure.
    pub(super) fn find(&mut self, measure: &'static Measure) -> Finding {
        let nothing = Finding { measure, events: None, beyond: 0, estimate: None };
        match measure.how {
            How::Rate(event) => self.rate(measure.worlds, event, nothing),
            How::Mean(amount) => self.mean(measure.worlds, amount, nothing),
            How::Saved(some, all) => self.saved(measure.worlds, (some, all), nothing),
            How::PerReading(event) => self.per_reading(measure.worlds, event, nothing),
            How::PerWeek(event) => {
                let found = self.rate(measure.worlds, event, nothing);
                let week = self.scenario.changes_per_week;
                Finding { estimate: found.estimate.map(|it| scaled(it, week)), ..found }
            }
            How::Quantile(amount, p) => {
                let sorted = self.sorted(measure.worlds, amount);
                let estimate =
                    quantiles::quantile_interval(&sorted.values, sorted.beyond, p, CONFIDENCE);
                let estimate = estimate.map(|estimate| within(estimate, amount));
                Finding { estimate, beyond: sorted.beyond, ..nothing }
            }
            How::Worst(amount) => {
                let sorted = self.sorted(measure.worlds, amount);
                let value = quantiles::quantile(&sorted.values, sorted.beyond, 1.0);
                let n = sorted.values.len() as u64 + sorted.beyond;
                let estimate = value.map(|value| Estimate {
                    value,
                    interval: Interval { low: value, high: f64::INFINITY },
                    confidence: 1.0,
                    n,
                });
                let estimate = estimate.map(|estimate| within(estimate, amount));
                Finding { estimate, beyond: sorted.beyond, ..nothing }
            }
        }
    }

    fn rate(&self, worlds: Worlds, event: Event, nothing: Finding) -> Finding {
        let of = || self.sample.iter().filter(|it| worlds.has(it));
        let n = of().count() as u64;
        let x = of().filter(|it| event.in_world(it)).count() as u64;
        let estimate = (n > 0).then(|| rates::rate(x, n, CONFIDENCE));
        Finding { events: Some(x), estimate, ..nothing }
    }

    /// Readings are as many chances to be wrong; a change is wrong once at most.
    fn per_reading(&self, worlds: Worlds, event: Event, nothing: Finding) -> Finding {
        let of = || self.sample.iter().filter(|it| worlds.has(it));
        let n: u64 = of().map(|it| u64::from(it.readings)).sum();
        let x = of().filter(|it| event.in_world(it)).count() as u64;
        let estimate = (n > 0).then(|| rates::rate(x.min(n), n, CONFIDENCE));
        Finding { events: Some(x), estimate, ..nothing }
    }

    fn saved(&self, worlds: Worlds, (some, all): (Amount, Amount), nothing: Finding) -> Finding {
        let of = self.sample.iter().filter(|it| worlds.has(it));
        let pairs = of.filter_map(|it| {
            let amount = |amount: Amount| amount.in_world(it, self.scenario).known();
            Some((amount(some)?, amount(all)?))
        });
        let ratio = means::linear_ratio(&pairs.collect::<PairedMoments>(), CONFIDENCE);
        let saved = |it: Estimate| Estimate {
            value: 1.0 - it.value,
            interval: Interval { low: 1.0 - it.interval.high, high: 1.0 - it.interval.low },
            ..it
        };
        Finding { estimate: ratio.ok().map(saved), ..nothing }
    }

    fn mean(&self, worlds: Worlds, amount: Amount, nothing: Finding) -> Finding {
        let values = self.sample.iter().filter(|it| worlds.has(it));
        let known = values.filter_map(|it| amount.in_world(it, self.scenario).known());
        let moments: Moments = known.collect();
        let grains = amount.unit().grains();
        let estimate = means::mean(&moments, CONFIDENCE).map(|it| scaled(it, 1.0 / grains));
        Finding { estimate: estimate.map(|estimate| within(estimate, amount)), ..nothing }
    }

    fn sorted(&mut self, worlds: Worlds, amount: Amount) -> &Sorted {
        let of = (worlds, amount);
        let kept = self.sorted.take().filter(|sorted| sorted.of == of);
        self.sorted.insert(kept.unwrap_or_else(|| {
            let (mut values, mut beyond) = (Vec::new(), 0);
            for it in self.sample.iter().filter(|it| worlds.has(it)) {
                match amount.in_world(it, self.scenario) {
                    Value::Known(value) => values.push(value),
                    Value::Beyond => beyond += 1,
                }
            }
            values.sort_unstable();
            let grains = amount.unit().grains();
            let values = values.into_iter().map(|value| value as f64 / grains).collect();
            Sorted { of, values, beyond }
        }))
    }
}

/// The same estimate in another unit.
pub(super) fn scaled(it: Estimate, times: f64) -> Estimate {
    let Interval { low, high } = it.interval;
    let interval = Interval { low: low * times, high: high * times };
    Estimate { value: it.value * times, interval, ..it }
}

/// The part of an interval that is possible.
fn within(estimate: Estimate, amount: Amount) -> Estimate {
    let (least, most) = amount.bounds();
    let Interval { low, high } = estimate.interval;
    Estimate { interval: Interval { low: low.max(least), high: high.min(most) }, ..estimate }
}
