//! A PromQL query in a manifest: its tree, and where each part stands in the file.

use promql::ast::{Expr, ExprKind, Length, Selector};
use promql::{Error, Options, Place as Part};

use super::change::Change;
use super::placed::Placed;
use crate::document::{Node, Place, Sources};

/// A query as it is written in a manifest.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// The text as it is written, with `{{...}}` for what a controller fills in.
    pub(crate) written: Placed,
    /// Its tree, or why it is none. Its places are those of the written text.
    tree: Result<promql::Query, Error>,
}

/// A selector of a query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selected<'e> {
    /// Which series.
    pub(crate) selector: &'e Selector,
    /// Where it stands in the query.
    pub(crate) place: Part,
    /// How far back it looks.
    pub(crate) window: Option<Length>,
}

impl Query {
    /// The query of a value; `fill` knows what a name in braces stands for.
    pub(crate) fn of(
        node: &Node,
        sources: &Sources,
        fill: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let written = Placed::of(node, sources)?;
        let tree = promql::Query::compile(&filled(&written.text, fill), Options::V3);
        Some(Self { written, tree })
    }

    /// The tree, if it is a query.
    pub(crate) fn root(&self) -> Option<&Expr> {
        self.tree.as_ref().ok().map(promql::Query::expr)
    }

    /// Why it is none.
    pub(crate) fn error(&self) -> Option<&Error> {
        self.tree.as_ref().err()
    }

    /// Where a part of it stands in the file.
    pub(crate) fn at(&self, part: Part) -> Place {
        self.written.at(part.start..part.end)
    }

    /// A part as it is written.
    pub(crate) fn text(&self, part: Part) -> &str {
        part.of(&self.written.text)
    }

    /// A change of a part of it.
    pub(crate) fn change(&self, part: Part, text: impl Into<String>) -> Change {
        Change::Part(self.at(part), self.written.whole, text.into())
    }

    /// The written text with some parts replaced, on one line; parts must not overlap.
    pub(crate) fn edited(&self, edits: &[(Part, String)]) -> String {
        let mut edits: Vec<_> = edits.iter().collect();
        edits.sort_by_key(|(part, _)| part.start);
        let (mut text, mut at) = (String::new(), 0);
        for (part, new) in edits {
            text.push_str(self.written.text.get(at..part.start).unwrap_or_default());
            text.push_str(new);
            at = part.end;
        }
        text.push_str(self.written.text.get(at..).unwrap_or_default());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The parts of an expression, without itself.
pub(crate) fn inside(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Selector(_) | ExprKind::Range(..) => {
            Vec::new()
        }
        ExprKind::Subquery(subquery) => vec![&subquery.inner],
        ExprKind::Call(call) => call.args.iter().collect(),
        ExprKind::Aggregate(it) => it.parameter.iter().chain([&it.inner]).collect(),
        ExprKind::Sign(_, inner) | ExprKind::Paren(inner) => vec![inner],
        ExprKind::Binary(binary) => vec![&binary.left, &binary.right],
    }
}

/// The expression and everything inside, what stands outside first.
pub(crate) fn all(expr: &Expr) -> Vec<&Expr> {
    let mut found = vec![expr];
    let mut at = 0;
    while at < found.len() {
        let parts = inside(found[at]);
        found.extend(parts);
        at += 1;
    }
    found
}

/// Every selector of an expression in the order of the text.
pub(crate) fn selectors(expr: &Expr) -> Vec<Selected<'_>> {
    let mut found: Vec<_> = all(expr)
        .into_iter()
        .filter_map(|it| match &it.kind {
            ExprKind::Selector(selector) => {
                Some(Selected { selector, place: it.place, window: None })
            }
            ExprKind::Range(selector, window) => {
                Some(Selected { selector, place: it.place, window: Some(*window) })
            }
            _ => None,
        })
        .collect();
    found.sort_by_key(|it| it.place.start);
    found
}

/// The text with what stands in double braces replaced by something of the same length that fits:
/// a duration in brackets, letters in a text or a name, else a number.
pub(crate) fn filled(text: &str, fill: &dyn Fn(&str) -> Option<String>) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while let Some(open) = text[at..].find("{{").map(|open| at + open) {
        let Some(close) = text[open..].find("}}").map(|close| open + close + 2) else { break };
        out.push_str(&text[at..open]);
        let name = text[open + 2..close - 2].trim();
        out.push_str(&stand_in(&out, &text[close..], name, close - open, fill));
        at = close;
    }
    out.push_str(&text[at..]);
    out
}

fn stand_in(
    before: &str,
    after: &str,
    name: &str,
    length: usize,
    fill: &dyn Fn(&str) -> Option<String>,
) -> String {
    let padded = |text: &str| format!("{text:<length$}");
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let bracket = before.trim_end().ends_with(['[', ':']) && before.contains('[');
    let known = fill(name).filter(|value| value.len() <= length);
    if is_in_text(before) {
        return letters(name, length);
    }
    if bracket && !before.rsplit('[').next().unwrap_or_default().contains(']') {
        let is_length = |text: &String| text.ends_with(|c: char| c.is_ascii_alphabetic());
        return padded(&known.filter(is_length).unwrap_or_else(|| "1m".to_owned()));
    }
    let joined = before.ends_with(is_word) || after.starts_with(is_word);
    if joined || after.trim_start().starts_with(['{', '[']) {
        return letters(name, length);
    }
    let is_number = |text: &String| text.parse::<f64>().is_ok();
    padded(&known.filter(is_number).unwrap_or_else(|| "0.5".to_owned()))
}

/// The name as letters, digits and underscores, filled up in front and cut at the end.
fn letters(name: &str, length: usize) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = name.chars().map(plain).take(length.saturating_sub(1)).collect();
    format!("{name:_>length$}")
}

/// Whether a text ends inside of quotes.
fn is_in_text(text: &str) -> bool {
    let mut open = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match open {
            Some(quote) if c == quote => open = None,
            Some('`') => {}
            Some(_) if c == '\\' => {
                chars.next();
            }
            None if matches!(c, '"' | '\'' | '`') => open = Some(c),
            _ => {}
        }
    }
    open.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_become_what_fits() {
        let fill = |name: &str| (name == "interval").then(|| "90s".to_owned());
        let text = "rate({{ m }}{a=~\"{{args.b-c}}-x\"}[{{ interval }}]) > {{args.limit}}";
        let out = filled(text, &fill);
        assert_eq!(out.len(), text.len());
        assert!(out.contains("\"____args_b_c-x\"") && out.contains("[90s           ]"), "{out}");
        assert!(promql::Query::compile(&out, Options::V3).is_ok(), "{out}");
    }
}
