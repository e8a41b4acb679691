//! Gates that ask a simulated Prometheus: facts about windows, small numbers and missing series.

mod alerts;
mod export;
mod facts;
mod gauges;
mod pods;
mod shapes;

use coalmine::gate::Verdict;
use coalmine::scenario::Scenario;
use coalmine::simulation::{Ending, Engine, Happening, Reading, Timeline, Unrecorded};

/// The seed of every test here.
const SEED: u64 = 20_261_125;

/// A service without any variation whose release has all the traffic from the start, for as long
/// as `lasts`, and one gate.
fn all_at_once(
    (rate, lasts): (&str, &str),
    (telemetry, errors, release): (&str, &str, &str),
    gate: &str,
) -> Scenario {
    let text = format!(
        "time: {{ watch: 0s, bake: {lasts} }}
telemetry: {{ service: checkout, {telemetry} }}
noise: none
people: none
fleet: {{ pod: {{ startup: 0s, cold: none }} }}
traffic: {{ rate: {rate}, modulation: none }}
baseline: {{ errors: {{ rate: {errors} }} }}
release: {release}
strategy: {{ allAtOnce: {{ routing: {{ weights: {{ delay: 0s }} }} }} }}
gates: {{ success: {{ {gate} }} }}"
    );
    Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The share of worlds in which the release is rolled back.
fn rolled_back(scenario: &Scenario, worlds: u64) -> f64 {
    let mut engine = Engine::new(scenario, Unrecorded);
    let back = (0..worlds)
        .filter(|replication| engine.simulate(SEED, *replication).ending == Ending::RolledBack);
    back.count() as f64 / worlds as f64
}

/// The readings of one world, with their times in seconds.
fn readings(scenario: &Scenario, replication: u64) -> Vec<(f64, Reading)> {
    let mut engine = Engine::new(scenario, Timeline::default());
    engine.simulate(SEED, replication);
    let entries = engine.record.entries.iter();
    let reading = entries.filter_map(|(at, happening)| match happening {
        Happening::Reading(reading) => Some((at.since_start().as_secs_f64(), *reading)),
        _ => None,
    });
    reading.collect()
}

/// When a reading fails for the first time, seconds.
fn first_failure(scenario: &Scenario) -> Option<f64> {
    let mut failed =
        readings(scenario, 0).into_iter().filter(|(_, reading)| reading.verdict == Verdict::Fail);
    failed.next().map(|(at, _)| at)
}
