//! What stands behind an expression: windows, steps, `offset` and `@`.

use super::Parser;
use crate::ast::{At, Expr, ExprKind, Length, Shift, Subquery};
use crate::duration::MILLIS_MAX;
use crate::lex::Word;
use crate::{Error, Place};

/// Later or earlier times are refused, in seconds: milliseconds stay exact integers of an f64.
const SECONDS_MAX: f64 = 9e12;

impl Parser<'_> {
    /// An expression with everything that stands behind it.
    pub(super) fn postfixed(&mut self) -> Result<Expr, Error> {
        let mut expr = self.primary()?;
        loop {
            if self.peek() == &Word::Mark("[") {
                expr = self.window(expr)?;
            } else if self.is_keyword("offset") {
                self.offset(&mut expr)?;
            } else if self.peek() == &Word::Mark("@") {
                self.at(&mut expr)?;
            } else {
                return self.no_extension(expr);
            }
        }
    }

    /// Refuses modifiers of Prometheus that are not supported.
    fn no_extension(&self, expr: Expr) -> Result<Expr, Error> {
        let is_series = matches!(expr.kind, ExprKind::Selector(_) | ExprKind::Range(..));
        let name = self.name().filter(|name| matches!(*name, "anchored" | "smoothed"));
        match name.filter(|_| is_series) {
            Some(name) => Err(Error::new(
                self.place(),
                format!("`{name}` is experimental in Prometheus, and not supported"),
            )),
            None => Ok(expr),
        }
    }

    fn window(&mut self, expr: Expr) -> Result<Expr, Error> {
        let open = self.advance();
        let range = self.length("a duration such as `5m`")?;
        let is_subquery = self.take(":").is_some();
        let step = match self.peek() {
            Word::Number(_) | Word::Duration(_) if is_subquery => {
                Some(self.length("a duration such as `1m`")?)
            }
            _ => None,
        };
        let close =
            self.expect("]", if is_subquery { "a duration or `]`" } else { "`:` or `]`" })?;
        let place = expr.place.to(close);
        let lengths = [Some(&range), step.as_ref()];
        if let Some(zero) = lengths.into_iter().flatten().find(|length| length.millis <= 0) {
            return Err(Error::new(zero.place, "a duration greater than 0 is expected"));
        }
        if is_subquery {
            let depth = [expr.depth];
            let subquery = Subquery { inner: expr, range, step, shift: Shift::default() };
            return self.node(place, ExprKind::Subquery(Box::new(subquery)), &depth);
        }
        let error = Error::new(open.to(close), "a window stands directly behind a selector");
        match expr.kind {
            ExprKind::Selector(selector)
                if selector.shift.offset.is_none() && selector.shift.at.is_none() =>
            {
                self.node(place, ExprKind::Range(selector, range), &[])
            }
            ExprKind::Selector(_) => {
                Err(error.hint("`offset` and `@` stand behind the window: `x[5m] offset 1h`"))
            }
            _ => {
                let written = open.to(close).of(self.text).trim_end_matches(']').to_owned();
                Err(error.hint(format!("a subquery has a step, or its default: `{written}:]`")))
            }
        }
    }

    fn offset(&mut self, expr: &mut Expr) -> Result<(), Error> {
        let keyword = self.advance();
        let is_minus = self.sign();
        let mut offset = self.length("a duration such as `5m`")?;
        if is_minus {
            offset.millis = -offset.millis;
        }
        let place = keyword.to(offset.place);
        let shift = shift_of(expr, place, "offset")?;
        if shift.offset.replace(offset).is_some() {
            return Err(Error::new(place, "`offset` is set twice"));
        }
        expr.place = expr.place.to(offset.place);
        Ok(())
    }

    fn at(&mut self, expr: &mut Expr) -> Result<(), Error> {
        let mark = self.advance();
        let is_bound = self.is_keyword("start") || self.is_keyword("end");
        let (at, end) = if is_bound && self.peek_second() == &Word::Mark("(") {
            let at = if self.is_keyword("start") { At::Start } else { At::End };
            self.advance();
            self.advance();
            (at, self.expect(")", "`)`")?)
        } else {
            self.fixed_time()?
        };
        let place = mark.to(end);
        let shift = shift_of(expr, place, "@")?;
        if shift.at.replace((at, place)).is_some() {
            return Err(Error::new(place, "`@` is set twice"));
        }
        expr.place = expr.place.to(end);
        Ok(())
    }

    fn fixed_time(&mut self) -> Result<(At, Place), Error> {
        let is_minus = self.sign();
        let seconds = match self.peek() {
            Word::Number(value) => *value,
            Word::Duration(millis) => *millis as f64 / 1000.0,
            _ => return Err(self.unexpected("seconds since the epoch, `start()` or `end()`")),
        };
        let place = self.advance();
        if seconds > SECONDS_MAX {
            return Err(Error::new(place, "this time is out of range"));
        }
        let millis = (seconds * 1000.0).round() as i64;
        Ok((At::Millis(if is_minus { -millis } else { millis }), place))
    }

    /// Takes a sign; whether it is a minus.
    fn sign(&mut self) -> bool {
        let is_minus = self.take("-").is_some();
        if !is_minus {
            self.take("+");
        }
        is_minus
    }

    /// A duration, or a number of seconds.
    fn length(&mut self, expected: &str) -> Result<Length, Error> {
        let place = self.place();
        let millis = match *self.peek() {
            Word::Duration(millis) => millis,
            Word::Number(seconds) if seconds * 1000.0 < MILLIS_MAX as f64 => {
                (seconds * 1000.0).round() as i64
            }
            Word::Number(_) => return Err(Error::new(place, "the duration is too long")),
            _ => return Err(self.unexpected(expected)),
        };
        self.advance();
        Ok(Length { millis, place })
    }
}

/// The shift of an expression that can have one.
fn shift_of<'e>(expr: &'e mut Expr, place: Place, modifier: &str) -> Result<&'e mut Shift, Error> {
    match &mut expr.kind {
        ExprKind::Selector(selector) | ExprKind::Range(selector, _) => Ok(&mut selector.shift),
        ExprKind::Subquery(subquery) => Ok(&mut subquery.shift),
        _ => {
            let message = format!("`{modifier}` stands directly behind a selector or a subquery");
            Err(Error::new(place, message).hint("move it inwards: `rate(x[5m] offset 1h)`"))
        }
    }
}
