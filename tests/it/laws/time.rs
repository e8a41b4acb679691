//! What moves with the clock, and what does not.

use clockwork::{Instant, Span};
use coalmine::planted::Bug;
use coalmine::simulation::{Ending, Happening};

use super::draft::{After, Draft};
use super::faults::{Fault, Kind, Onset};
use super::harm::watchful;
use super::plan::{Patience, Plan, Routing, Step};
use super::run::{Run, secs};
use super::{Class, Said, equal, laws, require};

laws! {
    a_day_that_is_shifted_as_a_whole_is_the_same_day: {
        number: Some(11),
        class: Class::Exact,
        bug: Bug::DayBeginsAtTheStart,
        lean: |draft| {
            draft.diurnal = Some(draft.spare / 2 % 22);
            draft.start = Some(draft.spare / 50 % 1300);
            draft.faults.retain(|fault| !matches!(fault.onset, Onset::At(_)));
        },
        precondition: |draft| {
            draft.start.is_some_and(|start| start < 23 * 60)
                && draft.diurnal.is_some_and(|peak| peak < 23)
                && draft.people.as_ref().is_none_or(|people| people.hours[1] < 23)
                && draft.faults.iter().all(|fault| !matches!(fault.onset, Onset::At(_)))
        },
        transform: an_hour_later,
        check: |one, other| {
            equal("measures", one.measures, other.measures)?;
            equal("counts", one.counts(), other.counts())?;
            equal("timelines", &one.timeline, &other.timeline)?;
            Ok(true)
        },
    }
    a_clock_of_half_the_speed_counts_the_same: {
        number: Some(12),
        class: Class::Exact,
        bug: Bug::FirstReadingAfterAMinute,
        lean: |draft| {
            watchful(draft);
            let scales = |fault: &Fault| is_scalable(fault);
            draft.faults.retain(scales);
            (draft.people, draft.diurnal) = (None, None);
            draft.startup[1] = draft.startup[0];
        },
        precondition: |draft| {
            draft.people.is_none() && draft.diurnal.is_none()
                && draft.startup[0] == draft.startup[1]
                && draft.faults.iter().all(is_scalable)
        },
        transform: |draft| Draft { clock: 2, ..draft.clone() },
        check: twice_as_long,
    }
    the_same_weight_again_is_no_step: {
        number: Some(18),
        class: Class::Exact,
        bug: Bug::StepsRestartGates,
        lean: |draft| {
            watchful(draft);
            draft.faults = vec![Fault::spike(150)];
            draft.gates[0].patience = Patience::Limit(2);
            draft.plan = Plan::Canary {
                routing: Routing::Weights(draft.spare / 2 % 4),
                steps: vec![Step::Weight(20), Step::Pause(200)],
            };
            (draft.sticky, draft.even) = (false, false);
        },
        precondition: |draft| {
            pause_of(draft).is_some() && !draft.sticky
                && !draft.faults.iter().any(|it| it.wears() || matches!(it.kind, Kind::Crash(_)))
        },
        transform: in_two_steps,
        check: as_in_one_step,
    }
    a_release_is_tried_again_after_the_cooldown_and_not_more_often_than_said: {
        number: Some(35),
        class: Class::Coupled,
        bug: Bug::CooldownFromTheOrder,
        lean: |draft| {
            watchful(draft);
            draft.faults = vec![Fault::spike(5_000)];
            draft.after = After::Retry { cooldown: 60, attempts: 3 };
        },
        precondition: |draft| cooldown_of(draft).is_some_and(|(_, attempts)| attempts > 1),
        transform: |draft| {
            let mut longer = draft.clone();
            if let After::Retry { cooldown, .. } | After::Fix { cooldown, .. } = &mut longer.after {
                *cooldown += 120;
            }
            longer
        },
        check: tried_again,
    }
}

fn an_hour_later(draft: &Draft) -> Draft {
    let mut later = draft.clone();
    later.start = draft.start.map(|start| start + 60);
    later.diurnal = draft.diurnal.map(|peak| peak + 1);
    if let Some(people) = &mut later.people {
        people.hours = people.hours.map(|hour| hour + 1);
    }
    later
}

