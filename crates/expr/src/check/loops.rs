//! Loops over elements.

use super::{Checker, Frame, mismatch};
use crate::builtin::Loop;
use crate::code::{Code, LoopCode, Op};
use crate::kind::{Keys, Kind};
use crate::problem::Problem;
use crate::tree::Node;

impl Checker {
    pub(super) fn looped(
        &mut self,
        looped: Loop,
        arguments: &[Node],
    ) -> Result<(Op, Kind), Problem> {
        let over_node = &arguments[0];
        let (over, kind) = self.visit(over_node)?;
        if !kind.is_list() && !kind.is_unknown() {
            let message = format!("`{}` takes an array, and this is {kind}", looped.name());
            return Err(mismatch(over_node.span, message));
        }
        if matches!(looped, Loop::FindLast | Loop::FindLastIndex) {
            self.allow_from_end(over_node.span)?;
        }
        let (body, of) = match arguments.get(1) {
            Some(node) => {
                let (code, of) = self.predicate(looped, &kind, node)?;
                (Some(code), Some(of))
            }
            None => (None, None),
        };
        let third = arguments.get(2).map(|node| self.visit(node)).transpose()?;
        let third = third.map(|(code, _)| code);
        let kind = result(looped, &kind, of);
        let code = LoopCode { looped, over, body, third, must_find: false };
        Ok((Op::Loop(Box::new(code)), kind))
    }

    fn predicate(
        &mut self,
        looped: Loop,
        over: &Kind,
        node: &Node,
    ) -> Result<(Code, Kind), Problem> {
        let names: &[&str] = match looped {
            Loop::Map => &["index"],
            Loop::Reduce => &["index", "acc"],
            _ => &[],
        };
        let frame = Frame::Loop(over.clone(), names);
        // What has been mapped or has passed waits for the rest.
        let (code, kind) = match looped {
            Loop::Map | Loop::Filter => self.behind(|it| it.within(frame, node))?,
            _ => self.within(frame, node)?,
        };
        let name = looped.name();
        if kind == Kind::Nil {
            return Err(mismatch(node.span, format!("what `{name}` evaluates is always nil")));
        }
        let decides =
            !matches!(looped, Loop::Map | Loop::Sum | Loop::GroupBy | Loop::SortBy | Loop::Reduce);
        if decides && !kind.is_bool() && !kind.is_unknown() {
            let message = format!("`{name}` asks for true or false, and this is {kind}");
            return Err(mismatch(node.span, message));
        }
        Ok((code, kind))
    }
}

/// The type of a loop over `over` whose expression has the type `of`.
fn result(looped: Loop, over: &Kind, of: Option<Kind>) -> Kind {
    match looped {
        Loop::All | Loop::None | Loop::Any | Loop::One => Kind::Bool,
        Loop::Count | Loop::FindIndex | Loop::FindLastIndex => Kind::Int,
        Loop::Filter if over.is_unknown() => Kind::any_list(),
        Loop::Filter => Kind::list(over.element()),
        Loop::Map => Kind::list(of.unwrap_or(Kind::Unknown)),
        Loop::Sum | Loop::Reduce => of.unwrap_or_else(|| over.element()),
        Loop::Find | Loop::FindLast => over.element(),
        Loop::GroupBy => Kind::Map(Keys::Groups, Box::new(Kind::any_list())),
        Loop::SortBy => over.clone(),
    }
}
