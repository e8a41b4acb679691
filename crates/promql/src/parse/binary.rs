//! Operators between two expressions, with `bool`, `on`, `ignoring` and groups.

use super::Parser;
use crate::Error;
use crate::ast::{Binary, Expr, ExprKind, Group, Matching, Operator, Side};
use crate::lex::Word;

impl Parser<'_> {
    /// The rest of an operation whose left side is read.
    pub(super) fn binary(&mut self, operator: Operator, left: Expr) -> Result<Expr, Error> {
        let operator_place = self.advance();
        let is_bool = self.take_keyword("bool");
        let matching = self.matching()?;
        for fill in ["fill", "fill_left", "fill_right"] {
            if self.is_keyword(fill) && self.peek_second() == &Word::Mark("(") {
                let message = format!("`{fill}` is experimental in Prometheus, and not supported");
                return Err(Error::new(self.place(), message));
            }
        }
        // Only powers are grouped from the right.
        let is_right = operator == Operator::Pow;
        let right = self.expression(operator.precedence() + u8::from(!is_right))?;
        let (place, depths) = (left.place.to(right.place), [left.depth, right.depth]);
        let binary = Binary { operator, operator_place, is_bool, matching, left, right };
        self.node(place, ExprKind::Binary(Box::new(binary)), &depths)
    }

    fn matching(&mut self) -> Result<Option<Matching>, Error> {
        let is_on = self.is_keyword("on");
        if !is_on && !self.is_keyword("ignoring") {
            if self.is_keyword("group_left") || self.is_keyword("group_right") {
                let message = "a group needs `on (...)` or `ignoring (...)` before it";
                return Err(Error::new(self.place(), message));
            }
            return Ok(None);
        }
        let start = self.advance();
        let (labels, end) = self.labels()?;
        let mut matching = Matching { is_on, labels, place: start.to(end), group: None };
        let many = match self.name().map(str::to_ascii_lowercase).as_deref() {
            Some("group_left") => Side::Left,
            Some("group_right") => Side::Right,
            _ => return Ok(Some(matching)),
        };
        let start = self.advance();
        let (include, end) = match self.peek() {
            Word::Mark("(") => self.labels()?,
            _ => (Vec::new(), start),
        };
        matching.place = matching.place.to(end);
        matching.group = Some(Group { many, include, place: start.to(end) });
        Ok(Some(matching))
    }
}
