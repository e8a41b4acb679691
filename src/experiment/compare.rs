//! Several variants in the same worlds: what each comes to, and how they differ.

use estimate::pareto::dominators;

use super::catalog::MEASURES;
use super::contrast::{Contrast, Side, Sides};
use super::summary::Summary;
use crate::cost::{BreakEven, Line, break_even};
use crate::scenario::Scenario;
use crate::simulation::Measures;

/// A variant with what its worlds say.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// What its worlds come to.
    pub summary: Summary,
    /// How every measure of the catalog differs from the baseline's; nothing for the baseline.
    pub contrasts: Vec<Contrast>,
    /// The first variant that is better at something of [`Comparison::AIMS`] and worse at
    /// nothing, by its place.
    pub dominated_by: Option<usize>,
}

/// Several variants in the same worlds.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The variants, in order.
    pub variants: Vec<Variant>,
    /// The one that the others are held against, by its place.
    pub baseline: usize,
    /// For each of [`Comparison::AIMS`] the best variant and the next best; nothing where no
    /// variant has a number.
    pub leads: Vec<Lead>,
    /// Prices at which the ranking of the two cheapest variants turns.
    pub turns: Vec<Turn>,
}

/// The best variant at something, and how far it is ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lead {
    /// The best one, by its place.
    pub best: usize,
    /// The next best one.
    pub next: usize,
    /// The best less the next best.
    pub contrast: Contrast,
}

/// A price at which the ranking of two variants turns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// The cheapest variant, by its place.
    pub cheapest: usize,
    /// The variant that is cheaper beyond the price.
    pub other: usize,
    /// What has the price.
    pub line: Line,
    /// The price.
    pub at: BreakEven,
}

