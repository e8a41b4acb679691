//! What a node of a plan gives: a value, or none, for each series that it may give.

use crate::{Error, Labels, Place};

/// A series that may be given.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) labels: Labels,
    /// Whether the metric's name, if it is there still, will be dropped at the end.
    pub(crate) drops_name: bool,
}

/// A value, or none, for each slot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    pub(crate) slots: Vec<Slot>,
    pub(crate) values: Vec<f64>,
    pub(crate) present: Vec<bool>,
    /// The slots in the order in which they are given, where that is not their own.
    pub(crate) order: Vec<u32>,
}

impl Column {
    /// Slots that are all present.
    pub(crate) fn new(slots: Vec<Slot>) -> Self {
        let (values, present) = (vec![0.0; slots.len()], vec![true; slots.len()]);
        Self { slots, values, present, order: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    #[inline]
    pub(crate) fn get(&self, slot: usize) -> Option<f64> {
        if self.present[slot] { Some(self.values[slot]) } else { None }
    }

    #[inline]
    pub(crate) fn set(&mut self, slot: usize, value: Option<f64>) {
        self.present[slot] = value.is_some();
        self.values[slot] = value.unwrap_or(0.0);
    }

    /// Takes the values of a column with as many slots, in its order.
    pub(crate) fn copy(&mut self, other: &Self) {
        self.values.copy_from_slice(&other.values);
        self.present.copy_from_slice(&other.present);
        self.order.clone_from(&other.order);
    }

    /// The slots that are present, with their values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, f64)> {
        let in_order = self.order.iter().map(|&slot| slot as usize);
        let all = if self.order.is_empty() { 0..self.len() } else { 0..0 };
        in_order.chain(all).filter_map(|slot| Some((slot, self.get(slot)?)))
    }

    pub(crate) fn is_any_present(&self) -> bool {
        self.present.contains(&true)
    }

    /// The value, if one slot is present and no other.
    pub(crate) fn only(&self) -> Option<f64> {
        let mut present = self.iter();
        let first = present.next().map(|(_, value)| value);
        first.filter(|_| present.next().is_none())
    }
}

/// Slots with the same labels, of which one at most may be present.
#[derive(Clone, Debug)]
pub(crate) struct Twins(Vec<(u32, u32)>);

impl Twins {
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// Slots whose labels are equal: each with the one before it that has them.
    pub(crate) fn among<'a>(labels: impl Iterator<Item = &'a Labels>) -> Self {
        let mut sorted: Vec<_> = labels.enumerate().collect();
        sorted.sort_by(|a, b| a.1.cmp(b.1).then(a.0.cmp(&b.0)));
        let groups = sorted.chunk_by(|a, b| a.1 == b.1).filter(|group| group.len() > 1);
        let leader = |group: &[(usize, &Labels)]| group[0].0 as u32;
        Self(
            groups
                .flat_map(|group| group.iter().map(move |(slot, _)| (leader(group), *slot as u32)))
                .collect(),
        )
    }

    /// Refuses two of them at one instant.
    #[inline]
    pub(crate) fn check(&self, column: &Column, place: Place) -> Result<(), Error> {
        if self.0.is_empty() { Ok(()) } else { self.check_each(column, place) }
    }

    fn check_each(&self, column: &Column, place: Place) -> Result<(), Error> {
        let mut seen = None;
        for &(leader, slot) in &self.0 {
            if !column.present[slot as usize] {
                continue;
            }
            if seen.replace(leader) == Some(leader) {
                let labels = &column.slots[slot as usize].labels;
                let message = format!("two series have the same labels {}", labels.nameless());
                let hint = "aggregate them, or select one metric";
                return Err(Error::new(place, message).hint(hint));
            }
        }
        Ok(())
    }
}
