//! A condition of Argo Rollouts in a manifest, asked about values instead of taken apart.

use expr::{Problem, Span, Value};

use super::change::Change;
use super::placed::Placed;
use crate::controller::argo::{Conditions, Phase};
use crate::document::{Node, Place, Sources};

/// A condition as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// Its text.
    pub(crate) written: Placed,
    /// What it is, or why it is none.
    pub(crate) code: Result<expr::Condition, Problem>,
}

impl Condition {
    /// The condition of a value; arguments in braces are filled in as a number.
    pub(crate) fn of(
        node: &Node,
        sources: &Sources,
        fill: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let written = Placed::of(node, sources)?;
        if written.text.trim().is_empty() {
            return None;
        }
        let code = expr::Condition::parse(&super::query::filled(&written.text, fill));
        Some(Self { written, code })
    }

    /// Where a part of it stands in the file.
    pub(crate) fn at(&self, span: Span) -> Place {
        self.written.at(span.from..span.to)
    }

    /// A change to another condition.
    pub(crate) fn change(&self, text: impl Into<String>) -> Change {
        Change::Scalar(self.written.whole, text.into())
    }

    /// The numbers that it compares with, and where each stands.
    pub(crate) fn numbers(&self) -> Vec<(f64, Place)> {
        let text = self.written.text.as_str();
        let bytes = text.as_bytes();
        let (mut found, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            let is_number = bytes[at].is_ascii_digit() || bytes[at] == b'.';
            if !is_number {
                at += 1;
                continue;
            }
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_');
            let length = bytes[at..].iter().take_while(|it| is_part(it)).count();
            let before = text[..at].trim_end();
            let is_free = !before.ends_with(|c: char| c == '[' || c.is_alphanumeric());
            let sign = if before.ends_with('-') { -1.0 } else { 1.0 };
            if let (true, Ok(value)) = (is_free, text[at..at + length].parse::<f64>()) {
                found.push((sign * value, self.written.at(at..at + length)));
            }
            at += length.max(1);
        }
        found
    }
}

/// What values mean under both conditions of a metric.
#[derive(Clone, Debug)]
pub(crate) struct Judge(Conditions);

impl Judge {
    /// The judge of these conditions, if both can be read.
    pub(crate) fn of(success: Option<&Condition>, failure: Option<&Condition>) -> Option<Self> {
        let code = |it: Option<&Condition>| it.map(|it| it.code.clone()).transpose().ok();
        Some(Self(Conditions { success: code(success)?, failure: code(failure)? }))
    }

    /// What a vector of one value means.
    pub(crate) fn of_one(&self, value: f64) -> Phase {
        self.of_vector(vec![value])
    }

    /// What a vector means.
    pub(crate) fn of_vector(&self, values: Vec<f64>) -> Phase {
        self.0.judge(&Value::Floats(values)).phase
    }

    /// Why a vector has no meaning.
    pub(crate) fn problem(&self, values: Vec<f64>) -> Option<Problem> {
        self.0.judge(&Value::Floats(values)).problem
    }
}
