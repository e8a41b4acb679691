//! Selectors: a metric, and conditions on labels in braces.

use super::Parser;
use crate::ast::{Expr, ExprKind, LabelMatcher, Name, Selector, Shift};
use crate::lex::Word;
use crate::matcher::{MatchKind, Matcher};
use crate::{Error, Place};

impl Parser<'_> {
    /// A selector that begins with its metric, or with a brace.
    pub(super) fn selector(&mut self, metric: Option<String>) -> Result<Expr, Error> {
        let mut place = self.place();
        let metric = metric.map(|text| Name { text, place: self.advance() });
        let mut selector = Selector { metric, matchers: Vec::new(), shift: Shift::default() };
        if self.peek() == &Word::Mark("{") {
            place = place.to(self.braces(&mut selector)?);
        }
        is_selective(&selector, place)?;
        self.node(place, ExprKind::Selector(selector), &[])
    }

    /// Everything in braces; the place of the one that closes.
    fn braces(&mut self, selector: &mut Selector) -> Result<Place, Error> {
        let open = self.advance();
        loop {
            if let Some(close) = self.take("}") {
                return Ok(close);
            }
            self.condition(selector, open)?;
            if self.take(",").is_none() && self.peek() != &Word::Mark("}") {
                if self.peek() == &Word::End {
                    return Err(Error::new(open, "this brace is not closed"));
                }
                let error = self.unexpected("`,` or `}`");
                let is_label = matches!(self.peek(), Word::Name | Word::Text(_));
                return Err(if is_label { error.hint("a comma is missing") } else { error });
            }
        }
    }

    /// One condition, or a metric as a text.
    fn condition(&mut self, selector: &mut Selector, open: Place) -> Result<(), Error> {
        if self.peek() == &Word::End {
            return Err(Error::new(open, "this brace is not closed"));
        }
        let is_text = matches!(self.peek(), Word::Text(_));
        let label = self.label()?;
        let kind = match self.peek() {
            Word::Mark("=") => MatchKind::Equal,
            Word::Mark("!=") => MatchKind::NotEqual,
            Word::Mark("=~") => MatchKind::Matches,
            Word::Mark("!~") => MatchKind::MatchesNot,
            _ if is_text => return metric(selector, label),
            _ => return Err(self.no_comparison()),
        };
        self.advance();
        let value_place = self.place();
        let Word::Text(value) = self.peek().clone() else {
            return Err(self.unexpected("a text in quotes"));
        };
        self.advance();
        let matcher =
            Matcher::new(kind, &value).map_err(|message| Error::new(value_place, message))?;
        if label.text == "__name__" && kind == MatchKind::Equal && selector.metric.is_some() {
            let message = "the metric is set twice: before the braces and in them";
            return Err(Error::new(label.place.to(value_place), message));
        }
        let place = label.place.to(value_place);
        selector.matchers.push(LabelMatcher { label, matcher, place });
        Ok(())
    }

    fn no_comparison(&self) -> Error {
        let error = self.unexpected("`=`, `!=`, `=~` or `!~`");
        let spelt = self.text[self.place().start..].chars().next();
        match (self.peek(), spelt) {
            (Word::Mark("=="), _) => error.hint("`=` compares a label"),
            (_, Some('~')) => error.hint("`=~` matches a regular expression"),
            _ => error,
        }
    }
}

/// Sets the metric of a selector.
fn metric(selector: &mut Selector, name: Name) -> Result<(), Error> {
    let is_set = |matcher: &LabelMatcher| {
        matcher.label.text == "__name__" && matcher.matcher.kind() == MatchKind::Equal
    };
    if selector.metric.is_some() || selector.matchers.iter().any(is_set) {
        return Err(Error::new(name.place, "the metric is set twice"));
    }
    selector.metric = Some(name);
    Ok(())
}

/// Refuses a selector that every series could meet.
fn is_selective(selector: &Selector, place: Place) -> Result<(), Error> {
    let refuses_empty = |matcher: &LabelMatcher| !matcher.matcher.is_met("");
    if selector.metric.is_some() || selector.matchers.iter().any(refuses_empty) {
        return Ok(());
    }
    let message = "a selector needs a metric or a condition that an empty value does not meet";
    let hint = "`{label=~\".+\"}` asks for any value, `{label=~\".*\"}` for none";
    Err(Error::new(place, message).hint(hint))
}
