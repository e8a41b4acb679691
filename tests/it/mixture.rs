//! Kinds of releases with a fault are simulated equally often, and any mixture of kinds is an exact
//! reweighting of the same worlds.

use std::num::NonZeroUsize;
use std::process::Command;

use coalmine::experiment::{Alone, Comparison, Summary, Workers, replicate, replicate_all};
use coalmine::scenario::Scenario;
use coalmine::simulation::{Measures, Truth};

/// A service whose releases come as often as these weights say.
fn text([good, spike, leak]: [&str; 3]) -> String {
    format!(
        "fleet: {{ replicas: 10 }}
traffic: {{ rate: 300/s }}
time: {{ watch: 2h }}
strategy: {{ canary: {{ steps: [{{ setWeight: 10% }}, {{ pause: 10m }}] }} }}
gates: {{ errors: {{ metric: error-rate, over: 0.5%, minSamples: 20, failureLimit: 1 }} }}
releases:
  good: {{ weight: {good} }}
  spike:
    weight: {spike}
    faults: [{{ error-spike: {{ add: {{ loguniform: {{ from: 0.05%, to: 5% }} }} }} }}]
  leak:
    weight: {leak}
    faults: [{{ memory-leak: {{ rate: {{ loguniform: {{ from: 200Mi/h, to: 4Gi/h }} }} }} }}]
"
    )
}

const OFTEN_GOOD: [&str; 3] = ["90%", "6%", "4%"];
const OFTEN_BAD: [&str; 3] = ["20%", "30%", "50%"];

fn scenario(weights: [&str; 3]) -> Scenario {
    Scenario::read(&text(weights)).unwrap_or_else(|problems| panic!("{problems}"))
}

fn sample(scenario: &Scenario, n: u64) -> Vec<Measures> {
    let workers = Workers::new(NonZeroUsize::new(2)).expect("threads");
    replicate(scenario, 0, 0..n, &workers, &Alone)
}

#[track_caller]
fn same(what: &str, seen: f64, expected: f64) {
    let off = (seen - expected).abs();
    assert!(off <= 1e-12 * expected.abs().max(1.0), "{what}: {seen} is not {expected}");
}

#[test]
fn every_kind_has_its_turn_in_any_first_part_of_an_experiment() {
    let sample = sample(&scenario(OFTEN_GOOD), 100);
    for n in 0..=sample.len() {
        let counts =
            [0, 1, 2].map(|kind| sample[..n].iter().filter(|it| it.release == kind).count());
        // The one without a fault has every other world, the two with one share the rest.
        let fair =
            |(count, part): (&usize, usize)| n / part <= *count && *count <= n.div_ceil(part);
        assert!(counts.iter().zip([2, 4, 4]).all(fair), "{counts:?}");
    }
}

#[test]
fn a_kind_that_never_comes_is_not_simulated() {
    let with = sample(&scenario(["90%", "0%", "10%"]), 60);
    assert!(with.iter().all(|it| it.release != 1));
    let text = text(["90%", "0%", "10%"]);
    let (before, after) = (text.find("  spike:"), text.find("  leak:"));
    let (before, after) = (before.expect("a kind"), after.expect("a kind"));
    let without = format!("{}{}", &text[..before], &text[after..]);
    let without = sample(&Scenario::read(&without).expect("a scenario"), 60);
    let place = |it: &Measures| Measures { release: it.release.min(1), ..*it };
    assert_eq!(with.iter().map(place).collect::<Vec<_>>(), without);
}

#[test]
fn another_mix_is_the_same_worlds_weighted_otherwise() {
    let (one, other) = (scenario(OFTEN_GOOD), scenario(OFTEN_BAD));
    let worlds = sample(&one, 1500);
    assert_eq!(worlds, sample(&other, 1500), "weights are no part of a world");
    // What the file with these weights gives is what these weights make of the other's worlds.
    let reckoned = Summary::of(&other, &worlds);
    assert_eq!(reckoned, Summary::of(&other, &sample(&other, 1500)));
    assert_ne!(reckoned.findings, Summary::of(&one, &worlds).findings);
    // And that is no more than the kinds, weighted.
    for (scenario, weights) in [(&one, [0.9, 0.06, 0.04]), (&other, [0.2, 0.3, 0.5])] {
        let summary = Summary::of(scenario, &worlds);
        let worlds_of = [750.0, 375.0, 375.0];
        let each = |it: &Measures| {
            let kind = usize::from(it.release);
            weights[kind] / worlds_of[kind]
        };
        let sum =
            |of: &dyn Fn(&Measures) -> f64| worlds.iter().map(|it| each(it) * of(it)).sum::<f64>();
        let is = |happens: bool| f64::from(u8::from(happens));
        let bad = |it: &Measures| is(it.truth == Truth::Bad);
        let value = |name: &str| summary.get(name).estimate.expect("an estimate").value;
        same("bad", value("bad"), sum(&bad));
        same("caught", value("caught"), sum(&|it| is(it.is_caught())) / sum(&bad));
        let good = sum(&|it| is(it.truth == Truth::Good));
        let wronged = sum(&|it| is(it.is_false_rollback()));
        same("false-rollback", value("false-rollback"), wronged / good);
        let harmed = sum(&|it| bad(it) * it.harmed() as f64);
        let potential = sum(&|it| bad(it) * it.potential as f64);
        same("harm-prevented", value("harm-prevented"), 1.0 - harmed / potential);
        same("harmed", value("harmed.requests.mean"), harmed / sum(&bad) / 1000.0);
        let share = summary.tally.share_of(Truth::Bad);
        same("tally", share, sum(&bad));
        let ledger = summary.ledger.expect("a ledger");
        // What a world costs is rounded to a millionth.
        assert!((value("cost.mean") - scenario.prices.mean_cost(&ledger)).abs() < 1e-6);
    }
}

