//! Alerting rules: what a query gives is pending first, then fires.

use super::{renamed, with};
use crate::{Error, Evaluator, Labels, Query, Store};
use std::collections::BTreeMap;
use std::fmt;

/// How long a resolved alert is kept, in milliseconds: 15 minutes (Prometheus `rules/alerting.go`).
const RESOLVED_KEPT: i64 = 15 * 60 * 1000;

/// A rule that alerts.
#[derive(Clone, Debug)]
pub struct AlertRule {
    /// What the alert is called.
    pub name: String,
    /// Every series that it gives is an alert.
    pub query: Query,
    /// How long a series must be given before it fires (`for`), in milliseconds.
    pub hold: i64,
    /// How long it fires on after it is not given any more, in milliseconds.
    pub keep_firing_for: i64,
    /// Labels that are added.
    pub labels: Labels,
    /// Texts for whoever is told.
    pub annotations: Vec<(String, String)>,
}

impl AlertRule {
    /// A rule without conditions beyond its query.
    pub fn new(name: &str, query: Query) -> Self {
        let (labels, annotations) = (Labels::default(), Vec::new());
        Self { name: name.to_owned(), query, hold: 0, keep_firing_for: 0, labels, annotations }
    }
}

/// What an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Not given, or resolved.
    Inactive,
    /// Given, but not for long enough.
    Pending,
    /// Given for long enough.
    Firing,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inactive => "inactive",
            Self::Pending => "pending",
            Self::Firing => "firing",
        })
    }
}

/// One alert of a rule; times are milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Alert {
    /// What it is.
    pub state: State,
    /// The last value that was given.
    pub value: f64,
    /// Since when it has been given.
    pub active_at: i64,
    /// Since when it fires.
    pub fired_at: Option<i64>,
    /// Since when it fires although it is not given.
    pub kept_since: Option<i64>,
    /// Since when it is resolved.
    pub resolved_at: Option<i64>,
}

/// An alert that became something else.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The labels of the alert, its name among them.
    pub labels: Labels,
    /// What it was.
    pub from: State,
    /// What it is now.
    pub to: State,
    /// Its value.
    pub value: f64,
}

/// The alerts of one rule over successive evaluations.
#[derive(Clone, Debug)]
pub struct Alerts {
    rule: AlertRule,
    evaluator: Evaluator,
    known: BTreeMap<Labels, Alert>,
}

impl Alerts {
    /// A rule before its first evaluation.
    pub fn new(rule: AlertRule) -> Self {
        let evaluator = rule.query.evaluator();
        Self { rule, evaluator, known: BTreeMap::new() }
    }

    /// The rule.
    pub fn rule(&self) -> &AlertRule {
        &self.rule
    }

    /// Every alert that is pending or fires, and those that were resolved lately.
    pub fn iter(&self) -> impl Iterator<Item = (&Labels, &Alert)> {
        self.known.iter()
    }

    /// Whether any alert fires.
    pub fn is_firing(&self) -> bool {
        self.known.values().any(|alert| alert.state == State::Firing)
    }

    /// Evaluates the query at an instant, and what changes by that. An error changes nothing.
    pub fn evaluate(&mut self, store: &Store, at: i64) -> Result<Vec<Change>, Error> {
        let Self { rule, evaluator, .. } = self;
        let rename = |labels: &Labels| with(labels, ("alertname", &rule.name), &rule.labels);
        let given = renamed(evaluator, store, at, rename)?;
        Ok(self.advance(at, &given))
    }

    /// What changes when these alerts are given at an instant; their labels are all different.
    pub fn advance(&mut self, at: i64, given: &[(Labels, f64)]) -> Vec<Change> {
        let before: BTreeMap<_, _> =
            self.known.iter().map(|(labels, alert)| (labels.clone(), alert.state)).collect();
        for (labels, value) in given {
            let is_active = |alert: &&mut Alert| alert.state != State::Inactive;
            match self.known.get_mut(labels).filter(is_active) {
                Some(alert) => {
                    alert.value = *value;
                    alert.kept_since = None;
                }
                None => drop(self.known.insert(labels.clone(), Alert::new(at, *value))),
            }
        }
        let is_given = |labels: &Labels| given.iter().any(|(given, _)| given == labels);
        let rule = &self.rule;
        self.known.retain(|labels, alert| {
            let stays = is_given(labels) || alert.is_missing(at, rule);
            if alert.state == State::Pending && at - alert.active_at >= rule.hold && stays {
                alert.state = State::Firing;
                alert.fired_at = Some(at);
            }
            stays
        });
        self.changes(&before)
    }

