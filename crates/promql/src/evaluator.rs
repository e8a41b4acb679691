//! Evaluates one query over a store, at one instant or at many.

use crate::ast::ExprKind;
use crate::eval::{Column, Context, Known, Node, Planner, Source, Twins, finished};
use crate::{Error, Labels, Options, Query, Store, Type};
use std::cell::{Cell, RefCell};

/// Evaluates one query over a store.
///
/// The first evaluation makes a plan for the series of the store, and so does the first one after
/// a series was added. Later ones move the ends of windows on: instants that advance cost a step
/// for each new sample, and nothing is allocated.
#[derive(Clone, Debug)]
pub struct Evaluator {
    query: Query,
    plan: Option<Plan>,
    known: Known,
    unknown: RefCell<Known>,
    series: Vec<Samples>,
}

#[derive(Clone, Debug)]
struct Plan {
    stamp: u64,
    root: Root,
    /// The labels of each slot, as they are given.
    labels: Vec<Labels>,
    twins: Twins,
}

#[derive(Clone, Debug)]
enum Root {
    Node(Box<Node>),
    Windows(Box<Source>),
    Text(String),
}

/// Samples of a series in a window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// What the series is called.
    pub labels: Labels,
    /// When, in milliseconds, and what.
    pub samples: Vec<(i64, f64)>,
}

