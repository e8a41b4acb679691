//! Operators between two operands.

use super::{Checker, mismatch, shortcut};
use crate::code::{Op, Sameness};
use crate::kind::{Keys, Kind};
use crate::library::Pattern;
use crate::operator::Binary;
use crate::problem::{Problem, Span};
use crate::tree::{Form, Node};

impl Checker {
    pub(super) fn binary(
        &mut self,
        binary: Binary,
        left: &Node,
        right: &Node,
        span: Span,
    ) -> Result<(Op, Kind), Problem> {
        let (left_code, l) = self.visit(left)?;
        let is_alone = matches!(binary, Binary::And | Binary::Or | Binary::Coalesce);
        let (right_code, r) = self.argument(right, usize::from(!is_alone))?;
        let Some(kind) = result(binary, &l, &r) else {
            if binary == Binary::In {
                return Err(not_in(&l, &r, span));
            }
            let message = format!("`{}` does not apply to {l} and {r}", binary.sign());
            return Err(mismatch(span, message).helped(advice(&l, &r)));
        };
        if let (Binary::Modulo, Form::Int(_), Form::Int(0)) = (binary, &left.form, &right.form) {
            return Err(mismatch(span, "an integer is divided by zero"));
        }
        let both = Box::new([left_code, right_code]);
        let op = match binary {
            Binary::Or | Binary::And => shortcut::combined(binary, *both),
            Binary::Equal => Op::Equal(sameness(&l, &r), both),
            Binary::Unequal => Op::Unequal(both),
            Binary::Less | Binary::More | Binary::LessOrEqual | Binary::MoreOrEqual => {
                shortcut::any(binary, *both)
            }
            Binary::In => match texts(right) {
                Some(texts) => {
                    let [left, _] = *both;
                    Op::InTexts(Box::new(left), texts)
                }
                None => Op::In(both),
            },
            Binary::Matches => match right.as_text() {
                Some(pattern) => {
                    let [left, _] = *both;
                    Op::MatchesConstant(Box::new(left), compiled(pattern, right.span)?)
                }
                None => Op::Matches(both),
            },
            Binary::Contains | Binary::StartsWith | Binary::EndsWith => Op::Search(binary, both),
            Binary::Range => Op::Range(both),
            Binary::Coalesce => Op::Coalesce(both),
            _ => Op::Arithmetic(binary, both),
        };
        Ok((op, kind))
    }
}

/// The type of the result, if the operator applies.
fn result(binary: Binary, l: &Kind, r: &Kind) -> Option<Kind> {
    let is_orderable = |kind: &Kind| kind.is_number() || kind.is_text();
    let are_numbers = l.is_number() && r.is_number();
    let are_texts = l.is_text() && r.is_text();
    let may_order = (l.is_unknown() || r.is_unknown()) && l.may_both(r, is_orderable);
    let (does_apply, kind) = match binary {
        Binary::Equal | Binary::Unequal => (l.is_comparable(r), Kind::Bool),
        Binary::Or | Binary::And => (l.may_both(r, Kind::is_bool), Kind::Bool),
        Binary::Less | Binary::More | Binary::LessOrEqual | Binary::MoreOrEqual => {
            (are_numbers || are_texts || may_order, Kind::Bool)
        }
        Binary::Add if are_texts => (true, Kind::Text),
        Binary::Add | Binary::Subtract | Binary::Multiply if are_numbers => (true, l.promoted(r)),
        Binary::Add => (may_order, Kind::Unknown),
        Binary::Subtract | Binary::Multiply => (l.may_both(r, Kind::is_number), Kind::Unknown),
        Binary::Divide | Binary::Power => (l.may_both(r, Kind::is_number), Kind::Float),
        Binary::Modulo => (l.may_both(r, Kind::is_integer), Kind::Int),
        Binary::Range => (l.may_both(r, Kind::is_integer), Kind::list(Kind::Int)),
        Binary::Matches | Binary::Contains | Binary::StartsWith | Binary::EndsWith => {
            (l.may_both(r, Kind::is_text), Kind::Bool)
        }
        Binary::In => (may_be_in(l, r), Kind::Bool),
        Binary::Coalesce => (true, coalesced(l, r)),
        Binary::Pipe => (false, Kind::Unknown),
    };
    does_apply.then_some(kind)
}

fn coalesced(l: &Kind, r: &Kind) -> Kind {
    match (l, r) {
        (Kind::Nil, _) => r.clone(),
        (_, Kind::Nil) => l.clone(),
        _ if r.fits(l) => l.clone(),
        _ => Kind::Unknown,
    }
}

fn may_be_in(l: &Kind, r: &Kind) -> bool {
    match r {
        Kind::Map(Keys::Texts, _) => l.is_unknown() || l.is_text(),
        Kind::Map(..) => true,
        Kind::List(_, of) => l.is_comparable(of),
        Kind::Text => l.is_unknown(),
        _ => r.is_unknown(),
    }
}

fn not_in(l: &Kind, r: &Kind, span: Span) -> Problem {
    let message = match r {
        Kind::Map(..) => format!("the keys of a map are strings, and {l} is not one"),
        Kind::List(_, of) => format!("{l} is never in an array of which each element is {of}"),
        _ => format!("nothing can be `in` {r}"),
    };
    mismatch(span, message)
}

/// What to write instead, for the mistakes that are made with measurements.
fn advice(l: &Kind, r: &Kind) -> Option<&'static str> {
    let pair = [l, r];
    let any = |is_such: fn(&Kind) -> bool| pair.iter().any(|kind| is_such(kind));
    if any(Kind::is_list) && any(Kind::is_number) {
        Some("take one element, as in `result[0]`, or all of them, as in `all(result, # >= 0.95)`")
    } else if any(Kind::is_text) && any(Kind::is_number) {
        Some("make the string a number with `asFloat(..)`")
    } else if any(Kind::is_list) && any(Kind::is_bool) {
        Some("ask whether it has elements: `len(result) > 0 && ..`")
    } else if any(|kind| *kind == Kind::Nil) {
        Some("say what holds without a result, as in `default(result, 0) < 0.05`")
    } else {
        None
    }
}

fn sameness(l: &Kind, r: &Kind) -> Sameness {
    match (l, r) {
        (Kind::Int, Kind::Int) => Sameness::Ints,
        (Kind::Text, Kind::Text) => Sameness::Texts,
        _ => Sameness::Any,
    }
}

/// The texts of a list of nothing but literal texts.
fn texts(node: &Node) -> Option<Vec<String>> {
    let Form::List(nodes) = &node.form else { return None };
    let texts: Option<Vec<_>> = nodes.iter().map(|it| it.as_text().map(str::to_owned)).collect();
    texts.filter(|texts| !texts.is_empty())
}

/// A compiled pattern.
fn compiled(pattern: &str, span: Span) -> Result<Pattern, Problem> {
    Pattern::parse(pattern).map_err(|message| mismatch(span, message))
}
