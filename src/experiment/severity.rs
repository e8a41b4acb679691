//! What becomes of small and of large faults: the worlds of a kind of release by quarters of the
//! law of its fault's size.

use chance::Continuous;

use super::catalog::find;
use super::finding::{Finder, Finding};
use super::strata::Strata;
use crate::scenario::{Release, Scenario, SizeUnit};
use crate::simulation::Measures;

/// How many parts the law of the size is cut into, each as likely as the others.
const PARTS: u32 = 4;

/// What becomes of the releases of one kind by the size of their first fault that varies.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The fault.
    pub fault: &'static str,
    /// The field that says its size.
    pub field: &'static str,
    /// What that is measured in.
    pub unit: SizeUnit,
    /// From the smallest on.
    pub bins: Vec<Bin>,
}

/// The releases whose fault has about the same size.
#[derive(Clone, Debug, PartialEq)]
pub struct Bin {
    /// Where it begins; nothing for the first.
    pub from: Option<f64>,
    /// Where it ends; nothing for the last.
    pub to: Option<f64>,
    /// How many worlds.
    pub worlds: u64,
    /// The measures of [`Curve::MEASURES`].
    pub findings: Vec<Finding>,
}

impl Curve {
    /// What is told of every part.
    pub const MEASURES: [&'static str; 2] = ["caught", "harm-prevented"];

    /// The curve of the worlds of one kind; nothing when the size of no fault varies.
    pub(super) fn of(scenario: &Scenario, release: &Release, worlds: &[&Measures]) -> Option<Self> {
        let (fault, size) = release.size()?;
        let part = |it: &Measures| it.size.map(|at| at / (1_000_000 / PARTS));
        let bin = |index: u32| {
            let own = || worlds.iter().copied().filter(|it| part(it) == Some(index));
            let mut finder = Finder::of(scenario, Strata::one(own()));
            let at = |part: u32| size.law.quantile(f64::from(part) / f64::from(PARTS));
            Bin {
                from: (index > 0).then(|| at(index)),
                to: (index + 1 < PARTS).then(|| at(index + 1)),
                worlds: own().count() as u64,
                findings: Self::MEASURES
                    .iter()
                    .filter_map(|name| Some(finder.find(find(name)?)))
                    .collect(),
            }
        };
        let bins = (0..PARTS).map(bin).collect();
        Some(Self { fault, field: size.field, unit: size.unit, bins })
    }
}

impl Bin {
    /// What its worlds say of one of [`Curve::MEASURES`].
    pub fn finding(&self, name: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.measure.name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::experiment::{Alone, Summary, Workers, reference, replicate};

    #[test]
    fn large_faults_are_caught_more_often_and_every_world_is_in_a_part() {
        let scenario = reference::scenario("canary");
        let workers = Workers::new(NonZeroUsize::new(2)).expect("threads");
        let sample = replicate(&scenario, 0, 0..2000, &workers, &Alone);
        let kinds = Summary::of(&scenario, &sample).kinds;
        assert_eq!(kinds[0].curve, None, "a good release has no fault");
        let curve = kinds[1].curve.as_ref().expect("a size that varies");
        assert_eq!((curve.fault, curve.field, curve.unit), ("error-spike", "add", SizeUnit::Share));
        assert_eq!(curve.bins.iter().map(|bin| bin.worlds).sum::<u64>(), kinds[1].tally.all());
        // The middle of 0.2 % to 50 %, every order of magnitude alike.
        let middle = curve.bins[1].to.expect("an end");
        assert!((middle - (0.002_f64 * 0.5).sqrt()).abs() < 1e-12, "{middle}");
        let caught = |bin: &Bin| bin.finding("caught").and_then(|it| it.estimate);
        let known: Vec<f64> = curve.bins.iter().filter_map(caught).map(|it| it.value).collect();
        assert!(known.is_sorted() && known[0] < known[known.len() - 1], "{known:?}");
    }
}