    fn changes(&self, before: &BTreeMap<Labels, State>) -> Vec<Change> {
        let state = |labels: &Labels| self.known.get(labels).map_or(State::Inactive, |it| it.state);
        let gone = before.iter().filter(|(labels, _)| !self.known.contains_key(labels));
        let mut changes: Vec<_> = gone
            .map(|(labels, from)| (labels, *from, f64::NAN))
            .chain(self.known.iter().map(|(labels, alert)| {
                (labels, before.get(labels).copied().unwrap_or(State::Inactive), alert.value)
            }))
            .filter(|(labels, from, _)| *from != state(labels))
            .map(|(labels, from, value)| Change {
                labels: labels.clone(),
                from,
                to: state(labels),
                value,
            })
            .collect();
        changes.sort_by(|a, b| a.labels.cmp(&b.labels));
        changes
    }
}

impl Alert {
    fn new(at: i64, value: f64) -> Self {
        let none = None;
        let state = State::Pending;
        Self { state, value, active_at: at, fired_at: none, kept_since: none, resolved_at: none }
    }

    /// What becomes of an alert that is not given; whether anything of it stays.
    fn is_missing(&mut self, at: i64, rule: &AlertRule) -> bool {
        match self.state {
            State::Pending => false,
            State::Inactive => self.resolved_at.is_some_and(|since| at - since <= RESOLVED_KEPT),
            State::Firing => {
                let since = *self.kept_since.get_or_insert(at);
                if at - since >= rule.keep_firing_for {
                    self.state = State::Inactive;
                    self.resolved_at = Some(at);
                    self.kept_since = None;
                }
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    const MINUTE: i64 = 60_000;

    fn alerts(hold: i64, keep_firing_for: i64) -> Alerts {
        let query = Query::compile("up == 0", Options::V3).expect("a query");
        Alerts::new(AlertRule { hold, keep_firing_for, ..AlertRule::new("Down", query) })
    }

    /// The states after evaluations a minute apart at which one alert is given or not.
    fn states(alerts: &mut Alerts, given: &str) -> Vec<State> {
        let labels = Labels::new([("alertname", "Down")]);
        (0..)
            .zip(given.chars())
            .map(|(minute, given)| {
                let given = if given == 'x' { vec![(labels.clone(), 1.0)] } else { Vec::new() };
                alerts.advance(minute * MINUTE, &given);
                alerts.known.get(&labels).map_or(State::Inactive, |alert| alert.state)
            })
            .collect()
    }

    #[test]
    fn an_alert_without_hold_fires_at_once() {
        let expected = [State::Firing, State::Inactive, State::Firing];
        assert_eq!(states(&mut alerts(0, 0), "x.x"), expected);
    }

    #[test]
    fn a_gap_begins_the_hold_anew() {
        let (p, f, i) = (State::Pending, State::Firing, State::Inactive);
        assert_eq!(states(&mut alerts(2 * MINUTE, 0), "xx.xxxx."), [p, p, i, p, p, f, f, i]);
    }

    #[test]
    fn firing_is_kept_for_a_while() {
        let (f, i) = (State::Firing, State::Inactive);
        let mut kept = alerts(0, 2 * MINUTE);
        assert_eq!(states(&mut kept, "x..x...."), [f, f, f, f, f, f, i, i]);
        assert_eq!(kept.iter().count(), 1);
        kept.advance(40 * MINUTE, &[]);
        assert_eq!(kept.iter().count(), 0);
    }

    #[test]
    fn each_series_is_an_alert_of_its_own_and_changes_are_told() {
        let mut store = Store::new();
        for job in ["a", "b"] {
            let id = store.series(Labels::of("up", [("job", job)]));
            for minute in 0..10 {
                let is_up = job == "b" || minute < 3;
                store.push(id, minute * MINUTE, f64::from(u8::from(is_up))).expect("in order");
            }
        }
        let mut alerts = alerts(MINUTE, 0);
        alerts.rule.labels = Labels::new([("severity", "page")]);
        let told: Vec<_> = (0..6)
            .flat_map(|minute| alerts.evaluate(&store, minute * MINUTE).expect("evaluated"))
            .map(|change| format!("{} {}>{}", change.labels, change.from, change.to))
            .collect();
        let name = r#"{alertname="Down",job="a",severity="page"}"#;
        assert_eq!(told, [format!("{name} inactive>pending"), format!("{name} pending>firing")]);
        assert!(alerts.is_firing());
        alerts.rule.labels = Labels::new([("job", "same")]);
        let id = store.series(Labels::of("up", [("job", "c")]));
        store.push(id, 6 * MINUTE, 0.0).expect("in order");
        let error = alerts.evaluate(&store, 6 * MINUTE).expect_err("two of the same");
        assert!(error.message.contains("under the labels of the rule"), "{error}");
    }
}
