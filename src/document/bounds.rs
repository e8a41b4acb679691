//! The least and the greatest value of a field.

use std::cmp::Ordering;

use super::{FieldShape, Node, Pass, Problem, ScalarShape, Shape, Value, code, quoted};

/// Reports every value of a field that is outside its bounds; false if there was one.
pub(super) fn check(field: &FieldShape, node: &Node, pass: &mut Pass<'_>) -> bool {
    if field.low.is_none() && field.high.is_none() {
        return true;
    }
    inside(field, (field.shape)(), node, pass)
}

/// The range of a field in words, such as `1 to 1_000`.
pub(super) fn range(field: &FieldShape) -> Option<String> {
    match (field.low, field.high) {
        (Some(low), Some(high)) => Some(format!("{low} to {high}")),
        (Some(low), None) => Some(format!("at least {low}")),
        (None, Some(high)) => Some(format!("at most {high}")),
        (None, None) => None,
    }
}

fn inside(field: &FieldShape, shape: Shape, node: &Node, pass: &mut Pass<'_>) -> bool {
    match (shape, &node.value) {
        (
            Shape::Optional(of) | Shape::Maybe(of) | Shape::Either(of, _) | Shape::Varying(of, _),
            _,
        ) => inside(field, of(), node, pass),
        (Shape::List(of), Value::List(items)) => {
            // Every item is looked at: one pass reports them all.
            items.iter().filter(|item| !inside(field, of(), item, pass)).count() == 0
        }
        (Shape::Scalar(scalar), Value::Scalar(written)) => {
            let fits = fits(field, scalar, &written.text);
            if !fits {
                pass.report(outside(field, &written.text, node));
            }
            fits
        }
        _ => true,
    }
}

fn fits(field: &FieldShape, scalar: ScalarShape, text: &str) -> bool {
    let order = |bound: Option<&str>| bound.and_then(|bound| (scalar.compare)(text, bound));
    order(field.low) != Some(Ordering::Less) && order(field.high) != Some(Ordering::Greater)
}

fn outside(field: &FieldShape, text: &str, node: &Node) -> Problem {
    let range = range(field).unwrap_or_default();
    let title = format!("{} is not possible for `{}`", quoted(text), field.key);
    let nearest = field.low.or(field.high).unwrap_or_default();
    Problem::error(code::OUT_OF_RANGE, title)
        .at(node.place, format!("it can be {range}"))
        .help(format!("write for example: {nearest}"))
}
