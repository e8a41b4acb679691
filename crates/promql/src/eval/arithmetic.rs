//! Operators on numbers, and between series and a number.

use super::{Column, Context, Node};
use crate::Error;
use crate::ast::Operator;

/// What an operator makes of two values; nothing where a comparison filters.
#[inline]
pub(crate) fn apply(operator: Operator, a: f64, b: f64) -> Option<f64> {
    let is_true = match operator {
        Operator::Add => return Some(a + b),
        Operator::Sub => return Some(a - b),
        Operator::Mul => return Some(a * b),
        Operator::Div => return Some(a / b),
        Operator::Mod => return Some(a % b),
        Operator::Pow => return Some(libm::pow(a, b)),
        Operator::Atan2 => return Some(libm::atan2(a, b)),
        Operator::Equal => a == b,
        Operator::NotEqual => a != b,
        Operator::Less => a < b,
        Operator::LessEqual => a <= b,
        Operator::Greater => a > b,
        Operator::GreaterEqual => a >= b,
        Operator::Or | Operator::And | Operator::Unless => {
            unreachable!("`{}` is of sets", operator.sign())
        }
    };
    is_true.then_some(a)
}

/// The same, where `bool` turns what is filtered into 0 and what stays into 1.
#[inline]
pub(crate) fn apply_bool(operator: Operator, is_bool: bool, a: f64, b: f64) -> Option<f64> {
    let value = apply(operator, a, b);
    if is_bool { Some(f64::from(u8::from(value.is_some()))) } else { value }
}

/// An operator between two numbers.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    pub(crate) operator: Operator,
    pub(crate) sides: Box<[Node; 2]>,
}

impl Numbers {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        let [left, right] = &mut *self.sides;
        left.evaluate(context)?;
        right.evaluate(context)?;
        let is_bool = self.operator.is_comparison();
        let value = apply_bool(self.operator, is_bool, left.number(), right.number());
        out.values[0] = value.unwrap_or(f64::NAN);
        Ok(())
    }
}

/// An operator between series and a number.
#[derive(Clone, Debug)]
pub(crate) struct WithNumber {
    pub(crate) operator: Operator,
    pub(crate) is_bool: bool,
    pub(crate) series: Box<Node>,
    pub(crate) number: Box<Node>,
    /// Whether the number stands before the operator.
    pub(crate) is_number_left: bool,
}

impl WithNumber {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.series.evaluate(context)?;
        self.number.evaluate(context)?;
        let number = self.number.number();
        // A filter keeps the value of the series, wherever it stands.
        let keeps = self.operator.is_comparison() && !self.is_bool;
        for slot in 0..out.len() {
            let value = self.series.out.get(slot).and_then(|value| {
                let (a, b) = if self.is_number_left { (number, value) } else { (value, number) };
                let result = apply_bool(self.operator, self.is_bool, a, b);
                if keeps { result.map(|_| value) } else { result }
            });
            out.set(slot, value);
        }
        Ok(())
    }
}
