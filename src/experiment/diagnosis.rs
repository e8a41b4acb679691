//! Why bad releases are missed and good ones rolled back: counts, not guesses.

use clockwork::Span;

use super::replicate::Sample;
use super::strata::Strata;
use super::summary::Summary;
use crate::gate::Verdict;
use crate::scenario::Scenario;
use crate::simulation::{Engine, Happening, Measures, Timeline, Truth};

/// No more missed releases of a kind than this are simulated again.
pub const LOOKED_AT_MAX: usize = 64;

/// Bad releases of one kind that were promoted, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Missed {
    /// The kind, by its place in the scenario.
    pub kind: usize,
    /// Bad releases of this kind.
    pub bad: u64,
    /// Those that were promoted.
    pub missed: u64,
    /// The share of all changes that they stand for.
    pub share: f64,
    /// Those that did no harm before the gates stopped watching.
    pub late: u64,
    /// Of the others, so many were simulated again to look at their readings.
    pub looked_at: u64,
    /// In so many of these no gate had enough samples to say anything under harm.
    pub blind: u64,
    /// In so many of these no reading failed under harm.
    pub quiet: u64,
    /// In so many of these readings failed, but not as often as it takes.
    pub forgiven: u64,
    /// A replication that shows the most common reason.
    pub example: u64,
}

/// Why the gates are wrong when they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnosis {
    /// By kind of release, those first of which most releases are missed.
    pub missed: Vec<Missed>,
    /// A good release that was rolled back, by the gate that did so most often.
    pub false_rollback: Option<FalseRollback>,
}

/// The gate behind most false rollbacks. Shares are of all changes.
#[derive(Clone, Debug, PartialEq)]
pub struct FalseRollback {
    /// The gate, by its place in the scenario.
    pub gate: usize,
    /// False rollbacks by this gate.
    pub by_gate: f64,
    /// False rollbacks by anybody.
    pub all: f64,
    /// Of those by this gate, those that were ordered within [`FalseRollback::window`] of the
    /// first traffic: by readings of a fleet that had just started.
    pub early: f64,
    /// How far back a reading of this gate looks.
    pub window: Span,
    /// A replication that shows one.
    pub example: u64,
}

impl Diagnosis {
    /// Looks for the reasons in a sample; some of its worlds are simulated again.
    pub fn of(scenario: &Scenario, sample: &Sample<Measures>, summary: &Summary) -> Self {
        let mut missed: Vec<_> = (0..scenario.releases.len())
            .filter_map(|kind| missed(scenario, sample, kind, summary))
            .collect();
        missed.sort_by(|a, b| b.share.total_cmp(&a.share));
        Self { missed, false_rollback: false_rollback(scenario, sample) }
    }

    /// The share of all changes that are missed bad releases.
    pub fn missed(&self) -> f64 {
        self.missed.iter().map(|it| it.share).sum()
    }
}

/// Why one missed release was missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    Late,
    Blind,
    Quiet,
    Forgiven,
}

fn missed(
    scenario: &Scenario,
    sample: &Sample<Measures>,
    kind: usize,
    summary: &Summary,
) -> Option<Missed> {
    let of = summary.kinds.get(kind)?;
    let is = |it: &Measures| usize::from(it.release) == kind && it.is_missed();
    let all = || (0_u64..).zip(&sample.values).filter(|(_, it)| is(it));
    let promoted = all().count() as u64;
    if promoted == 0 {
        return None;
    }
    let late = |it: &Measures| it.harm_began.is_none_or(|began| Some(began) >= it.promoted_at);
    let mut reasons: Vec<(u64, Reason)> =
        all().filter(|(_, it)| late(it)).map(|(index, _)| (index, Reason::Late)).collect();
    let lates = reasons.len() as u64;
    let mut engine = Engine::new(scenario, Timeline::default());
    for (index, _) in all().filter(|(_, it)| !late(it)).take(LOOKED_AT_MAX) {
        reasons.push((index, look_again(&mut engine, (sample.seed, index), scenario.gates.len())));
    }
    let count = |reason| reasons.iter().filter(|it| it.1 == reason).count() as u64;
    let looked_at = reasons.len() as u64 - lates;
    let others = promoted - lates;
    let common = if lates >= others { Reason::Late } else { most_common(count) };
    let example = reasons.iter().find(|it| it.1 == common).map(|it| it.0)?;
    Some(Missed {
        kind,
        bad: of.tally.of(Truth::Bad),
        missed: promoted,
        share: of.weight * promoted as f64 / of.tally.all() as f64,
        late: lates,
        looked_at,
        blind: count(Reason::Blind),
        quiet: count(Reason::Quiet),
        forgiven: count(Reason::Forgiven),
        example,
    })
}

fn most_common(count: impl Fn(Reason) -> u64) -> Reason {
    let reasons = [Reason::Quiet, Reason::Forgiven, Reason::Blind];
    reasons.into_iter().rev().max_by_key(|reason| count(*reason)).unwrap_or(Reason::Quiet)
}

/// The readings under harm, of a world in which the release was promoted.
fn look_again(
    engine: &mut Engine<'_, Timeline>,
    (seed, index): (u64, u64),
    gates: usize,
) -> Reason {
    engine.record.entries.clear();
    let measures = engine.simulate(seed, index);
    let began = measures.harm_began.unwrap_or(measures.ended_at);
    let readings = engine.record.entries.iter().filter_map(|(at, happening)| match happening {
        Happening::Reading(reading) if *at >= began && reading.gate < gates => {
            Some(reading.verdict)
        }
        Happening::Measured { opinion, .. } if *at >= began => Some(match opinion.word {
            "Error" => Verdict::Error,
            "Failed" => Verdict::Fail,
            _ => Verdict::Pass,
        }),
        _ => None,
    });
    let (mut said, mut failed) = (0_u32, 0_u32);
    for verdict in readings {
        said += u32::from(!matches!(verdict, Verdict::NoData | Verdict::Error));
        failed += u32::from(verdict == Verdict::Fail);
    }
    match (said, failed) {
        (0, _) => Reason::Blind,
        (_, 0) => Reason::Quiet,
        _ => Reason::Forgiven,
    }
}

fn false_rollback(scenario: &Scenario, sample: &Sample<Measures>) -> Option<FalseRollback> {
    let strata = Strata::of(scenario, &sample.values);
    let by = |gate: usize| move |it: &Measures| it.is_false_rollback() && it.gate() == Some(gate);
    let share = |gate: &usize| strata.share(by(*gate));
    // The first of those that did it equally often.
    let gates = (0..scenario.gates.len()).rev();
    let gate = gates.max_by(|a, b| share(a).total_cmp(&share(b)))?;
    let example = sample.values.iter().position(by(gate))? as u64;
    let after = |it: &Measures| it.ordered_at.unwrap_or(it.ended_at) - it.exposed_at;
    let window = scenario.tick * u64::from(scenario.gates[gate].window);
    Some(FalseRollback {
        gate,
        early: strata.share(|it| by(gate)(it) && after(it) <= window),
        window,
        by_gate: share(&gate),
        all: strata.share(Measures::is_false_rollback),
        example,
    })
}
