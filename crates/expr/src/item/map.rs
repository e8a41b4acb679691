//! Maps while they are evaluated.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::list::nesting;
use super::{Item, List, Text};
use crate::budget::{Budget, Message};
use crate::kind::Keys;
use crate::value::Value;

/// A map that exists already or has been made.
#[derive(Clone, Debug)]
pub(crate) enum Map<'a> {
    Values(&'a BTreeMap<String, Value>),
    Made(Rc<Made<'a>>),
}

/// A map that was made. Those with names for keys are sorted by them.
#[derive(Debug)]
pub(crate) struct Made<'a> {
    keys: Keys,
    nesting: usize,
    pairs: Vec<(Item<'a>, Item<'a>)>,
}

impl<'a> Map<'a> {
    /// A map with names for keys. Of equal names the last counts.
    pub(crate) fn named(
        pairs: Vec<(Text<'a>, Item<'a>)>,
        budget: &Budget,
    ) -> Result<Map<'a>, Message> {
        budget.elements(pairs.len())?;
        let mut sorted: Vec<(Text<'a>, Item<'a>)> = pairs;
        // The sort is stable, so that the last of equal names stays the last.
        sorted.sort_by(by_name);
        sorted.reverse();
        sorted.dedup_by(|(a, _), (b, _)| **a == **b);
        sorted.reverse();
        let pairs = sorted.into_iter().map(|(key, value)| (Item::Text(key), value)).collect();
        Map::make(Keys::Texts, pairs)
    }

    /// A map whose keys are any values, which must differ.
    pub(crate) fn keyed(
        keys: Keys,
        mut pairs: Vec<(Item<'a>, Item<'a>)>,
        budget: &Budget,
    ) -> Result<Map<'a>, Message> {
        budget.elements(pairs.len())?;
        pairs.sort_by(|(a, _), (b, _)| order(a, b));
        Map::make(keys, pairs)
    }

    fn make(keys: Keys, pairs: Vec<(Item<'a>, Item<'a>)>) -> Result<Map<'a>, Message> {
        let nesting = nesting(pairs.iter().flat_map(|(key, value)| [key, value]))?;
        Ok(Map::Made(Rc::new(Made { keys, nesting, pairs })))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Map::Values(map) => map.len(),
            Map::Made(map) => map.pairs.len(),
        }
    }

    pub(crate) fn keys(&self) -> Keys {
        match self {
            Map::Values(_) => Keys::Texts,
            Map::Made(map) => map.keys,
        }
    }

    /// The pairs, in the order of their names if they have names.
    pub(crate) fn pairs(&self) -> Vec<(Item<'a>, Item<'a>)> {
        match self {
            Map::Values(map) => {
                let text = |name: &'a String| Item::Text(Text::Given(name));
                map.iter().map(|(name, value)| (text(name), Item::of(value))).collect()
            }
            Map::Made(map) => map.pairs.clone(),
        }
    }

    /// The value of a key, if there is one; an error if the key cannot be one.
    pub(crate) fn get(&self, key: &Item<'a>) -> Result<Option<Item<'a>>, Message> {
        let absent = match self.keys() {
            Keys::Texts => None,
            Keys::Anything => Some(None),
            Keys::Groups => Some(Some(Item::List(List::Nothing))),
        };
        if let Some(absent) = absent {
            if matches!(key, Item::List(_) | Item::Map(_)) {
                return Err(format!("{key} cannot be a key").into());
            }
            return Ok(self.find(|other| is_same_key(other, key)).or(absent));
        }
        let name = match key {
            Item::Text(name) => &**name,
            // Where nothing is asked for, the original takes the empty name.
            Item::Nil => "",
            _ => return Err(format!("the keys of a map are strings, and {key} is none").into()),
        };
        Ok(match self {
            Map::Values(map) => map.get(name).map(Item::of),
            Map::Made(_) => self.find(|it| matches!(it, Item::Text(text) if **text == *name)),
        })
    }

    fn find(&self, is_wanted: impl Fn(&Item<'a>) -> bool) -> Option<Item<'a>> {
        let Map::Made(map) = self else { return None };
        map.pairs.iter().find(|(key, _)| is_wanted(key)).map(|(_, value)| value.clone())
    }

    pub(crate) fn nesting(&self) -> usize {
        match self {
            Map::Values(_) => 1,
            Map::Made(map) => map.nesting,
        }
    }
}

fn by_name(a: &(Text<'_>, Item<'_>), b: &(Text<'_>, Item<'_>)) -> Ordering {
    (*a.0).cmp(&*b.0)
}

/// The order in which keys are printed: by what they are, then by their value.
fn order(a: &Item<'_>, b: &Item<'_>) -> Ordering {
    let rank = |item: &Item<'_>| match item {
        Item::Nil => 0,
        Item::Bool(_) => 1,
        Item::Int(_) => 2,
        Item::Float(_) => 3,
        _ => 4,
    };
    match (a, b) {
        (Item::Bool(a), Item::Bool(b)) => a.cmp(b),
        (Item::Int(a), Item::Int(b)) => a.cmp(b),
        (Item::Float(a), Item::Float(b)) => a.total_cmp(b),
        (Item::Text(a), Item::Text(b)) => (**a).cmp(&**b),
        _ => rank(a).cmp(&rank(b)),
    }
}

/// Whether two keys are one. An integer and a float never are.
pub(crate) fn is_same_key(a: &Item<'_>, b: &Item<'_>) -> bool {
    match (a, b) {
        (Item::Nil, Item::Nil) => true,
        (Item::Bool(a), Item::Bool(b)) => a == b,
        (Item::Int(a), Item::Int(b)) => a == b,
        (Item::Float(a), Item::Float(b)) => a == b,
        (Item::Text(a), Item::Text(b)) => **a == **b,
        _ => false,
    }
}
