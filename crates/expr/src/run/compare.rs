//! Equality and order.

use crate::budget::{Budget, Message};
use crate::item::{Item, List, Map};
use crate::kind::Storage;
use crate::operator::Binary;

/// Whether two values are equal: numbers by their value, arrays by their elements.
pub(crate) fn equal(a: &Item<'_>, b: &Item<'_>, budget: &Budget) -> Result<bool, Message> {
    Ok(match (a, b) {
        (Item::Int(a), Item::Int(b)) => a == b,
        (Item::Int(_) | Item::Float(_), Item::Int(_) | Item::Float(_)) => a.number() == b.number(),
        (Item::List(a), Item::List(b)) => {
            let (one, other) = (a.storage(), b.storage());
            let either = one == Storage::Anything || other == Storage::Anything;
            let are_pairs = one == Storage::Pairs || other == Storage::Pairs;
            let is_comparable = one == other || (either && !are_pairs);
            is_comparable && elements(a, b, budget, equal)?
        }
        _ if a.is_nil() && b.is_nil() => true,
        _ => deeply_equal(a, b, budget)?,
    })
}

/// Whether two values are equal with their types, which is how what lies in maps is compared.
fn deeply_equal(a: &Item<'_>, b: &Item<'_>, budget: &Budget) -> Result<bool, Message> {
    Ok(match (a, b) {
        (Item::Nil, Item::Nil) => true,
        (Item::Bool(a), Item::Bool(b)) => a == b,
        (Item::Int(a), Item::Int(b)) => a == b,
        (Item::Float(a), Item::Float(b)) => a == b,
        (Item::Text(a), Item::Text(b)) => **a == **b,
        (Item::List(a), Item::List(b)) => {
            a.storage() == b.storage() && elements(a, b, budget, deeply_equal)?
        }
        (Item::Map(a), Item::Map(b)) => maps(a, b, budget)?,
        _ => false,
    })
}

type Equality = fn(&Item<'_>, &Item<'_>, &Budget) -> Result<bool, Message>;

fn elements(a: &List<'_>, b: &List<'_>, budget: &Budget, equal: Equality) -> Result<bool, Message> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (a, b) in a.iter().zip(b.iter()) {
        budget.steps(1)?;
        if !equal(&a, &b, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps<'a>(a: &Map<'a>, b: &Map<'a>, budget: &Budget) -> Result<bool, Message> {
    if a.len() != b.len() || a.keys() != b.keys() {
        return Ok(false);
    }
    for (key, value) in a.pairs() {
        budget.steps(1 + b.len())?;
        match b.get(&key)? {
            Some(other) if deeply_equal(&value, &other, budget)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Whether two values stand in an order. Nothing does with what is not a number.
pub(crate) fn compare(binary: Binary, a: &Item<'_>, b: &Item<'_>) -> Result<bool, Message> {
    let holds = |order: Option<std::cmp::Ordering>| match binary {
        Binary::Less => order.is_some_and(std::cmp::Ordering::is_lt),
        Binary::LessOrEqual => order.is_some_and(std::cmp::Ordering::is_le),
        Binary::More => order.is_some_and(std::cmp::Ordering::is_gt),
        _ => order.is_some_and(std::cmp::Ordering::is_ge),
    };
    match (a, b) {
        (Item::Float(a), Item::Float(b)) => Ok(holds(a.partial_cmp(b))),
        (Item::Int(a), Item::Int(b)) => Ok(holds(Some(a.cmp(b)))),
        (Item::Text(a), Item::Text(b)) => Ok(holds(Some((**a).cmp(&**b)))),
        _ => match (a.number(), b.number()) {
            (Some(a), Some(b)) => Ok(holds(a.partial_cmp(&b))),
            _ => Err(format!("`{}` does not apply to {a} and {b}", binary.sign()).into()),
        },
    }
}

pub(crate) fn is_less(a: &Item<'_>, b: &Item<'_>) -> Result<bool, Message> {
    compare(Binary::Less, a, b)
}
