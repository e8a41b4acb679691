//! What a measured value means.

use expr::{Condition, Problem, Value};

use super::phase::Phase;

/// The conditions of a metric. Without any, every value is a success.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions {
    /// What must hold for a success.
    pub success: Option<Condition>,
    /// What must hold for a failure.
    pub failure: Option<Condition>,
}

/// What a value means, and why there is no answer if it is an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What the value means.
    pub phase: Phase,
    /// Why a condition has no answer.
    pub problem: Option<Problem>,
}

impl Conditions {
    /// Conditions as they are written; an empty text is none.
    pub fn parse(success: &str, failure: &str) -> Result<Self, Problem> {
        let one = |text: &str| {
            Some(text).filter(|text| !text.is_empty()).map(Condition::parse).transpose()
        };
        Ok(Self { success: one(success)?, failure: one(failure)? })
    }

    /// What a value means: a failure if that condition holds, whatever the other says.
    ///
    /// Source: `EvaluateResult`.
    pub fn judge(&self, value: &Value) -> Judgement {
        let holds = |condition: &Option<Condition>| {
            condition.as_ref().map(|condition| condition.holds(value)).transpose()
        };
        let answers = holds(&self.success).and_then(|success| Ok((success, holds(&self.failure)?)));
        match answers {
            Ok((success, failure)) => {
                Judgement { phase: combined(success, failure), problem: None }
            }
            Err(problem) => Judgement { phase: Phase::Error, problem: Some(problem) },
        }
    }
}

const fn combined(success: Option<bool>, failure: Option<bool>) -> Phase {
    match (success, failure) {
        (_, Some(true)) | (Some(false), None) => Phase::Failed,
        (Some(false), Some(false)) => Phase::Inconclusive,
        (Some(true) | None, _) => Phase::Successful,
    }
}
