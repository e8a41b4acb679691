//! Lists while they are evaluated.

use std::rc::Rc;

use super::{Item, NESTING_MAX};
use crate::budget::{Budget, Message};
use crate::kind::Storage;
use crate::value::Value;

/// A list that exists already or has been made.
#[derive(Clone, Debug)]
pub(crate) enum List<'a> {
    /// No list, where there could be one: it has no elements and equals nil.
    Nothing,
    Floats(&'a [f64]),
    Values(&'a [Value]),
    /// Consecutive integers.
    Ints {
        first: i64,
        length: usize,
    },
    /// A part of a list that was made.
    Made {
        list: Rc<Made<'a>>,
        from: usize,
        length: usize,
    },
}

/// A list that was made.
#[derive(Debug)]
pub(crate) struct Made<'a> {
    storage: Storage,
    nesting: usize,
    items: Vec<Item<'a>>,
}

impl<'a> List<'a> {
    /// A new list, unless it is too large or lies too deep.
    pub(crate) fn make(
        storage: Storage,
        items: Vec<Item<'a>>,
        budget: &Budget,
    ) -> Result<List<'a>, Message> {
        budget.elements(items.len())?;
        let nesting = nesting(items.iter())?;
        let length = items.len();
        Ok(List::Made { list: Rc::new(Made { storage, nesting, items }), from: 0, length })
    }

    /// The bytes of a text, which is what a loop over a text visits.
    pub(crate) fn bytes(text: &str, budget: &Budget) -> Result<List<'a>, Message> {
        let items = text.bytes().map(|byte| Item::Int(i64::from(byte))).collect();
        List::make(Storage::Anything, items, budget)
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            List::Nothing => 0,
            List::Floats(list) => list.len(),
            List::Values(list) => list.len(),
            List::Ints { length, .. } | List::Made { length, .. } => *length,
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<Item<'a>> {
        match self {
            List::Nothing => None,
            List::Floats(list) => list.get(index).map(|it| Item::Float(*it)),
            List::Values(list) => list.get(index).map(Item::of),
            List::Ints { first, length } => {
                (index < *length).then(|| Item::Int(first.wrapping_add(index as i64)))
            }
            List::Made { list, from, length } => {
                (index < *length).then(|| list.items[from + index].clone())
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Item<'a>> + '_ {
        (0..self.len()).map_while(|index| self.get(index))
    }

    /// The element that an index means, which counts from the end when it is negative.
    pub(crate) fn at(&self, index: i64) -> Option<Item<'a>> {
        let length = self.len() as i64;
        let index = if index < 0 { length.wrapping_add(index) } else { index };
        usize::try_from(index).ok().and_then(|index| self.get(index))
    }

    /// A part; the bounds are within the list.
    pub(crate) fn part(&self, from: usize, to: usize) -> List<'a> {
        match self {
            List::Nothing => List::Nothing,
            List::Floats(list) => List::Floats(&list[from..to]),
            List::Values(list) => List::Values(&list[from..to]),
            List::Ints { first, .. } => {
                List::Ints { first: first.wrapping_add(from as i64), length: to - from }
            }
            List::Made { list, from: begin, .. } => {
                List::Made { list: Rc::clone(list), from: begin + from, length: to - from }
            }
        }
    }

    pub(crate) fn storage(&self) -> Storage {
        match self {
            List::Floats(_) => Storage::Floats,
            List::Nothing | List::Values(_) => Storage::Anything,
            List::Ints { .. } => Storage::Ints,
            List::Made { list, .. } => list.storage,
        }
    }

    pub(crate) fn nesting(&self) -> usize {
        match self {
            List::Made { list, .. } => list.nesting,
            _ => 1,
        }
    }
}

/// One more than the deepest of some values.
pub(crate) fn nesting<'i, 'a: 'i>(
    items: impl Iterator<Item = &'i Item<'a>>,
) -> Result<usize, Message> {
    let nesting = 1 + items.map(Item::nesting).max().unwrap_or(0);
    if nesting > NESTING_MAX {
        return Err("arrays and maps lie too deep in each other".into());
    }
    Ok(nesting)
}
