//! Laws of many worlds: tests at a fixed seed. Each is held to four standard errors, which a
//! correct engine would miss for one seed in sixteen thousand; the seed does not change.

use coalmine::gate::Verdict;
use coalmine::planted::Bug;
use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Measures, Unrecorded};

use super::draft::Draft;
use super::faults::Fault;
use super::plan::{Gate, Metric, Patience, Plan, Routing, Step};
use super::run::{NEW, OLD, Run};
use super::{Statistical, require};

const SEED: u64 = 20_261_125;
const WORLDS: u64 = 2_000;
/// Standard errors.
const FAR: f64 = 4.0;

pub(super) const LAWS: &[Statistical] = &[
    Statistical {
        number: 14,
        name: "twice_the_traffic_is_half_the_variance_and_fewer_false_alarms",
        bug: Bug::BoundOfAHundredRequests,
        test: twice_the_traffic,
    },
    Statistical {
        number: 23,
        name: "of_two_equal_versions_each_is_as_often_the_worse_one",
        bug: Bug::BaselineNeverFails,
        test: two_equal_versions,
    },
    Statistical {
        number: 28,
        name: "two_versions_share_the_traffic_of_one",
        bug: Bug::TrafficIsMirrored,
        test: shared_traffic,
    },
    Statistical {
        number: 29,
        name: "a_change_within_a_tick_neither_adds_nor_takes_requests",
        bug: Bug::ChangedTickCountsTwice,
        test: changed_ticks,
    },
    Statistical {
        number: 38,
        name: "policies_are_compared_in_the_same_worlds",
        bug: Bug::WorldsDependOnThePolicy,
        test: paired_worlds,
    },
];

#[test]
fn twice_the_traffic_is_half_the_variance_and_fewer_false_alarms() {
    hold("twice_the_traffic_is_half_the_variance_and_fewer_false_alarms");
}

#[test]
fn of_two_equal_versions_each_is_as_often_the_worse_one() {
    hold("of_two_equal_versions_each_is_as_often_the_worse_one");
}

#[test]
fn two_versions_share_the_traffic_of_one() {
    hold("two_versions_share_the_traffic_of_one");
}

#[test]
fn a_change_within_a_tick_neither_adds_nor_takes_requests() {
    hold("a_change_within_a_tick_neither_adds_nor_takes_requests");
}

#[test]
fn policies_are_compared_in_the_same_worlds() {
    hold("policies_are_compared_in_the_same_worlds");
}

/// The law holds, and does not under its bug.
#[track_caller]
fn hold(name: &str) {
    let law = LAWS.iter().find(|law| law.name == name).expect("a law of this name");
    if let Err(failure) = (law.test)() {
        panic!("{name} does not hold: {failure}");
    }
    println!("| {} | {name} | statistical | - | {} |", law.number, law.bug.name());
    #[cfg(feature = "planted")]
    {
        coalmine::planted::plant(Some(law.bug));
        let outcome = (law.test)();
        coalmine::planted::plant(None);
        assert!(outcome.is_err(), "{name} does not find {}", law.bug.name());
    }
}

/// A service without any variation, half of whose traffic goes to a good release for a while.
fn calm() -> Draft {
    let steps = vec![Step::Weight(50), Step::Pause(240)];
    let mut draft = Draft::normalise(&[]);
    draft.plan = Plan::Canary { routing: Routing::Weights(2), steps };
    (draft.startup, draft.cold, draft.replicas) = ([13, 13], None, 10);
    (draft.noise, draft.modulated, draft.diurnal, draft.even) = (false, false, None, false);
    (draft.utilisation, draft.propagation) = (20, 0);
    (draft.bake, draft.watch, draft.delay) = (0, 60, 0);
    (draft.population, draft.errors, draft.people) = (30, 100, None);
    draft.faults.clear();
    draft.gates.clear();
    draft
}

/// One reading of a whole window, without consequences.
fn one_reading(metric: Metric) -> Gate {
    let patience = Patience::Limit(1_000);
    Gate { metric, initial_delay: 90, interval: 600, patience, ..Gate::of_errors(0) }
}

struct Moments {
    mean: f64,
    variance: f64,
}

fn moments(values: &[f64]) -> Moments {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|it| (it - mean) * (it - mean)).sum::<f64>() / (n - 1.0);
    Moments { mean, variance }
}

/// The variance of the ratio of errors halves: each variance is known to 3 %, their ratio to
/// 4.5 %. Of false alarms there are 4 % at half the traffic and 1 % at the whole.
fn twice_the_traffic() -> Result<(), String> {
    let [half, whole] = [40, 80].map(|rate| {
        let mut draft = Draft { rate, ..calm() };
        draft.gates = vec![one_reading(Metric::Errors(150))];
        Run::several(&draft, SEED, WORLDS)
    });
    let [one, two] = [&half, &whole].map(|runs| {
        let values = runs.iter().filter_map(|run| run.readings().next()?.1.value);
        moments(&values.collect::<Vec<_>>())
    });
    let ratio = one.variance / two.variance;
    let error = 2.0 * (4.0 / WORLDS as f64).sqrt();
    require((ratio - 2.0).abs() < FAR * error, || format!("the variances are as {ratio}"))?;
    let [few, many] = [&whole, &half].map(|runs| {
        let fails = |run: &&Run| run.readings().any(|(_, it)| it.verdict == Verdict::Fail);
        runs.iter().filter(fails).count() as f64
    });
    let apart = (many - few) / (many + few).sqrt();
    require(apart > FAR, || format!("{few} false alarms instead of {many}"))
}

