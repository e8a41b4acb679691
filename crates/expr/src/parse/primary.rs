//! What stands alone: literals, names, what is in brackets, and what begins with a word.

use super::{Parsed, Parser};
use crate::operator::Unary;
use crate::problem::{Problem, Span};
use crate::token::TokenKind;
use crate::tree::{Form, Node};

impl Parser {
    pub(super) fn primary(&mut self) -> Parsed {
        let span = self.span();
        match self.kind().clone() {
            TokenKind::Operator(sign) => self.sign(sign, span),
            TokenKind::Bracket('(') => {
                self.advance();
                let node = self.sequence()?;
                self.expect_bracket(')')?;
                self.postfix(node)
            }
            TokenKind::Bracket('[') => self.list(),
            TokenKind::Bracket('{') => self.map(),
            TokenKind::Number(number) => {
                self.advance();
                let form = self.number(&number, span)?;
                self.node(form, span)
            }
            TokenKind::Text(text) => {
                self.advance();
                let node = self.node(Form::Text(text), span)?;
                self.postfix(node)
            }
            TokenKind::Name(name) => self.named(name, span),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn sign(&mut self, sign: &'static str, span: Span) -> Parsed {
        if let Some((unary, binds)) = Unary::written(sign) {
            self.advance();
            let operand = self.expression(binds)?;
            let span = span.until(operand.span);
            let node = self.node(Form::Unary(unary, Box::new(operand)), span)?;
            return self.postfix(node);
        }
        match sign {
            "#" | "." if self.loops > 0 => self.pointer(sign, span),
            "#" | "." => {
                let message = format!("`{sign}` outside of `all`, `filter` and their like");
                Err(self.wrong(span, message))
            }
            "::" => {
                self.advance();
                let (name, span) = self.name()?;
                let call = self.call(name, span, None)?;
                self.postfix(call)
            }
            _ => Err(self.unexpected("a value")),
        }
    }

    /// `#`, `#acc`, or `.name`, which is `#.name`.
    fn pointer(&mut self, sign: &str, span: Span) -> Parsed {
        let mut name = None;
        let mut end = span;
        if sign == "#" {
            self.advance();
            if let TokenKind::Name(it) = self.kind().clone() {
                name = Some(it);
                end = self.span();
                self.advance();
            }
        }
        let node = self.node(Form::Pointer(name), span.until(end))?;
        self.postfix(node)
    }

    fn named(&mut self, name: String, span: Span) -> Parsed {
        self.advance();
        let form = match name.as_str() {
            "true" => Form::Bool(true),
            "false" => Form::Bool(false),
            "nil" => Form::Nil,
            _ if self.is_at_bracket('(') => {
                let call = self.call(name, span, None)?;
                return self.postfix(call);
            }
            _ => {
                let node = self.node(Form::Name(name), span)?;
                return self.postfix(node);
            }
        };
        self.node(form, span)
    }

    fn number(&self, number: &str, span: Span) -> Result<Form, Problem> {
        let lower = number.to_ascii_lowercase();
        let integer = |digits: &str, base: u32| {
            let found = i64::from_str_radix(digits, base).ok().filter(|_| !digits.is_empty());
            let message = format!("`{number}` is no integer of 64 bits");
            found.map(Form::Int).ok_or_else(|| self.wrong(span, message))
        };
        if let Some(digits) = lower.strip_prefix("0x") {
            integer(digits, 16)
        } else if lower.contains(['.', 'e']) {
            let found = lower.parse().ok().filter(|number: &f64| number.is_finite());
            let message = format!("`{number}` is no number");
            found.map(Form::Float).ok_or_else(|| self.wrong(span, message))
        } else if let Some(digits) = lower.strip_prefix("0b") {
            integer(digits, 2)
        } else if let Some(digits) = lower.strip_prefix("0o") {
            integer(digits, 8)
        } else {
            integer(&lower, 10)
        }
    }

    fn list(&mut self) -> Parsed {
        let open = self.expect_bracket('[')?;
        let mut nodes = Vec::new();
        while !self.is_at_bracket(']') {
            if !nodes.is_empty() {
                self.expect(",")?;
                if self.is_at_bracket(']') {
                    break;
                }
            }
            nodes.push(self.expression(0)?);
        }
        let close = self.expect_bracket(']')?;
        let node = self.node(Form::List(nodes), open.until(close))?;
        self.postfix(node)
    }

    fn map(&mut self) -> Parsed {
        let open = self.expect_bracket('{')?;
        let mut pairs = Vec::new();
        while !self.is_at_bracket('}') {
            if !pairs.is_empty() {
                self.expect(",")?;
                if self.is_at_bracket('}') {
                    break;
                }
            }
            let key = self.key()?;
            self.expect(":")?;
            pairs.push((key, self.expression(0)?));
        }
        let close = self.expect_bracket('}')?;
        let node = self.node(Form::Map(pairs), open.until(close))?;
        self.postfix(node)
    }

    /// A key of a map: a name, a number and a text are themselves.
    fn key(&mut self) -> Parsed {
        let span = self.span();
        match self.kind().clone() {
            TokenKind::Name(key) | TokenKind::Number(key) | TokenKind::Text(key) => {
                self.advance();
                self.node(Form::Text(key), span)
            }
            TokenKind::Bracket('(') => self.expression(0),
            _ => Err(self.unexpected("a key (a name, a text, or an expression in parentheses)")),
        }
    }

    /// `let name = value; body`.
    pub(super) fn declaration(&mut self) -> Parsed {
        let open = self.span();
        self.advance();
        let (name, _) = self.name()?;
        self.expect("=")?;
        let value = Box::new(self.expression(0)?);
        self.expect(";")?;
        let body = Box::new(self.sequence()?);
        let span = open.until(body.span);
        self.node(Form::Let { name, value, body }, span)
    }

    /// `if condition { .. } else { .. }`.
    pub(super) fn branch(&mut self) -> Parsed {
        let open = self.span();
        self.expect("if")?;
        let condition = self.expression(0)?;
        let then = self.block()?;
        self.expect("else")?;
        let otherwise = if self.is_at("if") { self.expression(0)? } else { self.block()? };
        let span = open.until(otherwise.span);
        self.node(Form::If(Box::new([condition, then, otherwise])), span)
    }

    fn block(&mut self) -> Parsed {
        self.expect_bracket('{')?;
        let node = self.sequence()?;
        self.expect_bracket('}')?;
        Ok(node)
    }

    /// `condition ? a : b`, and `a ?: b` for `a ? a : b`.
    pub(super) fn conditional(&mut self, mut node: Node) -> Parsed {
        while self.accept("?") {
            let then = if self.is_at(":") { node.clone() } else { self.expression(0)? };
            self.expect(":")?;
            let otherwise = self.expression(0)?;
            let span = node.span.until(otherwise.span);
            node = self.node(Form::If(Box::new([node, then, otherwise])), span)?;
        }
        Ok(node)
    }
}
