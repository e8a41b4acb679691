//! Recording rules: what a query gives is written as a metric.

use super::{renamed, with};
use crate::{Error, Evaluator, Labels, NAME, Query, SeriesId, Store};

/// A rule that records.
#[derive(Clone, Debug)]
pub struct RecordingRule {
    /// The metric that is written.
    pub record: String,
    /// What is written.
    pub query: Query,
    /// Labels that are added.
    pub labels: Labels,
}

/// A recording rule over successive evaluations.
#[derive(Clone, Debug)]
pub struct Recorder {
    rule: RecordingRule,
    evaluator: Evaluator,
    written: Written,
}

impl Recorder {
    /// A rule before its first evaluation.
    pub fn new(rule: RecordingRule) -> Self {
        let evaluator = rule.query.evaluator();
        Self { rule, evaluator, written: Written::default() }
    }

    /// The rule.
    pub fn rule(&self) -> &RecordingRule {
        &self.rule
    }

    /// What the rule gives at an instant, under the names that it writes.
    pub fn evaluate(&mut self, store: &Store, at: i64) -> Result<Vec<(Labels, f64)>, Error> {
        let Self { rule, evaluator, .. } = self;
        let rename = |labels: &Labels| with(labels, (NAME, &rule.record), &rule.labels);
        renamed(evaluator, store, at, rename)
    }

    /// Evaluates the rule and writes what it gives; series that it gave last time and does not
    /// now have ended.
    pub fn record(&mut self, store: &mut Store, at: i64) -> Result<(), Error> {
        let given = self.evaluate(store, at)?;
        self.written.write(store, at, given);
        Ok(())
    }
}

/// The series that a rule wrote last.
#[derive(Clone, Debug, Default)]
pub(super) struct Written(Vec<SeriesId>);

impl Written {
    /// Writes series, and the end of those that are not among them. A sample that is out of
    /// order is dropped, as Prometheus does.
    pub(super) fn write(&mut self, store: &mut Store, at: i64, given: Vec<(Labels, f64)>) {
        let mut now = Vec::with_capacity(given.len());
        for (labels, value) in given {
            let id = store.series(labels);
            let _ = store.push(id, at, value);
            now.push(id);
        }
        for id in self.0.iter().filter(|id| !now.contains(id)) {
            let _ = store.push_stale(*id, at);
        }
        self.0 = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Answer, Options};

    #[test]
    fn what_is_recorded_can_be_asked_and_ends() {
        let mut store = Store::new();
        let id = store.series(Labels::of("x", [("pod", "a")]));
        let query = Query::compile("x > 1", Options::V3).expect("a query");
        let labels = Labels::new([("team", "t")]);
        let mut rule = Recorder::new(RecordingRule { record: "job:x".to_owned(), query, labels });
        let mut recorded = Query::compile("job:x", Options::V3).expect("a query").evaluator();
        let mut seen: Vec<Vec<String>> = Vec::new();
        for (minute, value) in [(1, 2.0), (2, 3.0), (3, 0.5), (4, 9.0)] {
            let at = minute * 60_000;
            store.push(id, at, value).expect("in order");
            rule.record(&mut store, at).expect("recorded");
            let Ok(Answer::Vector(vector)) = recorded.at(&store, at) else { panic!("a vector") };
            let shown = |(labels, value): (&Labels, f64)| format!("{labels} {value}");
            seen.push(vector.iter().map(shown).collect());
        }
        let name = r#"job:x{pod="a",team="t"}"#;
        let row = |value: &str| vec![format!("{name} {value}")];
        assert_eq!(seen, [row("2"), row("3"), vec![], row("9")]);
    }
}
