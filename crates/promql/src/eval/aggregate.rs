//! Aggregations whose groups become one series each.

use super::sums::{Mean, Sum};
use super::{Column, Context, Node};
use crate::Error;
use crate::ast::Aggregation;

#[derive(Clone, Debug)]
pub(crate) struct Aggregate {
    pub(crate) aggregation: Aggregation,
    pub(crate) inner: Box<Node>,
    /// The group of each slot.
    pub(crate) groups: Vec<u32>,
    pub(crate) state: Vec<State>,
}

/// What a group has come to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    count: f64,
    sum: Sum,
    mean: Mean,
    /// The least or largest value, or the mean of Welford's method.
    value: f64,
    squares: f64,
}

impl Aggregate {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.inner.evaluate(context)?;
        match self.aggregation {
            Aggregation::Sum => self.fold(out, State::add, |state| state.sum.value()),
            Aggregation::Avg => self.fold(out, State::average, |state| state.mean.value()),
            Aggregation::Min => self.fold(out, State::least, |state| state.value),
            Aggregation::Max => self.fold(out, State::largest, |state| state.value),
            Aggregation::Count => self.fold(out, |_, _| {}, |state| state.count),
            Aggregation::Group => self.fold(out, |_, _| {}, |_| 1.0),
            Aggregation::Stdvar => self.fold(out, State::spread, State::variance),
            Aggregation::Stddev => self.fold(out, State::spread, |it| it.variance().sqrt()),
            _ => unreachable!("{} keeps its series", self.aggregation.name()),
        }
        Ok(())
    }

    #[inline]
    fn fold(
        &mut self,
        out: &mut Column,
        add: impl Fn(&mut State, f64),
        finish: impl Fn(&State) -> f64,
    ) {
        self.state.fill(State::default());
        let inner = &self.inner.out;
        let slots = inner.values.iter().zip(&inner.present).zip(&self.groups);
        for ((&value, &is_present), &group) in slots {
            if is_present {
                let state = &mut self.state[group as usize];
                state.count += 1.0;
                add(state, value);
            }
        }
        for (group, state) in self.state.iter().enumerate() {
            out.set(group, (state.count > 0.0).then(|| finish(state)));
        }
    }
}

impl State {
    #[inline]
    fn add(&mut self, value: f64) {
        self.sum.add(value);
    }

    fn average(&mut self, value: f64) {
        self.mean.add(value);
    }

    fn least(&mut self, value: f64) {
        if self.count == 1.0 || self.value > value || self.value.is_nan() {
            self.value = value;
        }
    }

    fn largest(&mut self, value: f64) {
        if self.count == 1.0 || self.value < value || self.value.is_nan() {
            self.value = value;
        }
    }

    /// One step of Welford's method; what is not finite has no spread.
    fn spread(&mut self, value: f64) {
        if self.count == 1.0 {
            self.value = value;
            self.squares = if value.is_finite() { 0.0 } else { f64::NAN };
            return;
        }
        let delta = value - self.value;
        self.value += delta / self.count;
        self.squares += delta * (value - self.value);
    }

    fn variance(&self) -> f64 {
        self.squares / self.count
    }
}
