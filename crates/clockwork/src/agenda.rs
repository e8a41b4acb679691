//! The timers that are due, in a total order.

use crate::Instant;
use std::marker::PhantomData;

/// Up to this many slots are faster to scan than to keep a tree over.
const SCAN_MAX: usize = 16;

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
/// A small agenda scans its slots. A larger one keeps a tree of minima above them, so that a
/// change costs log2(slots) steps at most. Nothing is allocated after construction.
#[derive(Clone, Debug)]
pub struct Agenda<E = usize> {
    /// A heap-ordered tree of minima, root at 1, whose leaves are the slots; or the slots alone.
    /// Free slots, and the padding behind the last one, are at [`Instant::NEVER`].
    due: Vec<Instant>,
    /// Where the slots begin in `due`; zero when there is no tree.
    leaves: usize,
    slots: usize,
    names: PhantomData<fn() -> E>,
}

impl<E: Slot> Agenda<E> {
    /// An agenda of `slots` free slots, numbered from zero.
    pub fn with_slots(slots: usize) -> Self {
        let (len, leaves) = if slots <= SCAN_MAX {
            (slots, 0)
        } else {
            (2 * slots.next_power_of_two(), slots.next_power_of_two())
        };
        Self { due: vec![Instant::NEVER; len], leaves, slots, names: PhantomData }
    }

    /// The number of slots.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// Makes `slot` due at `at`, instead of whenever it was due before. Panics on a number that
    /// is not a slot; [`Instant::NEVER`] cancels.
    pub fn schedule(&mut self, slot: E, at: Instant) {
        let slot = self.checked(slot);
        self.set(slot, at);
    }

    /// Frees `slot`; nothing happens when it is free already.
    pub fn cancel(&mut self, slot: E) {
        self.schedule(slot, Instant::NEVER);
    }

    /// When `slot` is due, if it is pending.
    pub fn pending(&self, slot: E) -> Option<Instant> {
        let at = self.due[self.leaves + self.checked(slot)];
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
    }

    /// The number of `slot`, which must exist: a tree would take its padding for a slot.
    fn checked(&self, slot: E) -> usize {
        let slot = slot.slot();
        assert!(slot < self.slots, "slot {slot} of an agenda with {} slots", self.slots);
        slot
    }

    fn first(&self) -> Option<(Instant, usize)> {
        let first = if self.leaves == 0 { self.scan() } else { self.descend() };
        first.filter(|&(at, _)| at < Instant::NEVER)
    }

    /// The earliest slot by looking at each; the first of equals is the lowest number.
    fn scan(&self) -> Option<(Instant, usize)> {
        let (&first, rest) = self.due.split_first()?;
        let (mut earliest, mut slot) = (first, 0);
        for (other, &at) in (1..).zip(rest) {
            // Two selections, not a branch: which slot is next is not predictable.
            let before = at < earliest;
            earliest = if before { at } else { earliest };
            slot = if before { other } else { slot };
        }
        Some((earliest, slot))
    }

    /// The earliest slot by following the minimum down; left before right is the lowest number.
    fn descend(&self) -> Option<(Instant, usize)> {
        let at = self.due[1];
        if at == Instant::NEVER {
            return None;
        }
        let mut node = 1;
        while node < self.leaves {
            node = 2 * node + usize::from(self.due[2 * node] != at);
        }
        Some((at, node - self.leaves))
    }

    /// Writes the time of a slot and the minima above it that change.
    fn set(&mut self, slot: usize, at: Instant) {
        let mut node = self.leaves + slot;
        self.due[node] = at;
        if self.leaves == 0 {
            return;
        }
        while node > 1 {
            let earliest = self.due[node].min(self.due[node ^ 1]);
            node /= 2;
            if self.due[node] == earliest {
                return;
            }
            self.due[node] = earliest;
        }
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
    #[should_panic(expected = "slot 17 of an agenda with 17 slots")]
    fn the_padding_of_the_tree_is_not_a_slot() {
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
