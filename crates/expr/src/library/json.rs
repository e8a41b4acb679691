//! JSON in both directions.

use std::fmt::Write as _;

use super::{Given, refusal};
use crate::budget::{Budget, Message};
use crate::builtin::Builtin;
use crate::item::{Item, List, Map, Text};
use crate::kind::{Keys, Storage};

/// A value as an indented JSON document. What is not a number cannot be written.
pub(super) fn written(item: &Item<'_>, budget: &Budget) -> Result<String, Message> {
    let mut text = String::new();
    write(item, 0, &mut text, budget)?;
    Ok(text)
}

fn write(item: &Item<'_>, depth: usize, text: &mut String, budget: &Budget) -> Result<(), Message> {
    let before = text.len();
    match item {
        Item::Nil | Item::List(List::Nothing) => text.push_str("null"),
        Item::Bool(it) => text.push_str(if *it { "true" } else { "false" }),
        Item::Int(it) => _ = write!(text, "{it}"),
        Item::Float(it) if it.is_finite() => text.push_str(&number(*it)),
        Item::Float(_) => return Err("JSON has no way to write NaN and infinities".into()),
        Item::Text(it) => quote(it, text),
        Item::List(list) => {
            text.push('[');
            for (index, item) in list.iter().enumerate() {
                line(index, depth + 1, text);
                write(&item, depth + 1, text, budget)?;
            }
            close(list.len(), depth, text);
            text.push(']');
        }
        Item::Map(map) if map.keys() != Keys::Texts => {
            return Err("a map whose keys are no strings cannot be written as JSON".into());
        }
        Item::Map(map) => {
            text.push('{');
            for (index, (key, value)) in map.pairs().iter().enumerate() {
                line(index, depth + 1, text);
                if let Item::Text(name) = key {
                    quote(name, text);
                }
                text.push_str(": ");
                write(value, depth + 1, text, budget)?;
            }
            close(map.len(), depth, text);
            text.push('}');
        }
    }
    budget.bytes(text.len() - before)
}

fn line(index: usize, depth: usize, text: &mut String) {
    text.push_str(if index > 0 { ",\n" } else { "\n" });
    text.push_str(&"  ".repeat(depth));
}

fn close(length: usize, depth: usize, text: &mut String) {
    if length > 0 {
        text.push('\n');
        text.push_str(&"  ".repeat(depth));
    }
}

fn number(number: f64) -> String {
    let size = number.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return format!("{number}");
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    format!("{digits}e{sign}{exponent}")
}

fn quote(it: &str, text: &mut String) {
    text.push('"');
    for c in it.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..'\u{20}' => {
                _ = write!(text, "\\u{:04x}", c as u32);
            }
            _ => text.push(c),
        }
    }
    text.push('"');
}

/// A JSON document as a value: its numbers are floats.
pub(super) fn read<'a>(item: &Item<'a>, budget: &Budget) -> Given<'a> {
    let Item::Text(text) = item else { return refusal(Builtin::FromJson, item) };
    budget.bytes(text.len())?;
    let json: serde_json::Value = serde_json::from_str(text)
        .map_err(|error| Message::from(format!("what is read is no JSON: {error}")))?;
    made(&json, budget)
}

fn made<'a>(json: &serde_json::Value, budget: &Budget) -> Given<'a> {
    Ok(match json {
        serde_json::Value::Null => Item::Nil,
        serde_json::Value::Bool(it) => Item::Bool(*it),
        serde_json::Value::Number(it) => Item::Float(it.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(it) => Item::made(it.as_str()),
        serde_json::Value::Array(items) => {
            let items: Result<Vec<_>, _> = items.iter().map(|item| made(item, budget)).collect();
            Item::List(List::make(Storage::Anything, items?, budget)?)
        }
        serde_json::Value::Object(pairs) => {
            let mut named = Vec::with_capacity(pairs.len());
            for (name, value) in pairs {
                named.push((Text::Made(name.as_str().into()), made(value, budget)?));
            }
            Item::Map(Map::named(named, budget)?)
        }
    })
}
