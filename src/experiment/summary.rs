//! What a sample comes to: every measure, and the same by kind of release and by gate.

use super::catalog::{MEASURES, find};
use super::finding::{Finder, Finding};
use super::measure::Measure;
use super::severity::Curve;
use super::strata::Strata;
use crate::cost::{Ledgers, MeanLedger};
use crate::scenario::Scenario;
use crate::simulation::{By, Ending, Measures, Truth};

/// How many worlds ended how, by what the release was, and how often changes do: by truth and
/// ending.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    counts: [[u64; Ending::ALL.len()]; Truth::ALL.len()],
    shares: [[f64; Ending::ALL.len()]; Truth::ALL.len()],
}

impl Tally {
    fn add(&mut self, share: f64, it: &Measures) {
        self.counts[it.truth as usize][it.ending as usize] += 1;
        self.shares[it.truth as usize][it.ending as usize] += share;
    }

    /// The share of all changes that are of this truth and end like this.
    pub fn share(&self, truth: Truth, ending: Ending) -> f64 {
        self.shares[truth as usize][ending as usize]
    }

    /// Worlds of this truth that ended like this.
    pub fn count(&self, truth: Truth, ending: Ending) -> u64 {
        self.counts[truth as usize][ending as usize]
    }

    /// Worlds of this truth.
    pub fn of(&self, truth: Truth) -> u64 {
        self.counts[truth as usize].iter().sum()
    }

    /// Worlds that ended like this.
    pub fn ended(&self, ending: Ending) -> u64 {
        self.counts.iter().map(|row| row[ending as usize]).sum()
    }

    /// The share of all changes that end like this.
    pub fn share_ended(&self, ending: Ending) -> f64 {
        self.shares.iter().map(|row| row[ending as usize]).sum()
    }

    /// The share of all changes that are of this truth.
    pub fn share_of(&self, truth: Truth) -> f64 {
        self.shares[truth as usize].iter().sum()
    }

    /// All worlds.
    pub fn all(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }
}

/// What a sample says of one kind of release.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind {
    /// Its name in the scenario.
    pub name: String,
    /// The share of all releases that are of this kind.
    pub weight: f64,
    /// How its worlds ended.
    pub tally: Tally,
    /// The measures of [`Kind::MEASURES`].
    pub findings: Vec<Finding>,
    /// What becomes of small and of large faults, where their size varies.
    pub curve: Option<Curve>,
}

impl Kind {
    /// What is told of every kind of release.
    pub const MEASURES: [&'static str; 6] = [
        "false-rollback",
        "caught",
        "harm-prevented",
        "detect.median",
        "blast-radius.users.mean",
        "time-harmed.mean",
    ];

    /// What its worlds say of one of [`Kind::MEASURES`].
    pub fn finding(&self, name: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.measure.name == name)
    }
}

/// Which decisions one gate, a person or the strategy itself made.
#[derive(Clone, Debug, PartialEq)]
pub struct Decisions {
    /// Whose they are, in the words of a report.
    pub name: String,
    /// The gate, by its place in the scenario.
    pub gate: Option<usize>,
    /// What it stopped, by how that ended.
    pub tally: Tally,
}

/// What a sample comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// How many worlds.
    pub n: u64,
    /// What the mean change took, physically; nothing without worlds.
    pub ledger: Option<MeanLedger>,
    /// How they ended.
    pub tally: Tally,
    /// Every measure of [`MEASURES`], in that order.
    pub findings: Vec<Finding>,
    /// The same by kind of release, in the order of the scenario.
    pub kinds: Vec<Kind>,
    /// Who stopped what, in the order of the scenario; last what nobody stopped by name.
    pub decisions: Vec<Decisions>,
}

impl Summary {
    /// Sums up a sample of a scenario.
    pub fn of(scenario: &Scenario, sample: &[Measures]) -> Self {
        let strata = Strata::of(scenario, sample);
        let mut finder = Finder::new(scenario, sample);
        Self {
            n: sample.len() as u64,
            ledger: ledger(&strata),
            tally: tally(strata.worlds()),
            findings: MEASURES.iter().map(|measure| finder.find(measure)).collect(),
            kinds: kinds(scenario, sample),
            decisions: decisions(scenario, &strata),
        }
    }

    /// What the sample says of a measure.
    pub fn finding(&self, measure: &Measure) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.measure.name == measure.name)
    }

    /// What the sample says of the measure of that name, which must exist.
    ///
    /// # Panics
    /// When there is no such measure.
    pub fn get(&self, name: &str) -> &Finding {
        let finding = self.findings.iter().find(|finding| finding.measure.name == name);
        finding.unwrap_or_else(|| panic!("there is no measure `{name}`"))
    }
}

