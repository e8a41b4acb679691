//! Operators between series that find each other by their labels.

use super::arithmetic::apply_bool;
use super::{Column, Context, Node};
use crate::ast::{Operator, Side};
use crate::{Error, Place};

/// The group that no slot has.
const NONE: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(crate) struct Join {
    pub(crate) operator: Operator,
    pub(crate) is_bool: bool,
    pub(crate) sides: Box<[Node; 2]>,
    /// The side that may have several series for one of the other.
    pub(crate) many: Side,
    /// Whether it may have them without its being said.
    pub(crate) is_grouped: bool,
    /// The group of each slot on the side of many: those with the same labels that count.
    pub(crate) many_groups: Vec<u32>,
    /// The group of each slot on the other side.
    pub(crate) one_groups: Vec<u32>,
    /// What each slot on the side of many may become: the slot on the other side, and the one it
    /// then is. Where the other side gives no labels, that is one for all.
    pub(crate) pairs: Vec<Pairs>,
    /// The slot that each group has on the side of one.
    pub(crate) one: Vec<u32>,
    /// The slot that was taken for each group on the side of many.
    pub(crate) taken: Vec<u32>,
    pub(crate) place: Place,
}

/// What a slot on the side of many becomes with each slot on the other.
#[derive(Clone, Debug)]
pub(crate) enum Pairs {
    Same(u32),
    /// By the slot on the other side, in order.
    By(Vec<(u32, u32)>),
}

impl Pairs {
    #[inline]
    fn with(&self, other: u32) -> Option<u32> {
        match self {
            Self::Same(slot) => Some(*slot),
            Self::By(pairs) => {
                let found = pairs.binary_search_by_key(&other, |pair| pair.0);
                found.ok().map(|at| pairs[at].1)
            }
        }
    }
}

impl Join {
    pub(crate) fn evaluate(&mut self, out: &mut Column, context: Context<'_>) -> Result<(), Error> {
        for side in &mut *self.sides {
            side.evaluate(context)?;
        }
        out.present.fill(false);
        let [left, right] = &*self.sides;
        let is_left = self.many == Side::Left;
        let (many, other) = if is_left { (&left.out, &right.out) } else { (&right.out, &left.out) };
        if !many.is_any_present() || !other.is_any_present() {
            return Ok(());
        }
        self.one.fill(NONE);
        for (slot, _) in other.iter() {
            let one = &mut self.one[self.one_groups[slot] as usize];
            if *one != NONE {
                return Err(duplicate(other, *one as usize, slot, is_left, self.place));
            }
            *one = slot as u32;
        }
        self.taken.fill(NONE);
        for (slot, value) in many.iter() {
            let group = self.many_groups[slot] as usize;
            let one = self.one[group];
            if one == NONE {
                continue;
            }
            if !self.is_grouped && self.taken[group] != NONE {
                return Err(ambiguous(many, self.taken[group] as usize, slot, self.place));
            }
            self.taken[group] = slot as u32;
            let partner = other.values[one as usize];
            let (a, b) = if is_left { (value, partner) } else { (partner, value) };
            let result = apply_bool(self.operator, self.is_bool, a, b);
            let Some(target) = self.pairs[slot].with(one) else { continue };
            if result.is_some() {
                out.set(target as usize, result);
            }
        }
        Ok(())
    }
}

/// Two series on the side of one.
fn duplicate(column: &Column, a: usize, b: usize, is_right: bool, place: Place) -> Error {
    let side = if is_right { "right" } else { "left" };
    let [a, b] = [a, b].map(|slot| &column.slots[slot].labels);
    let message = format!("several series match on the {side} side: {a} and {b}");
    Error::new(place, message).hint("one of the sides must have one series for each match")
}

/// Several series on the left for one on the right, without a group.
fn ambiguous(column: &Column, a: usize, b: usize, place: Place) -> Error {
    let [a, b] = [a, b].map(|slot| &column.slots[slot].labels);
    let message = format!("several series on the left side match one on the right: {a} and {b}");
    Error::new(place, message).hint("`group_left` allows that")
}
