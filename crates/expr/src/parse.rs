//! Tokens to a tree: operators by how tightly they bind.

mod call;
mod postfix;
mod primary;

use crate::condition::{DEPTH_MAX, NODES_MAX};
use crate::operator::Binary;
use crate::problem::{Problem, ProblemKind, Span};
use crate::token::{Token, TokenKind, tokens};
use crate::tree::{Form, Node};

type Parsed = Result<Node, Problem>;

/// The tree of a text.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parser = Parser { tokens: tokens(text)?, at: 0, loops: 0, depth: 0, nodes: 0 };
    let node = parser.sequence()?;
    match parser.kind() {
        TokenKind::End => Ok(node),
        _ => Err(parser.unexpected("an operator or the end of the condition")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    /// How many loops are open, in which `#` has a meaning.
    loops: usize,
    /// How many expressions are open.
    depth: usize,
    nodes: usize,
}

impl Parser {
    fn token(&self) -> &Token {
        // The last token is the end, beyond which nothing moves.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn kind(&self) -> &TokenKind {
        &self.token().kind
    }

    fn span(&self) -> Span {
        self.token().span
    }

    fn advance(&mut self) {
        self.at = (self.at + 1).min(self.tokens.len() - 1);
    }

    /// The sign or word that is an operator here.
    fn operator(&self) -> Option<&'static str> {
        match self.kind() {
            TokenKind::Operator(sign) => Some(sign),
            _ => None,
        }
    }

    fn is_at(&self, sign: &str) -> bool {
        self.operator() == Some(sign)
    }

    fn is_at_bracket(&self, bracket: char) -> bool {
        *self.kind() == TokenKind::Bracket(bracket)
    }

    fn accept(&mut self, sign: &str) -> bool {
        let found = self.is_at(sign);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Problem> {
        if self.accept(sign) { Ok(()) } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    fn expect_bracket(&mut self, bracket: char) -> Result<Span, Problem> {
        let span = self.span();
        if !self.is_at_bracket(bracket) {
            return Err(self.unexpected(&format!("`{bracket}`")));
        }
        self.advance();
        Ok(span)
    }

    fn name(&mut self) -> Result<(String, Span), Problem> {
        let span = self.span();
        let TokenKind::Name(name) = self.kind().clone() else {
            return Err(self.unexpected("a name"));
        };
        self.advance();
        Ok((name, span))
    }

    fn unexpected(&self, wanted: &str) -> Problem {
        let found = self.kind().quoted();
        self.wrong(self.span(), format!("{found} stands where {wanted} is expected"))
    }

    #[expect(clippy::unused_self, reason = "reads like what it belongs to")]
    fn wrong(&self, span: Span, message: String) -> Problem {
        Problem::new(ProblemKind::Syntax, span, message)
    }

    /// A node, unless there are too many or they lie too deep.
    fn node(&mut self, form: Form, span: Span) -> Parsed {
        let node = Node::new(form, span);
        self.nodes += 1;
        if node.depth > DEPTH_MAX {
            return Err(self.too_deep(span));
        }
        if self.nodes.max(node.size) > NODES_MAX {
            let message = format!("more than {NODES_MAX} parts in one condition");
            return Err(self.wrong(span, message));
        }
        Ok(node)
    }

    fn too_deep(&self, span: Span) -> Problem {
        self.wrong(span, format!("more than {DEPTH_MAX} parts inside of each other"))
    }

    /// Expressions between semicolons, of which the last is the value.
    fn sequence(&mut self) -> Parsed {
        let first = self.expression(0)?;
        let mut nodes = vec![first];
        while self.accept(";") {
            if *self.kind() == TokenKind::End {
                break;
            }
            nodes.push(self.expression(0)?);
        }
        if nodes.len() == 1 {
            return Ok(nodes.remove(0));
        }
        let span = nodes[0].span.until(nodes[nodes.len() - 1].span);
        self.node(Form::Sequence(nodes), span)
    }

    /// An expression of operators that bind at least so tightly.
    fn expression(&mut self, tightness: u16) -> Parsed {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.too_deep(self.span()));
        }
        let node = self.expression_inside(tightness);
        self.depth -= 1;
        node
    }

    fn expression_inside(&mut self, tightness: u16) -> Parsed {
        if tightness == 0 && self.is_at("let") {
            return self.declaration();
        }
        if tightness == 0 && self.is_at("if") {
            return self.branch();
        }
        let mut left = self.primary()?;
        let mut is_after_coalesce = false;
        while let Some((binary, binds, is_negated)) = self.binary(tightness)? {
            let span = self.span();
            self.advance();
            if is_after_coalesce && !matches!(binary, Binary::Coalesce | Binary::Pipe) {
                return Err(self.mixed(binary, span));
            }
            is_after_coalesce = binary == Binary::Coalesce;
            left = match binary {
                Binary::Pipe => self.pipe(left)?,
                _ if binary.is_comparison() => self.comparison(left, binary, binds)?,
                _ => self.operation(left, binary, binds)?,
            };
            if is_negated {
                let span = left.span;
                left = self.node(Form::Unary(crate::operator::Unary::Not, Box::new(left)), span)?;
            }
        }
        if tightness == 0 { self.conditional(left) } else { Ok(left) }
    }

    fn mixed(&self, binary: Binary, span: Span) -> Problem {
        let message = format!("`{}` cannot follow `??` without parentheses", binary.sign());
        self.wrong(span, message).helped(Some("write `(a ?? b)` before the next operator"))
    }

    /// The operator here if it binds tightly enough; a `not` before it is passed over.
    fn binary(&mut self, tightness: u16) -> Result<Option<(Binary, u16, bool)>, Problem> {
        let Some(sign) = self.operator() else { return Ok(None) };
        if sign != "not" {
            let found = Binary::written(sign).filter(|(_, binds)| *binds >= tightness);
            return Ok(found.map(|(binary, binds)| (binary, binds, false)));
        }
        let before = self.at;
        self.advance();
        let found = self.operator().and_then(Binary::written);
        let Some((binary, binds)) = found.filter(|(binary, _)| binary.is_negatable()) else {
            return Err(self.unexpected("`in`, `matches`, `contains` or another of its kind"));
        };
        if binds < tightness {
            self.at = before;
            return Ok(None);
        }
        Ok(Some((binary, binds, true)))
    }

    fn operation(&mut self, left: Node, binary: Binary, binds: u16) -> Parsed {
        let right =
            self.expression(if binary.is_right_associative() { binds } else { binds + 1 })?;
        let span = left.span.until(right.span);
        self.node(Form::Binary(binary, Box::new(left), Box::new(right)), span)
    }

    /// `a < b < c` is `a < b && b < c`.
    fn comparison(&mut self, mut left: Node, mut binary: Binary, binds: u16) -> Parsed {
        let mut whole: Option<Node> = None;
        loop {
            let right = self.expression(binds + 1)?;
            let span = left.span.until(right.span);
            let form = Form::Binary(binary, Box::new(left), Box::new(right.clone()));
            let one = self.node(form, span)?;
            whole = Some(match whole {
                None => one,
                Some(before) => {
                    let span = before.span.until(one.span);
                    let form = Form::Binary(Binary::And, Box::new(before), Box::new(one));
                    self.node(form, span)?
                }
            });
            let next = self.operator().and_then(Binary::written);
            match (next, whole) {
                (Some((next, _)), some) if next.is_comparison() => {
                    (binary, left, whole) = (next, right, some);
                    self.advance();
                }
                (_, Some(whole)) => return Ok(whole),
                (_, None) => return Err(self.unexpected("a comparison")),
            }
        }
    }
}