/// Whether all of its times scale: the waiting of `CrashLoopBackOff` does not, nor does a leak by
/// the minute; the clock of requests rounds.
fn is_scalable(fault: &Fault) -> bool {
    !fault.wears()
        && !matches!(fault.kind, Kind::Crash(_))
        && matches!(fault.onset, Onset::AtOnce | Onset::After(_))
}

fn twice_as_long(one: &Run, slow: &Run) -> Said {
    equal("counts", one.counts(), slow.counts())?;
    let events = |run: &Run, times: u64| {
        let entries = run.plain_timeline().into_iter();
        entries.map(|(at, it)| (at.since_start() * times, it)).collect::<Vec<_>>()
    };
    equal("timelines", events(one, 2), events(slow, 1))?;
    let readings = |run: &Run, times: u64| {
        let entries = run.readings();
        entries
            .map(|(at, it)| (at.since_start() * times, it.gate, it.samples, it.verdict))
            .collect::<Vec<_>>()
    };
    equal("readings", readings(one, 2), readings(slow, 1))?;
    let counted = |run: &Run| {
        let m = &run.measures;
        [m.met, m.failed, m.rollout_failed, m.baseline_failed, m.killed]
    };
    equal("what was counted", counted(one), counted(slow))?;
    Ok(one.readings().next().is_some())
}

/// The pause after the first weight, if it is long enough to be divided.
fn pause_of(draft: &Draft) -> Option<u64> {
    let Plan::Canary { routing, steps } = &draft.plan else { return None };
    let delay = if let Routing::Weights(delay) = routing { *delay } else { 0 };
    match steps[..] {
        [Step::Weight(_), Step::Pause(pause), ..] => pause.checked_sub(delay).filter(|it| *it > 1),
        _ => None,
    }
}

fn in_two_steps(draft: &Draft) -> Draft {
    let mut divided = draft.clone();
    let pause = pause_of(draft).unwrap_or_default();
    if let Plan::Canary { steps, .. } = &mut divided.plan {
        let first = pause / 2;
        steps[1] = Step::Pause(pause - first);
        steps.splice(0..0, [steps[0], Step::Pause(first)]);
    }
    divided
}

fn as_in_one_step(one: &Run, two: &Run) -> Said {
    equal("measures", one.measures, two.measures)?;
    equal("counts", one.counts(), two.counts())?;
    let log = |run: &Run| {
        let entries = run.timeline.iter();
        let is_step =
            |it: &Happening| matches!(it, Happening::Stage { .. } | Happening::Settled { .. });
        entries.filter(|(_, it)| !is_step(it)).cloned().collect::<Vec<_>>()
    };
    equal("timelines", log(one), log(two))?;
    let steps = |run: &Run| run.all(|it| matches!(it, Happening::Stage { .. })).len();
    Ok(steps(two) > steps(one))
}

fn cooldown_of(draft: &Draft) -> Option<(u64, u64)> {
    match draft.after {
        After::Abandon => None,
        After::Retry { cooldown, attempts } => Some((cooldown, attempts)),
        After::Fix { takes, cooldown, attempts, .. } => Some((cooldown.max(takes), attempts)),
    }
}

fn tried_again(short: &Run, long: &Run) -> Said {
    for run in [short, long] {
        let Some((cooldown, attempts)) = cooldown_of(&run.draft) else { continue };
        let back = run.all(|it| matches!(it, Happening::Ended { ending: Ending::RolledBack }));
        let again = run.all(|it| matches!(it, Happening::TriedAgain { .. }));
        for at in &again {
            let end = back.iter().rfind(|end| **end <= *at).copied();
            equal("another attempt", Some(*at), end.map(|end| end + secs(cooldown)))?;
        }
        let ends = back.len();
        require(ends <= again.len() + 1, || {
            format!("{ends} ends of {} attempts", again.len() + 1)
        })?;
        let tried = u64::from(run.measures.attempts);
        equal("attempts", tried, again.len() as u64 + 1)?;
        require(tried <= attempts, || format!("{tried} attempts of {attempts}"))?;
    }
    let again = |run: &Run| run.first(|it| matches!(it, Happening::TriedAgain { .. }));
    let (first, later) = (again(short), again(long));
    let wait = |at: Option<Instant>| at.map_or(Span::MAX, Instant::since_start);
    require(wait(first) <= wait(later), || format!("{later:?} is before {first:?}"))?;
    Ok(first.is_some())
}
