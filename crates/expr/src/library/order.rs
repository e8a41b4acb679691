//! Sorting.

use super::Given;
use crate::budget::{Budget, Message};
use crate::item::{Item, List};
use crate::kind::Storage;
use crate::run::is_less;

/// Whether an order that is asked for is the descending one.
pub(crate) fn is_descending(order: &Item<'_>) -> Result<bool, Message> {
    match order {
        Item::Text(text) if **text == *"asc" => Ok(false),
        Item::Text(text) if **text == *"desc" => Ok(true),
        Item::Text(text) => Err(format!("{:?} is no order: \"asc\" or \"desc\"", &**text).into()),
        other => Err(format!("an order is \"asc\" or \"desc\", not {other}").into()),
    }
}

pub(super) fn sort<'a>(arguments: &[Item<'a>], budget: &Budget) -> Given<'a> {
    let is_descending = arguments.get(1).map_or(Ok(false), is_descending)?;
    // Of what is no array, nothing is sorted.
    let items: Vec<_> = match &arguments[0] {
        Item::List(list) if list.storage() != Storage::Pairs => list.iter().collect(),
        _ => Vec::new(),
    };
    let pairs = items.into_iter().map(|item| (item, ())).collect();
    let items = sorted(pairs, is_descending, budget)?.into_iter().map(|(item, ())| item).collect();
    List::make(Storage::Anything, items, budget).map(Item::List)
}

/// Values by their keys, equal ones in their order. Keys without an order are an error.
pub(crate) fn sorted<'a, T>(
    mut pairs: Vec<(Item<'a>, T)>,
    is_descending: bool,
    budget: &Budget,
) -> Result<Vec<(Item<'a>, T)>, Message> {
    if pairs.len() < 2 {
        return Ok(pairs);
    }
    let right = pairs.split_off(pairs.len() / 2);
    let left = sorted(pairs, is_descending, budget)?;
    let right = sorted(right, is_descending, budget)?;
    budget.steps(left.len() + right.len())?;
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some((a, _)), Some((b, _))) = (left.peek(), right.peek()) {
        let is_right = if is_descending { is_less(a, b)? } else { is_less(b, a)? };
        merged.extend(if is_right { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
