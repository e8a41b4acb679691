//! No reader changes a count: gates, windows, intervals and recorders only look.

use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Happening, Measures, Timeline, Unrecorded};
use proptest::prelude::*;

/// A scenario with everything that varies, and `gates` as they are given.
fn scenario(world: &str, gates: &str) -> Scenario {
    let text = format!(
        "time: {{ watch: 20m, bake: 5m }}
traffic: {{ rate: 120/s, shape: {{ diurnal: {{}} }}, users: {{ sticky: true }} }}
fleet: {{ replicas: 12 }}
{world}
strategy:
  canary:
    steps: [{{ setWeight: 10% }}, {{ pause: 4m }}, {{ setWeight: 45% }}, {{ pause: 7m }}]
gates:
  errors:
    metric: {{ error-rate: {{}} }}
    over: 0.6%
    window: 2m
    interval: 30s
    failureLimit: 1
{gates}"
    );
    Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

const RELEASES: &str = "releases:
  good: { weight: 40% }
  spike:
    weight: 30%
    faults: [{ error-spike: { add: { loguniform: { from: 0.1%, to: 5% } }, onset: { after: { uniform: { from: 0s, to: 8m } }, ramp: 2m } } }]
  slow:
    weight: 30%
    faults: [{ latency-regression: { factor: 2x, share: 20%, onset: { requests: 3000 } } }]";

/// Gates that never fire: they read other cells, other windows and other times.
const SILENT: [&str; 6] = [
    "  silent: { metric: { error-rate: {} }, over: 99%, window: 2m, interval: 30s }",
    "  silent: { metric: { error-rate: { of: all } }, over: 99%, window: 10m, interval: 15s }",
    "  silent: { metric: { latency: { quantile: p50 } }, over: 1h, window: 5m, interval: 45s }",
    "  silent: { metric: { slow-share: { than: 150ms } }, over: { baseline: +99% }, interval: 7s }",
    "  silent: { metric: { apdex: {} }, under: 0%, window: 1m, interval: 15s }",
    "  silent: { metric: { throughput: { of: old } }, under: 0/s, window: 30s, interval: 1m }",
];

/// The measures without what belongs to the readers themselves.
fn plain(measures: &Measures) -> Measures {
    Measures { readings: 0, ..*measures }
}

fn run(scenario: &Scenario, replications: u64) -> Vec<Measures> {
    let mut engine = Engine::new(scenario, Unrecorded);
    (0..replications).map(|index| plain(&engine.simulate(11, index))).collect()
}

/// Measures and every count of every tick, with every reading taken.
fn everything(scenario: &Scenario, replication: u64) -> (Measures, Vec<u64>) {
    let mut engine = Engine::new(scenario, Timeline::default());
    let measures = plain(&engine.simulate(11, replication));
    (measures, engine.counts())
}

#[test]
fn a_gate_that_never_fires_changes_nothing() {
    let alone = scenario(RELEASES, "");
    let expected = run(&alone, 400);
    for gate in SILENT {
        assert_eq!(run(&scenario(RELEASES, gate), 400), expected, "{gate}");
    }
}

#[test]
fn every_count_of_every_tick_is_the_same_whoever_reads() {
    let alone = scenario(RELEASES, "");
    for gate in SILENT {
        let watched = scenario(RELEASES, gate);
        for replication in 0..20 {
            assert_eq!(
                everything(&alone, replication),
                everything(&watched, replication),
                "{gate}"
            );
        }
    }
}

#[test]
fn a_recorder_that_takes_every_reading_changes_nothing() {
    let scenario = scenario(RELEASES, SILENT[3]);
    let expected = run(&scenario, 300);
    let mut engine = Engine::new(&scenario, Timeline::default());
    for (replication, expected) in expected.iter().enumerate() {
        assert_eq!(plain(&engine.simulate(11, replication as u64)), *expected);
    }
}

#[test]
fn replications_do_not_depend_on_those_before_them() {
    let scenario = scenario(RELEASES, "");
    let expected = run(&scenario, 60);
    for replication in (0..60).rev() {
        let fresh = Engine::new(&scenario, Unrecorded).simulate(11, replication);
        assert_eq!(plain(&fresh), expected[replication as usize]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_silent_gate_changes_nothing_in_any_world(
        window in 1_u32..60,
        interval in 1_u32..300,
        delay in 0_u32..40,
        gate in 0_usize..SILENT.len(),
        noise in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let noise = if noise { "modelled" } else { "none" };
        let world = format!("{RELEASES}\nnoise: {noise}\ntelemetry: {{ delay: {delay}s }}");
        let silent = SILENT[gate].replace("silent", "other");
        let more = format!(
            "  silent: {{ metric: {{ error-rate: {{}} }}, over: 99%, window: {}s, interval: {interval}s }}\n{silent}",
            window * 15
        );
        let (alone, watched) = (scenario(&world, ""), scenario(&world, &more));
        let mut first = Engine::new(&alone, Unrecorded);
        let mut second = Engine::new(&watched, Unrecorded);
        let mut third = Engine::new(&watched, Timeline::default());
        for replication in 0..8 {
            let expected = plain(&first.simulate(seed, replication));
            prop_assert_eq!(plain(&second.simulate(seed, replication)), expected);
            prop_assert_eq!(plain(&third.simulate(seed, replication)), expected);
        }
    }
}

#[test]
fn a_timeline_is_in_order_and_has_every_reading_once() {
    let scenario = scenario(RELEASES, SILENT[4]);
    let mut engine = Engine::new(&scenario, Timeline::default());
    for replication in 0..200 {
        engine.record.entries.clear();
        let measures = engine.simulate(11, replication);
        let entries = &engine.record.entries;
        assert!(entries.is_sorted_by_key(|(at, _)| *at), "replication {replication}");
        let readings = entries.iter().filter_map(|(at, happening)| match happening {
            // The alert is not among the gates, and only its failures are told.
            Happening::Reading(reading) if reading.gate < scenario.gates.len() => {
                Some((*at, reading.gate))
            }
            _ => None,
        });
        let readings: Vec<_> = readings.collect();
        assert!(readings.is_sorted_by(|a, b| a < b), "replication {replication}");
        assert_eq!(readings.len(), measures.readings as usize, "replication {replication}");
    }
}
