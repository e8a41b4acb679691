//! Laws that hold for every span and every agenda.

use clockwork::{Agenda, Instant, Span};
use proptest::prelude::*;

/// Spans of every magnitude, since a uniform one is almost always years.
fn spans() -> impl Strategy<Value = Span> {
    (0_u64..=Span::MAX.micros(), 0_u32..49)
        .prop_map(|(micros, shift)| Span::from_micros(micros >> shift))
}

/// What one can do to an agenda.
#[derive(Clone, Debug)]
enum Act {
    Schedule(usize, u64),
    Cancel(usize),
    Take(u64),
    Peek,
    Clear,
}

fn acts(slots: usize) -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        12 => (0..slots, 0_u64..20).prop_map(|(slot, at)| Act::Schedule(slot, at)),
        4 => (0..slots).prop_map(Act::Cancel),
        8 => (0_u64..25).prop_map(Act::Take),
        4 => Just(Act::Peek),
        1 => Just(Act::Clear),
    ];
    prop::collection::vec(act, 0..200)
}

/// A sorted list of (time, slot): the definition the agenda must agree with.
#[derive(Default)]
struct Sorted(Vec<(Instant, usize)>);

impl Sorted {
    fn schedule(&mut self, slot: usize, at: Instant) {
        self.cancel(slot);
        self.0.push((at, slot));
        self.0.sort_unstable();
    }

    fn cancel(&mut self, slot: usize) {
        self.0.retain(|&(_, other)| other != slot);
    }

    fn next_before(&mut self, horizon: Instant) -> Option<(Instant, usize)> {
        let due = self.0.first().is_some_and(|&(at, _)| at <= horizon);
        due.then(|| self.0.remove(0))
    }

    fn pending(&self, slot: usize) -> Option<Instant> {
        self.0.iter().find(|&&(_, other)| other == slot).map(|&(at, _)| at)
    }
}

fn at(micros: u64) -> Instant {
    Instant::ZERO + Span::from_micros(micros)
}

fn agrees_with_a_sorted_list(slots: usize, acts: &[Act]) {
    let mut agenda = Agenda::<usize>::with_slots(slots);
    let mut sorted = Sorted::default();
    for act in acts {
        match *act {
            Act::Schedule(slot, due) => {
                agenda.schedule(slot, at(due));
                sorted.schedule(slot, at(due));
            }
            Act::Cancel(slot) => {
                agenda.cancel(slot);
                sorted.cancel(slot);
            }
            Act::Take(due) => {
                assert_eq!(agenda.next_before(at(due)), sorted.next_before(at(due)));
            }
            Act::Peek => assert_eq!(agenda.peek(), sorted.0.first().copied()),
            Act::Clear => {
                agenda.clear();
                sorted.0.clear();
            }
        }
        for slot in 0..slots {
            assert_eq!(agenda.pending(slot), sorted.pending(slot));
        }
    }
}

proptest! {
    #[test]
    fn every_span_reads_back_as_itself(span in spans()) {
        prop_assert_eq!(span.to_string().parse(), Ok(span));
    }

    #[test]
    fn parsing_never_panics(text in "[0-9a-z. é-]{0,12}") {
        let _ = Span::parse(&text);
    }

    #[test]
    fn a_span_is_its_steps_and_the_rest(span in spans(), step in 1_u64..1_000_000_000_000) {
        let step = Span::from_micros(step);
        prop_assert_eq!(step * (span / step) + span % step, span);
        prop_assert!(step * span.div_ceil(step) >= span);
        prop_assert!(span.div_ceil(step) - span / step <= 1);
    }

    #[test]
    fn an_instant_returns_from_a_span(start in spans(), span in spans()) {
        let start = Instant::ZERO + start;
        prop_assert_eq!((start + span) - start, span);
        prop_assert_eq!((start + span) - span, start);
    }

    #[test]
    fn a_small_agenda_is_a_sorted_list(acts in acts(9)) {
        agrees_with_a_sorted_list(9, &acts);
    }

    #[test]
    fn a_large_agenda_is_a_sorted_list(acts in acts(37)) {
        agrees_with_a_sorted_list(37, &acts);
    }

    #[test]
    fn an_agenda_at_the_border_is_a_sorted_list(acts in acts(16)) {
        agrees_with_a_sorted_list(16, &acts);
        agrees_with_a_sorted_list(17, &acts);
    }
}
