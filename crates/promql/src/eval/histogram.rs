//! `histogram_quantile` and `histogram_fraction` over classic buckets.

use super::buckets::{Bucket, fraction, quantile, repair};
use super::{Column, Context, Node};
use crate::Error;

#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    pub(crate) kind: Kind,
    pub(crate) inner: Box<Node>,
    /// For each histogram the bounds and the slots of its buckets, by bound.
    pub(crate) histograms: Vec<Vec<(f64, u32)>>,
    pub(crate) buckets: Vec<Bucket>,
}

/// What is asked of each histogram.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Quantile(Box<Node>),
    Fraction(Box<[Node; 2]>),
}

impl Histogram {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        match &mut self.kind {
            Kind::Quantile(q) => q.evaluate(context)?,
            Kind::Fraction(bounds) => {
                for bound in &mut **bounds {
                    bound.evaluate(context)?;
                }
            }
        }
        self.inner.evaluate(context)?;
        for (slot, histogram) in self.histograms.iter().enumerate() {
            self.buckets.clear();
            for &(bound, below) in histogram {
                let below = below as usize;
                if self.inner.out.present[below] {
                    self.buckets.push(Bucket { bound, count: self.inner.out.values[below] });
                }
            }
            let value = if self.buckets.is_empty() {
                None
            } else {
                repair(&mut self.buckets);
                Some(match &self.kind {
                    Kind::Quantile(q) => quantile(q.number(), &self.buckets),
                    Kind::Fraction(bounds) => {
                        fraction(bounds[0].number(), bounds[1].number(), &self.buckets)
                    }
                })
            };
            out.set(slot, value);
        }
        Ok(())
    }
}
