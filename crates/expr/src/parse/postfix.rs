//! What follows a value: members, elements, slices and calls.

use super::{Parsed, Parser};
use crate::problem::{Problem, Span};
use crate::token::TokenKind;
use crate::tree::{Form, Node};

impl Parser {
    pub(super) fn postfix(&mut self, mut node: Node) -> Parsed {
        loop {
            let is_optional = self.is_at("?.");
            if is_optional || self.is_at(".") {
                self.advance();
                node = if is_optional && self.is_at_bracket('[') {
                    self.bracket(node, true)?
                } else {
                    self.member(node, is_optional)?
                };
            } else if self.is_at_bracket('[') {
                node = self.bracket(node, false)?;
            } else {
                return Ok(node);
            }
        }
    }

    /// `.name` or `.name(arguments)`; what follows an optional member belongs to its chain.
    fn member(&mut self, node: Node, is_optional: bool) -> Parsed {
        let (name, name_span) = self.property()?;
        let is_chain = matches!(node.form, Form::Chain(_));
        let base = Box::new(match node.form {
            Form::Chain(inner) => *inner,
            _ => node,
        });
        let span = base.span.until(name_span);
        let property = Box::new(self.node(Form::Text(name), name_span)?);
        let mut member = self.node(Form::Member { base, property, is_optional }, span)?;
        if self.is_at_bracket('(') {
            let (arguments, close) = self.arguments(None)?;
            let span = span.until(close);
            member = self.node(Form::Call(Box::new(member), arguments), span)?;
        }
        if is_chain || is_optional { self.chain(member) } else { Ok(member) }
    }

    fn chain(&mut self, node: Node) -> Parsed {
        let span = node.span;
        self.node(Form::Chain(Box::new(node)), span)
    }

    /// The name after a point, which may be a word that is an operator elsewhere.
    fn property(&mut self) -> Result<(String, Span), Problem> {
        let span = self.span();
        let name = match self.kind() {
            TokenKind::Name(name) => name.clone(),
            TokenKind::Operator(word) if word.starts_with(char::is_alphabetic) => {
                (*word).to_owned()
            }
            _ => return Err(self.unexpected("a name")),
        };
        self.advance();
        Ok((name, span))
    }

    /// `[index]`, `[from:to]` and what they leave out.
    fn bracket(&mut self, base: Node, is_optional: bool) -> Parsed {
        self.expect_bracket('[')?;
        let mut from = None;
        if !self.is_at(":") {
            from = Some(Box::new(self.expression(0)?));
        }
        if !self.accept(":") {
            let close = self.expect_bracket(']')?;
            let span = base.span.until(close);
            let Some(property) = from else { return Err(self.unexpected("an index")) };
            let form = Form::Member { base: Box::new(base), property, is_optional };
            let node = self.node(form, span)?;
            return if is_optional { self.chain(node) } else { Ok(node) };
        }
        let mut to = None;
        if !self.is_at_bracket(']') {
            to = Some(Box::new(self.expression(0)?));
        }
        let close = self.expect_bracket(']')?;
        let span = base.span.until(close);
        self.node(Form::Slice { base: Box::new(base), from, to }, span)
    }
}
