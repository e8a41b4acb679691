//! One plain sentence, computed from what was counted, and the replication that shows it.

use super::number::{grouped, share, with_interval};
use crate::experiment::{Decisions, Diagnosis, FalseRollback, Missed, Summary};
use crate::scenario::Scenario;
use crate::simulation::{Ending, Truth};

/// What an experiment says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// One sentence.
    pub sentence: String,
    /// A replication that shows what it says, if there is one.
    pub example: Option<u64>,
}

impl Conclusion {
    /// The sentence that matters most: what goes wrong most often, and why.
    pub fn of(scenario: &Scenario, summary: &Summary, diagnosis: &Diagnosis) -> Self {
        let missed = diagnosis.missed();
        let wronged = diagnosis.false_rollback.as_ref().map_or(0.0, |it| it.all);
        let by_itself = summary.decisions.iter().filter(|by| by.gate.is_none());
        if by_itself.map(|by| by.tally.share_ended(Ending::Held)).sum::<f64>() > 0.5 {
            return Self { sentence: waits(summary), example: Some(0) };
        }
        let is_judged = !scenario.gates.is_empty() || is_analysed(scenario);
        if !is_judged && missed > 0.0 {
            return Self { sentence: NO_GATES.to_owned(), example: first(diagnosis) };
        }
        if let Some(sentence) =
            by_analysis(summary).filter(|_| wronged_by_analysis(summary) > missed)
            && is_analysed(scenario)
        {
            return Self { sentence, example: None };
        }
        match (diagnosis.missed.first(), &diagnosis.false_rollback) {
            (_, Some(it)) if wronged > missed => {
                Self { sentence: wrong(scenario, summary, it), example: Some(it.example) }
            }
            (Some(it), _) => {
                let sentence = missing(scenario, it, diagnosis.missed.len());
                Self { sentence, example: Some(it.example) }
            }
            (None, Some(it)) => {
                Self { sentence: wrong(scenario, summary, it), example: Some(it.example) }
            }
            (None, None) if is_analysed(scenario) && by_analysis(summary).is_some() => {
                let sentence = by_analysis(summary).unwrap_or_default();
                Self { sentence, example: None }
            }
            (None, None) => Self { sentence: all_well(summary), example: None },
        }
    }
}

/// Whether a controller of its own measures anything.
fn is_analysed(scenario: &Scenario) -> bool {
    scenario.strategy.delivery.as_ref().is_some_and(|it| !it.sources.is_empty())
}

/// The share of good releases that were rolled back.
fn wronged_by_analysis(summary: &Summary) -> f64 {
    summary.get("false-rollback").estimate.map_or(0.0, |estimate| estimate.value)
}

/// How often good releases were rolled back, and by what most often; nothing if none was.
fn by_analysis(summary: &Summary) -> Option<String> {
    let finding = summary.get("false-rollback");
    let estimate = finding.estimate.filter(|estimate| estimate.value > 0.0)?;
    let of = |by: &Decisions| by.tally.share(Truth::Good, Ending::RolledBack);
    let most = summary.decisions.iter().max_by(|a, b| of(a).total_cmp(&of(b)))?;
    let how_many = with_interval(finding.unit(), &estimate);
    Some(format!("{how_many} of good releases were rolled back, most of them by `{}`.", most.name))
}

fn first(diagnosis: &Diagnosis) -> Option<u64> {
    diagnosis.missed.first().map(|it| it.example)
}

fn waits(summary: &Summary) -> String {
    format!(
        "{} of changes stopped on the way and waited for a person: say how long such a pause \
         takes, or let a gate end it.",
        share(summary.tally.share_ended(Ending::Held)),
    )
}

const NO_GATES: &str = "No gate judges this rollout, so every bad release was promoted.";

fn all_well(summary: &Summary) -> String {
    let (good, bad) = (summary.tally.of(Truth::Good), summary.tally.of(Truth::Bad));
    match (good, bad) {
        (0, 0) => "No release was good or bad enough to judge the gates by.".to_owned(),
        (_, 0) => format!(
            "None of the {} good releases was rolled back; there was no bad one to catch.",
            grouped(good)
        ),
        (0, _) => format!("All {} bad releases were caught; there was no good one.", grouped(bad)),
        _ => format!(
            "All {} bad releases were caught, and none of the {} good ones was rolled back.",
            grouped(bad),
            grouped(good)
        ),
    }
}

fn wrong(scenario: &Scenario, summary: &Summary, it: &FalseRollback) -> String {
    let gate = &scenario.gates[it.gate].name;
    let finding = summary.get("false-rollback");
    let how_many = finding
        .estimate
        .map_or_else(|| share(it.all), |estimate| with_interval(finding.unit(), &estimate));
    let whose = match part(it.by_gate, it.all) {
        None => format!("all of them by the gate `{gate}`"),
        Some(part) => format!("{part} of them by the gate `{gate}`"),
    };
    let early = match part(it.early, it.by_gate) {
        _ if it.early <= 0.0 => String::new(),
        None => format!(", all within {} of the first traffic", it.window),
        Some(part) => format!(", {part} of these within {} of the first traffic", it.window),
    };
    format!("{how_many} of good releases were rolled back, {whose}{early}.")
}

/// How much of the whole; nothing when it is all of it.
fn part(some: f64, all: f64) -> Option<String> {
    let part = some / all;
    (part < 1.0 - 1e-9).then(|| share(part))
}

fn missing(scenario: &Scenario, it: &Missed, kinds: usize) -> String {
    let kind = &scenario.releases[it.kind].name;
    let most = if kinds > 1 { "is missed most" } else { "is missed" };
    let (missed, bad) = (grouped(it.missed), grouped(it.bad));
    format!("`{kind}` {most}, {missed} of {bad}: {}.", why(scenario, it))
}

fn why(scenario: &Scenario, it: &Missed) -> String {
    let others = it.missed - it.late;
    if it.late >= others {
        return format!(
            "{} did no harm until the gates had stopped watching, {} after the last step",
            of(it.late, it.missed),
            scenario.bake
        );
    }
    let looked_at = it.looked_at;
    let most = it.quiet.max(it.forgiven).max(it.blind);
    let of_those = if looked_at == it.missed {
        of(most, looked_at)
    } else {
        format!("{} of {looked_at} looked at", grouped(most))
    };
    if most == it.quiet {
        format!("in {of_those} no reading failed under harm: the effect is within every bound")
    } else if most == it.forgiven {
        format!("in {of_those} readings failed, but not as often as it takes to trip a gate")
    } else {
        format!("in {of_those} no gate had its minimum of samples under harm")
    }
}

fn of(some: u64, all: u64) -> String {
    match (some, all) {
        (1, 1) => "it".to_owned(),
        _ if some == all => format!("all {}", grouped(all)),
        _ => format!("{} of them", grouped(some)),
    }
}
