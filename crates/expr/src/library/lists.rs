//! Functions of lists and maps.

use super::{Given, refusal};
use crate::budget::{Budget, Message};
use crate::builtin::Builtin;
use crate::item::{Item, List, Map, is_same_key};
use crate::kind::{Keys, Storage};
use crate::run::equal;

/// How many elements there are, or characters.
pub(super) fn len<'a>(item: &Item<'a>) -> Given<'a> {
    Ok(Item::Int(match item {
        Item::List(list) => list.len(),
        Item::Map(map) => map.len(),
        Item::Text(text) => text.chars().count(),
        _ => return refusal(Builtin::Len, item),
    } as i64))
}

pub(super) fn of<'a>(builtin: Builtin, arguments: &[Item<'a>], budget: &Budget) -> Given<'a> {
    let first = &arguments[0];
    match (builtin, first) {
        (Builtin::First, _) => Ok(element(first, 0)),
        (Builtin::Last, _) => Ok(element(first, -1)),
        (Builtin::Get, _) => got(first, &arguments[1]),
        (Builtin::Take, Item::List(list)) => take(list, &arguments[1]),
        (Builtin::Keys | Builtin::Values | Builtin::ToPairs, Item::Map(map)) => {
            from_map(builtin, map, budget)
        }
        (Builtin::FromPairs, Item::List(list)) => from_pairs(list, budget),
        (Builtin::Reverse, Item::List(list)) => {
            let items = (0..list.len()).rev().filter_map(|index| list.get(index)).collect();
            make(items, budget)
        }
        (Builtin::Uniq, Item::List(list)) => unique(list, budget),
        (Builtin::Concat, _) => joined(arguments, budget),
        (Builtin::Flatten, Item::List(list)) => {
            let mut items = Vec::new();
            flatten(list, &mut items, budget)?;
            make(items, budget)
        }
        _ => refusal(builtin, first),
    }
}

fn make<'a>(items: Vec<Item<'a>>, budget: &Budget) -> Given<'a> {
    List::make(Storage::Anything, items, budget).map(Item::List)
}

/// The first or the last; nil where there is none.
fn element<'a>(item: &Item<'a>, index: i64) -> Item<'a> {
    match item {
        Item::List(list) => list.at(index).unwrap_or(Item::Nil),
        Item::Text(text) => {
            let byte = if index == 0 { text.bytes().next() } else { text.bytes().next_back() };
            byte.map_or(Item::Nil, |byte| Item::Int(i64::from(byte)))
        }
        _ => Item::Nil,
    }
}

fn got<'a>(base: &Item<'a>, key: &Item<'a>) -> Given<'a> {
    let index = || key.integer().ok_or_else(|| format!("{key} is no index of {base}"));
    Ok(match base {
        Item::List(list) => list.at(index()?).unwrap_or(Item::Nil),
        Item::Text(text) => {
            let index = index()?;
            let index = if index < 0 { index.wrapping_add(text.len() as i64) } else { index };
            let byte = usize::try_from(index).ok().and_then(|index| text.as_bytes().get(index));
            byte.map_or(Item::Nil, |byte| Item::Int(i64::from(*byte)))
        }
        Item::Map(map) => map.get(key)?.filter(|it| !it.is_nil()).unwrap_or(Item::Nil),
        _ => Item::Nil,
    })
}

fn take<'a>(list: &List<'a>, count: &Item<'a>) -> Given<'a> {
    let Item::Int(count) = count else {
        return Err(format!("`take` takes an integer of elements, not {count}").into());
    };
    match usize::try_from(*count) {
        Ok(count) => Ok(Item::List(list.part(0, count.min(list.len())))),
        Err(_) => Err("`take` cannot take less than nothing".into()),
    }
}

fn from_map<'a>(builtin: Builtin, map: &Map<'a>, budget: &Budget) -> Given<'a> {
    budget.steps(map.len())?;
    let pairs = map.pairs();
    let pair = |(key, value)| List::make(Storage::Anything, vec![key, value], budget);
    match builtin {
        Builtin::Keys => make(pairs.into_iter().map(|(key, _)| key).collect(), budget),
        Builtin::Values => make(pairs.into_iter().map(|(_, value)| value).collect(), budget),
        _ => {
            let pairs: Result<Vec<_>, Message> =
                pairs.into_iter().map(|it| pair(it).map(Item::List)).collect();
            List::make(Storage::Pairs, pairs?, budget).map(Item::List)
        }
    }
}

fn from_pairs<'a>(list: &List<'a>, budget: &Budget) -> Given<'a> {
    let mut pairs: Vec<(Item<'a>, Item<'a>)> = Vec::new();
    for item in list.iter() {
        let Item::List(pair) = item else {
            return Err("`fromPairs` takes pairs, and an element is no array".into());
        };
        let (Some(key), Some(value), 2) = (pair.get(0), pair.get(1), pair.len()) else {
            return Err("`fromPairs` takes pairs, and an element has not two values".into());
        };
        if matches!(key, Item::List(_) | Item::Map(_)) {
            return Err(format!("{key} cannot be a key").into());
        }
        budget.steps(1 + pairs.len())?;
        match pairs.iter_mut().find(|(other, _)| is_same_key(other, &key)) {
            Some((_, old)) => *old = value,
            None => pairs.push((key, value)),
        }
    }
    Map::keyed(Keys::Anything, pairs, budget).map(Item::Map)
}

fn unique<'a>(list: &List<'a>, budget: &Budget) -> Given<'a> {
    let mut items: Vec<Item<'a>> = Vec::new();
    for item in list.iter() {
        let mut is_new = true;
        for other in &items {
            budget.steps(1)?;
            if equal(&item, other, budget)? {
                is_new = false;
                break;
            }
        }
        if is_new {
            items.push(item);
        }
    }
    make(items, budget)
}

fn joined<'a>(arguments: &[Item<'a>], budget: &Budget) -> Given<'a> {
    let mut items = Vec::new();
    for argument in arguments {
        let Item::List(list) = argument else { return refusal(Builtin::Concat, argument) };
        budget.steps(list.len())?;
        items.extend(list.iter());
    }
    make(items, budget)
}

fn flatten<'a>(list: &List<'a>, items: &mut Vec<Item<'a>>, budget: &Budget) -> Result<(), Message> {
    for item in list.iter() {
        budget.steps(1)?;
        match item {
            Item::List(inner) => flatten(&inner, items, budget)?,
            other => items.push(other),
        }
    }
    Ok(())
}
