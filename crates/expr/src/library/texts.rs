//! Functions of texts.

use super::{Given, base64, refusal};
use crate::budget::Budget;
use crate::builtin::Builtin;
use crate::item::{Item, List};
use crate::kind::Storage;

pub(super) fn of<'a>(builtin: Builtin, arguments: &[Item<'a>], budget: &Budget) -> Given<'a> {
    if builtin == Builtin::Join {
        return join(arguments, budget);
    }
    let text = |at: usize| match &arguments[at] {
        Item::Text(text) => Ok(&**text),
        other => refusal(builtin, other),
    };
    let count = |at: usize| match arguments.get(at) {
        None => Ok(-1),
        Some(item) => match item.integer() {
            Some(count) => Ok(count),
            None => refusal(builtin, item),
        },
    };
    let first = text(0)?;
    let second = || if arguments.len() > 1 { text(1) } else { Ok(" ") };
    budget.bytes(first.len())?;
    Ok(match builtin {
        Builtin::Trim if arguments.len() == 1 => Item::made(first.trim()),
        Builtin::Trim => {
            let set = text(1)?;
            budget.steps(first.len().saturating_mul(set.len()))?;
            Item::made(first.trim_matches(|c| set.contains(c)))
        }
        Builtin::TrimPrefix => Item::made(first.strip_prefix(second()?).unwrap_or(first)),
        Builtin::TrimSuffix => Item::made(first.strip_suffix(second()?).unwrap_or(first)),
        Builtin::Upper => Item::made(mapped(first, char::to_uppercase)),
        Builtin::Lower => Item::made(mapped(first, char::to_lowercase)),
        Builtin::Split => split(first, text(1)?, count(2)?, false, budget)?,
        Builtin::SplitAfter => split(first, text(1)?, count(2)?, true, budget)?,
        Builtin::Replace => replaced(first, text(1)?, text(2)?, count(3)?, budget)?,
        Builtin::Repeat => repeated(first, count(1)?, budget)?,
        Builtin::IndexOf => place(first.find(text(1)?)),
        Builtin::LastIndexOf => place(first.rfind(text(1)?)),
        Builtin::HasPrefix => Item::Bool(first.starts_with(text(1)?)),
        Builtin::HasSuffix => Item::Bool(first.ends_with(text(1)?)),
        Builtin::ToBase64 => Item::made(base64::encoded(first.as_bytes())),
        Builtin::FromBase64 => match base64::decoded(first) {
            Some(bytes) => Item::made(String::from_utf8_lossy(&bytes).into_owned()),
            None => return Err(format!("{first:?} is no base64").into()),
        },
        _ => return Err(format!("`{}` is not evaluated here", builtin.name()).into()),
    })
}

fn place<'a>(found: Option<usize>) -> Item<'a> {
    Item::Int(found.map_or(-1, |at| at as i64))
}

/// Every character by its counterpart, if it has a single one.
fn mapped<I: Iterator<Item = char>>(text: &str, other: impl Fn(char) -> I) -> String {
    let one = |c: char| {
        let mut others = other(c);
        match (others.next(), others.next()) {
            (Some(single), None) => single,
            _ => c,
        }
    };
    text.chars().map(one).collect()
}

/// The parts between separators; at most `count` unless it is negative.
fn split<'a>(
    text: &str,
    separator: &str,
    count: i64,
    keeps_separator: bool,
    budget: &Budget,
) -> Given<'a> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    budget.bytes(text.len())?;
    let mut parts: Vec<&str> = Vec::new();
    let mut rest = text;
    while parts.len().saturating_add(1) < count {
        let end = if separator.is_empty() {
            rest.chars().next().filter(|c| c.len_utf8() < rest.len()).map(|c| (c.len_utf8(), 0))
        } else {
            rest.find(separator).map(|at| (at, separator.len()))
        };
        let Some((at, length)) = end else { break };
        parts.push(&rest[..if keeps_separator { at + length } else { at }]);
        rest = &rest[at + length..];
    }
    let is_nothing = count == 0 || (separator.is_empty() && text.is_empty());
    if !is_nothing {
        parts.push(rest);
    }
    let items = parts.into_iter().map(Item::made).collect();
    List::make(Storage::Texts, items, budget).map(Item::List)
}

fn replaced<'a>(text: &str, old: &str, new: &str, count: i64, budget: &Budget) -> Given<'a> {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let found = text.matches(old).count().min(count);
    budget.bytes(text.len().saturating_add(found.saturating_mul(new.len())))?;
    Ok(Item::made(text.replacen(old, new, count)))
}

fn repeated<'a>(text: &str, count: i64, budget: &Budget) -> Given<'a> {
    let Ok(count) = usize::try_from(count) else {
        return Err("a text cannot be repeated less than never".into());
    };
    // The original counts what is repeated among the elements that are made.
    let length = text.len().saturating_mul(count);
    budget.elements(if count > 1_000_000 { usize::MAX } else { length })?;
    budget.bytes(length)?;
    Ok(Item::made(text.repeat(count)))
}

fn join<'a>(arguments: &[Item<'a>], budget: &Budget) -> Given<'a> {
    let glue = match arguments.get(1) {
        None => "",
        Some(Item::Text(glue)) => glue,
        Some(other) => return refusal(Builtin::Join, other),
    };
    let list = match &arguments[0] {
        Item::List(list) if matches!(list.storage(), Storage::Anything | Storage::Texts) => list,
        other => return refusal(Builtin::Join, other),
    };
    let mut joined = String::new();
    for (index, item) in list.iter().enumerate() {
        let Item::Text(text) = item else {
            return Err(format!("`join` takes an array of strings, and {item} is none").into());
        };
        let glue = if index > 0 { glue } else { "" };
        budget.bytes(glue.len() + text.len())?;
        joined.push_str(glue);
        joined.push_str(&text);
    }
    Ok(Item::made(joined))
}
