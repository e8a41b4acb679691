//! Calls of functions and loops over elements.

use super::{Parsed, Parser};
use crate::builtin::{Builtin, Loop};
use crate::problem::{Problem, Span};
use crate::tree::{Form, Node};

impl Parser {
    /// `left | name(arguments)` is `name(left, arguments)`.
    pub(super) fn pipe(&mut self, left: Node) -> Parsed {
        let (name, span) = self.name()?;
        self.call(name, span, Some(left))
    }

    /// A call from its bracket on; `first` is what a pipe puts before the arguments.
    pub(super) fn call(&mut self, name: String, span: Span, first: Option<Node>) -> Parsed {
        let begin = first.as_ref().map_or(span, |node| node.span.until(span));
        if let Some(looped) = Loop::named(&name) {
            let (arguments, close) = self.loop_arguments(looped, first)?;
            return self.node(Form::Loop(looped, arguments), begin.until(close));
        }
        let (arguments, close) = self.arguments(first)?;
        let form = match Builtin::named(&name) {
            Some(builtin) => Form::Builtin(builtin, arguments),
            None => Form::Call(Box::new(self.node(Form::Name(name), span)?), arguments),
        };
        self.node(form, begin.until(close))
    }

    pub(super) fn arguments(&mut self, first: Option<Node>) -> Result<(Vec<Node>, Span), Problem> {
        self.expect_bracket('(')?;
        let mut arguments = Vec::from_iter(first);
        let offset = arguments.len();
        while !self.is_at_bracket(')') {
            if arguments.len() > offset {
                self.expect(",")?;
                if self.is_at_bracket(')') {
                    break;
                }
            }
            arguments.push(self.expression(0)?);
        }
        Ok((arguments, self.expect_bracket(')')?))
    }

    /// What to loop over, what to evaluate for each element, and what else the loop takes.
    fn loop_arguments(
        &mut self,
        looped: Loop,
        first: Option<Node>,
    ) -> Result<(Vec<Node>, Span), Problem> {
        self.expect_bracket('(')?;
        let mut arguments = Vec::from_iter(first);
        let offset = arguments.len();
        let count = if looped.has_third() { 3 } else { 2 };
        for index in offset..count {
            let is_optional = index == 2 || (index == 1 && looped.is_optional());
            if self.is_at_bracket(')') {
                if is_optional {
                    break;
                }
                let message = format!("`{}` needs {} arguments", looped.name(), index + 1);
                return Err(self.wrong(self.span(), message));
            }
            if index > offset {
                self.expect(",")?;
                // The comma may have been the last one.
                if is_optional && self.is_at_bracket(')') {
                    break;
                }
            }
            arguments.push(if index == 1 { self.predicate()? } else { self.expression(0)? });
        }
        self.accept(",");
        Ok((arguments, self.expect_bracket(')')?))
    }

    /// An expression in which `#` is the element, with or without braces.
    fn predicate(&mut self) -> Parsed {
        let is_braced = self.is_at_bracket('{');
        self.loops += 1;
        let node = if is_braced {
            self.advance();
            let node = self.sequence()?;
            self.expect_bracket('}')?;
            node
        } else {
            self.expression(0)?
        };
        self.loops -= 1;
        Ok(node)
    }
}
