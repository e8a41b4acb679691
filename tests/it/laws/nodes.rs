//! Nodes that are lost, drained and back, under any Deployment with any budget.
//!
//! What is involuntary is no eviction: pods of a lost node, and pods that the controllers replace,
//! ask no budget. Pods that are not ready are evicted freely where the ready ones are enough, as
//! `unhealthyPodEvictionPolicy` has it by default.

use std::collections::BTreeSet;

use clockwork::{Instant, Span};
use coalmine::planted::Bug;
use coalmine::simulation::{Census, Ending, Moment, Standing};

use super::floor::{Deed, Floor, Watcher};
use super::trial::{Tried, hold_up};
use super::{Said, require};

/// What was seen in one world.
struct Run {
    floor: Floor,
    seen: Vec<(Instant, Moment, Census)>,
    ended: Option<(Instant, Ending)>,
    watched: Option<Instant>,
}

/// A law of nodes.
pub(super) struct NodeLaw {
    name: &'static str,
    pub(super) bug: Bug,
    /// Moves half of the scenarios towards what the law speaks of.
    lean: fn(&mut Floor),
    check: fn(&Run) -> Said,
}

/// Declares the laws: the table, and a test for each by its name.
macro_rules! node_laws {
    ($($name:ident: { $($field:ident: $value:expr,)* })*) => {
        pub(super) const LAWS: &[NodeLaw] = &[
            $(NodeLaw { name: stringify!($name), $($field: $value,)* },)*
        ];

        $(
            #[test]
            fn $name() {
                hold(stringify!($name));
            }
        )*
    };
}

node_laws! {
    an_eviction_leaves_as_many_healthy_pods_as_the_budget_asks_for: {
        bug: Bug::EvictionsAreNotCounted,
        lean: drained,
        check: leaves_enough,
    }
    no_pod_is_placed_on_a_node_that_is_lost_or_drained: {
        bug: Bug::CordonedNodesTakePods,
        lean: drained,
        check: goes_elsewhere,
    }
    no_node_has_more_pods_than_places: {
        bug: Bug::EndingPodsTakeNoPlace,
        lean: crowded,
        check: fits,
    }
    a_pod_waits_only_while_every_node_is_full: {
        bug: Bug::WaitingPodsAreForgotten,
        lean: crowded,
        check: waits_for_room,
    }
    the_pods_that_are_wanted_are_there_in_the_end: {
        bug: Bug::LostPodsAreKept,
        lean: lost,
        check: is_whole,
    }
    a_drain_asks_every_five_seconds_and_nothing_spins: {
        bug: Bug::DrainDoesNotWait,
        lean: drained,
        check: is_patient,
    }
    a_drain_ends_when_the_budget_allows_it: {
        bug: Bug::DrainAsksOnce,
        lean: drained,
        check: is_drained,
    }
    a_change_comes_to_an_end_wherever_its_pods_are: {
        bug: Bug::NoPlaceForTheWayBack,
        lean: turned_back,
        check: has_an_end,
    }
}

#[test]
fn every_law_of_nodes_finds_a_bug_of_its_own() {
    let bugs: BTreeSet<_> = LAWS.iter().map(|law| law.bug).collect();
    assert_eq!(bugs.len(), LAWS.len());
}

#[track_caller]
fn hold(name: &str) {
    let law = LAWS.iter().find(|law| law.name == name).expect("a law of this name");
    let tried = Tried { number: "-", name, class: "exact", bug: law.bug };
    hold_up(&tried, |raw, seed| {
        let mut floor = Floor::normalise(raw);
        if floor.spare % 2 == 1 {
            (law.lean)(&mut floor);
        }
        let Watcher { seen, ended, watched, .. } = floor.look(seed);
        let run = Run { floor, seen, ended, watched };
        (law.check)(&run)
            .map_err(|what| format!("{what}\nin world 0 of seed {seed} of\n{}", run.floor.text()))
    });
}

/// The first thing is a drain, and a budget asks for most pods.
fn drained(floor: &mut Floor) {
    use coalmine::controller::kubernetes::disruption::Budget;
    use coalmine::units::Portion;
    floor.deeds.insert(0, (1, Deed::Drain(1)));
    let missing = 1 + (floor.spare / 2 % 2) as u32;
    floor.budget = Some(Budget::MaxUnavailable(Portion::Count(missing)));
}

/// There is hardly a place for more pods.
fn crowded(floor: &mut Floor) {
    floor.replicas = floor.nodes * floor.places - floor.spare / 2 % 2;
    floor.deeds.insert(0, (1, Deed::Restart));
    floor.takes += 5;
}

/// A node is lost for good, and others come.
fn lost(floor: &mut Floor) {
    floor.start = Some(60);
    floor.deeds.insert(0, (1, Deed::Fail(1, None)));
}

/// A rollout that has no place for its pods is turned back, and most of the nodes are gone.
fn turned_back(floor: &mut Floor) {
    crowded(floor);
    (floor.start, floor.unavailable) = (None, 1);
    floor.deeds.insert(1, (2, Deed::Undo));
    floor.deeds.insert(0, (1, Deed::Fail(1, None)));
}

fn leaves_enough(run: &Run) -> Said {
    let mut said = false;
    for (at, moment, census) in &run.seen {
        let Moment::Evicted { node, ready, .. } = *moment else { continue };
        let Some(least) = run.floor.least(census.replicas).filter(|_| ready > 0) else { continue };
        said = true;
        require(census.healthy >= least, || {
            format!("{at:?}: node-{} leaves {} of {least} pods", node + 1, census.healthy)
        })?;
    }
    Ok(said)
}

