//! A query of a simulated Prometheus, and what its value means.

use expr::{Condition, Value};

use super::{Asks, Verdict};

/// A query, and what its value means. It is not a function of the counts of a window: whoever
/// evaluates the query asks [`Query::verdict`].
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Which of the scenario's queries.
    pub query: usize,
    /// What its value means.
    pub accepts: Accepts,
    /// So many readings in a row may end in an error (`consecutiveErrorLimit`).
    pub error_limit: u32,
    /// After more inconclusive readings than this the rollout stops where it is
    /// (`inconclusiveLimit`); nothing when they are set aside.
    pub inconclusive_limit: Option<u32>,
}

/// What a value means.
#[derive(Clone, Debug, PartialEq)]
pub enum Accepts {
    /// As the conditions of an analysis say, and as Argo combines them: a failure if that condition
    /// holds, whatever the other says; neither is inconclusive.
    Conditions {
        /// What must hold for a success.
        success: Option<Condition>,
        /// What must hold for a failure.
        failure: Option<Condition>,
    },
    /// The first value within these bounds, both included. No value, and one that is not a number,
    /// are no data.
    Range {
        /// At least this.
        low: Option<f64>,
        /// At most this.
        high: Option<f64>,
    },
}

impl Query {
    /// What the answer to the query means; an answer that is an error is one.
    ///
    /// Source of the combination of conditions: Argo Rollouts `EvaluateResult`.
    pub fn verdict(&self, answer: Option<&Value>) -> Verdict {
        let Some(value) = answer else { return Verdict::Error };
        match &self.accepts {
            Accepts::Conditions { success, failure } => {
                let holds = |condition: &Option<Condition>| {
                    condition.as_ref().map(|condition| condition.holds(value)).transpose()
                };
                match (holds(success), holds(failure)) {
                    (Ok(_), Ok(Some(true))) | (Ok(Some(false)), Ok(None)) => Verdict::Fail,
                    (Ok(Some(false)), Ok(Some(false))) => Verdict::Inconclusive,
                    (Ok(_), Ok(_)) => Verdict::Pass,
                    _ => Verdict::Error,
                }
            }
            Accepts::Range { low, high } => match first(value) {
                None => Verdict::NoData,
                Some(value) => {
                    let outside =
                        low.is_some_and(|low| value < low) || high.is_some_and(|high| value > high);
                    if outside { Verdict::Fail } else { Verdict::Pass }
                }
            },
        }
    }

    /// The first value of an answer, if it is a number.
    pub fn value(answer: Option<&Value>) -> Option<f64> {
        answer.and_then(first)
    }
}

fn first(value: &Value) -> Option<f64> {
    let first = match value {
        Value::Float(value) => Some(*value),
        Value::Floats(values) => values.first().copied(),
        _ => None,
    };
    first.filter(|value| !value.is_nan())
}

impl Asks for Query {}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(success: &str, failure: &str) -> Query {
        let one =
            |text: &str| (!text.is_empty()).then(|| Condition::parse(text).expect("a condition"));
        let accepts = Accepts::Conditions { success: one(success), failure: one(failure) };
        Query { query: 0, accepts, error_limit: 4, inconclusive_limit: None }
    }

    #[test]
    fn nothing_not_a_number_and_neither_condition_are_told_apart() {
        let least = conditions("result[0] >= 0.95", "");
        let most = conditions("", "result[0] < 0.9");
        let both = conditions("result[0] >= 0.95", "result[0] < 0.9");
        let guarded = conditions("len(result) == 0 || isNaN(result[0]) || result[0] >= 0.95", "");
        let said = |values: &[f64]| {
            let value = Value::Floats(values.to_vec());
            [&least, &most, &both, &guarded].map(|query| query.verdict(Some(&value)).word())
        };
        assert_eq!(said(&[0.97]), ["pass"; 4]);
        assert_eq!(said(&[0.93]), ["fail", "pass", "inconclusive", "fail"]);
        assert_eq!(said(&[f64::NAN]), ["fail", "pass", "inconclusive", "pass"]);
        assert_eq!(said(&[]), ["error", "error", "error", "pass"]);
        assert_eq!(least.verdict(None), Verdict::Error);
    }

    #[test]
    fn a_range_wants_a_number() {
        let accepts = Accepts::Range { low: Some(0.99), high: None };
        let range = Query { query: 0, accepts, error_limit: 4, inconclusive_limit: None };
        let said = |value| range.verdict(Some(&value)).word();
        assert_eq!(said(Value::Float(0.99)), "pass");
        assert_eq!(said(Value::Floats(vec![0.98, 1.0])), "fail");
        assert_eq!(said(Value::Floats(vec![f64::NAN])), "no data");
        assert_eq!(said(Value::Floats(vec![])), "no data");
    }
}
