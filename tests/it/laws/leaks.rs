//! Memory that is lost.

use clockwork::{Instant, Span};
use coalmine::planted::Bug;
use coalmine::simulation::Happening;

use super::draft::{After, Draft};
use super::faults::{Fault, Kind, Onset};
use super::run::Run;
use super::{Class, Said, equal, laws, require, same};

laws! {
    a_larger_heap_is_never_full_earlier: {
        number: Some(33),
        class: Class::Coupled,
        bug: Bug::HeapStartsEmpty,
        lean: leaking,
        precondition: leaks_alone,
        transform: |draft| Draft {
            memory: [draft.memory[0], draft.memory[1] + 70],
            ..draft.clone()
        },
        check: full_no_earlier,
    }
    a_restart_begins_with_an_empty_heap: {
        number: Some(33),
        class: Class::Exact,
        bug: Bug::LeakSurvivesRestart,
        lean: leaking,
        precondition: leaks_alone,
        transform: same,
        check: every_life_is_as_long,
    }
    a_leak_of_nothing_is_no_leak: {
        number: Some(33),
        class: Class::Exact,
        bug: Bug::NothingLeaksALittle,
        lean: |draft| draft.faults = vec![Fault::leak(0)],
        precondition: |draft| draft.faults == [Fault::leak(0)],
        transform: |draft| Draft { faults: Vec::new(), ..draft.clone() },
        check: as_without,
    }
}

/// A leak by the minute that fills the heap several times while somebody watches.
fn leaking(draft: &mut Draft) {
    let onset = if (draft.spare / 2).is_multiple_of(2) { Onset::AtOnce } else { Onset::After(30) };
    draft.faults = vec![Fault { onset, ..Fault::leak(60 + draft.spare / 4 % 200) }];
    draft.memory = [400, 440 + draft.spare / 8 % 60];
    (draft.gates, draft.people) = (Vec::new(), None);
    (draft.watch, draft.restart, draft.after) = (720, 5, After::Abandon);
}

/// Nobody acts on it, and nothing else is wrong.
fn leaks_alone(draft: &Draft) -> bool {
    let is_alone = draft.gates.is_empty() && draft.people.is_none();
    let leaks = |fault: &Fault| matches!(fault.kind, Kind::Leak { rate, .. } if rate > 0);
    is_alone && draft.faults.len() == 1 && draft.faults.iter().all(leaks)
}

/// How long a heap lasts.
fn lasts(draft: &Draft) -> Span {
    let [floor, limit] = draft.memory;
    let Some(Kind::Leak { rate, .. }) = draft.faults.first().map(|fault| fault.kind) else {
        return Span::MAX;
    };
    Span::from_secs_f64((limit - floor) as f64 * 60.0 / rate as f64)
}

fn kills(run: &Run) -> Vec<Instant> {
    run.all(|it| matches!(it, Happening::PodsKilled { .. }))
}

fn is_near(one: Instant, other: Instant) -> bool {
    (one - other).max(other - one) <= Span::from_micros(4)
}

fn full_no_earlier(small: &Run, large: &Run) -> Said {
    let began = |run: &Run| run.first(|it| matches!(it, Happening::FaultBegan { .. }));
    for run in [small, large] {
        if let (Some(began), Some(first)) = (began(run), kills(run).first()) {
            let due = began + lasts(&run.draft);
            require(is_near(*first, due), || format!("full at {first}, due at {due}"))?;
        }
    }
    let first = |run: &Run| kills(run).first().copied().unwrap_or(Instant::NEVER);
    let (one, other) = (first(small), first(large));
    require(one <= other, || format!("the larger heap is full at {other}, not at {one}"))?;
    Ok(one != Instant::NEVER)
}

fn every_life_is_as_long(run: &Run, _: &Run) -> Said {
    let begins = run.all(|it| {
        matches!(
            it,
            Happening::FaultBegan { .. } | Happening::PodsBack { .. } | Happening::PodsReady { .. }
        )
    });
    let lasts = lasts(&run.draft);
    for end in kills(run) {
        let born = begins.iter().any(|at| is_near(*at + lasts, end));
        require(born, || format!("killed at {end}, nothing began {lasts} before"))?;
    }
    let back = run.first(|it| matches!(it, Happening::PodsBack { .. }));
    Ok(back.is_some_and(|back| kills(run).last().is_some_and(|last| *last > back)))
}

fn as_without(zero: &Run, none: &Run) -> Said {
    equal("measures", zero.measures, none.measures)?;
    equal("counts", zero.counts(), none.counts())?;
    let mut timeline = zero.timeline.clone();
    timeline.retain(|(_, it)| !matches!(it, Happening::FaultBegan { .. }));
    equal("timelines", &timeline, &none.timeline)?;
    Ok(zero.measures.met > 0)
}
