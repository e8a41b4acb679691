//! How a measure of two variants differs in the same worlds.

use estimate::pairs::{Difference, Fractions, PairedCounts, difference_of_estimates};
use estimate::{Estimate, Interval, strata};

use super::amount::{Amount, Value};
use super::finding::{CONFIDENCE, Finder, Finding, scaled};
use super::measure::{Event, How, Measure, Want, Worlds};
use super::strata::Strata;
use crate::scenario::Scenario;
use crate::simulation::Measures;

/// How a measure of a variant differs from that of the baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// The measure.
    pub measure: &'static Measure,
    /// The variant less the baseline, with its paired interval; nothing when one of them has no
    /// number.
    pub difference: Option<Estimate>,
    /// How many times more replications it would take without common worlds; may be below one.
    pub gain: Option<f64>,
    /// What the difference is good for.
    pub verdict: Comparative,
}

/// What a difference is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparative {
    /// The whole interval is on the wanted side of zero.
    Better,
    /// The whole interval is on the other side.
    Worse,
    /// The interval has zero inside.
    Unclear,
    /// It differs, and nobody wants more or less of it.
    Different,
    /// There is no interval.
    Unknown,
}

impl Comparative {
    /// Its word in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Unclear => "unclear",
            Self::Different => "different",
            Self::Unknown => "unknown",
        }
    }

    fn of(measure: &Measure, difference: Option<&Estimate>) -> Self {
        let Some(Interval { low, high }) = difference.map(|it| it.interval) else {
            return Self::Unknown;
        };
        if low <= 0.0 && high >= 0.0 {
            return Self::Unclear;
        }
        match (measure.want(), high < 0.0) {
            (Want::Nothing, _) => Self::Different,
            (Want::Less, true) | (Want::More, false) => Self::Better,
            (Want::Less, false) | (Want::More, true) => Self::Worse,
        }
    }
}

/// One variant: its scenario, its worlds, and what they say.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) sample: &'a [Measures],
    pub(super) findings: &'a [Finding],
}

/// Two variants in the same worlds, world by world.
pub(super) struct Sides<'a> {
    sides: [Side<'a>; 2],
    /// A world under both, by kind; nothing when the variants have other releases.
    pairs: Option<Pairs<'a>>,
}

