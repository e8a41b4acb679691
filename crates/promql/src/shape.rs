//! Queries of common shapes, answered from the ends of windows alone.
//!
//! Sums of rates, quantiles of summed buckets, and arithmetic, comparisons and set operators
//! between them: each gives one number or nothing. A [`Shape`] asks its [`Windows`] for the first
//! and the last sample of a window and never for those between them, so a window costs the same
//! however many samples it has. The answers are those of the [`crate::Evaluator`], bit for bit.

mod bind;
mod quantile;

use crate::ast::Operator;
use crate::eval::{Difference, Sum, apply, apply_bool, stretched};
use crate::{Labels, Options, Query, Type};

pub use crate::eval::Ends;

/// Where the samples of a shape's series come from. Series are named by their place among the
/// labels that the shape was bound to.
pub trait Windows {
    /// The ends of the window of a series later than `before` and not later than `end`; nothing
    /// when it has less than two samples there. They are those of a counter that was not reset.
    fn ends(&mut self, series: usize, before: i64, end: i64) -> Result<Option<Ends>, Unknown>;

    /// Whether all buckets of a histogram are sampled at the same instants, and each counts at
    /// least what the one below it counts: then most need not be looked at.
    fn are_nested(&self) -> bool;
}

/// The ends of a window do not tell what happened between them: ask the evaluator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

/// A query of a common shape, for one list of series.
#[derive(Clone, Debug)]
pub struct Shape {
    root: Node,
    options: Options,
    gives: Type,
    buckets: Vec<crate::eval::Bucket>,
}

#[derive(Clone, Debug)]
enum Node {
    /// A number, and whether it is a series without labels.
    Number(f64),
    Sum(Window, Vec<usize>),
    Quantile(f64, Window, Vec<Le>),
    Binary(Box<Binary>),
}

/// The window of a rate or an increase.
#[derive(Clone, Copy, Debug)]
struct Window {
    difference: Difference,
    range: i64,
    offset: i64,
}

/// The series of a bucket.
#[derive(Clone, Debug)]
struct Le {
    bound: f64,
    series: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Binary {
    operator: Operator,
    is_bool: bool,
    /// Whether each side is a number and no series.
    is_number: [bool; 2],
    sides: [Node; 2],
}

impl Shape {
    /// A query over series with these labels, in their order; nothing when it is of another shape.
    pub fn bind(query: &Query, series: &[Labels]) -> Option<Self> {
        let root = bind::node(query.expr(), series)?;
        let (options, gives) = (*query.options(), query.gives());
        Some(Self { root, options, gives, buckets: Vec::with_capacity(32) })
    }

    /// Whether it gives a number or series.
    pub fn gives(&self) -> Type {
        self.gives
    }

    /// The number, or the value of the one series if there is one, at an instant in milliseconds.
    pub fn at(&mut self, windows: &mut impl Windows, at: i64) -> Result<Option<f64>, Unknown> {
        let mut asked = Asked { windows, at, options: &self.options, buckets: &mut self.buckets };
        asked.node(&self.root)
    }
}

struct Asked<'a, W> {
    windows: &'a mut W,
    at: i64,
    options: &'a Options,
    buckets: &'a mut Vec<crate::eval::Bucket>,
}

impl<W: Windows> Asked<'_, W> {
    fn node(&mut self, node: &Node) -> Result<Option<f64>, Unknown> {
        match node {
            Node::Number(number) => Ok(Some(*number)),
            Node::Sum(window, series) => Ok(self.sum(*window, series)?.map(|(sum, _)| sum)),
            Node::Quantile(q, window, buckets) => self.quantile(*q, *window, buckets),
            Node::Binary(binary) => {
                let left = self.node(&binary.sides[0])?;
                let right = self.node(&binary.sides[1])?;
                Ok(binary.combine(left, right))
            }
        }
    }

    /// The sum over some series, if any has a value, and whether zero limited one of them.
    fn sum(&mut self, window: Window, series: &[usize]) -> Result<Option<(f64, bool)>, Unknown> {
        let end = self.at.saturating_sub(window.offset);
        let start = end.saturating_sub(window.range);
        let before = self.options.before(start);
        let (mut sum, mut is_any, mut is_limited) = (Sum::default(), false, false);
        for &series in series {
            let Some(ends) = self.windows.ends(series, before, end)? else { continue };
            let result = ends.last.1 - ends.first.1;
            let (value, limited) =
                stretched(window.difference, result, ends, (start, end), self.options);
            sum.add(value);
            is_any = true;
            is_limited |= limited;
        }
        Ok(is_any.then(|| (sum.value(), is_limited)))
    }
}

impl Binary {
    fn combine(&self, left: Option<f64>, right: Option<f64>) -> Option<f64> {
        match self.operator {
            Operator::And => return left.filter(|_| right.is_some()),
            Operator::Or => return left.or(right),
            Operator::Unless => return left.filter(|_| right.is_none()),
            _ => {}
        }
        let (a, b) = (left?, right?);
        if self.operator.is_comparison() && !self.is_bool {
            // A filter keeps the value of the series, wherever it stands.
            let kept = if self.is_number[0] { b } else { a };
            return apply(self.operator, a, b).map(|_| kept);
        }
        apply_bool(self.operator, self.is_bool, a, b)
    }
}

#[cfg(test)]
mod tests;
