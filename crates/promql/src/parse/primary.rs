//! What stands between operators: numbers, texts, parentheses, calls and selectors.

use super::Parser;
use crate::ast::{Aggregation, Call, Expr, ExprKind};
use crate::function::{Function, closest, unsupported};
use crate::lex::Word;
use crate::{Error, Place};

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Result<Expr, Error> {
        let place = self.place();
        match self.peek().clone() {
            Word::Number(value) => {
                self.advance();
                self.node(place, ExprKind::Number(value), &[])
            }
            Word::Duration(millis) => {
                self.advance();
                self.node(place, ExprKind::Number(millis as f64 / 1000.0), &[])
            }
            Word::Text(text) => {
                self.advance();
                self.node(place, ExprKind::Text(text), &[])
            }
            Word::Mark("(") => self.parenthesized(),
            Word::Mark("{") => self.selector(None),
            Word::Name => self.named(),
            Word::Mark("[") => Err(self
                .unexpected("an expression")
                .hint("a window stands behind a selector: `x[5m]`")),
            _ => Err(self.unexpected("an expression")),
        }
    }

    fn parenthesized(&mut self) -> Result<Expr, Error> {
        let open = self.advance();
        let inner = self.expression(0)?;
        let close = self.close(open)?;
        let depth = [inner.depth];
        self.node(open.to(close), ExprKind::Paren(Box::new(inner)), &depth)
    }

    /// The parenthesis that closes the one at a place.
    pub(super) fn close(&mut self, open: Place) -> Result<Place, Error> {
        if self.peek() == &Word::End {
            return Err(Error::new(open, "this parenthesis is not closed"));
        }
        let close = self.expect(")", "`)` or an operator");
        close.map_err(|error| match self.peek() {
            Word::Mark("=") => error.hint("`==` compares"),
            Word::Mark("{") => error.hint("labels stand directly behind a metric"),
            _ => error,
        })
    }

    /// A number, an aggregation, a call or a metric, by its name.
    fn named(&mut self) -> Result<Expr, Error> {
        let place = self.place();
        let name = place.of(self.text);
        let number = match name.to_ascii_lowercase().as_str() {
            "inf" => Some(f64::INFINITY),
            "nan" => Some(f64::NAN),
            _ => None,
        };
        if let Some(value) = number {
            self.advance();
            return self.node(place, ExprKind::Number(value), &[]);
        }
        let aggregation =
            Aggregation::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(name));
        if let Some(aggregation) = aggregation.filter(|_| self.begins_aggregation()) {
            return self.aggregate(aggregation);
        }
        if super::is_reserved(name) {
            let message = format!("`{name}` is a keyword, an expression is expected");
            return Err(Error::new(place, message));
        }
        if self.peek_second() == &Word::Mark("(") {
            return self.call();
        }
        self.selector(Some(name.to_owned()))
    }

    fn call(&mut self) -> Result<Expr, Error> {
        let place = self.advance();
        let name = place.of(self.text);
        let Some(function) = Function::named(name) else {
            return Err(unknown(place, name));
        };
        let open = self.advance();
        let args = self.args(open)?;
        let close = self.close(open)?;
        let depths: Vec<_> = args.iter().map(|arg| arg.depth).collect();
        self.node(place.to(close), ExprKind::Call(Call { function, name: place, args }), &depths)
    }

    /// Expressions with commas between them, up to a parenthesis that closes.
    pub(super) fn args(&mut self, open: Place) -> Result<Vec<Expr>, Error> {
        let mut args = Vec::new();
        while self.peek() != &Word::Mark(")") {
            if self.peek() == &Word::End {
                return Err(Error::new(open, "this parenthesis is not closed"));
            }
            args.push(self.expression(0)?);
            let Some(comma) = self.take(",") else { break };
            if self.peek() == &Word::Mark(")") {
                return Err(Error::new(comma, "an argument is expected behind this comma"));
            }
        }
        Ok(args)
    }
}

/// A function that does not exist, or not here.
fn unknown(place: Place, name: &str) -> Error {
    if let Some(why) = unsupported(name) {
        return Error::new(place, format!("`{name}` cannot be evaluated: {why}"));
    }
    let error = Error::new(place, format!("there is no function `{name}`"));
    match closest(name) {
        Some(closest) => error.hint(format!("`{closest}` is one")),
        None => error,
    }
}
