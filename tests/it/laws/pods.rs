//! Pods by whole numbers: replacing, switching, rounding, and what they cost.

use clockwork::{Instant, Span};
use coalmine::cost::{Ledger, Line, Prices};
use coalmine::planted::Bug;
use coalmine::simulation::{Ending, Happening};
use coalmine::strategy::Stage;
use coalmine::units::Money;

use super::draft::Draft;
use super::faults::{Fault, Kind};
use super::harm::watchful;
use super::plan::{Plan, Portion, Routing, Step};
use super::run::{NEW, OLD, Run, secs};
use super::{Class, Said, equal, laws, require, same};

laws! {
    a_switch_back_takes_the_same_time_for_any_fleet: {
        number: Some(15),
        class: Class::Exact,
        bug: Bug::SwitchGoesPodByPod,
        lean: |draft| {
            watchful(draft);
            draft.plan = switch(5, 3600);
            draft.faults = vec![Fault::spike(5_000)];
        },
        precondition: |draft| switch_of(draft).is_some(),
        transform: |draft| Draft { replicas: 3 * draft.replicas, ..draft.clone() },
        check: switched_back_in_time,
    }
    a_rolling_update_takes_as_many_rounds_as_calculated: {
        number: Some(15),
        class: Class::Coupled,
        bug: Bug::SurgeRoundedDown,
        lean: |draft| {
            roll(draft);
            draft.faults.clear();
            (draft.gates, draft.people) = (Vec::new(), None);
            draft.startup[1] = draft.startup[0];
        },
        precondition: |draft| {
            portions(draft).is_some() && draft.is_good() && draft.gates.is_empty()
                && draft.people.is_none() && draft.startup[0] == draft.startup[1]
        },
        transform: |draft| {
            let mut faster = draft.clone();
            if let Plan::Rolling { surge: Portion::Pods(pods), .. } = &mut faster.plan {
                *pods += 1;
            }
            faster
        },
        check: rolled_in_rounds,
    }
    traffic_follows_whole_pods: {
        number: Some(16),
        class: Class::Exact,
        bug: Bug::WeightRoundedDown,
        lean: |draft| {
            draft.faults.retain(Fault::keeps_pods);
            draft.plan = Plan::Canary {
                routing: Routing::Pods,
                steps: vec![
                    Step::Weight(1 + draft.spare / 2 % 40),
                    Step::Pause(60),
                    Step::Weight(45),
                    Step::Pause(60),
                ],
            };
        },
        precondition: |draft| {
            let by_pods = matches!(
                draft.plan,
                Plan::Canary { routing: Routing::Pods, .. }
                    | Plan::Linear { routing: Routing::Pods, .. }
                    | Plan::Rolling { .. }
            );
            by_pods && draft.faults.iter().all(Fault::keeps_pods)
        },
        transform: same,
        check: shares_are_of_pods,
    }
    one_step_of_everything_is_a_switch_is_all_at_once: {
        number: Some(17),
        class: Class::Exact,
        bug: Bug::SwitchTakesNoTime,
        lean: |draft| {
            draft.faults.retain(Fault::keeps_pods);
            let delay = 2 + draft.spare / 2 % 20;
            draft.plan = kinds(delay)[draft.spare as usize / 4 % 3].clone();
        },
        precondition: |draft| {
            delay_of_all(draft).is_some() && draft.faults.iter().all(Fault::keeps_pods)
        },
        transform: |draft| {
            let others = kinds(delay_of_all(draft).unwrap_or_default());
            let others: Vec<_> = others.into_iter().filter(|it| *it != draft.plan).collect();
            Draft { plan: others[draft.spare as usize / 16 % 2].clone(), ..draft.clone() }
        },
        check: |one, other| {
            equal("measures", one.measures, other.measures)?;
            equal("counts", one.counts(), other.counts())?;
            let log = |run: &Run| {
                let mut entries = run.timeline.clone();
                entries.retain(|(_, it)| !matches!(it, Happening::Stage { .. }));
                entries
            };
            equal("timelines", log(one), log(other))?;
            Ok(one.measures.met > 0)
        },
    }
    pods_are_never_too_many_or_too_few: {
        number: Some(24),
        class: Class::Exact,
        bug: Bug::UnavailableRoundedUp,
        lean: |draft| {
            roll(draft);
            draft.faults.retain(Fault::keeps_pods);
        },
        precondition: |draft| {
            portions(draft).is_some() && draft.faults.iter().all(Fault::keeps_pods)
        },
        transform: same,
        check: pods_within_bounds,
    }
    two_fleets_cost_two_fleets_for_as_long_as_there_are_two: {
        number: Some(25),
        class: Class::Exact,
        bug: Bug::CostForgetsOverlap,
        lean: |draft| {
            draft.plan = switch(draft.spare / 2 % 30, 60 * (draft.spare / 4 % 40));
            draft.faults.clear();
            (draft.gates, draft.people) = (Vec::new(), None);
            draft.startup[1] = draft.startup[0];
        },
        precondition: |draft| {
            switch_of(draft).is_some() && draft.faults.is_empty() && draft.gates.is_empty()
                && draft.people.is_none() && draft.startup[0] == draft.startup[1]
        },
        transform: same,
        check: overlap_is_paid,
    }
}

