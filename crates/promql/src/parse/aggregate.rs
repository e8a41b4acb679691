//! Aggregations and lists of labels.

use super::Parser;
use crate::ast::{Aggregate, Aggregation, Expr, ExprKind, Grouping, Name};
use crate::lex::Word;
use crate::{Error, Place};

impl Parser<'_> {
    /// Whether the name that is next is an aggregation, and no metric of that name.
    pub(super) fn begins_aggregation(&self) -> bool {
        let next = (self.at + 1).min(self.tokens.len() - 1);
        let spelt = self.tokens[next].place.of(self.text);
        match self.tokens[next].word {
            Word::Mark("(") => true,
            Word::Name => ["by", "without"].iter().any(|it| it.eq_ignore_ascii_case(spelt)),
            _ => false,
        }
    }

    pub(super) fn aggregate(&mut self, aggregation: Aggregation) -> Result<Expr, Error> {
        let name = self.advance();
        let before = self.grouping()?;
        let open = self.expect("(", "`(` and what is aggregated")?;
        let mut args = self.args(open)?;
        let close = self.close(open)?;
        let mut place = name.to(close);
        let after = if before.is_none() { self.grouping()? } else { None };
        if let Some((_, end)) = &after {
            place = place.to(*end);
        }
        let expected = 1 + usize::from(aggregation.has_parameter());
        if args.len() != expected {
            let (spelt, found) = (aggregation.name(), args.len());
            let plural = if expected == 1 { "argument" } else { "arguments" };
            let message = format!("`{spelt}` takes {expected} {plural}, found {found}");
            return Err(Error::new(place, message));
        }
        let inner = args.pop().unwrap_or_else(|| unreachable!("one argument at least"));
        let parameter = args.pop();
        let depths = [inner.depth, parameter.as_ref().map_or(0, |it| it.depth)];
        let grouping = before.or(after).map_or(Grouping::By(Vec::new()), |it| it.0);
        let aggregate = Aggregate { aggregation, name, grouping, parameter, inner };
        self.node(place, ExprKind::Aggregate(Box::new(aggregate)), &depths)
    }

    /// `by` or `without` with labels, and where they end.
    fn grouping(&mut self) -> Result<Option<(Grouping, Place)>, Error> {
        let is_by = self.is_keyword("by");
        if !is_by && !self.is_keyword("without") {
            return Ok(None);
        }
        self.advance();
        let (labels, end) = self.labels()?;
        let grouping = if is_by { Grouping::By(labels) } else { Grouping::Without(labels) };
        Ok(Some((grouping, end)))
    }

    /// Labels in parentheses, and where they end.
    pub(super) fn labels(&mut self) -> Result<(Vec<Name>, Place), Error> {
        self.expect("(", "`(` and labels")?;
        let mut labels = Vec::new();
        loop {
            if let Some(close) = self.take(")") {
                return Ok((labels, close));
            }
            labels.push(self.label()?);
            if self.take(",").is_none() {
                return Ok((labels, self.expect(")", "`,` or `)`")?));
            }
        }
    }

    pub(super) fn label(&mut self) -> Result<Name, Error> {
        let place = self.place();
        let text = match self.peek() {
            Word::Name => place.of(self.text).to_owned(),
            Word::Text(text) if !text.is_empty() => text.clone(),
            _ => return Err(self.unexpected("a label")),
        };
        if self.peek() == &Word::Name && text.contains(':') {
            let message = format!("`{text}` is no label: a colon stands in metrics only");
            return Err(Error::new(place, message));
        }
        self.advance();
        Ok(Name { text, place })
    }
}
