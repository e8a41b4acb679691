//! Who meets a release.

use coalmine::planted::Bug;

use super::draft::{After, Draft};
use super::plan::{Plan, Routing, Step};
use super::run::Run;
use super::{Class, Said, equal, laws, require};

/// With so many equal users nobody is heavy enough to be an individual.
const CROWD: u64 = 600;

laws! {
    users_who_stay_are_fewer: {
        number: Some(41),
        class: Class::Coupled,
        bug: Bug::ArmsAreNotNested,
        lean: |draft| {
            (draft.population, draft.zipf) = (CROWD, 0);
            (draft.sticky, draft.even) = (false, false);
            draft.gates.clear();
            draft.after = After::Abandon;
            let pause = 60 + draft.spare / 2 % 60;
            let weights = [10, 30, 50, 70];
            let steps = weights.into_iter().flat_map(|it| [Step::Weight(it), Step::Pause(pause)]);
            draft.plan = Plan::Canary { routing: Routing::Weights(2), steps: steps.collect() };
        },
        precondition: |draft| {
            (draft.population, draft.zipf) == (CROWD, 0) && !draft.sticky && !draft.even
        },
        transform: |draft| Draft { sticky: true, ..draft.clone() },
        check: fewer_met,
    }
}

fn fewer_met(anybody: &Run, sticky: &Run) -> Said {
    equal("requests that met it", anybody.measures.met, sticky.measures.met)?;
    equal("counts", anybody.counts(), sticky.counts())?;
    // The table of distinct users is exact to a hundred-thousandth.
    let most = anybody.measures.users_met + anybody.measures.users_met / 10_000 + 1;
    let met = sticky.measures.users_met;
    require(met <= most, || format!("{met} users instead of {most}"))?;
    Ok(anybody.measures.met > 0)
}