impl Fault {
    /// Whether pods are ready as ordered, and stay so.
    fn keeps_pods(&self) -> bool {
        !self.wears() && !matches!(self.kind, Kind::Crash(_))
    }
}

fn switch(delay: u64, keep: u64) -> Plan {
    Plan::BlueGreen { smoke: None, delay, affinity: None, keep }
}

/// The delay of a switch and how long the old fleet is kept, without tests or sessions.
fn switch_of(draft: &Draft) -> Option<(u64, u64)> {
    match draft.plan {
        Plan::BlueGreen { smoke: None, delay, affinity: None, keep } => Some((delay, keep)),
        _ => None,
    }
}

fn roll(draft: &mut Draft) {
    if portions(draft).is_none() {
        let percent = |at: u64| Portion::Percent([25, 34, 10, 0][(at % 4) as usize]);
        let (surge, unavailable) = (percent(draft.spare / 2), percent(draft.spare / 8));
        draft.plan = Plan::Rolling { surge, unavailable };
    }
}

/// Surge and unavailable in whole pods, as Kubernetes rounds them.
fn portions(draft: &Draft) -> Option<[u64; 2]> {
    let Plan::Rolling { surge, unavailable } = draft.plan else { return None };
    let surge = surge.hundredths(draft.replicas).div_ceil(100);
    let unavailable = unavailable.hundredths(draft.replicas) / 100;
    let unavailable = if surge == 0 { unavailable.max(1) } else { unavailable };
    Some([surge, unavailable.min(draft.replicas)])
}

fn switched_back_in_time(small: &Run, large: &Run) -> Said {
    let mut said = false;
    for run in [small, large] {
        let Some((delay, keep)) = switch_of(&run.draft) else { continue };
        let live = run.shares().iter().find(|(_, share, _)| *share == 1.0).map(|(at, ..)| *at);
        let Some((order, _)) = run.first_order() else { continue };
        if live.is_none_or(|live| order < live + secs(keep)) {
            let ended = |it: &Happening| *it == Happening::Ended { ending: Ending::RolledBack };
            equal("the switch back", run.first(ended), Some(order + secs(delay)))?;
            said = true;
        }
    }
    Ok(said)
}

fn rolled_in_rounds(slow: &Run, fast: &Run) -> Said {
    for run in [slow, fast] {
        let [surge, unavailable] = portions(&run.draft).unwrap_or_default();
        let rounds = run.draft.replicas.div_ceil(surge + unavailable);
        let round = run.draft.startup[0] + run.draft.min_ready;
        let live = run.measures.live_at.map(Instant::since_start);
        equal("live", live, Some(secs(rounds * round)))?;
    }
    let (one, other) = (slow.measures.live_at, fast.measures.live_at);
    require(other <= one, || format!("more surge: live at {other:?}, not at {one:?}"))?;
    Ok(true)
}

