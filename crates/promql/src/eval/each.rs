//! Functions of one value: rounding, logarithms, trigonometry, limits.

use super::sums::{larger, smaller};
use super::{Column, Context, Node};
use crate::{Error, Function};
use std::f64::consts::PI;

/// A function of each value.
#[derive(Clone, Debug)]
pub(crate) struct Each {
    pub(crate) inner: Box<Node>,
    pub(crate) function: fn(f64) -> f64,
}

impl Each {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.inner.evaluate(context)?;
        for slot in 0..out.len() {
            out.set(slot, self.inner.out.get(slot).map(self.function));
        }
        Ok(())
    }
}

pub(crate) fn negated(value: f64) -> f64 {
    -value
}

/// The function of one value by its name.
pub(crate) fn function(function: Function) -> Option<fn(f64) -> f64> {
    Some(match function {
        Function::Abs => f64::abs,
        Function::Ceil => f64::ceil,
        Function::Floor => f64::floor,
        Function::Sqrt => f64::sqrt,
        Function::Exp => libm::exp,
        Function::Ln => libm::log,
        Function::Log2 => libm::log2,
        Function::Log10 => libm::log10,
        Function::Sgn => |value| match value {
            _ if value > 0.0 => 1.0,
            _ if value < 0.0 => -1.0,
            _ => value,
        },
        Function::Sin => libm::sin,
        Function::Cos => libm::cos,
        Function::Tan => libm::tan,
        Function::Asin => libm::asin,
        Function::Acos => libm::acos,
        Function::Atan => libm::atan,
        Function::Sinh => libm::sinh,
        Function::Cosh => libm::cosh,
        Function::Tanh => libm::tanh,
        Function::Asinh => libm::asinh,
        Function::Acosh => libm::acosh,
        Function::Atanh => libm::atanh,
        Function::Deg => |value| value * 180.0 / PI,
        Function::Rad => |value| value * PI / 180.0,
        _ => return None,
    })
}

/// To the nearest multiple, a half upwards.
#[derive(Clone, Debug)]
pub(crate) struct Round {
    pub(crate) inner: Box<Node>,
    pub(crate) to: Option<Box<Node>>,
}

impl Round {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.inner.evaluate(context)?;
        let mut to = 1.0;
        if let Some(node) = &mut self.to {
            node.evaluate(context)?;
            to = node.number();
        }
        // A quotient by the inverse is what Prometheus takes for accuracy.
        let inverse = 1.0 / to;
        for slot in 0..out.len() {
            let value = self.inner.out.get(slot);
            out.set(slot, value.map(|value| (value * inverse + 0.5).floor() / inverse));
        }
        Ok(())
    }
}

/// Between two limits, either of which may be missing.
#[derive(Clone, Debug)]
pub(crate) struct Clamp {
    pub(crate) inner: Box<Node>,
    pub(crate) low: Option<Box<Node>>,
    pub(crate) high: Option<Box<Node>>,
}

impl Clamp {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.inner.evaluate(context)?;
        let mut limits = [None, None];
        for (limit, node) in limits.iter_mut().zip([&mut self.low, &mut self.high]) {
            if let Some(node) = node {
                node.evaluate(context)?;
                *limit = Some(node.number());
            }
        }
        let [low, high] = limits;
        let is_empty = matches!((low, high), (Some(low), Some(high)) if low > high);
        for slot in 0..out.len() {
            let value = self.inner.out.get(slot).filter(|_| !is_empty);
            let below = value.map(|value| high.map_or(value, |high| smaller(high, value)));
            out.set(slot, below.map(|value| low.map_or(value, |low| larger(low, value))));
        }
        Ok(())
    }
}
