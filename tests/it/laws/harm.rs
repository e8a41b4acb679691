//! Harm is the release's own, and no more than what met it.

use coalmine::planted::Bug;
use coalmine::simulation::{By, Happening};

use super::draft::{After, Draft};
use super::faults::{Fault, Kind, Onset};
use super::plan::{Gate, Plan, Smoke};
use super::run::{NEW, Run};
use super::{Class, Said, as_it_is, equal, laws, require, same};

laws! {
    a_release_without_faults_does_no_harm: {
        number: Some(1),
        class: Class::Exact,
        bug: Bug::RollbackCountsAsHarm,
        lean: |draft| draft.faults.clear(),
        precondition: Draft::is_good,
        transform: same,
        check: no_harm,
    }
    nobody_is_harmed_who_was_not_there: {
        number: Some(4),
        class: Class::Exact,
        bug: Bug::UsersAreRequests,
        lean: as_it_is,
        precondition: |_| true,
        transform: same,
        check: within_bounds,
    }
    a_release_that_fails_its_test_meets_nobody: {
        number: Some(19),
        class: Class::Exact,
        bug: Bug::TestAfterTheSwitch,
        lean: test_a_broken_release,
        precondition: |draft| {
            matches!(draft.plan, Plan::BlueGreen { smoke: Some(_), .. })
                && draft.after == After::Abandon
        },
        transform: same,
        check: unexposed,
    }
    what_fails_everything_fails_all_that_it_meets: {
        number: Some(30),
        class: Class::Exact,
        bug: Bug::NoFaultIsTotal,
        lean: |draft| {
            draft.faults = vec![Fault::spike(10_000)];
            draft.after = After::Abandon;
        },
        precondition: |draft| {
            draft.faults == [Fault::spike(10_000)] && !matches!(draft.after, After::Fix { .. })
        },
        transform: same,
        check: nothing_lives,
    }
    what_adds_nothing_changes_nothing: {
        number: Some(1),
        class: Class::Exact,
        bug: Bug::SeverityHasAFloor,
        lean: |draft| {
            draft.faults = vec![Fault::spike(0), slow(10)];
        },
        precondition: |draft| draft.faults == [Fault::spike(0), slow(10)],
        transform: |draft| Draft { faults: Vec::new(), ..draft.clone() },
        check: as_without,
    }
}

/// A regression by so many tenths, from the first request on.
fn slow(factor: u64) -> Fault {
    Fault { kind: Kind::Slow { factor, share: 100 }, onset: Onset::AtOnce, ramp: 0 }
}

fn no_harm(run: &Run, _: &Run) -> Said {
    let m = &run.measures;
    let counts = [m.failed, m.potential, m.met_harmful, m.users_harmed, m.killed];
    equal("harm of a good release", counts, [0; 5])?;
    equal("slow responses, and harm to bystanders", [m.slowed, m.bystanders], [0, 0])?;
    equal("times of harm", [m.harm_began, m.harm_ended], [None, None])?;
    require(m.time_harmed.is_zero() && !m.cut_off, || "time under harm".to_owned())?;
    Ok(true)
}

fn within_bounds(run: &Run, _: &Run) -> Said {
    let m = &run.measures;
    let order = |low: (&str, i64), high: (&str, i64)| {
        require(low.1 <= high.1, || format!("{} {} > {} {}", low.0, low.1, high.0, high.1))
    };
    let population = ("users", run.draft.population as i64 * 1000);
    let active = ("active users", m.users_active as i64 + 1);
    let met = ("requests that met it", m.met as i64 * 1000);
    order(("active users", m.users_active as i64), population)?;
    order(("users that met it", m.users_met as i64), active)?;
    order(("harmed users", m.users_harmed as i64), active)?;
    order(("users of the dip", m.users_dipped as i64), active)?;
    order(("requests that met it while harmful", m.met_harmful as i64), met)?;
    order(("harmed of those", m.failed as i64 * 1000 + m.slowed - m.bystanders), met)?;
    if m.bystanders <= 0 {
        order(("harmed users", m.users_harmed as i64), ("users met", m.users_met as i64 + 1))?;
    }
    order(("peak share", i64::from(m.peak_share)), ("the whole", 1_000_000))?;
    Ok(m.met > 0)
}

fn test_a_broken_release(draft: &mut Draft) {
    draft.plan = Plan::BlueGreen {
        smoke: Some(Smoke { requests: 40, over: 0 }),
        delay: draft.spare % 20,
        affinity: None,
        keep: 60,
    };
    draft.faults = vec![Fault::spike(5_000)];
    (draft.gates, draft.people, draft.after) = (Vec::new(), None, After::Abandon);
}

fn unexposed(run: &Run, _: &Run) -> Said {
    let refused = run.first_order().is_some_and(|(_, by)| by == By::Strategy);
    if refused {
        let m = &run.measures;
        equal("exposure", [m.met, m.users_met, m.failed, m.users_harmed], [0; 4])?;
        equal("peak share", m.peak_share, 0)?;
        let met = run.shares().iter().any(|(_, share, _)| *share > 0.0);
        require(!met, || "traffic before the test was passed".to_owned())?;
    }
    Ok(refused)
}

fn nothing_lives(run: &Run, _: &Run) -> Said {
    let [requests, failed] = run.sum(NEW, 0, run.ticks());
    equal("requests of the release and failures of them", requests, failed)?;
    Ok(requests > 0)
}

fn as_without(run: &Run, without: &Run) -> Said {
    equal("measures", run.plain(), without.plain())?;
    equal("counts", run.counts(), without.counts())?;
    let began = |it: &Happening| matches!(it, Happening::FaultBegan { .. });
    let mut timeline = run.plain_timeline();
    timeline.retain(|(_, it)| !began(it));
    equal("timeline", timeline, without.plain_timeline())?;
    Ok(true)
}

/// A gate that sees a defect of a few per cent at once.
pub(super) fn watchful(draft: &mut Draft) {
    draft.gates = vec![Gate::of_errors(100)];
    draft.errors = draft.errors.min(10);
    (draft.all, draft.after) = (false, After::Abandon);
}
