//! Whether every expression is given what it takes.

use crate::ast::{Aggregate, Aggregation, Binary, Call, Expr, ExprKind, Matching, Operator};
use crate::function::{Function, Type};
use crate::{Error, Place};

impl Expr {
    /// What the expression gives.
    pub fn gives(&self) -> Type {
        match &self.kind {
            ExprKind::Number(_) => Type::Scalar,
            ExprKind::Text(_) => Type::Text,
            ExprKind::Selector(_) | ExprKind::Aggregate(_) => Type::Vector,
            ExprKind::Range(..) | ExprKind::Subquery(_) => Type::Range,
            ExprKind::Call(call) => call.function.signature().gives,
            ExprKind::Sign(_, inner) | ExprKind::Paren(inner) => inner.gives(),
            ExprKind::Binary(binary) => {
                let sides = [binary.left.gives(), binary.right.gives()];
                if sides == [Type::Scalar; 2] { Type::Scalar } else { Type::Vector }
            }
        }
    }

    /// The expression without parentheses around it.
    pub fn bare(&self) -> &Self {
        match &self.kind {
            ExprKind::Paren(inner) => inner.bare(),
            _ => self,
        }
    }
}

/// Checks a whole tree, what stands first first.
pub(crate) fn check(expr: &Expr) -> Result<(), Error> {
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Selector(_) | ExprKind::Range(..) => {
            Ok(())
        }
        ExprKind::Subquery(subquery) => {
            check(&subquery.inner)?;
            expect(&subquery.inner, Type::Vector, "a subquery is of")
        }
        ExprKind::Call(call) => check_call(call, expr.place),
        ExprKind::Aggregate(aggregate) => check_aggregate(aggregate),
        ExprKind::Sign(_, inner) => {
            check(inner)?;
            match inner.gives() {
                Type::Scalar | Type::Vector => Ok(()),
                other => {
                    let message = format!("a sign stands before a number or series, not {other}");
                    Err(Error::new(inner.place, message))
                }
            }
        }
        ExprKind::Binary(binary) => check_binary(binary),
        ExprKind::Paren(inner) => check(inner),
    }
}

fn check_call(call: &Call, place: Place) -> Result<(), Error> {
    let signature = call.function.signature();
    let (given, most) = (call.args.len(), signature.args.len());
    let least = most - signature.optional;
    if given < least || (given > most && !signature.repeats) {
        let plural = if most == 1 { "argument" } else { "arguments" };
        let count = match (least == most, signature.repeats) {
            (true, _) => format!("{most} {plural}"),
            (false, true) => format!("at least {least} arguments"),
            (false, false) => format!("{least} to {most} {plural}"),
        };
        let message = format!("`{}` takes {count}, found {given}", signature.name);
        return Err(Error::new(place, message));
    }
    for (index, arg) in call.args.iter().enumerate() {
        check(arg)?;
        let expected = signature.args[index.min(most - 1)];
        expect(arg, expected, &format!("`{}` takes", signature.name))?;
    }
    if call.function == Function::LabelReplace || call.function == Function::LabelJoin {
        check_labels(call)?;
    }
    Ok(())
}

/// What functions on labels are told must be labels and expressions.
fn check_labels(call: &Call) -> Result<(), Error> {
    let text = |index: usize| match &call.args[index].bare().kind {
        ExprKind::Text(text) => text.as_str(),
        _ => unreachable!("a text has no other form"),
    };
    if text(1).is_empty() {
        return Err(Error::new(call.args[1].place, "a label to write is expected"));
    }
    if call.function == Function::LabelReplace {
        let regex = crate::matcher::anchored(text(4));
        regex.map_err(|message| Error::new(call.args[4].place, message))?;
    }
    Ok(())
}