impl<'a> Sides<'a> {
    pub(super) fn new(sides: [Side<'a>; 2]) -> Self {
        let [first, second] = sides;
        let weights = |side: Side<'a>| side.scenario.releases.iter().map(|it| it.weight);
        let worlds = || first.sample.iter().zip(second.sample);
        let are_alike =
            weights(first).eq(weights(second)) && worlds().all(|(a, b)| a.release == b.release);
        let pairs = worlds().map(|pair| (pair.0.release, pair));
        Self { sides, pairs: are_alike.then(|| Strata::new(first.scenario, pairs)) }
    }

    /// How the measure at `place` of the catalog differs, first - second.
    pub(super) fn contrast(&self, measure: &'static Measure, place: usize) -> Contrast {
        let found = match &self.pairs {
            Some(pairs) => self.paired(pairs, measure, place),
            None => self.apart(measure),
        };
        let difference = found.map(|it| it.estimate);
        let verdict = Comparative::of(measure, difference.as_ref());
        let gain = found.map(|it| it.pairing_gain).filter(|gain| !gain.is_nan());
        Contrast { measure, difference, gain, verdict }
    }

    fn paired(
        &self,
        pairs: &Pairs<'a>,
        measure: &'static Measure,
        place: usize,
    ) -> Option<Difference> {
        let worlds = measure.worlds;
        match measure.how {
            How::Rate(event) => self.rate(pairs, worlds, event),
            How::PerWeek(event) => self.rate(pairs, worlds, event).map(|it| Difference {
                estimate: scaled(it.estimate, self.sides[0].scenario.changes_per_week),
                ..it
            }),
            How::PerReading(event) => self.ratios(pairs, |_, it| {
                let event = worlds.has(it) && event.in_world(it);
                let readings = if worlds.has(it) { it.readings } else { 0 };
                (f64::from(u8::from(event)), f64::from(readings))
            }),
            How::Mean(amount) => self.mean(pairs, worlds, amount),
            // 1 - a less 1 - b is b - a.
            How::Saved(some, all) => self
                .ratios(pairs, |side, it| {
                    let of = |amount: Amount| within(worlds, amount, side, it);
                    (of(some), of(all))
                })
                .map(turned),
            How::Quantile(amount, _) => self.quantile(pairs, worlds, amount, place),
            How::Worst(_) => None,
        }
    }

    /// The difference of what has nothing in common but its name.
    fn apart(&self, measure: &'static Measure) -> Option<Difference> {
        if matches!(measure.how, How::Worst(_)) {
            return None;
        }
        let found = |side: Side<'a>| Finder::new(side.scenario, side.sample).find(measure).estimate;
        let (first, second) = (found(self.sides[0])?, found(self.sides[1])?);
        let estimate = difference_of_estimates(&first, &second, 0.0);
        Some(Difference { estimate, pairing_gain: 1.0 }).filter(|it| !it.estimate.value.is_nan())
    }

    fn rate(&self, pairs: &Pairs<'a>, worlds: Worlds, event: Event) -> Option<Difference> {
        if !are_shared(worlds, pairs) {
            return self.ratios(pairs, |_, it| {
                let of = worlds.has(it);
                let events = of && event.in_world(it);
                (f64::from(u8::from(events)), f64::from(u8::from(of)))
            });
        }
        let happened = |it: &&(&Measures, &Measures)| (event.in_world(it.0), event.in_world(it.1));
        let moments = pairs.map(|kind| {
            let of = kind.members.iter().filter(|it| worlds.has(it.0));
            of.map(|it| happened(&it)).map(|(a, b)| (i64::from(a), i64::from(b))).collect()
        });
        let pairing_gain = strata::difference(&moments, CONFIDENCE)?.pairing_gain;
        let counts = pairs.map(|kind| {
            let mut counts = PairedCounts::default();
            for it in kind.members.iter().filter(|it| worlds.has(it.0)) {
                let (a, b) = happened(&it);
                counts.push(a, b);
            }
            counts
        });
        Some(Difference {
            estimate: strata::difference_of_rates(&counts, CONFIDENCE),
            pairing_gain,
        })
    }

    fn mean(&self, pairs: &Pairs<'a>, worlds: Worlds, amount: Amount) -> Option<Difference> {
        let grains = amount.unit().grains();
        if !are_shared(worlds, pairs) {
            return self.ratios(pairs, |side, it| {
                let known = amount.in_world(it, side.scenario).known().filter(|_| worlds.has(it));
                known.map_or((0.0, 0.0), |value| (value as f64 / grains, 1.0))
            });
        }
        let [first, second] = self.sides;
        let moments = pairs.map(|kind| {
            let of = kind.members.iter().filter(|it| worlds.has(it.0));
            let known = of.filter_map(|(a, b)| {
                let first = amount.in_world(a, first.scenario).known()?;
                Some((first, amount.in_world(b, second.scenario).known()?))
            });
            known.collect()
        });
        let found = strata::difference(&moments, CONFIDENCE)?;
        Some(Difference { estimate: scaled(found.estimate, 1.0 / grains), ..found })
    }

    fn ratios(
        &self,
        pairs: &Pairs<'a>,
        of: impl Fn(&Side<'_>, &Measures) -> (f64, f64),
    ) -> Option<Difference> {
        let [first, second] = &self.sides;
        let worlds = pairs.map(|kind| {
            let fractions =
                |it: &(_, _)| Fractions { first: of(first, it.0), second: of(second, it.1) };
            kind.members.iter().map(fractions).collect()
        });
        strata::difference_of_ratios(&worlds, CONFIDENCE)
    }

    /// The difference of two quantiles rests on their own intervals and on how often both variants
    /// are on the same side of their quantiles.
    fn quantile(
        &self,
        pairs: &Pairs<'a>,
        worlds: Worlds,
        amount: Amount,
        place: usize,
    ) -> Option<Difference> {
        let [first, second] = &self.sides;
        let (a, b) = (first.findings[place].estimate?, second.findings[place].estimate?);
        let grains = amount.unit().grains();
        let below =
            |it: &Measures, side: &Side<'_>, at: f64| match amount.in_world(it, side.scenario) {
                Value::Known(value) => value as f64 / grains <= at,
                Value::Beyond => false,
            };
        let counts = pairs.map(|kind| {
            let mut counts = PairedCounts::default();
            for (x, y) in &kind.members {
                if worlds.has(x) && worlds.has(y) {
                    counts.push(below(x, first, a.value), below(y, second, b.value));
                }
            }
            counts
        });
        let estimate = difference_of_estimates(&a, &b, strata::correlation(&counts));
        let apart = difference_of_estimates(&a, &b, 0.0);
        let widths = apart.interval.half_width() / estimate.interval.half_width();
        Some(Difference { estimate, pairing_gain: widths * widths })
            .filter(|it| !it.estimate.value.is_nan())
    }
}

/// Worlds under two variants.
type Pairs<'a> = Strata<(&'a Measures, &'a Measures)>;

/// Whether both variants mean the same worlds.
fn are_shared(worlds: Worlds, pairs: &Pairs<'_>) -> bool {
    worlds.are_shared() && pairs.worlds().all(|(_, (a, b))| worlds.has(a) == worlds.has(b))
}

fn within(worlds: Worlds, amount: Amount, side: &Side<'_>, it: &Measures) -> f64 {
    let known = amount.in_world(it, side.scenario).known().filter(|_| worlds.has(it));
    known.map_or(0.0, |value| value as f64)
}

/// Second - first.
fn turned(it: Difference) -> Difference {
    let Interval { low, high } = it.estimate.interval;
    let interval = Interval { low: -high, high: -low };
    let estimate = Estimate { value: -it.estimate.value, interval, ..it.estimate };
    Difference { estimate, ..it }
}
