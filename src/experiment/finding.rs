//! A measure of a sample with how far it can be trusted.

use estimate::moments::{Moments, PairedMoments};
use estimate::strata::{self, Sorted, Stratum, Trials};
use estimate::{Estimate, Interval};

use super::amount::{Amount, Value};
use super::measure::{Event, How, Measure, Unit, Worlds};
use super::strata::Strata;
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
    strata: Strata<&'a Measures>,
    sorted: Option<Kept>,
}

struct Kept {
    of: (Worlds, Amount),
    strata: Vec<Stratum<Sorted>>,
    beyond: u64,
}

impl<'a> Finder<'a> {
    /// Of all releases of a scenario.
    pub(super) fn new(scenario: &'a Scenario, sample: &'a [Measures]) -> Self {
        Self::of(scenario, Strata::of(scenario, sample))
    }

    /// Of these worlds.
    pub(super) fn of(scenario: &'a Scenario, strata: Strata<&'a Measures>) -> Self {
        Self { scenario, strata, sorted: None }
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
                let estimate = strata::quantile_interval(&sorted.strata, p, CONFIDENCE);
                let estimate = estimate.map(|estimate| within(estimate, amount));
                Finding { estimate, beyond: sorted.beyond, ..nothing }
            }
            How::Worst(amount) => {
                let sorted = self.sorted(measure.worlds, amount);
                let estimate = worst(sorted).map(|estimate| within(estimate, amount));
                Finding { estimate, beyond: sorted.beyond, ..nothing }
            }
        }
    }

    fn rate(&self, worlds: Worlds, event: Event, nothing: Finding) -> Finding {
        let trials = self.strata.map(|kind| {
            let of = || kind.members.iter().filter(|it| worlds.has(it));
            let x = of().filter(|it| event.in_world(it)).count() as u64;
            Trials::of_members(x, of().count() as u64, kind.n)
        });
        Self::of_trials(&trials, nothing)
    }

    /// Readings are as many chances to be wrong; a change is wrong once at most.
    fn per_reading(&self, worlds: Worlds, event: Event, nothing: Finding) -> Finding {
        let trials = self.strata.map(|kind| {
            let readings =
                |it: &&&Measures| if worlds.has(it) { i64::from(it.readings) } else { 0 };
            let moments: Moments = kind.members.iter().map(|it| readings(&it)).collect();
            let x = kind.members.iter().filter(|it| worlds.has(it) && event.in_world(it)).count();
            let trials = moments.sum as u64;
            let events = (x as u64).min(trials);
            Trials { events, trials, variance: moments.variance().unwrap_or(0.0) }
        });
        Self::of_trials(&trials, nothing)
    }

    fn of_trials(trials: &[Stratum<Trials>], nothing: Finding) -> Finding {
        let events = trials.iter().map(|it| it.members.events).sum();
        let estimate = strata::rate(trials, CONFIDENCE);
        Finding { events: Some(events), estimate, ..nothing }
    }

    fn saved(&self, worlds: Worlds, (some, all): (Amount, Amount), nothing: Finding) -> Finding {
        let pairs = self.strata.map(|kind| {
            let of = kind.members.iter().filter(|it| worlds.has(it));
            let pairs = of.filter_map(|it| {
                let amount = |amount: Amount| amount.in_world(it, self.scenario).known();
                Some((amount(some)?, amount(all)?))
            });
            pairs.collect::<PairedMoments>()
        });
        let ratio = strata::certain_ratio(&pairs, CONFIDENCE);
        let saved = |it: Estimate| Estimate {
            value: 1.0 - it.value,
            // What is harmed is never below zero.
            interval: Interval {
                low: 1.0 - it.interval.high,
                high: (1.0 - it.interval.low).min(1.0),
            },
            ..it
        };
        Finding { estimate: ratio.map(saved), ..nothing }
    }

    fn mean(&self, worlds: Worlds, amount: Amount, nothing: Finding) -> Finding {
        let moments = self.strata.map(|kind| {
            let values = kind.members.iter().filter(|it| worlds.has(it));
            let known = values.filter_map(|it| amount.in_world(it, self.scenario).known());
            known.collect::<Moments>()
        });
        let grains = amount.unit().grains();
        let estimate = strata::mean(&moments, CONFIDENCE).map(|it| scaled(it, 1.0 / grains));
        Finding { estimate: estimate.map(|estimate| within(estimate, amount)), ..nothing }
    }

    fn sorted(&mut self, worlds: Worlds, amount: Amount) -> &Kept {
        let of = (worlds, amount);
        let kept = self.sorted.take().filter(|sorted| sorted.of == of);
        let (strata, scenario) = (&self.strata, self.scenario);
        self.sorted.insert(kept.unwrap_or_else(|| {
            let sorted = |kind: &Stratum<Vec<&Measures>>| {
                let (mut values, mut beyond) = (Vec::new(), 0);
                for it in kind.members.iter().filter(|it| worlds.has(it)) {
                    match amount.in_world(it, scenario) {
                        Value::Known(value) => values.push(value),
                        Value::Beyond => beyond += 1,
                    }
                }
                values.sort_unstable();
                let grains = amount.unit().grains();
                let values = values.into_iter().map(|value| value as f64 / grains).collect();
                Sorted { values, beyond }
            };
            let strata = strata.map(sorted);
            let beyond = strata.iter().map(|it| it.members.beyond).sum();
            Kept { of, strata, beyond }
        }))
    }
}

/// The largest that was seen; nobody knows how much larger it can be.
fn worst(sorted: &Kept) -> Option<Estimate> {
    let members = || sorted.strata.iter().map(|it| &it.members);
    let n = members().map(|it| it.values.len() as u64 + it.beyond).sum();
    let largest = members().filter_map(|it| it.values.last()).copied();
    let largest = if sorted.beyond > 0 { Some(f64::INFINITY) } else { largest.reduce(f64::max) };
    largest.map(|value| Estimate {
        value,
        interval: Interval { low: value, high: f64::INFINITY },
        confidence: 1.0,
        n,
    })
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
