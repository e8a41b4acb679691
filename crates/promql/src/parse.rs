//! From the text of a query to its tree: operators by their precedence, in one pass.

mod aggregate;
mod binary;
mod modifier;
mod primary;
mod selector;

use crate::ast::{Expr, ExprKind, Operator};
use crate::lex::{Token, Word, lex};
use crate::print::Quoted;
use crate::{Error, Place};

/// Parentheses, calls and signs within each other, at most.
const NESTED_MAX: usize = 100;

/// Levels of a tree, at most: a chain of operators has one for each.
const DEPTH_MAX: u32 = 200;

/// How strongly a sign binds: less than `^`, more than `*`.
const SIGN_PRECEDENCE: u8 = 6;

/// The tree of a query; its types are not checked yet.
pub(crate) fn parse(text: &str) -> Result<Expr, Error> {
    let tokens = lex(text)?;
    let mut parser = Parser { text, tokens, at: 0, nested: 0 };
    if parser.peek() == &Word::End {
        return Err(parser.unexpected("an expression"));
    }
    let expr = parser.expression(0)?;
    if parser.peek() == &Word::End {
        return Ok(expr);
    }
    let error = parser.unexpected("an operator or the end of the query");
    Err(match (parser.peek(), &expr.kind) {
        (Word::Mark(")"), _) => error.hint("this parenthesis was not opened"),
        (Word::Mark("="), _) => error.hint("`==` compares"),
        (Word::Mark("{"), ExprKind::Selector(_)) => error.hint("one pair of braces is enough"),
        _ => error,
    })
}

/// Whether a word is a keyword that cannot be a metric.
pub(crate) fn is_reserved(word: &str) -> bool {
    ["on", "ignoring", "bool", "group_left", "group_right", "inf", "nan", "atan2"]
        .iter()
        .any(|reserved| word.eq_ignore_ascii_case(reserved))
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    at: usize,
    nested: usize,
}

impl Parser<'_> {
    fn token(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> &Word {
        &self.token().word
    }

    /// The word after the next one.
    fn peek_second(&self) -> &Word {
        &self.tokens[(self.at + 1).min(self.tokens.len() - 1)].word
    }

    fn place(&self) -> Place {
        self.token().place
    }

    fn advance(&mut self) -> Place {
        let place = self.place();
        self.at += 1;
        place
    }

    /// Takes a mark if it is next.
    fn take(&mut self, mark: &'static str) -> Option<Place> {
        (self.peek() == &Word::Mark(mark)).then(|| self.advance())
    }

    fn expect(&mut self, mark: &'static str, expected: &str) -> Result<Place, Error> {
        self.take(mark).ok_or_else(|| self.unexpected(expected))
    }

    /// The spelling of the next word if it is a name.
    fn name(&self) -> Option<&str> {
        (self.peek() == &Word::Name).then(|| self.place().of(self.text))
    }

    /// Whether the next word is this keyword; case is free.
    fn is_keyword(&self, keyword: &str) -> bool {
        self.name().is_some_and(|name| name.eq_ignore_ascii_case(keyword))
    }

    fn take_keyword(&mut self, keyword: &str) -> Option<Place> {
        self.is_keyword(keyword).then(|| self.advance())
    }

    /// An error at the next word, which is not what was expected.
    fn unexpected(&self, expected: &str) -> Error {
        let found = match self.peek() {
            Word::End => "the end of the query".to_owned(),
            Word::Text(text) => {
                let start: String = text.chars().take(20).collect();
                let is_whole = start.len() == text.len();
                format!("the text {}{}", Quoted(&start), if is_whole { "" } else { "..." })
            }
            _ => format!("`{}`", self.place().of(self.text)),
        };
        Error::new(self.place(), format!("expected {expected}, found {found}"))
    }

    /// An expression of operators that bind at least so strongly.
    fn expression(&mut self, least: u8) -> Result<Expr, Error> {
        self.nested += 1;
        if self.nested > NESTED_MAX {
            let message = format!("expressions are nested at most {NESTED_MAX} deep");
            return Err(Error::new(self.place(), message));
        }
        let mut left = self.signed()?;
        while let Some(operator) = self.operator().filter(|it| it.precedence() >= least) {
            left = self.binary(operator, left)?;
        }
        self.nested -= 1;
        Ok(left)
    }

    fn signed(&mut self) -> Result<Expr, Error> {
        let is_minus = self.peek() == &Word::Mark("-");
        if !is_minus && self.peek() != &Word::Mark("+") {
            return self.postfixed();
        }
        let sign = self.advance();
        let inner = self.expression(SIGN_PRECEDENCE)?;
        let place = sign.to(inner.place);
        if let ExprKind::Number(value) = inner.kind {
            let value = if is_minus { -value } else { value };
            return self.node(place, ExprKind::Number(value), &[]);
        }
        let depth = [inner.depth];
        self.node(place, ExprKind::Sign(is_minus, Box::new(inner)), &depth)
    }

    /// The operator that is next, if one is.
    fn operator(&self) -> Option<Operator> {
        let spelt = match self.peek() {
            Word::Mark(mark) => mark,
            Word::Name => self.place().of(self.text),
            _ => return None,
        };
        Operator::ALL.into_iter().find(|operator| operator.sign().eq_ignore_ascii_case(spelt))
    }

    /// A node above others of these depths, if that is not too deep.
    #[expect(clippy::unused_self, reason = "a tree grows in one parser")]
    fn node(&self, place: Place, kind: ExprKind, depths: &[u32]) -> Result<Expr, Error> {
        let depth = 1 + depths.iter().copied().max().unwrap_or(0);
        if depth > DEPTH_MAX {
            let message = format!("an expression has at most {DEPTH_MAX} levels");
            let hint = "`=~` with alternatives is shorter than a long chain of operators";
            return Err(Error::new(place, message).hint(hint));
        }
        Ok(Expr { place, kind, depth })
    }
}
