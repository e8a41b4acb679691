//! `topk`, `bottomk`, `quantile`, `sort`: what depends on the order of values.

use super::sums::quantile;
use super::{Column, Context, Node};
use crate::ast::Aggregation;
use crate::{Error, Place};
use std::cmp::Ordering;

/// The k largest or smallest of each group, or a quantile of it.
#[derive(Clone, Debug)]
pub(crate) struct Rank {
    pub(crate) aggregation: Aggregation,
    pub(crate) parameter: Box<Node>,
    pub(crate) place: Place,
    pub(crate) inner: Box<Node>,
    /// The slots of each group.
    pub(crate) groups: Vec<Vec<u32>>,
    pub(crate) ranked: Vec<u32>,
    pub(crate) values: Vec<f64>,
}

impl Rank {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.parameter.evaluate(context)?;
        self.inner.evaluate(context)?;
        let parameter = self.parameter.number();
        if self.aggregation == Aggregation::Quantile {
            self.quantiles(out, parameter);
            return Ok(());
        }
        // Beyond 63 bits there is no number of series.
        if parameter.is_nan() || parameter.abs() >= 9.2e18 {
            let message = format!("a number of series is expected, found {parameter}");
            return Err(Error::new(self.place, message));
        }
        self.first(out, parameter.max(0.0) as usize);
        Ok(())
    }

    fn quantiles(&mut self, out: &mut Column, q: f64) {
        for (group, slots) in self.groups.iter().enumerate() {
            self.values.clear();
            let present = slots.iter().filter_map(|&slot| self.inner.out.get(slot as usize));
            self.values.extend(present);
            let is_any = !self.values.is_empty();
            out.set(group, is_any.then(|| quantile(q, &mut self.values)));
        }
    }

    fn first(&mut self, out: &mut Column, count: usize) {
        out.present.fill(false);
        out.order.clear();
        let (inner, is_top) = (&self.inner.out, self.aggregation == Aggregation::Topk);
        for slots in &self.groups {
            self.ranked.clear();
            self.ranked.extend(slots.iter().filter(|&&slot| inner.present[slot as usize]));
            let value = |slot: &u32| inner.values[*slot as usize];
            // Of equal values the later series is first, which Prometheus leaves open.
            self.ranked.sort_unstable_by(|a, b| ranking(value(a), value(b), is_top).then(b.cmp(a)));
            for &slot in self.ranked.iter().take(count) {
                out.set(slot as usize, Some(inner.values[slot as usize]));
                out.order.push(slot);
            }
        }
    }
}

/// The order of values, the largest first if that is asked; not-a-number is last.
fn ranking(a: f64, b: f64, is_descending: bool) -> Ordering {
    let by_value = || a.partial_cmp(&b).unwrap_or(Ordering::Equal);
    let by_value = || if is_descending { by_value().reverse() } else { by_value() };
    a.is_nan().cmp(&b.is_nan()).then_with(by_value)
}

/// The same series in the order of their values.
#[derive(Clone, Debug)]
pub(crate) struct Sort {
    pub(crate) inner: Box<Node>,
    pub(crate) is_descending: bool,
}

impl Sort {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        self.inner.evaluate(context)?;
        let inner = &self.inner.out;
        out.values.copy_from_slice(&inner.values);
        out.present.copy_from_slice(&inner.present);
        out.order.clear();
        out.order.extend(inner.iter().map(|(slot, _)| slot as u32));
        let value = |slot: &u32| inner.values[*slot as usize];
        let is_descending = self.is_descending;
        out.order
            .sort_unstable_by(|a, b| ranking(value(a), value(b), is_descending).then(a.cmp(b)));
        Ok(())
    }
}
