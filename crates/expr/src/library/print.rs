//! Values as texts, as the original prints them.

use std::fmt::Write as _;

use crate::budget::{Budget, Message};
use crate::item::{Item, Text};

/// The name of the type of a value in the language.
pub(super) fn type_name<'a>(item: &Item<'a>) -> Item<'a> {
    Item::Text(Text::Given(match item {
        Item::Nil => "nil",
        Item::Bool(_) => "bool",
        Item::Int(_) => "int",
        Item::Float(_) => "float",
        Item::Text(_) => "string",
        Item::List(_) => "array",
        Item::Map(_) => "map",
    }))
}

/// A value as a text.
pub(super) fn text(item: &Item<'_>, budget: &Budget) -> Result<String, Message> {
    let mut text = String::new();
    write(item, &mut text, budget)?;
    Ok(text)
}

fn write(item: &Item<'_>, text: &mut String, budget: &Budget) -> Result<(), Message> {
    let before = text.len();
    match item {
        Item::Nil => text.push_str("<nil>"),
        Item::Bool(it) => text.push_str(if *it { "true" } else { "false" }),
        Item::Int(it) => _ = write!(text, "{it}"),
        Item::Float(it) => text.push_str(&float(*it)),
        Item::Text(it) => text.push_str(it),
        Item::List(list) => {
            text.push('[');
            for (index, item) in list.iter().enumerate() {
                text.push_str(if index > 0 { " " } else { "" });
                write(&item, text, budget)?;
            }
            text.push(']');
        }
        Item::Map(map) => {
            text.push_str("map[");
            for (index, (key, value)) in map.pairs().iter().enumerate() {
                text.push_str(if index > 0 { " " } else { "" });
                write(key, text, budget)?;
                text.push(':');
                write(value, text, budget)?;
            }
            text.push(']');
        }
    }
    budget.bytes(text.len() - before)
}

/// The shortest digits that mean this float, with an exponent if it is large or small.
fn float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let is_plain = (-4..6).contains(&exponent);
    if is_plain {
        return format!("{number}");
    }
    format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}
