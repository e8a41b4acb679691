//! A condition: parsed once, checked for every shape of value, evaluated many times.

use crate::check::check;
use crate::code::Code;
use crate::parse::parse;
use crate::problem::{Problem, ProblemKind, Span};
use crate::run::run;
use crate::value::{Shape, Value};

/// The longest text of a condition in bytes.
pub const LENGTH_MAX: usize = 65_536;

/// How deep the parts of a condition may lie in each other, and operators of one chain follow.
pub const DEPTH_MAX: usize = 200;

/// How many parts a condition may have. It is the limit of the original as well.
pub const NODES_MAX: usize = 10_000;

/// A condition on a measurement.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    /// What it is for each shape, in the order of [`Shape::ALL`].
    codes: Vec<Result<Code, Problem>>,
}

impl PartialEq for Condition {
    /// Conditions with the same text are the same.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Condition {
    /// Reads a condition. What is wrong whatever the value shows here, the rest with the value.
    pub fn parse(text: &str) -> Result<Condition, Problem> {
        if text.len() > LENGTH_MAX {
            let span = Span { from: LENGTH_MAX, to: text.len() };
            let message = format!("a condition has at most {LENGTH_MAX} bytes");
            return Err(Problem::new(ProblemKind::Syntax, span, message));
        }
        let node = parse(text)?;
        let codes = Shape::ALL.iter().map(|shape| check(&node, *shape)).collect();
        Ok(Condition { text: text.to_owned(), codes })
    }

    /// The condition as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the types forbid for values of a shape.
    pub fn check(&self, shape: Shape) -> Result<(), &Problem> {
        self.code(shape).map(|_| ())
    }

    /// Whether the condition holds for a value.
    pub fn holds(&self, result: &Value) -> Result<bool, Problem> {
        match self.code(result.shape()) {
            Ok(code) => run(code, result),
            Err(problem) => Err(problem.clone()),
        }
    }

    fn code(&self, shape: Shape) -> Result<&Code, &Problem> {
        self.codes[shape as usize].as_ref()
    }
}
