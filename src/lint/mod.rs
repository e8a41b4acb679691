//! What is wrong with rollback gates as they are written: rules, each finding with its place, a
//! number and what to write instead.
//!
//! ```text
//! files --yaml::parse--> trees --objects--> Files --rules--> findings --suppress--> findings
//! ```
//!
//! A rule is a file in `rules`, or a few that belong together, and a line in [`RULES`]. It looks at
//! `Files`: templates, rollouts, canaries and alerts of all files together, with
//! queries and conditions that know their places. Conditions are never taken apart: they are asked
//! what values mean to them.

mod alerts;
mod argo;
mod change;
mod condition;
mod finding;
mod flagger;
mod gate;
mod number;
mod objects;
mod placed;
mod query;
mod ratio;
mod rules;
mod schemes;
mod suppress;
mod traffic;

pub use change::{Edit, edited, together};
pub use finding::{Finding, Level, Rule};
pub use rules::RULES;
pub use suppress::Date;
pub use traffic::Traffic;

use crate::document::{Node, SourceId, Sources};
use objects::Files;

/// The rule of that name.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.id == id)
}

/// Everything that rules find in the documents of some files, by place, then by rule. Comments
/// with a reason may suppress findings until a date, and `today` decides whether they still do.
/// Numbers that depend on the traffic are those of `traffic`, or several where it says nothing.
pub fn lint(
    trees: &[Node],
    sources: &Sources,
    today: Date,
    traffic: &Traffic,
) -> Vec<(&'static Rule, Finding)> {
    let files = Files::of(trees, sources, traffic);
    let mut findings = Vec::new();
    for rule in RULES {
        findings.extend((rule.check)(&files).into_iter().map(|finding| (*rule, finding)));
    }
    let mut read: Vec<SourceId> = trees.iter().map(|tree| tree.place.source).collect();
    read.dedup();
    let mut findings = suppress::apply(findings, &read, sources, today);
    findings.sort_by_key(|(rule, finding)| (finding.place(), rule.level, rule.id));
    findings.dedup_by(|a, b| a.0.id == b.0.id && a.1 == b.1);
    findings
}

/// How many things there are in some files that rules are about.
pub fn subjects(trees: &[Node], sources: &Sources) -> usize {
    let traffic = Traffic::default();
    let files = Files::of(trees, sources, &traffic);
    let kinds = ["Deployment", "Rollout", "Scenario", "Compare", "Claim"];
    let objects = files.objects.iter().filter(|it| kinds.contains(&it.kind)).count();
    let canaries = files.canaries.len() + files.metric_templates.len();
    objects + files.templates.len() + canaries + files.alerts.len()
}

/// What makes a gate blind is said before what distorts what it sees.
const FIRST: [&str; 4] =
    ["blind-to-canary", "alert-diluted", "no-such-metric", "analysis-before-traffic"];

/// The finding that matters most: the gravest, and among equals one that makes a gate blind.
pub fn foremost<'f>(
    findings: &'f [(&'static Rule, Finding)],
) -> Option<&'f (&'static Rule, Finding)> {
    let place = |id: &str| FIRST.iter().position(|it| *it == id).unwrap_or(FIRST.len());
    findings.iter().min_by_key(|(rule, _)| (rule.level, place(rule.id)))
}

#[cfg(test)]
mod tests;
