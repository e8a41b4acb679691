//! Members, elements and slices.

use super::{Evaluated, Frame, Run, Stop, at, wrong};
use crate::budget::{Budget, Message};
use crate::code::Code;
use crate::item::{Item, List, Text};
use crate::problem::Span;

impl<'a> Run<'a> {
    pub(super) fn member(
        &self,
        parts: &'a [Code; 2],
        is_optional: bool,
        frame: Option<&Frame<'_, 'a>>,
        span: Span,
    ) -> Evaluated<'a> {
        let base = self.eval(&parts[0], frame)?;
        if is_optional && base.is_nil() {
            return Err(Stop::Nothing);
        }
        let key = self.eval(&parts[1], frame)?;
        at(span, fetch(&base, &key))
    }

    pub(super) fn slice(
        &self,
        base: &'a Code,
        from: Option<&'a Code>,
        to: Option<&'a Code>,
        frame: Option<&Frame<'_, 'a>>,
        span: Span,
    ) -> Evaluated<'a> {
        let base = self.eval(base, frame)?;
        let bound = |code: Option<&'a Code>| match code {
            None => Ok(None),
            Some(code) => match self.eval(code, frame)?.integer() {
                Some(bound) => Ok(Some(bound)),
                None => wrong(code.span, "the bounds of a slice are integers"),
            },
        };
        // The end is evaluated first.
        let to = bound(to)?;
        let from = bound(from)?;
        at(span, slice(&base, from, to, &self.budget))
    }
}

/// The member of a value that a key means.
fn fetch<'a>(base: &Item<'a>, key: &Item<'a>) -> Result<Item<'a>, Message> {
    let index =
        || key.integer().ok_or_else(|| format!("the elements of {base} have numbers, not {key}"));
    match base {
        Item::List(list) => {
            let index = index()?;
            list.at(index).ok_or_else(|| missing(index, list.len()))
        }
        Item::Text(text) => {
            let index = index()?;
            byte(text, index).ok_or_else(|| missing(index, text.len()))
        }
        Item::Map(map) => Ok(map.get(key)?.unwrap_or(Item::Nil)),
        _ => Err(match key {
            Item::Text(name) => format!("{base} has no member `{}`", &**name).into(),
            _ => format!("{base} has no elements").into(),
        }),
    }
}

fn missing(index: i64, length: usize) -> Message {
    let elements = if length == 1 { "element" } else { "elements" };
    format!("there is no element {index} among {length} {elements}").into()
}

/// A byte of a text as a number.
fn byte<'a>(text: &str, index: i64) -> Option<Item<'a>> {
    let index = if index < 0 { (text.len() as i64).wrapping_add(index) } else { index };
    let byte = usize::try_from(index).ok().and_then(|index| text.as_bytes().get(index))?;
    Some(Item::Int(i64::from(*byte)))
}

/// A part of a list or text. Bounds count from the end when they are negative, and never fail.
fn slice<'a>(
    base: &Item<'a>,
    from: Option<i64>,
    to: Option<i64>,
    budget: &Budget,
) -> Result<Item<'a>, Message> {
    let length = match base {
        Item::List(list) => list.len(),
        Item::Text(text) => text.len(),
        _ => return Err(format!("there are no slices of {base}").into()),
    };
    let within = |bound: i64| {
        let bound = if bound < 0 { (length as i64).wrapping_add(bound).max(0) } else { bound };
        usize::try_from(bound).unwrap_or(length).min(length)
    };
    let to = to.map_or(length, within);
    let from = from.map_or(0, within).min(to);
    Ok(match base {
        Item::Text(Text::Given(text))
            if text.is_char_boundary(from) && text.is_char_boundary(to) =>
        {
            Item::Text(Text::Given(&text[from..to]))
        }
        Item::Text(text) => {
            budget.bytes(to - from)?;
            Item::made(String::from_utf8_lossy(&text.as_bytes()[from..to]).into_owned())
        }
        Item::List(list) => Item::List(List::part(list, from, to)),
        other => other.clone(),
    })
}