/// Where two equal versions have the same share of the traffic, the release has the larger share
/// of errors in half of the windows in which they differ.
fn two_equal_versions() -> Result<(), String> {
    let mut draft = calm();
    draft.gates = vec![one_reading(Metric::MoreErrors(0))];
    let runs = Run::several(&draft, SEED, WORLDS);
    let (mut worse, mut differing) = (0.0_f64, 0.0_f64);
    for run in &runs {
        let (at, reading) = run.readings().next().ok_or("a reading")?;
        let to = (at.since_start() / run.scenario.tick) as usize;
        let [old, new] = [OLD, NEW].map(|version| run.sum(version, to - 4, to));
        if old[1] * new[0] != new[1] * old[0] {
            differing += 1.0;
        }
        if reading.verdict == Verdict::Fail {
            worse += 1.0;
        }
    }
    let apart = (worse - differing / 2.0) / (differing.sqrt() / 2.0);
    require(apart.abs() < FAR, || format!("worse in {worse} of {differing}, {apart} errors off"))
}

/// Requests of both versions in some ticks, world by world.
fn requests(runs: &[Run], from: usize, to: usize) -> Vec<f64> {
    let sum = |run: &Run| [OLD, NEW].map(|version| run.sum(version, from, to)[0]);
    runs.iter().map(|run| sum(run).iter().sum::<u64>() as f64).collect()
}

/// The requests of a stage with two versions are a Poisson count with the mean of the whole
/// traffic, and its halves are independent.
fn shared_traffic() -> Result<(), String> {
    let draft = calm();
    let runs = Run::several(&draft, SEED, WORLDS);
    let mean = (draft.rate * 15 * 8) as f64;
    let all = moments(&requests(&runs, 4, 12));
    let n = WORLDS as f64;
    let apart = (all.mean - mean) / (mean / n).sqrt();
    require(apart.abs() < FAR, || format!("{} requests instead of {mean}", all.mean))?;
    let spread = (all.variance / mean - 1.0) / (2.0 / n).sqrt();
    require(spread.abs() < FAR, || format!("a variance of {} at {mean}", all.variance))?;
    let halves = [(4, 8), (8, 12)].map(|(from, to)| moments(&requests(&runs, from, to)).variance);
    let covariance = (all.variance - halves[0] - halves[1]) / 2.0;
    let error = (halves[0] * halves[1] / n).sqrt();
    require(covariance.abs() < FAR * error, || format!("halves have a covariance of {covariance}"))
}

/// The first traffic moves after 15 s, at the border of a tick, or after 20 s, within one.
fn changed_ticks() -> Result<(), String> {
    for startup in [13, 18] {
        let draft = Draft { startup: [startup, startup], ..calm() };
        let runs = Run::several(&draft, SEED, WORLDS);
        for tick in 0..3 {
            let mean = (draft.rate * 15) as f64;
            let counted = moments(&requests(&runs, tick, tick + 1)).mean;
            let apart = (counted - mean) / (mean / WORLDS as f64).sqrt();
            require(apart.abs() < FAR, || {
                format!("{counted} requests instead of {mean} in tick {tick}")
            })?;
        }
    }
    Ok(())
}

fn measures(scenario: &Scenario) -> Vec<Measures> {
    let mut engine = Engine::new(scenario, Unrecorded);
    (0..WORLDS).map(|world| engine.simulate(SEED, world)).collect()
}

/// The failures of two policies that differ in their patience and their bake: their difference
/// varies less in the same worlds than in worlds of their own. Without pairing the ratio is one,
/// known to 4.5 %.
fn paired_worlds() -> Result<(), String> {
    let mut draft = Draft { rate: 40, ..calm() };
    draft.faults = vec![Fault::spike(200)];
    draft.gates = vec![Gate { patience: Patience::Limit(1), ..Gate::of_errors(300) }];
    let more = Draft { bake: 45, ..draft.clone() };
    let [one, two] = [&draft, &more].map(|draft| measures(&draft.scenario()));
    let failed = |all: &[Measures]| all.iter().map(|it| it.failed as f64).collect::<Vec<_>>();
    let (one, two) = (failed(&one), failed(&two));
    let apart: Vec<_> = one.iter().zip(&two).map(|(one, two)| one - two).collect();
    let alone = moments(&one).variance + moments(&two).variance;
    let ratio = alone / moments(&apart).variance;
    println!("pairing makes {ratio} worlds of one");
    require(ratio > 1.2, || format!("pairing gains nothing: {ratio}"))
}
