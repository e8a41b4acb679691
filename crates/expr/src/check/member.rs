//! Members, elements and slices.

use super::{Checker, mismatch};
use crate::code::{Code, Op};
use crate::kind::{Keys, Kind};
use crate::problem::{Problem, Span};
use crate::tree::Node;

impl Checker {
    pub(super) fn member(
        &mut self,
        base: &Node,
        property: &Node,
        is_optional: bool,
        span: Span,
    ) -> Result<(Op, Kind), Problem> {
        let (base_code, has) = self.visit(base)?;
        let (property_code, wants) = self.behind(|it| it.visit(property))?;
        let kind = member_kind(&has, &wants, property, span)?;
        let op = match self.found_at(base_code, property)? {
            Ok(op) => op,
            Err(base) => Op::Member { parts: Box::new([base, property_code]), is_optional },
        };
        Ok((op, kind))
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
        let (from, to) = (self.behind(|it| it.bound(from))?, self.behind(|it| it.bound(to))?);
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
                Keys::Anything | Keys::Groups => true,
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
