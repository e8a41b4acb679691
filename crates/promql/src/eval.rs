//! The plan of a query for one set of series.
//!
//! Which series an expression can give depends on labels alone, so it is settled once, when the
//! plan is made: every node has a *slot* for each series that it may give. An evaluation fills
//! values into slots, and says which are present; it neither compares labels nor allocates.

mod column;
mod plan;
mod select;
mod window;
mod extrapolate;
mod over_time;
mod regression;
mod sums;
mod each;
mod calendar;
mod aggregate;
mod rank;
mod count_values;
mod arithmetic;
mod join;
mod set;
mod histogram;
mod buckets;
mod relabel;
mod single;

pub(crate) use arithmetic::{apply, apply_bool};
pub(crate) use buckets::{Bucket, quantile, repair};
pub(crate) use column::{Column, Slot, Twins};
pub use extrapolate::Ends;
pub(crate) use extrapolate::{Difference, stretched};
pub(crate) use plan::{Known, Planner, finished};
pub(crate) use sums::Sum;
pub(crate) use window::Source;

use crate::{Error, Options, Place, Store};
use std::cell::{Cell, RefCell};

/// When and with what an expression is evaluated.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) store: &'a Store,
    pub(crate) options: &'a Options,
    /// The instant of evaluation, in milliseconds.
    pub(crate) at: i64,
    /// The first and the last instant of a range of evaluations.
    pub(crate) bounds: (i64, i64),
    /// How many values have been looked at.
    pub(crate) work: &'a Cell<u64>,
    /// Values for which `count_values` had no slot, by its place.
    pub(crate) unknown: &'a RefCell<Known>,
}

impl Context<'_> {
    /// Accounts for some values; refuses when they are too many.
    pub(crate) fn spend(&self, work: u64, place: Place) -> Result<(), Error> {
        let sum = self.work.get().saturating_add(work);
        self.work.set(sum);
        if sum <= self.options.work_max {
            return Ok(());
        }
        let message = format!("the query looks at more than {} values", self.options.work_max);
        Err(Error::new(place, message).hint("a shorter window or a longer step needs fewer"))
    }

    /// The same at another instant.
    pub(crate) fn at(self, at: i64) -> Self {
        Self { at, ..self }
    }
}

/// A part of the plan, and what it gave last.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) out: Column,
    twins: Twins,
    op: Op,
    /// How many slots it has, with everything below.
    pub(crate) weight: u64,
}

/// What a node does.
#[derive(Clone, Debug)]
enum Op {
    /// A number, which is in its slot already.
    Constant,
    Time,
    /// The first instant of a range of evaluations.
    Start,
    /// The last one.
    End,
    Select(select::Select),
    OverTime(over_time::OverTime),
    Each(each::Each),
    Round(each::Round),
    Clamp(each::Clamp),
    Calendar(calendar::Calendar),
    Aggregate(aggregate::Aggregate),
    Rank(rank::Rank),
    Sort(rank::Sort),
    CountValues(count_values::CountValues),
    Numbers(arithmetic::Numbers),
    WithNumber(arithmetic::WithNumber),
    Join(join::Join),
    Set(set::Set),
    Histogram(histogram::Histogram),
    /// The same values under other labels.
    Same(Box<Node>),
    Absent(single::Absent),
    AbsentOverTime(single::AbsentOverTime),
    ToScalar(Box<Node>),
    /// The instant of evaluation, for each series that is present.
    Timestamp(Box<Node>),
}

impl Node {
    fn new(place: Place, slots: Vec<Slot>, op: Op, below: u64) -> Self {
        let weight = below.saturating_add(slots.len() as u64 + 1);
        let twins = Twins::none();
        Self { place, out: Column::new(slots), twins, op, weight }
    }

    /// Refuses two series with the same labels at one instant.
    fn without_twins(mut self) -> Self {
        self.twins = Twins::among(self.out.slots.iter().map(|slot| &slot.labels));
        self
    }

    /// Fills the slots at an instant.
    pub(crate) fn evaluate(&mut self, context: Context<'_>) -> Result<(), Error> {
        let out = &mut self.out;
        match &mut self.op {
            Op::Constant => {}
            Op::Time => out.values[0] = context.at as f64 / 1000.0,
            Op::Start => out.values[0] = context.bounds.0 as f64 / 1000.0,
            Op::End => out.values[0] = context.bounds.1 as f64 / 1000.0,
            Op::Select(select) => select.evaluate(out, context),
            Op::OverTime(function) => function.evaluate(out, context)?,
            Op::Each(each) => each.evaluate(out, context)?,
            Op::Round(round) => round.evaluate(out, context)?,
            Op::Clamp(clamp) => clamp.evaluate(out, context)?,
            Op::Calendar(calendar) => calendar.evaluate(out, context)?,
            Op::Aggregate(aggregate) => aggregate.evaluate(out, context)?,
            Op::Rank(rank) => rank.evaluate(out, context)?,
            Op::Sort(sort) => sort.evaluate(out, context)?,
            Op::CountValues(count) => count.evaluate(out, context)?,
            Op::Numbers(numbers) => numbers.evaluate(out, context)?,
            Op::WithNumber(with) => with.evaluate(out, context)?,
            Op::Join(join) => join.evaluate(out, context)?,
            Op::Set(set) => set.evaluate(out, context)?,
            Op::Histogram(histogram) => histogram.evaluate(out, context)?,
            Op::Same(inner) => {
                inner.evaluate(context)?;
                out.copy(&inner.out);
            }
            Op::Absent(absent) => absent.evaluate(out, context)?,
            Op::AbsentOverTime(absent) => absent.evaluate(out, context)?,
            Op::Timestamp(inner) => {
                inner.evaluate(context)?;
                let now = context.at as f64 / 1000.0;
                for slot in 0..out.len() {
                    out.set(slot, inner.out.get(slot).map(|_| now));
                }
            }
            Op::ToScalar(inner) => {
                inner.evaluate(context)?;
                out.values[0] = inner.out.only().unwrap_or(f64::NAN);
            }
        }
        self.twins.check(&self.out, self.place)
    }

    /// The value of a node that gives one number.
    #[inline]
    pub(crate) fn number(&self) -> f64 {
        self.out.values[0]
    }
}
