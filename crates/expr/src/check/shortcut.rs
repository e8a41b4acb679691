//! Loops that look no further than they must, which shows when a later element is an error.
//!
//! The original rewrites these, and what it rewrites is part of what a condition means: of
//! `filter(result, # > 1)[0]` nothing behind the first that is found is looked at.

use super::{Checker, unsupported};
use crate::builtin::{Builtin, Loop};
use crate::code::{Code, LoopCode, Op};
use crate::operator::{Binary, Unary};
use crate::problem::{Problem, Span};
use crate::tree::{Form, Node};

impl Checker {
    /// A part that is evaluated while an operand before it waits.
    pub(super) fn behind<T>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        self.waiting += 1;
        let visited = visit(self);
        self.waiting -= 1;
        visited
    }

    /// Loops from the end. The original leaves marks of them among the operands that wait, and
    /// then takes a mark for an operand: nothing that anybody wants, and nothing to rely on.
    pub(super) fn allow_from_end(&self, span: Span) -> Result<(), Problem> {
        if self.waiting == 0 {
            return Ok(());
        }
        let message = "a search from the end behind another operand: expr v1.17.8 mistakes it";
        Err(unsupported(span, message).helped(Some("let the search be the first operand")))
    }

    /// `filter(..)[0]` is the first that is found, which must be there; `[-1]` is the last.
    pub(super) fn found_at(
        &self,
        base: Code,
        property: &Node,
    ) -> Result<Result<Op, Code>, Problem> {
        let looped = match &property.form {
            Form::Int(0) => Loop::Find,
            Form::Unary(Unary::Minus, one) if matches!(one.form, Form::Int(1)) => Loop::FindLast,
            _ => return Ok(Err(base)),
        };
        match base {
            Code { op: Op::Loop(code), span } if code.looped == Loop::Filter => {
                if looped == Loop::FindLast {
                    self.allow_from_end(span)?;
                }
                Ok(Ok(Op::Loop(Box::new(LoopCode { looped, must_find: true, ..*code }))))
            }
            other => Ok(Err(other)),
        }
    }

    /// `first(filter(..))` and `last(filter(..))`, which find nothing without an error.
    pub(super) fn found_by(&self, builtin: Builtin, mut codes: Vec<Code>) -> Result<Op, Problem> {
        let looped = match builtin {
            Builtin::First => Loop::Find,
            Builtin::Last => Loop::FindLast,
            _ => return Ok(Op::Builtin(builtin, codes)),
        };
        match codes.pop() {
            Some(Code { op: Op::Loop(code), span }) if code.looped == Loop::Filter => {
                if looped == Loop::FindLast {
                    self.allow_from_end(span)?;
                }
                Ok(Op::Loop(Box::new(LoopCode { looped, ..*code })))
            }
            last => {
                codes.extend(last);
                Ok(Op::Builtin(builtin, codes))
            }
        }
    }
}

/// `count(..) > 0` and `count(..) >= 1` ask whether there is any.
pub(super) fn any(binary: Binary, both: [Code; 2]) -> Op {
    let is_any = matches!(
        (binary, &both[0].op, &both[1].op),
        (Binary::More, Op::Loop(_), Op::Int(0)) | (Binary::MoreOrEqual, Op::Loop(_), Op::Int(1))
    );
    let [count, limit] = both;
    match count {
        Code { op: Op::Loop(code), .. }
            if is_any && code.looped == Loop::Count && code.body.is_some() =>
        {
            Op::Loop(Box::new(LoopCode { looped: Loop::Any, ..*code }))
        }
        count => Op::Compare(binary, Box::new([count, limit])),
    }
}

/// `all(x, a) && all(x, b)` is `all(x, a && b)`, and the same of `any` and `none`.
pub(super) fn combined(binary: Binary, both: [Code; 2]) -> Op {
    let is_combined = match (&both[0].op, &both[1].op) {
        (Op::Loop(a), Op::Loop(b)) => {
            let fits = match a.looped {
                Loop::All | Loop::None => binary == Binary::And,
                Loop::Any => binary == Binary::Or,
                _ => false,
            };
            fits && a.looped == b.looped && is_same(&a.over, &b.over)
        }
        _ => false,
    };
    let [left, right] = both;
    match (left, right) {
        (Code { op: Op::Loop(a), .. }, Code { op: Op::Loop(b), .. }) if is_combined => {
            let (LoopCode { looped, over, body: one, .. }, LoopCode { body: other, .. }) = (*a, *b);
            let body = one.zip(other).map(|(one, other)| {
                let span = one.span.until(other.span);
                let both = Box::new([one, other]);
                let op = if looped == Loop::All { Op::And(both) } else { Op::Or(both) };
                Code { op, span }
            });
            Op::Loop(Box::new(LoopCode { looped, over, body, third: None, must_find: false }))
        }
        (left, right) if binary == Binary::And => Op::And(Box::new([left, right])),
        (left, right) => Op::Or(Box::new([left, right])),
    }
}

/// Whether two parts are the same member of the result.
fn is_same(a: &Code, b: &Code) -> bool {
    match (&a.op, &b.op) {
        (Op::Result, Op::Result) => true,
        (Op::Text(a), Op::Text(b)) => a == b,
        (Op::Int(a), Op::Int(b)) => a == b,
        (Op::List(a), Op::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (
            Op::Member { parts: one, is_optional: x },
            Op::Member { parts: other, is_optional: y },
        ) => x == y && one.iter().zip(other.iter()).all(|(a, b)| is_same(a, b)),
        _ => false,
    }
}
