//! Cases: series, a query, when, and what Prometheus answers.

use promql::{Answer, Labels, Options, Query, STALE, Samples, Store, notation};
use serde_json::Value;
use std::collections::BTreeMap;

/// A number, or one of those that JSON lacks; nothing for null.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(match text.as_str() {
            "NaN" => f64::NAN,
            "+Inf" => f64::INFINITY,
            "-Inf" => f64::NEG_INFINITY,
            "stale" => f64::from_bits(STALE),
            other => panic!("{other} is no number"),
        }),
        other => Some(other.as_f64().unwrap_or_else(|| panic!("{other} is no number"))),
    }
}

fn labels(value: &Value) -> Labels {
    let pairs = value.as_object().expect("labels");
    Labels::new(pairs.iter().map(|(label, value)| (label.as_str(), value.as_str().expect("text"))))
}

fn millis(value: &Value) -> i64 {
    (value.as_f64().expect("seconds") * 1000.0).round() as i64
}

/// A store of `[{series, values}]`.
pub(crate) fn store_in_notation(series: &Value, interval: i64) -> Store {
    let mut store = Store::new();
    for series in series.as_array().expect("series") {
        let labels = notation::read_series(series["series"].as_str().expect("a series"));
        let values = notation::read_values(series["values"].as_str().expect("values"));
        let (labels, values) = (labels.expect("a series"), values.expect("values"));
        notation::load(&mut store, labels, &values, interval).expect("in order");
    }
    store
}

/// Whether a gate's query gives what is expected, to 1e-9.
pub(crate) fn gate_query(case: &Value, store: &Store) -> Result<(), String> {
    let text = case["expr"].as_str().expect("a query");
    let at = millis(&case["at"]);
    let fail = |why: String| format!("{text} at {at}: {why}");
    let query = Query::compile(text, Options::V3).map_err(|error| fail(error.render(text)))?;
    let mut evaluator = query.evaluator();
    let answer = evaluator.at(store, at).map_err(|error| fail(error.to_string()))?;
    let expected = case["expected"].as_array().expect("expected").iter();
    let expected =
        expected.map(|it| (labels(&it["labels"]), number(&it["value"]).expect("a value")));
    compare(pairs(answer), expected.collect(), 1e-9).map_err(fail)
}

fn pairs(answer: Answer<'_>) -> Vec<(Labels, f64)> {
    match answer {
        Answer::Scalar(value) => vec![(Labels::default(), value)],
        Answer::Vector(vector) => vector.iter().map(|(name, it)| (name.clone(), it)).collect(),
        other => panic!("neither a number nor a vector: {other:?}"),
    }
}

fn compare(
    mut found: Vec<(Labels, f64)>,
    mut expected: Vec<(Labels, f64)>,
    tolerance: f64,
) -> Result<(), String> {
    found.sort_by(|a, b| a.0.cmp(&b.0));
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    let is_same = found.len() == expected.len()
        && found.iter().zip(&expected).all(|(a, b)| a.0 == b.0 && is_close(a.1, b.1, tolerance));
    let shown = |all: &[(Labels, f64)]| {
        all.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
    };
    if is_same { Ok(()) } else { Err(format!("{} expected {}", shown(&found), shown(&expected))) }
}

fn is_close(a: f64, b: f64, tolerance: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

/// Sets of series by their ids.
pub(crate) struct Fixtures(BTreeMap<String, Value>);

impl Fixtures {
    pub(crate) fn new(file: &Value) -> Self {
        let fixtures = file["fixtures"].as_array().expect("fixtures").iter();
        let named = |it: &Value| (it["id"].as_str().expect("an id").to_owned(), it.clone());
        Self(fixtures.map(named).collect())
    }

    fn store(&self, ids: &Value) -> Store {
        // Several fixtures may write to one series: samples by time, later fixtures on top.
        let mut series = BTreeMap::<Labels, BTreeMap<i64, f64>>::new();
        let mut order = Vec::new();
        for id in ids.as_array().expect("ids") {
            let fixture = &self.0[id.as_str().expect("an id")];
            let interval = millis(&fixture["interval_s"]);
            for one in fixture["series"].as_array().expect("series") {
                let labels = labels(&one["labels"]);
                if !series.contains_key(&labels) {
                    order.push(labels.clone());
                }
                let samples = series.entry(labels).or_default();
                let values = one["values"].as_array().expect("values").iter().map(number);
                let timed = (0..).map(|index: i64| index * interval).zip(values);
                samples.extend(timed.filter_map(|(at, value)| Some((at, value?))));
            }
        }
        let mut store = Store::new();
        for labels in order {
            let id = store.series(labels.clone());
            for (&at, &value) in &series[&labels] {
                store.push(id, at, value).expect("in order");
            }
        }
        store
    }
}

/// What became of a case.
pub(crate) enum Outcome {
    Agrees,
    Unsupported,
    Differs(String),
}

/// A case of the test files of Prometheus.
pub(crate) struct Case<'a>(pub(crate) &'a Value);

