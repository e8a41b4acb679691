//! Members, elements and slices.

use super::{Checker, mismatch};
use crate::builtin::Loop;
use crate::code::{Code, Op};
use crate::kind::{Keys, Kind};
use crate::problem::{Problem, Span};
use crate::tree::{Form, Node};

impl Checker {
    pub(super) fn member(
        &mut self,
        base: &Node,
        property: &Node,
        is_optional: bool,
        span: Span,
    ) -> Result<(Op, Kind), Problem> {
        let (base_code, has) = self.visit(base)?;
        let (property_code, wants) = self.visit(property)?;
        let kind = member_kind(&has, &wants, property, span)?;
        if let Some(op) = found(base_code.clone(), property) {
            return Ok((op, kind));
        }
        let parts = Box::new([base_code, property_code]);
        Ok((Op::Member { parts, is_optional }, kind))
    }

    pub(super) fn slice(
        &mut self,
        base: &Node,
        from: Option<&Node>,
        to: Option<&Node>,
        span: Span,
    ) -> Result<(Op, Kind), Problem> {
        let (base, kind) = self.boxed(base)?;
        let kind = match kind {
            Kind::Text | Kind::List(..) => kind,
            _ if kind.is_unknown() => Kind::Unknown,
            _ => return Err(mismatch(span, format!("there are no slices of {kind}"))),
        };
        let (from, to) = (self.bound(from)?, self.bound(to)?);
        Ok((Op::Slice { base, from, to }, kind))
    }

    fn bound(&mut self, node: Option<&Node>) -> Result<Option<Box<Code>>, Problem> {
        let Some(node) = node else { return Ok(None) };
        let (code, kind) = self.boxed(node)?;
        if !kind.is_integer() && !kind.is_unknown() {
            let message = format!("the bounds of a slice are integers, and this is {kind}");
            return Err(mismatch(node.span, message));
        }
        Ok(Some(code))
    }
}

fn member_kind(has: &Kind, wants: &Kind, property: &Node, span: Span) -> Result<Kind, Problem> {
    let name = property.as_text();
    match has {
        _ if has.is_unknown() => Ok(Kind::Unknown),
        Kind::Map(keys, of) => {
            let is_key = match keys {
                Keys::Texts => wants.is_text() || wants.is_unknown(),
                Keys::Anything => true,
            };
            let message = format!("the members of a map have names, and {wants} is none");
            let help = "`result` is a map here: `result.name`";
            let problem = || mismatch(property.span, message).helped(Some(help));
            if is_key { Ok((**of).clone()) } else { Err(problem()) }
        }
        Kind::List(_, of) => {
            let message = format!("the elements of an array have numbers, and {wants} is none");
            let help = "take an element first, as in `result[0].name`";
            let problem = || mismatch(property.span, message).helped(Some(help));
            let is_index = wants.is_integer() || wants.is_unknown();
            if is_index { Ok((**of).clone()) } else { Err(problem()) }
        }
        _ => {
            let message = match name {
                Some(name) => format!("{has} has no member `{name}`"),
                None => format!("{has} has no elements"),
            };
            let is_scalar = has.is_number() || has.is_bool() || has.is_text();
            let help = "the result is a single value here: `result` without an index";
            Err(mismatch(span, message).helped(is_scalar.then_some(help)))
        }
    }
}

/// `filter(..)[0]` looks no further than the first that is found, and must find one; `[-1]` begins
/// at the end.
fn found(base: Code, property: &Node) -> Option<Op> {
    let Op::Loop(mut code) = base.op else { return None };
    if code.looped != Loop::Filter {
        return None;
    }
    code.looped = match &property.form {
        Form::Int(0) => Loop::Find,
        Form::Unary(crate::operator::Unary::Minus, one) if matches!(one.form, Form::Int(1)) => {
            Loop::FindLast
        }
        _ => return None,
    };
    code.must_find = true;
    Some(Op::Loop(code))
}
