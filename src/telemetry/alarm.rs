//! An alert with everything that it needs: its rule, what other rules record for it, and the
//! series that they read.

use std::collections::BTreeSet;

use promql::Query;
use promql::rule::{Group, Rule};

use super::compile::{Mistake, Reads, reads};
use super::rules::RuleGroup;
use super::{Series, Telemetry};
use crate::document::Place;

/// An alert, ready to be evaluated from the start of a world on.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// What the alert is called.
    pub name: String,
    /// Its rules and those that record for them.
    pub groups: Vec<Members>,
    /// What they select.
    pub series: Vec<Series>,
    /// Time between two evaluations of the alert, milliseconds.
    pub interval: i64,
    /// How far back the rules look, milliseconds.
    pub reach: i64,
    /// Whether they are evaluated on the series of single pods.
    pub by_pod: bool,
}

/// The rules of one group that an alert needs.
#[derive(Clone, Debug)]
pub struct Members {
    /// What the group is called.
    pub name: String,
    /// Time between two evaluations, milliseconds.
    pub interval: i64,
    /// The rules, in their order.
    pub rules: Vec<Rule>,
}

impl Members {
    /// The group before its first evaluation.
    pub fn begin(&self) -> Group {
        Group::new(&self.name, self.interval, self.rules.iter().cloned())
    }
}

/// The alert of that name over all groups, or what is wrong with it and where.
pub fn alarm(
    telemetry: &Telemetry,
    groups: &[RuleGroup],
    name: &str,
) -> Result<Alarm, (Option<Place>, Mistake)> {
    let all = telemetry.series();
    let recorded: BTreeSet<&str> = rules(groups).filter_map(|(_, it, _)| records(it)).collect();
    let mut needed: BTreeSet<(usize, usize)> = rules(groups)
        .filter(|(_, rule, _)| matches!(rule, Rule::Alert(it) if it.name == name))
        .map(|(place, ..)| place)
        .collect();
    let interval = needed.iter().map(|(group, _)| groups[*group].interval).min();
    let Some(interval) = interval else { return Err((None, unknown(groups, name))) };
    let (mut selected, mut reach) = (vec![false; all.len()], 0);
    let mut by_pod = telemetry.by_pod;
    let mut open: Vec<_> = needed.iter().copied().collect();
    while let Some((group, rule)) = open.pop() {
        let (rule, place) = &groups[group].rules[rule];
        let (idle, missing) = (telemetry.idle(), &telemetry.missing);
        let found: Reads = reads(&all, (&idle, missing), Some(&recorded), query(rule))
            .map_err(|it| (Some(*place), it))?;
        selected.iter_mut().zip(found.selected).for_each(|(all, more)| *all |= more);
        reach = reach.max(found.reach);
        by_pod |= found.by_pod;
        for (place, rule, _) in rules(groups) {
            let is_read = records(rule).is_some_and(|it| found.recorded.contains(it));
            if is_read && needed.insert(place) {
                open.push(place);
            }
        }
    }
    let groups = groups.iter().enumerate().filter_map(|(index, group)| {
        let members = group.rules.iter().enumerate();
        let members = members.filter(|(rule, _)| needed.contains(&(index, *rule)));
        let rules: Vec<_> = members.map(|(_, (rule, _))| rule.clone()).collect();
        let (name, interval) = (group.name.clone(), group.interval);
        (!rules.is_empty()).then_some(Members { name, interval, rules })
    });
    let groups = groups.collect();
    let series = all.into_iter().zip(selected).filter(|(_, is)| *is).map(|(it, _)| it).collect();
    Ok(Alarm { name: name.to_owned(), groups, series, interval, reach, by_pod })
}

/// Every alert of some groups by name, each name once.
pub fn alerts(groups: &[RuleGroup]) -> BTreeSet<&str> {
    let names = rules(groups).filter_map(|(_, rule, _)| match rule {
        Rule::Alert(alert) => Some(alert.name.as_str()),
        Rule::Record(_) => None,
    });
    names.collect()
}

fn rules(groups: &[RuleGroup]) -> impl Iterator<Item = ((usize, usize), &Rule, Place)> {
    groups.iter().enumerate().flat_map(|(group, it)| {
        let rules = it.rules.iter().enumerate();
        rules.map(move |(index, (rule, place))| ((group, index), rule, *place))
    })
}

fn records(rule: &Rule) -> Option<&str> {
    match rule {
        Rule::Record(record) => Some(&record.record),
        Rule::Alert(_) => None,
    }
}

fn query(rule: &Rule) -> &Query {
    match rule {
        Rule::Record(record) => &record.query,
        Rule::Alert(alert) => &alert.query,
    }
}

fn unknown(groups: &[RuleGroup], name: &str) -> Mistake {
    let known = alerts(groups);
    let near = crate::document::closest(name, known.iter().copied());
    let help = match (near, known.is_empty()) {
        (Some(near), _) => format!("`{near}` is one"),
        (None, true) => "write `rules` with the groups of a rule file".to_owned(),
        (None, false) => format!("`{}` is one", known.iter().next().unwrap_or(&"")),
    };
    Mistake { place: 0..0, message: format!("no rule alerts as `{name}`"), help: Some(help) }
}