fn shares_are_of_pods(run: &Run, _: &Run) -> Said {
    for (at, share, [old, new]) in run.shares() {
        let of_pods = if new == 0 { 0.0 } else { f64::from(new) / f64::from(old + new) };
        equal(&format!("the share at {at}"), share, of_pods)?;
    }
    let replicas = run.draft.replicas;
    let mut said = !run.shares().is_empty() && portions(&run.draft).is_some();
    let until = run.ordered();
    for (at, happening) in run.timeline.iter().take_while(|(at, _)| *at < until) {
        let Happening::Stage { stage } = happening else { continue };
        let stages = &run.scenario.strategy.stages;
        let before = stage.checked_sub(1).and_then(|before| stages.get(before));
        let Some(Stage::SetWeight(weight)) = before else { continue };
        let shares = run.shares();
        let now =
            shares.iter().rfind(|(since, ..)| since <= at).map_or(0.0, |(_, share, _)| *share);
        let percent = (weight.as_f64() * 100.0).round() as u64;
        let pods = (replicas * percent).div_ceil(100);
        equal("the share of a step", now, pods as f64 / replicas as f64)?;
        said = true;
    }
    Ok(said)
}

/// The three ways to move everything at once.
fn kinds(delay: u64) -> [Plan; 3] {
    let steps = vec![Step::Weight(100)];
    let canary = Plan::Canary { routing: Routing::Weights(delay), steps };
    [canary, Plan::AllAtOnce { delay }, switch(delay, 0)]
}

fn delay_of_all(draft: &Draft) -> Option<u64> {
    match &draft.plan {
        Plan::AllAtOnce { delay } => Some(*delay),
        Plan::BlueGreen { keep: 0, .. } => switch_of(draft).map(|(delay, _)| delay),
        Plan::Canary { routing: Routing::Weights(delay), steps }
            if steps[..] == [Step::Weight(100)] =>
        {
            Some(*delay)
        }
        _ => None,
    }
}

fn pods_within_bounds(run: &Run, _: &Run) -> Said {
    let [surge, unavailable] = portions(&run.draft).unwrap_or_default().map(|it| it as u32);
    let replicas = run.draft.replicas as u32;
    let mut ready = [replicas, 0];
    let mut said = false;
    for (at, happening) in &run.timeline {
        match happening {
            Happening::Scaled { desired } => {
                let all = desired[OLD] + desired[NEW];
                require(all <= replicas + surge, || format!("{all} pods ordered at {at}"))?;
                for version in [OLD, NEW] {
                    // Those that are not ready go first.
                    ready[version] = ready[version].min(desired[version]);
                }
                said = true;
            }
            Happening::PodsReady { version, pods } => ready[*version] += pods,
            _ => {}
        }
        let there = ready[OLD] + ready[NEW];
        require(there + unavailable >= replicas, || format!("{there} ready pods at {at}"))?;
    }
    Ok(said)
}

fn overlap_is_paid(run: &Run, _: &Run) -> Said {
    let Some((delay, keep)) = switch_of(&run.draft) else { return Ok(false) };
    let two = secs(run.draft.startup[0] + delay + keep + run.draft.takes);
    let watched = run.measures.ended_at.since_start() + secs(run.draft.watch);
    let micros = two.min(watched).micros() * run.draft.replicas;
    equal("pods above the replicas", run.measures.pods_above, micros as i64)?;
    let ledger = Ledger { pod_micros_above: run.measures.pods_above, ..Ledger::default() };
    let prices = run.scenario.prices;
    let bill = prices.cost(&ledger).line(Line::Pods);
    let hours = Span::from_micros(micros).as_secs_f64() / 3600.0;
    let due = hours * prices.price(Line::Pods).as_f64() * 1e6;
    require((bill as f64 - due).abs() <= 1.0, || format!("{bill} instead of {due}"))?;
    let dearer = Line::ALL.map(|line| {
        let price = prices.price(line);
        Money::from_nanos(price.nanos() * 3, price.currency())
    });
    let dear = Prices::new(dearer).map(|prices| prices.cost(&ledger).line(Line::Pods));
    let apart = dear.map(|dear| (dear - 3 * bill).abs());
    require(apart.is_some_and(|apart| apart <= 2), || format!("{dear:?} is not thrice {bill}"))?;
    Ok(true)
}
