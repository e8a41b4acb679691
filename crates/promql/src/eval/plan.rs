//! From the tree of a query to its plan for the series of a store.

mod call;
mod group;
mod operator;

use super::column::{Slot, Twins};
use super::select::{self, Select};
use super::window::{Moment, Source};
use super::{Node, Op, each};
use crate::ast::{Expr, ExprKind};
use crate::{Error, Labels, Options, Place, Store};
use std::collections::{BTreeMap, BTreeSet};

/// Values that `count_values` has met: by its place, the group and the bits of the value.
pub(crate) type Known = BTreeMap<usize, BTreeSet<(Labels, u64)>>;

/// The most series that an expression may be able to give.
const SLOTS_MAX: usize = 200_000;

/// Makes plans for the series of a store.
pub(crate) struct Planner<'a> {
    pub(crate) store: &'a Store,
    pub(crate) options: &'a Options,
    pub(crate) known: &'a Known,
}

impl Planner<'_> {
    /// The plan of an expression that gives a number or a vector.
    pub(crate) fn node(&self, expr: &Expr) -> Result<Node, Error> {
        match &expr.kind {
            ExprKind::Number(value) => Ok(number(expr.place, *value)),
            ExprKind::Selector(selector) => {
                let ids = select::matching(selector, self.store);
                let slots = select::slots(&ids, self.store);
                let op = Op::Select(Select::new(ids, Moment::new(selector.shift)));
                Ok(Node::new(expr.place, slots, op, 0))
            }
            ExprKind::Call(call) => self.call(call, expr.place),
            ExprKind::Aggregate(aggregate) => self.aggregate(aggregate, expr.place),
            ExprKind::Sign(is_minus, inner) => {
                let node = self.node(inner)?;
                if !is_minus {
                    return Ok(node);
                }
                Ok(self.each(node, each::negated, expr.place))
            }
            ExprKind::Binary(binary) => self.binary(binary, expr.place),
            ExprKind::Paren(inner) => self.node(inner),
            ExprKind::Text(_) | ExprKind::Range(..) | ExprKind::Subquery(_) => {
                unreachable!("types are checked: a number or a vector is planned")
            }
        }
    }

    /// The plan of an expression that gives windows.
    pub(crate) fn source(&self, expr: &Expr) -> Result<Source, Error> {
        match &expr.bare().kind {
            ExprKind::Range(selector, range) => {
                let ids = select::matching(selector, self.store);
                let slots = select::slots(&ids, self.store);
                let moment = Moment::new(selector.shift);
                Ok(Source::series(ids, slots, range.millis, moment, expr.place))
            }
            ExprKind::Subquery(subquery) => {
                let inner = self.node(&subquery.inner)?;
                let step = subquery.step.map_or(self.options.subquery_step, |step| step.millis);
                let moment = Moment::new(subquery.shift);
                Ok(Source::steps(inner, step.max(1), subquery.range.millis, moment, expr.place))
            }
            _ => unreachable!("types are checked: a range vector is planned"),
        }
    }

    /// A function of each value, which drops the metric's name.
    fn each(&self, inner: Node, function: fn(f64) -> f64, place: Place) -> Node {
        self.mapped(inner, place, |inner| Op::Each(each::Each { inner, function }))
    }

    /// A node whose slots are those of another without the metric's name.
    fn mapped(&self, inner: Node, place: Place, op: impl FnOnce(Box<Node>) -> Op) -> Node {
        let slots = inner.out.slots.iter().map(|slot| self.unnamed(slot)).collect();
        let weight = inner.weight;
        self.checked(Node::new(place, slots, op(Box::new(inner)), weight))
    }

    /// A slot without the metric's name, at once or at the end.
    fn unnamed(&self, slot: &Slot) -> Slot {
        if self.options.drops_names_late {
            return Slot { labels: slot.labels.clone(), drops_name: true };
        }
        Slot { labels: slot.labels.nameless(), drops_name: false }
    }

    /// Looks for series with the same labels, unless that is done at the end.
    fn checked(&self, node: Node) -> Node {
        if self.options.drops_names_late { node } else { node.without_twins() }
    }
}

/// A number that never changes.
fn number(place: Place, value: f64) -> Node {
    let mut node = Node::new(place, vec![nameless()], Op::Constant, 0);
    node.out.values[0] = value;
    node
}

/// The slot of a number, or of a vector without labels.
fn nameless() -> Slot {
    Slot { labels: Labels::default(), drops_name: false }
}

/// Refuses a plan that grows beyond all measure.
fn limited(slots: usize, place: Place) -> Result<(), Error> {
    if slots <= SLOTS_MAX {
        return Ok(());
    }
    let message = format!("the expression could give more than {SLOTS_MAX} series");
    Err(Error::new(place, message))
}

/// The labels of a column as they are given at the end, and those of them that are equal.
pub(crate) fn finished(slots: &[Slot]) -> (Vec<Labels>, Twins) {
    let finished = |slot: &Slot| {
        if slot.drops_name { slot.labels.nameless() } else { slot.labels.clone() }
    };
    let labels: Vec<_> = slots.iter().map(finished).collect();
    let twins = Twins::among(labels.iter());
    (labels, twins)
}
