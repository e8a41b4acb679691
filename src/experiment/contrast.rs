//! How a measure of two variants differs in the same worlds.

use estimate::moments::PairedMoments;
use estimate::pairs::{
    Difference, Fractions, PairedCounts, difference, difference_of_estimates, difference_of_rates,
    difference_of_ratios,
};
use estimate::{Estimate, Interval};

use super::finding::{CONFIDENCE, Finding, scaled};
use super::measure::{Amount, Event, How, Measure, Value, Want, Worlds};
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

/// How the measure at `place` of the catalog differs between two variants in the same worlds,
/// first - second.
pub(super) fn contrast(measure: &'static Measure, place: usize, sides: [Side<'_>; 2]) -> Contrast {
    let worlds = measure.worlds;
    let found = match measure.how {
        How::Rate(event) => rate(worlds, event, sides),
        How::PerWeek(event) => rate(worlds, event, sides).map(|it| Difference {
            estimate: scaled(it.estimate, sides[0].scenario.changes_per_week),
            ..it
        }),
        How::PerReading(event) => ratios(sides, |_, it| {
            let event = worlds.has(it) && event.in_world(it);
            let readings = if worlds.has(it) { it.readings } else { 0 };
            (f64::from(u8::from(event)), f64::from(readings))
        }),
        How::Mean(amount) => mean(worlds, amount, sides),
        How::Saved(some, all) => {
            // 1 - a less 1 - b is b - a.
            let [first, second] = sides;
            ratios([second, first], |side, it| {
                let of = |amount: Amount| within(worlds, amount, side, it);
                (of(some), of(all))
            })
        }
        How::Quantile(amount, _) => quantile(worlds, amount, place, sides),
        How::Worst(_) => None,
    };
    let difference = found.map(|it| it.estimate);
    let verdict = Comparative::of(measure, difference.as_ref());
    let gain = found.map(|it| it.pairing_gain).filter(|gain| !gain.is_nan());
    Contrast { measure, difference, gain, verdict }
}

/// Whether both variants mean the same worlds.
fn are_shared(worlds: Worlds, sides: [Side<'_>; 2]) -> bool {
    let pairs = || sides[0].sample.iter().zip(sides[1].sample);
    worlds.are_shared() && pairs().all(|(a, b)| worlds.has(a) == worlds.has(b))
}

fn rate(worlds: Worlds, event: Event, sides: [Side<'_>; 2]) -> Option<Difference> {
    if !are_shared(worlds, sides) {
        return ratios(sides, |_, it| {
            let of = worlds.has(it);
            let events = of && event.in_world(it);
            (f64::from(u8::from(events)), f64::from(u8::from(of)))
        });
    }
    let (mut counts, mut pairs) = (PairedCounts::default(), PairedMoments::default());
    for (a, b) in sides[0].sample.iter().zip(sides[1].sample).filter(|(a, _)| worlds.has(a)) {
        let (a, b) = (event.in_world(a), event.in_world(b));
        counts.push(a, b);
        pairs.push(i64::from(a), i64::from(b));
    }
    let gain = difference(&pairs, CONFIDENCE)?.pairing_gain;
    Some(Difference { estimate: difference_of_rates(&counts, CONFIDENCE), pairing_gain: gain })
}

fn mean(worlds: Worlds, amount: Amount, sides: [Side<'_>; 2]) -> Option<Difference> {
    let grains = amount.unit().grains();
    if !are_shared(worlds, sides) {
        return ratios(sides, |side, it| {
            let known = amount.in_world(it, side.scenario).known().filter(|_| worlds.has(it));
            known.map_or((0.0, 0.0), |value| (value as f64 / grains, 1.0))
        });
    }
    let [first, second] = sides;
    let pairs = first.sample.iter().zip(second.sample).filter(|(a, _)| worlds.has(a));
    let known = pairs.filter_map(|(a, b)| {
        let first = amount.in_world(a, first.scenario).known()?;
        Some((first, amount.in_world(b, second.scenario).known()?))
    });
    let found = difference(&known.collect::<PairedMoments>(), CONFIDENCE)?;
    Some(Difference { estimate: scaled(found.estimate, 1.0 / grains), ..found })
}

fn within(worlds: Worlds, amount: Amount, side: &Side<'_>, it: &Measures) -> f64 {
    let known = amount.in_world(it, side.scenario).known().filter(|_| worlds.has(it));
    known.map_or(0.0, |value| value as f64)
}

fn ratios(
    sides: [Side<'_>; 2],
    of: impl Fn(&Side<'_>, &Measures) -> (f64, f64),
) -> Option<Difference> {
    let [first, second] = sides;
    let pairs = first.sample.iter().zip(second.sample);
    let fractions = |(a, b)| Fractions { first: of(&first, a), second: of(&second, b) };
    let worlds: Vec<_> = pairs.map(fractions).collect();
    difference_of_ratios(&worlds, CONFIDENCE)
}

/// The difference of two quantiles rests on their own intervals and on how often both variants
/// are on the same side of their quantiles.
fn quantile(
    worlds: Worlds,
    amount: Amount,
    place: usize,
    sides: [Side<'_>; 2],
) -> Option<Difference> {
    let [first, second] = sides;
    let (a, b) = (first.findings[place].estimate?, second.findings[place].estimate?);
    let grains = amount.unit().grains();
    let below = |it: &Measures, side: &Side<'_>, at: f64| match amount.in_world(it, side.scenario) {
        Value::Known(value) => value as f64 / grains <= at,
        Value::Beyond => false,
    };
    let mut counts = PairedCounts::default();
    for (x, y) in first.sample.iter().zip(second.sample) {
        if worlds.has(x) && worlds.has(y) {
            counts.push(below(x, &first, a.value), below(y, &second, b.value));
        }
    }
    let estimate = difference_of_estimates(&a, &b, counts.correlation());
    let apart = difference_of_estimates(&a, &b, 0.0);
    let widths = apart.interval.half_width() / estimate.interval.half_width();
    Some(Difference { estimate, pairing_gain: widths * widths })
        .filter(|it| !it.estimate.value.is_nan())
}