/// What a query gives at an instant.
#[derive(Clone, Copy, Debug)]
pub enum Answer<'e> {
    /// One number.
    Scalar(f64),
    /// A number for each of some series.
    Vector(Vector<'e>),
    /// Samples in a window for each of some series.
    Range(&'e [Samples]),
    /// A text.
    Text(&'e str),
}

/// A number for each of some series.
#[derive(Clone, Copy, Debug)]
pub struct Vector<'e> {
    column: &'e Column,
    labels: &'e [Labels],
}

impl<'e> Vector<'e> {
    /// The series with their values: in the order of the store, or as `sort` and `topk` say.
    pub fn iter(self) -> impl Iterator<Item = (&'e Labels, f64)> {
        self.column.iter().map(move |(slot, value)| (&self.labels[slot], value))
    }

    /// How many series there are.
    pub fn len(self) -> usize {
        self.column.iter().count()
    }

    /// Whether there is no series.
    pub fn is_empty(self) -> bool {
        !self.column.is_any_present()
    }

    /// The value of the first series.
    pub fn first(self) -> Option<f64> {
        self.column.iter().next().map(|(_, value)| value)
    }
}

impl Evaluator {
    pub(crate) fn new(query: Query) -> Self {
        let (known, unknown) = (Known::new(), RefCell::default());
        Self { query, plan: None, known, unknown, series: Vec::new() }
    }

    /// The query that is evaluated.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// What the query gives at an instant, in milliseconds.
    pub fn at(&mut self, store: &Store, at: i64) -> Result<Answer<'_>, Error> {
        self.evaluate(store, at, (at, at), &Cell::new(0))?;
        self.answer(store, at)
    }

    /// What the query gives at every step from `start` to `end`, in milliseconds: for each series
    /// the instants at which it has a value. A number is a series without labels.
    pub fn range(
        &mut self,
        store: &Store,
        start: i64,
        end: i64,
        step: i64,
    ) -> Result<Vec<Samples>, Error> {
        let query = self.query.clone();
        if !matches!(query.gives(), Type::Scalar | Type::Vector) {
            let message =
                format!("a range of evaluations is of numbers or series, not of {}", query.gives());
            return Err(Error::new(query.expr().place, message));
        }
        let work = Cell::new(0);
        let mut series = std::collections::BTreeMap::<Labels, Vec<(i64, f64)>>::new();
        let mut at = start;
        while at <= end {
            let evaluated = self.evaluate(store, at, (start, end), &work);
            evaluated?;
            if let Some(Plan { root: Root::Node(node), labels, .. }) = &self.plan {
                for (slot, value) in node.out.iter() {
                    series.entry(labels[slot].clone()).or_default().push((at, value));
                }
            }
            at = at.saturating_add(step.max(1));
            if at == i64::MAX {
                break;
            }
        }
        let sample = |(labels, samples)| Samples { labels, samples };
        Ok(series.into_iter().map(sample).collect())
    }

    fn evaluate(
        &mut self,
        store: &Store,
        at: i64,
        bounds: (i64, i64),
        work: &Cell<u64>,
    ) -> Result<(), Error> {
        let options = *self.query.options();
        if !self.known.is_empty() {
            // What was counted before must not show, not even in the order of series.
            self.known.clear();
            self.plan = None;
        }
        loop {
            if self.plan.as_ref().is_none_or(|plan| plan.stamp != store.stamp()) {
                self.plan = Some(self.planned(store, &options)?);
            }
            let unknown = &self.unknown;
            let context = Context { store, options: &options, at, bounds, work, unknown };
            let result = self.plan.as_mut().map_or(Ok(()), |plan| plan.evaluate(context));
            if self.unknown.get_mut().is_empty() {
                return result;
            }
            // With more values known, the same once more; work is bounded, so that ends.
            for (key, values) in std::mem::take(self.unknown.get_mut()) {
                self.known.entry(key).or_default().extend(values);
            }
            self.plan = None;
        }
    }

    fn planned(&self, store: &Store, options: &Options) -> Result<Plan, Error> {
        let planner = Planner { store, options, known: &self.known };
        let expr = self.query.expr();
        let root = match (&expr.bare().kind, expr.gives()) {
            (ExprKind::Text(text), _) => Root::Text(text.clone()),
            (_, Type::Range) => Root::Windows(Box::new(planner.source(expr)?)),
            _ => Root::Node(Box::new(planner.node(expr)?)),
        };
        let (labels, twins) = match &root {
            Root::Node(node) => finished(&node.out.slots),
            Root::Windows(source) => finished(&source.slots),
            Root::Text(_) => finished(&[]),
        };
        Ok(Plan { stamp: store.stamp(), root, labels, twins })
    }

    fn answer(&mut self, store: &Store, at: i64) -> Result<Answer<'_>, Error> {
        let options = *self.query.options();
        let is_scalar = self.query.gives() == Type::Scalar;
        let Some(plan) = &mut self.plan else { unreachable!("it was evaluated") };
        let labels = &plan.labels;
        Ok(match &mut plan.root {
            Root::Text(text) => Answer::Text(text),
            Root::Node(node) if is_scalar => Answer::Scalar(node.number()),
            Root::Node(node) => Answer::Vector(Vector { column: &node.out, labels }),
            Root::Windows(source) => {
                let (work, unknown) = (&Cell::new(0), &self.unknown);
                let bounds = (at, at);
                let context = Context { store, options: &options, at, bounds, work, unknown };
                let bounds = source.prepare(context)?;
                self.series.clear();
                for (slot, labels) in labels.iter().enumerate() {
                    let window = source.window(slot, bounds, context);
                    let times = window.times().iter().copied();
                    let samples: Vec<_> = times.zip(window.values().iter().copied()).collect();
                    if !samples.is_empty() {
                        self.series.push(Samples { labels: labels.clone(), samples });
                    }
                }
                Answer::Range(&self.series)
            }
        })
    }
}

impl Plan {
    fn evaluate(&mut self, context: Context<'_>) -> Result<(), Error> {
        match &mut self.root {
            Root::Node(node) => {
                context.spend(node.weight, node.place)?;
                node.evaluate(context)?;
                self.twins.check(&node.out, node.place)
            }
            // Windows are read when they are asked for; values of `count_values` are met here.
            Root::Windows(source) => source.prepare(context).map(|_| ()),
            Root::Text(_) => Ok(()),
        }
    }
}
