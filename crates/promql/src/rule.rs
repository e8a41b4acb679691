//! Rules: queries that are evaluated again and again, and what becomes of their answers.
//!
//! Templates in labels and annotations are left as they were written.

mod alert;
mod group;
mod record;

pub use alert::{Alert, AlertRule, Alerts, Change, State};
pub use group::{Event, Group, Rule};
pub use record::{Recorder, RecordingRule};

use crate::{Answer, Error, Evaluator, Labels, NAME, Place, Store};

/// The series of an answer, renamed; two of the same name are an error.
fn renamed(
    evaluator: &mut Evaluator,
    store: &Store,
    at: i64,
    rename: impl Fn(&Labels) -> Labels,
) -> Result<Vec<(Labels, f64)>, Error> {
    let place = evaluator.query().expr().place;
    let mut series: Vec<_> = match evaluator.at(store, at)? {
        Answer::Scalar(value) => vec![(rename(&Labels::default()), value)],
        Answer::Vector(vector) => {
            vector.iter().map(|(labels, value)| (rename(labels), value)).collect()
        }
        Answer::Range(_) | Answer::Text(_) => {
            let message = "a rule is about numbers or series, not about windows or texts";
            return Err(Error::new(place, message));
        }
    };
    series.sort_by(|a, b| a.0.cmp(&b.0));
    match series.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(same(&pair[0].0, place)),
        None => Ok(series),
    }
}

fn same(labels: &Labels, place: Place) -> Error {
    Error::new(place, format!("two series have the labels {labels} under the labels of the rule"))
}

/// Labels of a series with those of a rule on top.
fn with(labels: &Labels, name: (&str, &str), rule: &Labels) -> Labels {
    let mut labels = labels.clone();
    labels.set(NAME, "");
    for (label, value) in rule.iter() {
        labels.set(label, value);
    }
    labels.set(name.0, name.1);
    labels
}