#[test]
fn differences_of_another_mix_are_those_of_the_same_pairs() {
    let strict = |weights| scenario(weights);
    let lenient = |weights| {
        let mut scenario = scenario(weights);
        scenario.gates[0].patience = coalmine::gate::Patience::Limit(5);
        scenario
    };
    let workers = Workers::new(NonZeroUsize::new(2)).expect("threads");
    let (a, b) = (strict(OFTEN_GOOD), lenient(OFTEN_GOOD));
    let samples = replicate_all(&[&a, &b], 0, 0..900, &workers, &Alone);
    let (c, d) = (strict(OFTEN_BAD), lenient(OFTEN_BAD));
    let compare = |one: &Scenario, other: &Scenario| {
        Comparison::of(&[("a", one, &samples[0]), ("b", other, &samples[1])], 0)
    };
    let (seldom, often) = (compare(&a, &b), compare(&c, &d));
    let less = |it: &Comparison, name: &str| {
        let contrast = it.variants[1].contrast(name).expect("a contrast");
        contrast.difference.expect("a difference").value
    };
    for (it, weights) in [(&seldom, [0.9, 0.06, 0.04]), (&often, [0.2, 0.3, 0.5])] {
        let pairs = samples[1].iter().zip(&samples[0]);
        let worlds_of = [450.0, 225.0, 225.0];
        let each = |it: &Measures| {
            let kind = usize::from(it.release);
            weights[kind] / worlds_of[kind]
        };
        let moved = |(b, a): (&Measures, &Measures)| {
            each(a) * (f64::from(b.attempts) - f64::from(a.attempts))
        };
        same("attempts", less(it, "attempts.mean"), pairs.clone().map(moved).sum());
        let rolled = |it: &Measures| {
            f64::from(u8::from(it.ending == coalmine::simulation::Ending::RolledBack))
        };
        let moved = pairs.map(|(b, a)| each(a) * (rolled(b) - rolled(a)));
        same("rolled-back", less(it, "rolled-back"), moved.sum());
    }
    // A variant with another mix shares no population with the baseline: no pairs, but a number.
    let mixed = compare(&a, &d);
    let contrast = mixed.variants[1].contrast("caught").expect("a contrast");
    assert!(contrast.difference.is_some() && contrast.gain == Some(1.0));
}

/// The measures of a run as JSON.
fn measures(arguments: &[&str]) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coalmine"));
    command.args(["run", "-n", "300", "--robust", "off", "-o", "json"]).args(arguments);
    let said = command.output().expect("the program starts");
    assert_eq!(said.status.code(), Some(0), "{}", String::from_utf8_lossy(&said.stderr));
    let all: serde_json::Value = serde_json::from_slice(&said.stdout).expect("JSON");
    all["results"][0]["measures"].clone()
}

#[test]
fn a_mix_on_the_command_line_is_that_mix_in_the_file() {
    let folder = std::env::temp_dir().join(format!("coalmine-mixture-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str, weights| {
        let path = folder.join(name);
        std::fs::write(&path, text(weights)).expect("written");
        path.to_str().expect("a plain name").to_owned()
    };
    let (good, bad) = (file("good.yaml", OFTEN_GOOD), file("bad.yaml", OFTEN_BAD));
    let mixed = measures(&[&good, "--mix", "good=0.2,spike=0.3,leak=50%"]);
    assert_eq!(mixed, measures(&[&bad]));
    assert_ne!(mixed, measures(&[&good]));
    let _ = std::fs::remove_dir_all(folder);
}
