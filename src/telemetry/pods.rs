//! The pods of a version: what each is called, and whether a query looks at one of them.
//!
//! One series stands for those of all pods of a version as long as a query adds them up: rates are
//! linear, so that the sum over the pods is what the version counts as a whole. Whoever counts,
//! compares or ranks pods, or names one of them, has to see each.

use promql::Function;
use promql::ast::{Aggregate, Aggregation, Binary, Call, Expr, ExprKind, Grouping, Operator};

use super::Series;

/// Letters of the end of a pod's name: those that Kubernetes takes, which spell nothing.
const LETTERS: &[u8; 27] = b"bcdfghjklmnpqrstvwxz2456789";

/// How many letters there are at the end.
const LENGTH: u32 = 5;

/// The first pod of a version ends so.
const FIRST: &[u8; LENGTH as usize] = b"x7k2p";

/// How many names a matcher is tried on.
const TRIED: u32 = 64;

/// The pod of that number, of those of a version whose first is called `first`.
pub(super) fn pod(first: &str, number: u32) -> String {
    let place = |letter: &u8| LETTERS.iter().position(|it| it == letter).unwrap_or(0) as u64;
    let begin = FIRST.iter().fold(0, |sum, letter| sum * 27 + place(letter));
    // Any number that three does not divide: every name comes once before one comes again.
    let mut left = (begin + u64::from(number) * 8_675_309) % 27_u64.pow(LENGTH);
    let mut end = [0; LENGTH as usize];
    for letter in end.iter_mut().rev() {
        *letter = LETTERS[(left % 27) as usize];
        left /= 27;
    }
    let stem = first.len().saturating_sub(end.len());
    format!("{}{}", &first[..stem], String::from_utf8_lossy(&end))
}

/// Which pods of a version a matcher lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Met {
    None,
    Some,
    All,
}

/// Which of some pods meet a condition on their name.
pub(super) fn met(first: &str, is_met: impl Fn(&str) -> bool) -> Met {
    let count = (0..TRIED).filter(|number| is_met(&pod(first, *number))).count();
    match count {
        0 => Met::None,
        it if it == TRIED as usize => Met::All,
        _ => Met::Some,
    }
}

/// What a part of a query has of the pods of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grain {
    /// Nothing that is of one pod.
    Whole,
    /// A value for each, which may be added up before or after.
    Each,
}

/// What a function makes of it; whether it has to see each pod.
pub(super) fn of_call(call: &Call, args: Grain) -> (Grain, bool) {
    if args == Grain::Whole {
        return (Grain::Whole, false);
    }
    match call.function {
        Function::Rate
        | Function::Increase
        | Function::Delta
        | Function::Irate
        | Function::Idelta
        | Function::SumOverTime
        | Function::LastOverTime => (Grain::Each, false),
        Function::Absent | Function::AbsentOverTime => (Grain::Whole, false),
        _ => (Grain::Each, true),
    }
}

/// What an aggregation makes of it; `selected` is what it may be over.
pub(super) fn of_aggregate<'a>(
    aggregate: &Aggregate,
    inner: Grain,
    mut selected: impl Iterator<Item = &'a Series>,
) -> (Grain, bool) {
    if inner == Grain::Whole {
        return (Grain::Whole, false);
    }
    let is = |names: &[promql::ast::Name], label| names.iter().any(|it| it.text == label);
    let keeps = selected.any(|series| {
        series.pod_labels().any(|label| match &aggregate.grouping {
            Grouping::By(names) => is(names, label),
            Grouping::Without(names) => !is(names, label),
        })
    });
    let grain = if keeps { Grain::Each } else { Grain::Whole };
    let adds = matches!(aggregate.aggregation, Aggregation::Sum | Aggregation::Group);
    (grain, !adds)
}

/// What an operator makes of both its sides.
pub(super) fn of_binary(binary: &Binary, left: Grain, right: Grain) -> (Grain, bool) {
    let adds = matches!(binary.operator, Operator::Add | Operator::Sub);
    let is_linear = match (left, right) {
        (Grain::Whole, Grain::Whole) => return (Grain::Whole, false),
        (Grain::Each, Grain::Each) => adds && binary.matching.is_none(),
        (Grain::Each, Grain::Whole) => {
            matches!(binary.operator, Operator::Mul | Operator::Div) && is_number(&binary.right)
        }
        (Grain::Whole, Grain::Each) => binary.operator == Operator::Mul && is_number(&binary.left),
    };
    (Grain::Each, !is_linear)
}

fn is_number(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Number(_) => true,
        ExprKind::Paren(inner) | ExprKind::Sign(_, inner) => is_number(inner),
        ExprKind::Binary(binary) => is_number(&binary.left) && is_number(&binary.right),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_pod_has_a_name_of_its_own_and_the_first_has_its_own() {
        let first = "checkout-7b8c6d4f95-x7k2p";
        assert_eq!(pod(first, 0), first);
        let names: BTreeSet<_> = (0..5000).map(|number| pod(first, number)).collect();
        assert_eq!(names.len(), 5000);
        assert!(names.iter().all(|name| name.starts_with("checkout-7b8c6d4f95-")));
        assert_eq!(met(first, |name| name.starts_with("checkout")), Met::All);
        assert_eq!(met(first, |name| name == first), Met::Some);
        assert_eq!(met(first, |name| name == "payment"), Met::None);
    }
}
