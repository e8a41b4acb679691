//! The timers that are due, in a total order.

use crate::Instant;
use std::marker::PhantomData;

/// Slots of a word of the mask.
const WORD: usize = u64::BITS as usize;

/// A name for a slot of an [`Agenda`]: a small enum or an index.
///
/// `from_slot(slot(x))` must be `x`.
pub trait Slot: Copy {
    /// The number of the slot.
    fn slot(self) -> usize;
    /// The name of slot number `slot`.
    fn from_slot(slot: usize) -> Self;
}

impl Slot for usize {
    fn slot(self) -> usize {
        self
    }

    fn from_slot(slot: usize) -> Self {
        slot
    }
}

/// Re-schedulable timers in a fixed number of numbered slots.
///
/// Events are totally ordered by (time, class, entity, sequence). The caller numbers its slots in
/// order of (class, entity), and a slot holds at most one pending occurrence, so (time, slot) *is*
/// that order: no tie is left to insertion or to chance.
///
/// A mask tells which slots are pending: a change costs one write, and the first one is found by
/// looking at those that are. Nothing is allocated after construction.
#[derive(Clone, Debug)]
pub struct Agenda<E = usize> {
    /// When each slot is due; free ones are at [`Instant::NEVER`].
    due: Vec<Instant>,
    /// A bit for every slot that is pending.
    mask: Vec<u64>,
    names: PhantomData<fn() -> E>,
}

impl<E: Slot> Agenda<E> {
    /// An agenda of `slots` free slots, numbered from zero.
    pub fn with_slots(slots: usize) -> Self {
        let mask = vec![0; slots.div_ceil(WORD)];
        Self { due: vec![Instant::NEVER; slots], mask, names: PhantomData }
    }

    /// The number of slots.
    pub fn slots(&self) -> usize {
        self.due.len()
    }

    /// Makes `slot` due at `at`, instead of whenever it was due before. Panics on a number that
    /// is not a slot; [`Instant::NEVER`] cancels.
    pub fn schedule(&mut self, slot: E, at: Instant) {
        self.set(slot.slot(), at);
    }

    /// Frees `slot`; nothing happens when it is free already.
    pub fn cancel(&mut self, slot: E) {
        self.schedule(slot, Instant::NEVER);
    }

    /// When `slot` is due, if it is pending.
    pub fn pending(&self, slot: E) -> Option<Instant> {
        let at = self.due[slot.slot()];
        (at < Instant::NEVER).then_some(at)
    }

    /// The first pending (time, slot), which stays pending.
    pub fn peek(&self) -> Option<(Instant, E)> {
        let (at, slot) = self.first()?;
        Some((at, E::from_slot(slot)))
    }

    /// Takes the first pending (time, slot) whose time is at or before `horizon`.
    pub fn next_before(&mut self, horizon: Instant) -> Option<(Instant, E)> {
        let (at, slot) = self.first().filter(|&(at, _)| at <= horizon)?;
        self.set(slot, Instant::NEVER);
        Some((at, E::from_slot(slot)))
    }

    /// Frees every slot.
    pub fn clear(&mut self) {
        self.due.fill(Instant::NEVER);
        self.mask.fill(0);
    }

    /// The earliest of the pending slots; the first of equals is the lowest number.
    fn first(&self) -> Option<(Instant, usize)> {
        let mut first = (Instant::NEVER, 0);
        for (word, &mask) in self.mask.iter().enumerate() {
            let mut left = mask;
            while left != 0 {
                let slot = word * WORD + left.trailing_zeros() as usize;
                let at = self.due[slot];
                // A selection, not a branch: which slot is next is not predictable.
                first = if at < first.0 { (at, slot) } else { first };
                left &= left - 1;
            }
        }
        (first.0 < Instant::NEVER).then_some(first)
    }

    fn set(&mut self, slot: usize, at: Instant) {
        self.due[slot] = at;
        let bit = 1 << (slot % WORD);
        let word = &mut self.mask[slot / WORD];
        *word = if at == Instant::NEVER { *word & !bit } else { *word | bit };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Span;

    fn at(secs: u64) -> Instant {
        Instant::ZERO + Span::from_secs(secs)
    }

    #[test]
    fn ties_go_to_the_lowest_slot_whatever_was_scheduled_first() {
        for slots in [8, 16, 17, 100] {
            let mut agenda = Agenda::<usize>::with_slots(slots);
            for slot in [5, 7, 0, 3] {
                agenda.schedule(slot, at(10));
            }
            let order: Vec<_> =
                std::iter::from_fn(|| agenda.next_before(at(10)).map(|due| due.1)).collect();
            assert_eq!(order, [0, 3, 5, 7], "{slots} slots");
        }
    }

    #[test]
    fn the_horizon_itself_is_still_before() {
        let mut agenda = Agenda::<usize>::with_slots(1);
        agenda.schedule(0, at(10));
        assert_eq!(agenda.next_before(at(9)), None);
        assert_eq!(agenda.pending(0), Some(at(10)));
        assert_eq!(agenda.next_before(at(10)), Some((at(10), 0)));
        assert_eq!(agenda.next_before(Instant::NEVER), None);
    }

    #[test]
    fn an_agenda_without_slots_is_empty() {
        let mut agenda = Agenda::<usize>::with_slots(0);
        assert_eq!(agenda.peek(), None);
        assert_eq!(agenda.next_before(Instant::NEVER), None);
    }

    #[test]
    fn clearing_frees_every_slot() {
        for slots in [3, 40] {
            let mut agenda = Agenda::<usize>::with_slots(slots);
            agenda.schedule(2, at(1));
            agenda.clear();
            assert_eq!((agenda.peek(), agenda.pending(2)), (None, None));
            assert_eq!(agenda.slots(), slots);
        }
    }

    #[test]
    #[should_panic(expected = "the len is 17")]
    fn there_are_no_slots_behind_the_last() {
        Agenda::<usize>::with_slots(17).schedule(17, at(1));
    }

    #[test]
    fn slots_may_have_names() {
        #[derive(Clone, Copy, Debug, PartialEq)]
        enum Timer {
            Arrival,
            Server(usize),
        }
        impl Slot for Timer {
            fn slot(self) -> usize {
                match self {
                    Self::Arrival => 0,
                    Self::Server(server) => 1 + server,
                }
            }
            fn from_slot(slot: usize) -> Self {
                slot.checked_sub(1).map_or(Self::Arrival, Self::Server)
            }
        }
        let mut agenda = Agenda::with_slots(4);
        agenda.schedule(Timer::Server(2), at(5));
        agenda.schedule(Timer::Arrival, at(5));
        assert_eq!(agenda.next_before(at(5)), Some((at(5), Timer::Arrival)));
        assert_eq!(agenda.peek(), Some((at(5), Timer::Server(2))));
    }
}
