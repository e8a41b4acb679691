//! Whoever acts faster never leaves users waiting for longer.

use clockwork::Instant;
use coalmine::people::Judgement;
use coalmine::planted::Bug;
use coalmine::simulation::{By, Happening};

use super::draft::{After, Draft, People};
use super::faults::Fault;
use super::plan::Plan;
use super::run::{Run, secs};
use super::{Class, Said, equal, laws, require};

laws! {
    whoever_acts_faster_never_restores_later: {
        number: Some(26),
        class: Class::Coupled,
        bug: Bug::ActsAtOnce,
        lean: attentive,
        precondition: |draft| draft.people.is_some() && draft.has_one_authority(),
        transform: |draft| {
            let mut faster = draft.clone();
            if let Some(people) = &mut faster.people {
                people.act /= 3;
            }
            faster
        },
        check: restored_no_later,
    }
}

/// A defect that pages somebody who knows what to do.
pub(super) fn attentive(draft: &mut Draft) {
    draft.faults = vec![Fault::spike(10_000)];
    draft.gates.clear();
    draft.errors = draft.errors.min(10);
    draft.watch = 900;
    (draft.after, draft.all) = (After::Abandon, false);
    if !draft.plan.is_split_by_weights() || (draft.spare / 2).is_multiple_of(2) {
        draft.plan = Plan::AllAtOnce { delay: draft.spare / 4 % 9 };
    }
    draft.people = Some(People {
        alert: 200,
        acknowledge: 20,
        diagnose: 30,
        decide: 20,
        act: 10 + draft.spare / 2 % 50,
        attribution: 100,
        hours: [8, 18],
    });
}

fn restored_no_later(slow: &Run, fast: &Run) -> Said {
    for run in [slow, fast] {
        let Some(people) = &run.draft.people else { continue };
        if let Some((order, By::Person)) = run.first_order() {
            let judged =
                |it: &Happening| *it == Happening::Judged { judgement: Judgement::RollBack };
            let decided = run.all(judged);
            let decided = decided.iter().rfind(|at| **at <= order).copied();
            equal("an order", Some(order), decided.map(|at| at + secs(people.act)))?;
        }
    }
    let (first, second) = (fast.ordered(), slow.ordered());
    require(first <= second, || format!("ordered at {first} and not by {second}"))?;
    if slow.draft.plan.is_split_by_weights() && second != Instant::NEVER {
        let ends = [fast, slow].map(|run| run.measures.harm_ended.unwrap_or(Instant::NEVER));
        require(ends[0] <= ends[1], || format!("harm ends at {} and {}", ends[0], ends[1]))?;
        let seconds = [fast.exposure(), slow.exposure()];
        require(seconds[0] <= seconds[1] + 1e-6, || format!("exposed for {seconds:?}"))?;
    }
    Ok(slow.first_order().is_some_and(|(_, by)| by == By::Person))
}
