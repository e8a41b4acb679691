//! Groups of rules, which are evaluated in their order: later rules see what earlier ones wrote.

use super::record::Written;
use super::{AlertRule, Alerts, Change, Recorder, RecordingRule, State};
use crate::{Error, Labels, NAME, Store};

/// A rule of either kind.
#[derive(Clone, Debug)]
pub enum Rule {
    /// It records.
    Record(RecordingRule),
    /// It alerts.
    Alert(AlertRule),
}

/// Rules that are evaluated together.
#[derive(Clone, Debug)]
pub struct Group {
    /// What the group is called.
    pub name: String,
    /// The time between two evaluations, in milliseconds.
    pub interval: i64,
    members: Vec<Member>,
}

#[derive(Clone, Debug)]
enum Member {
    Record(Recorder),
    Alert { alerts: Alerts, written: Box<[Written; 2]> },
}

/// What an evaluation of a group has come to, by the place of the rule in the group.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An alert became something else.
    Changed(usize, Change),
    /// A rule could not be evaluated; the others were.
    Failed(usize, Error),
}

impl Group {
    /// A group before its first evaluation.
    pub fn new(name: &str, interval: i64, rules: impl IntoIterator<Item = Rule>) -> Self {
        let member = |rule| match rule {
            Rule::Record(rule) => Member::Record(Recorder::new(rule)),
            Rule::Alert(rule) => {
                Member::Alert { alerts: Alerts::new(rule), written: Box::default() }
            }
        };
        let members = rules.into_iter().map(member).collect();
        Self { name: name.to_owned(), interval, members }
    }

    /// The alerts of every alerting rule, in the order of the rules.
    pub fn alerts(&self) -> impl Iterator<Item = &Alerts> {
        self.members.iter().filter_map(|member| match member {
            Member::Alert { alerts, .. } => Some(alerts),
            Member::Record(_) => None,
        })
    }

    /// Evaluates every rule at an instant. What is recorded is written to the store, and so are
    /// `ALERTS` and `ALERTS_FOR_STATE`.
    pub fn evaluate(&mut self, store: &mut Store, at: i64) -> Vec<Event> {
        let mut events = Vec::new();
        for (index, member) in self.members.iter_mut().enumerate() {
            match member {
                Member::Record(recorder) => {
                    let failed = recorder.record(store, at).err();
                    events.extend(failed.map(|error| Event::Failed(index, error)));
                }
                Member::Alert { alerts, written } => match alerts.evaluate(store, at) {
                    Ok(changes) => {
                        let [states, since] = &mut **written;
                        states.write(store, at, series(alerts, "ALERTS"));
                        since.write(store, at, series(alerts, "ALERTS_FOR_STATE"));
                        events.extend(changes.into_iter().map(|it| Event::Changed(index, it)));
                    }
                    Err(error) => events.push(Event::Failed(index, error)),
                },
            }
        }
        events
    }
}

/// What Prometheus writes of alerts that are pending or fire: that they are, or since when.
fn series(alerts: &Alerts, name: &str) -> Vec<(Labels, f64)> {
    let active = alerts.iter().filter(|(_, alert)| alert.state != State::Inactive);
    let series = active.map(|(labels, alert)| {
        let mut labels = labels.clone();
        labels.set(NAME, name);
        if name == "ALERTS" {
            labels.set("alertstate", &alert.state.to_string());
            return (labels, 1.0);
        }
        (labels, alert.active_at as f64 / 1000.0)
    });
    series.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Options, Query};

    #[test]
    fn later_rules_see_what_earlier_ones_wrote() {
        let mut store = Store::new();
        let id = store.series(Labels::of("errors", []));
        let query = |text| Query::compile(text, Options::V3).expect("a query");
        let record = RecordingRule {
            record: "double".to_owned(),
            query: query("errors * 2"),
            labels: Labels::default(),
        };
        let alert = AlertRule { hold: 60_000, ..AlertRule::new("High", query("double > 10")) };
        let broken = AlertRule::new("Broken", query("errors + on() {__name__=~\"errors|double\"}"));
        let rules = [Rule::Record(record), Rule::Alert(alert), Rule::Alert(broken)];
        let mut group = Group::new("g", 60_000, rules);
        let mut firing = query("ALERTS{alertstate=\"firing\"}").evaluator();
        let (mut changes, mut failures, mut seen) = (0, 0, Vec::new());
        for (minute, value) in [(1, 1.0), (2, 6.0), (3, 7.0), (4, 1.0)] {
            let at = minute * 60_000;
            store.push(id, at, value).expect("in order");
            for event in group.evaluate(&mut store, at) {
                match event {
                    Event::Changed(1, _) => changes += 1,
                    Event::Failed(2, _) => failures += 1,
                    other => panic!("{other:?}"),
                }
            }
            let Ok(Answer::Vector(vector)) = firing.at(&store, at) else { panic!("a vector") };
            seen.push(vector.len());
        }
        assert_eq!((changes, failures, seen), (3, 4, vec![0, 0, 1, 0]));
        assert_eq!(group.alerts().count(), 2);
    }
}