impl Case<'_> {
    pub(crate) fn id(&self) -> &str {
        self.0["id"].as_str().expect("an id")
    }

    pub(crate) fn judge(&self, fixtures: &Fixtures, options: Options) -> Outcome {
        let text = self.0["expr"].as_str().expect("a query");
        let store = fixtures.store(&self.0["fixtures"]);
        let must_fail = self.0["expect_fail"].as_bool().expect("a bool");
        let query = match Query::compile(text, options) {
            Ok(query) => query,
            Err(_) if must_fail => return Outcome::Agrees,
            Err(error) if error.message.contains("not supported") => return Outcome::Unsupported,
            Err(error) => return Outcome::Differs(error.render(text)),
        };
        let result = match self.0["kind"].as_str() {
            Some("instant") => self.instant(&query, &store),
            Some("range") => self.range(&query, &store),
            other => panic!("{}: kind {other:?}", self.id()),
        };
        match result {
            Ok(_) if must_fail => Outcome::Differs(format!("{text}: does not fail")),
            Ok(Ok(())) => Outcome::Agrees,
            Ok(Err(why)) => Outcome::Differs(format!("{text}: {why}")),
            Err(_) if must_fail => Outcome::Agrees,
            Err(error) => Outcome::Differs(format!("{text}: {error}")),
        }
    }

    /// What the query fails with, or else whether it gives what is expected.
    fn instant(&self, query: &Query, store: &Store) -> Result<Result<(), String>, promql::Error> {
        let mut evaluator = query.evaluator();
        let found = pairs(evaluator.at(store, millis(&self.0["at"]))?);
        let expected = &self.0["expected"];
        let expected = if let Some(value) = number(&expected["scalar"]) {
            vec![(Labels::default(), value)]
        } else {
            let series = expected["series"].as_array().expect("series").iter();
            let value = |it: &Value| number(&it["values"][0]).expect("a value");
            series.map(|it| (labels(&it["labels"]), value(it))).collect()
        };
        if self.0["ordered"].as_bool() == Some(true) {
            let names = |all: &[(Labels, f64)]| all.iter().map(|it| it.0.clone()).collect();
            let [found, expected]: [Vec<_>; 2] = [&found, &expected].map(|it| names(it));
            if found != expected {
                return Ok(Err(format!("order {found:?} expected {expected:?}")));
            }
        }
        Ok(compare(found, expected, 1e-6))
    }

    fn range(&self, query: &Query, store: &Store) -> Result<Result<(), String>, promql::Error> {
        let [from, to, step] = ["from", "to", "step"].map(|key| millis(&self.0[key]));
        let series = query.evaluator().range(store, from, to, step)?;
        let expected = self.0["expected"]["series"].as_array().expect("series");
        let flat = |series: &[Samples]| {
            let mut flat = Vec::new();
            for one in series {
                for &(at, value) in &one.samples {
                    let mut labels = one.labels.clone();
                    labels.set("at", &format!("{at:020}"));
                    flat.push((labels, value));
                }
            }
            flat
        };
        let expected: Vec<_> = expected
            .iter()
            .map(|it| {
                let values = it["values"].as_array().expect("values").iter().map(number);
                let timed = (0..).map(|index: i64| from + index * step).zip(values);
                let samples = timed.filter_map(|(at, value)| Some((at, value?))).collect();
                Samples { labels: labels(&it["labels"]), samples }
            })
            .collect();
        Ok(compare(flat(&series), flat(&expected), 1e-6))
    }
}