fn goes_elsewhere(run: &Run) -> Said {
    let mut said = false;
    for ((_, _, before), (at, _, after)) in run.seen.iter().zip(run.seen.iter().skip(1)) {
        for (node, (before, after)) in before.nodes.iter().zip(&after.nodes).enumerate() {
            let closed = |it: &Standing| it.lost || it.cordoned;
            if !closed(before) || !closed(after) {
                continue;
            }
            said = true;
            let [old, new] = [before, after].map(|it| it.pods + it.starting);
            require(new <= old, || {
                format!("{at:?}: node-{} has {new} pods after {old}", node + 1)
            })?;
        }
    }
    Ok(said)
}

fn fits(run: &Run) -> Said {
    let places = run.floor.places as u32;
    let mut said = false;
    for (at, _, census) in &run.seen {
        for (node, it) in census.nodes.iter().enumerate() {
            said |= it.taken() == places && it.ending > 0;
            require(it.taken() <= places, || {
                format!("{at:?}: {} pods on node-{}, of {places}", it.taken(), node + 1)
            })?;
        }
    }
    Ok(said)
}

fn waits_for_room(run: &Run) -> Said {
    let places = run.floor.places as u32;
    let mut said = false;
    for (at, _, census) in run.seen.iter().filter(|it| it.1 == Moment::Settled) {
        if census.waiting == 0 {
            continue;
        }
        said = true;
        // Who waits for the end of another pod may wait with room as well.
        let there = census.pods + census.ending - census.waiting;
        let most = census.replicas + run.floor.surge as u32;
        let free = census.nodes.iter().position(|it| it.is_open() && it.taken() < places);
        let free = free.filter(|_| !run.floor.in_turn || there < most);
        require(free.is_none(), || {
            let (waiting, node) = (census.waiting, free.unwrap_or_default() + 1);
            format!("{at:?}: {waiting} pods wait, and node-{node} has room")
        })?;
    }
    Ok(said)
}

/// All that is done is over for more than an hour, and there is room for the surge.
fn is_whole(run: &Run) -> Said {
    let Some((at, _, last)) = run.seen.last() else { return Ok(false) };
    let open = last.nodes.iter().filter(|it| it.is_open()).count() as u64;
    let wanted = u64::from(last.replicas) + run.floor.surge;
    if run.floor.start.is_none() && open * run.floor.places < wanted {
        return Ok(false);
    }
    let left = last.nodes.iter().filter(|it| it.lost).map(|it| it.pods + it.starting).sum();
    let is = (last.waiting, last.healthy, last.pods, left);
    let shall = (0, last.replicas, last.replicas, 0);
    require(is == shall, || {
        format!("{at:?}: waiting, healthy, all and lost are {is:?} and not {shall:?}")
    })?;
    Ok(true)
}

fn is_patient(run: &Run) -> Said {
    const AT_ONCE: usize = 200;
    let mut asked: Vec<Option<Instant>> = vec![None; 2_000];
    let mut said = false;
    let mut at_once = (Instant::ZERO, 0);
    for (at, moment, _) in &run.seen {
        at_once = if at_once.0 == *at { (*at, at_once.1 + 1) } else { (*at, 1) };
        require(at_once.1 < AT_ONCE, || format!("{at:?}: more than {AT_ONCE} things happen"))?;
        let Moment::Evicted { node, refused, .. } = *moment else { continue };
        let before = asked[node as usize].replace(*at);
        let since = before.map_or(Span::MAX, |before| *at - before);
        let orders = run.floor.deeds.iter().filter(|it| matches!(it.1, Deed::Drain(_)));
        let ordered = orders.clone().any(|it| Instant::ZERO + Span::from_secs(it.0) == *at);
        said |= refused > 0;
        require(ordered || since >= Span::from_secs(5), || {
            format!("{at:?}: node-{} is asked again after {since}", node + 1)
        })?;
    }
    Ok(said)
}

fn is_drained(run: &Run) -> Said {
    for (at, moment, census) in &run.seen {
        let Moment::Evicted { node, gone, refused, .. } = *moment else { continue };
        // A pod that is not ready and goes is counted as well until the budget is reckoned again.
        require(refused == 0 || gone > 0 || census.allowed == Some(0), || {
            format!("{at:?}: {refused} pods of node-{} are refused that may go", node + 1)
        })?;
    }
    let Some((at, _, last)) = run.seen.last() else { return Ok(false) };
    let drained = last.nodes.iter().filter(|it| it.cordoned);
    let left: u32 = drained.clone().map(|it| it.pods + it.starting).sum();
    require(left == 0 || last.allowed == Some(0), || {
        format!("{at:?}: {left} pods are left on nodes that are drained")
    })?;
    Ok(drained.count() > 0)
}

/// The way there or back is done, or it is stuck, and then it is watched as long as was asked for.
fn has_an_end(run: &Run) -> Said {
    let Some((ended, ending)) = run.ended else {
        return Err("nothing is said of how it ended".to_owned());
    };
    let until = ended + Span::from_hours(4);
    require(run.watched == Some(until), || {
        format!("{ending:?} at {ended:?} and watched until {:?}", run.watched)
    })?;
    Ok(ending == Ending::Stuck)
}
