//! Functions of the samples in a window: one value for each series.

use super::extrapolate::{Difference, extrapolated, instantaneous};
use super::regression::{line, smoothed};
use super::sums::{Mean, Sum, quantile};
use super::window::{Source, Window};
use super::{Column, Context, Node};
use crate::{Error, Function, Place};

#[derive(Clone, Debug)]
pub(crate) struct OverTime {
    pub(crate) source: Source,
    pub(crate) function: Function,
    /// Numbers beside the window, in their order.
    pub(crate) parameters: Vec<Node>,
    /// Values that are put in order; kept, so that nothing is allocated.
    pub(crate) sorted: Vec<f64>,
    pub(crate) place: Place,
}

impl OverTime {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        for parameter in &mut self.parameters {
            parameter.evaluate(context)?;
        }
        let bounds = self.source.prepare(context)?;
        let difference = match self.function {
            Function::Rate => Difference::Rate,
            Function::Increase => Difference::Increase,
            Function::Delta => Difference::Delta,
            _ => return self.evaluate_others(out, bounds, context),
        };
        for slot in 0..self.source.len() {
            let window = self.source.window(slot, bounds, context);
            out.set(slot, extrapolated(difference, &window, context.options));
        }
        Ok(())
    }

    fn evaluate_others(
        &mut self,
        out: &mut Column,
        bounds: (i64, i64),
        context: Context<'_>,
    ) -> Result<(), Error> {
        let [a, b] = [0, 1].map(|index| self.parameters.get(index).map_or(0.0, Node::number));
        if matches!(self.function, Function::HoltWinters | Function::DoubleExponentialSmoothing) {
            self.check_factors(a, b)?;
        }
        for slot in 0..self.source.len() {
            let window = self.source.window(slot, bounds, context);
            let value = match self.function {
                Function::PredictLinear => predicted(&window, context.at, a),
                Function::HoltWinters | Function::DoubleExponentialSmoothing => {
                    smoothed(window.values(), a, b)
                }
                function => value(function, &window, a, &mut self.sorted),
            };
            out.set(slot, value);
        }
        Ok(())
    }

    /// Smoothing and trend factors lie between 0 and 1.
    fn check_factors(&self, smoothing: f64, trend: f64) -> Result<(), Error> {
        for (name, factor) in [("smoothing", smoothing), ("trend", trend)] {
            if !(factor > 0.0 && factor < 1.0) {
                let message = format!("the {name} factor lies between 0 and 1, found {factor}");
                return Err(Error::new(self.place, message));
            }
        }
        Ok(())
    }
}

/// What the line through the samples will be so many seconds after the evaluation.
fn predicted(window: &Window<'_>, at: i64, seconds: f64) -> Option<f64> {
    if window.len() < 2 {
        return None;
    }
    let (slope, intercept) = line(window.times(), window.values(), at);
    Some(slope * seconds + intercept)
}

fn value(
    function: Function,
    window: &Window<'_>,
    parameter: f64,
    sorted: &mut Vec<f64>,
) -> Option<f64> {
    let values = window.values();
    let (&first, &last) = (values.first()?, values.last()?);
    let count = values.len() as f64;
    Some(match function {
        Function::Irate => return instantaneous(true, window),
        Function::Idelta => return instantaneous(false, window),
        Function::Deriv if values.len() < 2 => return None,
        Function::Deriv => line(window.times(), values, window.times()[0]).0,
        Function::Resets => window.drops() as f64,
        Function::Changes => {
            let differ =
                |pair: &&[f64]| pair[0] != pair[1] && !(pair[0].is_nan() && pair[1].is_nan());
            values.windows(2).filter(differ).count() as f64
        }
        Function::SumOverTime => values.iter().copied().collect::<Sum>().value(),
        Function::AvgOverTime => mean(values),
        Function::CountOverTime => count,
        Function::PresentOverTime => 1.0,
        Function::LastOverTime => last,
        Function::FirstOverTime => first,
        Function::MaxOverTime => {
            values.iter().fold(first, |max, &it| if it > max || max.is_nan() { it } else { max })
        }
        Function::MinOverTime => {
            values.iter().fold(first, |min, &it| if it < min || min.is_nan() { it } else { min })
        }
        Function::StdvarOverTime => variance(values),
        Function::StddevOverTime => variance(values).sqrt(),
        Function::QuantileOverTime => {
            sorted.clear();
            sorted.extend_from_slice(values);
            quantile(parameter, sorted)
        }
        Function::MadOverTime => {
            sorted.clear();
            sorted.extend_from_slice(values);
            let median = quantile(0.5, sorted);
            for value in sorted.iter_mut() {
                *value = (*value - median).abs();
            }
            quantile(0.5, sorted)
        }
        _ => unreachable!("{} is not of a window", function.name()),
    })
}

fn mean(values: &[f64]) -> f64 {
    let mut mean = Mean::default();
    for &value in values {
        mean.add(value);
    }
    mean.value()
}

/// The variance of the population, in one pass (Welford 1962) with sums that lose nothing.
fn variance(values: &[f64]) -> f64 {
    let (mut count, mut mean, mut squares) = (0.0, Sum::default(), Sum::default());
    for &value in values {
        count += 1.0;
        let delta = value - mean.value();
        mean.add(delta / count);
        squares.add(delta * (value - mean.value()));
    }
    squares.value() / count
}