impl Comparison {
    /// What the front is about: the less the better.
    pub const AIMS: [&'static str; 3] =
        ["blast-radius.users.mean", "time-to-live.median", "cost.mean"];

    /// A comparison is not worth a sentence when harm was cut off in more than this share of the
    /// bad worlds of a variant.
    pub const CUT_OFF_MAX: f64 = 0.05;

    /// Holds samples of the same worlds against each other.
    ///
    /// # Panics
    /// When the samples are not equally long, or the baseline is none of them.
    pub fn of(variants: &[(&str, &Scenario, &[Measures])], baseline: usize) -> Self {
        let n = variants[baseline].2.len();
        assert!(variants.iter().all(|it| it.2.len() == n), "samples of the same worlds");
        let summaries: Vec<_> = variants.iter().map(|it| Summary::of(it.1, it.2)).collect();
        let side = |index: usize| Side {
            scenario: variants[index].1,
            sample: variants[index].2,
            findings: &summaries[index].findings,
        };
        let contrasts = |index: usize| {
            let sides = Sides::new([side(index), side(baseline)]);
            let all = MEASURES.iter().enumerate();
            all.map(|(place, measure)| sides.contrast(measure, place)).collect()
        };
        let contrasts: Vec<Vec<_>> = (0..variants.len())
            .map(|index| if index == baseline { Vec::new() } else { contrasts(index) })
            .collect();
        let lead = |name: &&str| {
            let place = MEASURES.iter().position(|measure| measure.name == *name)?;
            let value =
                |index: &usize| summaries[*index].findings[place].estimate.map(|it| it.value);
            let mut known: Vec<usize> =
                (0..variants.len()).filter(|it| value(it).is_some()).collect();
            known.sort_by(|a, b| value(a).unwrap_or(0.0).total_cmp(&value(b).unwrap_or(0.0)));
            let (best, next) = (*known.first()?, *known.get(1)?);
            let contrast = Sides::new([side(best), side(next)]).contrast(&MEASURES[place], place);
            Some(Lead { best, next, contrast })
        };
        let leads = Self::AIMS.iter().filter_map(lead).collect();
        let front = dominators(&summaries.iter().map(aims).collect::<Vec<_>>());
        let turns = turns(variants[baseline].1, &summaries);
        let parts = variants.iter().zip(summaries).zip(contrasts).zip(front);
        let variant = |(((it, summary), contrasts), dominated_by)| {
            let (name, _, _): &(&str, _, _) = it;
            Variant { name: (*name).to_owned(), summary, contrasts, dominated_by }
        };
        Self { variants: parts.map(variant).collect(), baseline, leads, turns }
    }

    /// The share of bad worlds in which harm was cut off, of the variant that has the most.
    pub fn cut_off(&self) -> f64 {
        let share = |it: &Variant| it.summary.get("cut-off").estimate.map_or(0.0, |it| it.value);
        self.variants.iter().map(share).fold(0.0, f64::max)
    }
}

impl Variant {
    /// How a measure differs from the baseline's.
    pub fn contrast(&self, name: &str) -> Option<&Contrast> {
        self.contrasts.iter().find(|contrast| contrast.measure.name == name)
    }
}

fn aims(summary: &Summary) -> [f64; 3] {
    Comparison::AIMS.map(|name| summary.get(name).estimate.map_or(f64::NAN, |it| it.value))
}

/// The prices at which another variant becomes the cheapest.
fn turns(scenario: &Scenario, summaries: &[Summary]) -> Vec<Turn> {
    let prices = &scenario.prices;
    let cost = |it: &Summary| it.ledger.map_or(f64::INFINITY, |it| prices.mean_cost(&it));
    let costs: Vec<f64> = summaries.iter().map(cost).collect();
    let cheapest = (0..costs.len()).min_by(|a, b| costs[*a].total_cmp(&costs[*b]));
    let Some((cheapest, first)) = cheapest.and_then(|it| Some((it, summaries[it].ledger?))) else {
        return Vec::new();
    };
    let mut turns = Vec::new();
    for line in Line::ALL {
        let price = prices.price(line).as_f64();
        let others = summaries.iter().enumerate().filter(|(other, _)| *other != cheapest);
        let mut found: Vec<Turn> = others
            .filter_map(|(other, summary)| {
                let at = break_even(&first, &summary.ledger?, prices, line)?;
                Some(Turn { cheapest, other, line, at })
            })
            .collect();
        // On either side of the price that holds, the nearest one turns the ranking first.
        found.sort_by(|a, b| a.at.price.total_cmp(&b.at.price));
        turns.extend(found.iter().rfind(|turn| turn.at.price < price));
        turns.extend(found.iter().find(|turn| turn.at.price >= price));
    }
    turns
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::experiment::{Alone, Comparative, Workers, reference, replicate_all};

    fn comparison() -> Comparison {
        let strict = reference::scenario("canary");
        let mut lenient = strict.clone();
        for gate in &mut lenient.gates {
            gate.patience = crate::gate::Patience::Limit(6);
        }
        let workers = Workers::new(NonZeroUsize::new(2)).expect("threads");
        let samples = replicate_all(&[&strict, &lenient], 0, 0..2000, &workers, &Alone);
        let variants = [
            ("strict", &strict, samples[0].as_slice()),
            ("lenient", &lenient, samples[1].as_slice()),
        ];
        Comparison::of(&variants, 0)
    }

    #[test]
    fn a_gate_that_forgives_more_harms_more_and_that_is_seen() {
        let comparison = comparison();
        let lenient = &comparison.variants[1];
        let of = |name: &str| lenient.contrast(name).copied().expect("a contrast");
        assert_eq!(of("harmed.requests.mean").verdict, Comparative::Worse);
        assert_eq!(of("harm-prevented").verdict, Comparative::Worse);
        assert_eq!(of("detect.median").measure.name, "detect.median");
        assert!(of("harmed.requests.mean").gain.is_some_and(|gain| gain > 1.0));
        assert_eq!(comparison.variants[0].contrasts, []);
    }

    #[test]
    fn a_variant_does_not_differ_from_itself() {
        let scenario = reference::scenario("canary");
        let workers = Workers::new(NonZeroUsize::new(1)).expect("threads");
        let samples = replicate_all(&[&scenario, &scenario], 3, 0..500, &workers, &Alone);
        assert_eq!(samples[0], samples[1]);
        let variants =
            [("one", &scenario, samples[0].as_slice()), ("two", &scenario, samples[1].as_slice())];
        let comparison = Comparison::of(&variants, 0);
        for contrast in &comparison.variants[1].contrasts {
            let Some(difference) = contrast.difference else { continue };
            assert!(difference.value.abs() < 1e-12, "{}", contrast.measure.name);
            assert!(matches!(contrast.verdict, Comparative::Unclear), "{}", contrast.measure.name);
        }
        assert_eq!(comparison.variants[1].dominated_by, None);
    }
}
