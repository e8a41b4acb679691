//! Whether a query is a share of requests, and of which.

use promql::ast::{Binary, Expr, ExprKind, LabelMatcher, Operator};

use super::query::{Selected, selectors};

/// A share of requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratio<'e> {
    /// The requests that count.
    pub(crate) numerator: &'e Expr,
    /// All of them.
    pub(crate) denominator: &'e Expr,
    /// The value if all requests count: 1, or 100.
    pub(crate) scale: f64,
    /// Whether the value is the share of good requests, not of failed ones; nothing if the labels
    /// do not tell.
    pub(crate) is_good: Option<bool>,
}

/// Pairs of values that a label has for a good and for a failed request.
const OUTCOMES: [(&str, &str); 6] = [
    ("200", "500"),
    ("2xx", "5xx"),
    ("success", "failure"),
    ("OK", "Internal"),
    ("0", "13"),
    ("success", "error"),
];

/// The share of requests that an expression is, if it is one.
pub(crate) fn ratio(expr: &Expr) -> Option<Ratio<'_>> {
    match &expr.kind {
        ExprKind::Paren(inner) => ratio(inner),
        ExprKind::Binary(binary) => operated(binary),
        _ => None,
    }
}

fn operated(binary: &Binary) -> Option<Ratio<'_>> {
    let (left, right) = (&binary.left, &binary.right);
    let numbers = (constant(left), constant(right));
    match (binary.operator, numbers) {
        (Operator::Mul, (Some(times), None)) => scaled(right, times),
        (Operator::Mul, (None, Some(times))) => scaled(left, times),
        (Operator::Div, (None, Some(by))) => scaled(left, 1.0 / by),
        (Operator::Sub, (Some(whole), None)) => {
            let ratio = ratio(right)?;
            let is_complement = (ratio.scale / whole - 1.0).abs() < 1e-9;
            is_complement.then(|| Ratio { is_good: ratio.is_good.map(|it| !it), ..ratio })
        }
        (Operator::Or, _) => ratio(left),
        (Operator::Div, (None, None)) => divided(left, right),
        _ => None,
    }
}

fn scaled(expr: &Expr, times: f64) -> Option<Ratio<'_>> {
    let ratio = ratio(expr)?;
    (times > 0.0).then_some(Ratio { scale: ratio.scale * times, ..ratio })
}

/// One count by another of the same metric, with more conditions.
fn divided<'e>(numerator: &'e Expr, denominator: &'e Expr) -> Option<Ratio<'e>> {
    // `a * 100 / b` is `a / b * 100`.
    if let ExprKind::Binary(inner) = &numerator.bare().kind {
        let (left, right) = (constant(&inner.left), constant(&inner.right));
        let (times, rest) = match (inner.operator, left, right) {
            (Operator::Mul, Some(times), None) => (times, &inner.right),
            (Operator::Mul, None, Some(times)) => (times, &inner.left),
            (Operator::Or, ..) => (1.0, &inner.left),
            _ => return None,
        };
        let ratio = divided(rest, denominator)?;
        return Some(Ratio { numerator, scale: ratio.scale * times, ..ratio });
    }
    let (over, under) = (selectors(numerator), selectors(denominator));
    let ([over], [under]) = (over.as_slice(), under.as_slice()) else { return None };
    let metric = |it: &Selected<'_>| it.selector.metric.as_ref().map(|it| it.text.clone());
    if metric(over) != metric(under) || metric(over).is_none() {
        return None;
    }
    let is_new =
        |matcher: &&LabelMatcher| !under.selector.matchers.iter().any(|it| same(it, matcher));
    let mut extra = over.selector.matchers.iter().filter(is_new).peekable();
    extra.peek()?;
    let is_good = extra.find_map(selects_good);
    Some(Ratio { numerator, denominator, scale: 1.0, is_good })
}

/// Whether the numerator of a ratio selects failed requests, if the labels tell.
pub(crate) fn selects_errors(ratio: &Ratio<'_>) -> Option<bool> {
    let over = selectors(ratio.numerator);
    let matchers = over.iter().flat_map(|it| &it.selector.matchers);
    let under = selectors(ratio.denominator);
    let is_new = |it: &&LabelMatcher| {
        !under.iter().any(|one| one.selector.matchers.iter().any(|other| same(it, other)))
    };
    matchers.filter(is_new).find_map(selects_good).map(|is_good| !is_good)
}

fn same(one: &LabelMatcher, other: &LabelMatcher) -> bool {
    one.label.text == other.label.text
        && one.matcher.kind() == other.matcher.kind()
        && one.matcher.value() == other.matcher.value()
}

/// Whether a condition keeps good requests and leaves failed ones out, or the other way round.
fn selects_good(it: &LabelMatcher) -> Option<bool> {
    OUTCOMES.iter().find_map(|(good, failed)| {
        match (it.matcher.is_met(good), it.matcher.is_met(failed)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    })
}

/// The number that an expression of numbers is.
pub(crate) fn constant(expr: &Expr) -> Option<f64> {
    match &expr.kind {
        ExprKind::Number(value) => Some(*value),
        ExprKind::Paren(inner) => constant(inner),
        ExprKind::Sign(is_minus, inner) => {
            constant(inner).map(|value| if *is_minus { -value } else { value })
        }
        ExprKind::Binary(binary) => {
            let (left, right) = (constant(&binary.left)?, constant(&binary.right)?);
            match binary.operator {
                Operator::Add => Some(left + right),
                Operator::Sub => Some(left - right),
                Operator::Mul => Some(left * right),
                Operator::Div => Some(left / right),
                _ => None,
            }
        }
        _ => None,
    }
}