/// Refuses an argument of another type.
fn expect(arg: &Expr, expected: Type, takes: &str) -> Result<(), Error> {
    let given = arg.gives();
    if given == expected {
        return Ok(());
    }
    let error = Error::new(arg.place, format!("{takes} {expected}, found {given}"));
    Err(match (expected, given) {
        (Type::Range, Type::Vector) => error.hint(match &arg.bare().kind {
            ExprKind::Selector(_) => "add a window: `x[5m]`",
            _ => "a window needs a subquery here: `(...)[5m:]`",
        }),
        (Type::Vector, Type::Range) => error.hint("leave the window out, or use `rate(x[5m])`"),
        (Type::Vector, Type::Scalar) => error.hint("`vector(...)` makes one of a number"),
        (Type::Scalar, Type::Vector) => error.hint("`scalar(...)` makes one of a single series"),
        _ => error,
    })
}

fn check_aggregate(aggregate: &Aggregate) -> Result<(), Error> {
    let takes = format!("`{}` takes", aggregate.aggregation.name());
    if let Some(parameter) = &aggregate.parameter {
        check(parameter)?;
        let is_text = aggregate.aggregation == Aggregation::CountValues;
        expect(parameter, if is_text { Type::Text } else { Type::Scalar }, &takes)?;
        if let ExprKind::Text(label) = &parameter.bare().kind
            && label.is_empty()
        {
            return Err(Error::new(parameter.place, "a label to write is expected"));
        }
    }
    check(&aggregate.inner)?;
    expect(&aggregate.inner, Type::Vector, &takes)
}

fn check_binary(binary: &Binary) -> Result<(), Error> {
    let operator = binary.operator;
    check(&binary.left)?;
    check(&binary.right)?;
    for side in [&binary.left, &binary.right] {
        if !matches!(side.gives(), Type::Scalar | Type::Vector) {
            let (sign, given) = (operator.sign(), side.gives());
            let message = format!("`{sign}` stands between numbers and series, not {given}");
            let error = Error::new(side.place, message);
            let is_range = given == Type::Range;
            return Err(if is_range { error.hint("`rate(x[5m])`?") } else { error });
        }
    }
    let vectors = [&binary.left, &binary.right].map(|side| side.gives() == Type::Vector);
    if let Some(place) = binary.is_bool.filter(|_| !operator.is_comparison()) {
        let message = format!("`bool` belongs to comparisons, not to `{}`", operator.sign());
        return Err(Error::new(place, message));
    }
    if operator.is_comparison() && vectors == [false, false] && binary.is_bool.is_none() {
        let (sign, place) = (operator.sign(), binary.operator_place);
        let error = Error::new(place, "a comparison of two numbers needs `bool`");
        return Err(error.hint(format!("`{sign} bool`")));
    }
    if operator.is_set() && vectors != [true, true] {
        let side = if vectors[0] { &binary.right } else { &binary.left };
        return Err(no_set(operator, side));
    }
    match &binary.matching {
        Some(matching) => check_matching(matching, operator, vectors == [true, true]),
        None => Ok(()),
    }
}

/// A set operator with a number beside it.
fn no_set(operator: Operator, side: &Expr) -> Error {
    let message = format!("`{}` stands between series, this is a number", operator.sign());
    Error::new(side.place, message).hint("`vector(...)` makes a series of a number")
}

fn check_matching(matching: &Matching, operator: Operator, are_vectors: bool) -> Result<(), Error> {
    if !are_vectors {
        let message = "series find each other only if both sides are series, not numbers";
        return Err(Error::new(matching.place, message));
    }
    let Some(group) = &matching.group else { return Ok(()) };
    if operator.is_set() {
        let message = format!("`{}` takes no group: it is many to many", operator.sign());
        return Err(Error::new(group.place, message));
    }
    let twice = group.include.iter().find(|include| {
        matching.is_on && matching.labels.iter().any(|label| label.text == include.text)
    });
    match twice {
        Some(label) => {
            let message = format!("`{}` is in `on` already, a group cannot add it", label.text);
            Err(Error::new(label.place, message))
        }
        None => Ok(()),
    }
}