/// The mean change: the means of the kinds, weighted.
fn ledger(strata: &Strata<&Measures>) -> Option<MeanLedger> {
    let kinds = strata.map(|kind| {
        let mut ledgers = Ledgers::default();
        for it in &kind.members {
            ledgers.add(&it.ledger());
        }
        ledgers.mean().unwrap_or_default()
    });
    MeanLedger::mixed(kinds.iter().map(|kind| (kind.weight, &kind.members)))
}

fn tally<'a>(worlds: impl Iterator<Item = (f64, &'a &'a Measures)>) -> Tally {
    worlds.fold(Tally::default(), |mut tally, (share, it)| {
        tally.add(share, it);
        tally
    })
}

fn kinds(scenario: &Scenario, sample: &[Measures]) -> Vec<Kind> {
    let all: f64 = scenario.releases.iter().map(|release| release.weight).sum();
    let kind = |(index, release): (usize, &crate::scenario::Release)| {
        let worlds: Vec<_> = sample.iter().filter(|it| usize::from(it.release) == index).collect();
        let strata = Strata::one(worlds.iter().copied());
        let tally = tally(strata.worlds());
        let mut finder = Finder::of(scenario, strata);
        let findings = Kind::MEASURES.iter().filter_map(|name| find(name));
        Kind {
            name: release.name.clone(),
            weight: release.weight / all,
            tally,
            findings: findings.map(|measure| finder.find(measure)).collect(),
            curve: Curve::of(scenario, release, &worlds),
        }
    };
    scenario.releases.iter().enumerate().map(kind).collect()
}

fn decisions(scenario: &Scenario, strata: &Strata<&Measures>) -> Vec<Decisions> {
    let by = |who: Option<By>| {
        let stopped = |it: &Measures| it.ending != Ending::Promoted && it.by == who;
        tally(strata.worlds().filter(|(_, it)| stopped(it)))
    };
    let gates = scenario.gates.iter().enumerate();
    let gates = gates.map(|(index, gate)| Decisions {
        name: gate.name.clone(),
        gate: Some(index),
        tally: by(Some(By::Gate(index as u8))),
    });
    let others = [
        ("a person", Some(By::Person)),
        ("the strategy's own test", Some(By::Strategy)),
        ("a wait that ran out", None),
    ];
    let others =
        others.map(|(name, who)| Decisions { name: name.to_owned(), gate: None, tally: by(who) });
    let sources = scenario.strategy.delivery.iter().flat_map(|it| &it.sources).enumerate();
    let sources = sources.map(|(index, source)| Decisions {
        name: source.name.clone(),
        gate: None,
        tally: by(Some(By::Analysis(index as u8))),
    });
    let gates = gates.chain(sources);
    gates.chain(others.into_iter().filter(|it| it.tally.all() > 0)).collect()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::experiment::{Alone, Workers, reference, replicate};

    fn summary() -> Summary {
        let scenario = reference::scenario("canary");
        let workers = Workers::new(NonZeroUsize::new(2)).expect("threads");
        let sample = replicate(&scenario, 0, 0..2000, &workers, &Alone);
        Summary::of(&scenario, &sample)
    }

    #[test]
    fn everything_adds_up() {
        let summary = summary();
        assert_eq!((summary.n, summary.tally.all()), (2000, 2000));
        let kinds: u64 = summary.kinds.iter().map(|kind| kind.tally.all()).sum();
        assert_eq!(kinds, 2000);
        let stopped: u64 = summary.decisions.iter().map(|by| by.tally.all()).sum();
        assert_eq!(stopped, 2000 - summary.tally.ended(Ending::Promoted));
        let events = |name: &str| summary.get(name).events.expect("a rate");
        assert_eq!(events("caught") + events("missed"), summary.tally.of(Truth::Bad));
        assert_eq!(events("good") + events("negligible") + events("bad"), 2000);
    }

    #[test]
    fn every_number_has_an_interval_around_it() {
        for finding in summary().findings {
            let Some(estimate) = finding.estimate else {
                assert!(!finding.measure.worlds.are_shared(), "{}", finding.measure.name);
                continue;
            };
            assert!(estimate.interval.contains(estimate.value), "{}", finding.measure.name);
            assert!(estimate.n > 0);
        }
    }

    #[test]
    fn nothing_is_said_of_no_worlds() {
        let scenario = reference::scenario("canary");
        let summary = Summary::of(&scenario, &[]);
        assert!(summary.findings.iter().all(|finding| finding.estimate.is_none()));
    }
}
