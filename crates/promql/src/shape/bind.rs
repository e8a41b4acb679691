//! Which queries are of a common shape.

use std::collections::BTreeMap;

use super::{Binary, Le, Node, Window};
use crate::ast::{Aggregation, Call, Expr, ExprKind, Grouping, Selector};
use crate::eval::Difference;
use crate::{Function, Labels, NAME, Type};

/// The label of a bucket's upper limit.
const LE: &str = "le";

pub(super) fn node(expr: &Expr, series: &[Labels]) -> Option<Node> {
    match &expr.kind {
        ExprKind::Number(number) => Some(Node::Number(*number)),
        ExprKind::Paren(inner) => node(inner, series),
        ExprKind::Call(call) if call.function == Function::Vector => node(&call.args[0], series),
        ExprKind::Call(call) if call.function == Function::HistogramQuantile => {
            quantile(call, series)
        }
        ExprKind::Aggregate(_) => {
            let (window, labels, selected) = summed(expr, series)?;
            labels.is_empty().then_some(Node::Sum(window, selected))
        }
        ExprKind::Binary(binary) => {
            let grouped = binary.matching.as_ref().is_some_and(|it| it.group.is_some());
            if grouped {
                return None;
            }
            let sides = [node(&binary.left, series)?, node(&binary.right, series)?];
            let is_number = [&binary.left, &binary.right].map(|it| it.gives() == Type::Scalar);
            // Two numbers are compared to 0 or 1.
            let is_bool = binary.is_bool.is_some();
            let operator = binary.operator;
            Some(Node::Binary(Box::new(Binary { operator, is_bool, is_number, sides })))
        }
        _ => None,
    }
}

/// `histogram_quantile(q, sum by (le) (rate(..)))`.
fn quantile(call: &Call, series: &[Labels]) -> Option<Node> {
    let ExprKind::Number(q) = call.args[0].bare().kind else { return None };
    let (window, labels, selected) = summed(call.args[1].bare(), series)?;
    if labels != [LE] {
        return None;
    }
    // Series are told apart by the text of their limit first, as the sum does it.
    let mut sums = BTreeMap::<&str, Vec<usize>>::new();
    for index in selected {
        sums.entry(series[index].get(LE)).or_default().push(index);
    }
    let mut buckets = Vec::new();
    for (le, series) in sums {
        if let Ok(bound) = le.parse::<f64>() {
            buckets.push(Le { bound, series });
        }
    }
    buckets.sort_by(|a, b| a.bound.total_cmp(&b.bound));
    let merged = buckets.windows(2).any(|pair| pair[0].bound == pair[1].bound);
    (!merged && buckets.len() > 1).then_some(Node::Quantile(q, window, buckets))
}

/// A sum of rates or increases: the window, the labels that stay, and the series.
fn summed<'e>(expr: &'e Expr, series: &[Labels]) -> Option<(Window, Vec<&'e str>, Vec<usize>)> {
    let ExprKind::Aggregate(aggregate) = &expr.kind else { return None };
    let Grouping::By(names) = &aggregate.grouping else { return None };
    if aggregate.aggregation != Aggregation::Sum {
        return None;
    }
    let ExprKind::Call(call) = &aggregate.inner.bare().kind else { return None };
    let difference = match call.function {
        Function::Rate => Difference::Rate,
        Function::Increase => Difference::Increase,
        _ => return None,
    };
    let ExprKind::Range(selector, range) = &call.args[0].bare().kind else { return None };
    if selector.shift.at.is_some() {
        return None;
    }
    let offset = selector.shift.offset.map_or(0, |offset| offset.millis);
    let window = Window { difference, range: range.millis, offset };
    let labels = names.iter().map(|name| name.text.as_str()).collect();
    let selected = (0..series.len()).filter(|&index| is_selected(selector, &series[index]));
    Some((window, labels, selected.collect()))
}

fn is_selected(selector: &Selector, labels: &Labels) -> bool {
    let metric = selector.metric.as_ref().map(|name| name.text.as_str());
    metric.is_none_or(|metric| labels.get(NAME) == metric)
        && selector.matchers.iter().all(|it| it.matcher.is_met(labels.get(&it.label.text)))
}
