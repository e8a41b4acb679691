//! Fixed scenarios, and the fingerprint of the engine: what it makes of them.

use clockwork::Digest;

use crate::document::{self, Decode, Problems, SourceKind, Sources};
use crate::scenario::{Scenario, ScenarioDoc, validate};
use crate::simulation::{By, Engine, Measures, Unrecorded};

/// The fixed scenarios by name. They are part of the engine: a change of one is a change of the
/// fingerprint.
pub const SCENARIOS: &[(&str, &str)] = &[
    (
        "canary",
        "
fleet: { replicas: 50, pod: { startup: 0s, cold: none }, nodes: none }
traffic: { rate: 500/s, modulation: none, users: { errors: 0 } }
noise: none
time: { watch: 1h, bake: 0s }
strategy:
  canary:
    steps:
      - setWeight: 5%
      - pause: 10m
      - setWeight: 20%
      - pause: 10m
      - setWeight: 50%
      - pause: 10m
releases:
  good: { weight: 60% }
  spike: { weight: 40%, faults: [{ error-spike: { add: { loguniform: { from: 0.2%, to: 50% } } } }] }
gates:
  errors: { metric: error-rate, over: 1%, window: 2m, interval: 30s, failureLimit: 2 }
  p99: { metric: latency, over: 400ms, window: 2m, interval: 30s, failureLimit: 2 }
",
    ),
    (
        "noisy",
        "
fleet: { replicas: 20 }
traffic:
  rate: { lognormal: { median: 300/s, p95: 900/s } }
  shape: { diurnal: {} }
  users: { population: 100_000, sticky: true }
time: { watch: 2h }
strategy:
  canary:
    routing: pods
    steps:
      - setWeight: 10%
      - pause: { gate: apdex, passes: 3, atMost: 30m }
      - setWeight: 60%
      - pause: 15m
gates:
  apdex: { metric: apdex, under: { baseline: -3% }, consecutive: 3, then: pause }
  errors:
    metric: error-rate
    over: { baseline: +0.4% }
    failureLimit: 1
    unless: { baselineErrorsAbove: 5% }
  slow: { metric: { slow-share: { than: 300ms } }, over: { baseline: x2 }, consecutive: 2 }
",
    ),
    (
        "everyone",
        "
fleet: { replicas: 5 }
traffic: { rate: 40/s, startAt: \"09:30\" }
strategy: allAtOnce
combine: all
releases:
  good: {}
  late:
    faults:
      - error-spike:
          add: 4%
          onset: { requests: 20_000, ramp: 2h }
          scope: { users: { uniform: { from: 5%, to: 50% } } }
      - latency-regression: { factor: 3x, share: 40%, onset: { after: 5m } }
gates:
  errors: { metric: { error-rate: { of: all } }, over: 0.6%, consecutive: 2 }
  low: { metric: throughput, under: 30/s, minSamples: 1 }
",
    ),
    (
        "rolling",
        "
fleet: { replicas: 8, pod: { restart: 9s } }
traffic: { rate: 240/s }
time: { watch: 6h }
strategy: { rolling: { maxSurge: 2, maxUnavailable: 1, minReadySeconds: 5s } }
afterRollback: { fix: { takes: 30m, attempts: 2 } }
releases:
  good: { weight: 40% }
  leak: { weight: 20%, faults: [{ memory-leak: { rate: { loguniform: { from: 200Mi/h, to: 4Gi/h } } } }] }
  pool: { weight: 20%, faults: [{ pool-exhaustion: { leaks: 0.02%, restart: 2m } }] }
  crash: { weight: 20%, faults: [{ crash-loop: { chance: 70% } }, { capacity-regression: { work: 1.5x } }] }
gates:
  errors: { metric: error-rate, over: 1%, window: 2m, interval: 30s, failureLimit: 2 }
",
    ),
    (
        "switch",
        "
fleet: { replicas: 6 }
traffic: { rate: 120/s, users: { sticky: true } }
time: { watch: 4h }
strategy:
  blueGreen:
    prePromotion: { requests: 50, every: 1s, over: 10% }
    affinity: { session: 4m, drain: 6m }
    keepOld: 20m
afterRollback: { retry: { cooldown: 10m, attempts: 3 } }
releases:
  good: { weight: 30% }
  spike: { weight: 40%, faults: [{ error-spike: { add: { loguniform: { from: 1%, to: 60% } } } }] }
  cold: { weight: 30%, faults: [{ cold-cache: { latency: 6x, decay: 10m } }] }
gates:
  errors: { metric: error-rate, over: 4%, window: 2m, interval: 60s, failureLimit: 3 }
",
    ),
];

/// Replications of each that the fingerprint is made of.
pub const REPLICATIONS: u64 = 512;

/// The fingerprint of this engine. Another one means that simulated values have changed.
pub const FINGERPRINT: &str = "c7277ca6c0c85d88";

/// The fixed scenario of that name.
///
/// # Panics
/// When there is none of that name.
pub fn scenario(name: &str) -> Scenario {
    let text = SCENARIOS.iter().find(|scenario| scenario.0 == name).map(|scenario| scenario.1);
    build(name, text.unwrap_or_else(|| panic!("there is no reference scenario `{name}`")))
}

fn build(name: &str, text: &str) -> Scenario {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let kind = SourceKind::File;
    let tree = document::yaml::parse_one(&mut sources, kind, name, text.as_bytes(), &mut problems);
    let scenario = tree.and_then(|tree| {
        let tree = document::complete(ScenarioDoc::shape(), tree);
        let doc = document::decode::<ScenarioDoc>(&tree, &mut problems)?;
        validate(&doc, name, &mut problems)
    });
    let explained = || problems.render(&sources, document::Look::Plain);
    scenario.unwrap_or_else(|| panic!("reference scenario `{name}`:\n{}", explained()))
}

/// Simulates the fixed scenarios and digests every measure of every replication.
pub fn fingerprint() -> Digest {
    let mut digest = Digest::new();
    for (name, text) in SCENARIOS {
        let scenario = build(name, text);
        let mut engine = Engine::new(&scenario, Unrecorded);
        for replication in 0..REPLICATIONS {
            add(&mut digest, &engine.simulate(0, replication));
        }
    }
    digest
}

fn by(by: Option<By>) -> u64 {
    match by {
        None => u64::MAX,
        Some(By::Gate(gate)) => u64::from(gate),
        Some(By::Person) => 1 << 8,
        Some(By::Strategy) => 1 << 9,
        Some(By::Analysis(source)) => 1 << 10 | u64::from(source),
    }
}

fn add(digest: &mut Digest, it: &Measures) {
    let at = |instant: Option<clockwork::Instant>| {
        instant.map_or(u64::MAX, |instant| instant.since_start().micros())
    };
    let words = [
        u64::from(it.release),
        it.truth as u64,
        it.ending as u64,
        by(it.by),
        u64::from(it.fixed),
        u64::from(it.attempts),
        at(it.harm_ended),
        it.bystanders as u64,
        it.rollout_failed,
        it.rollout_slowed as u64,
        it.users_dipped,
        it.killed,
        it.pods_above as u64,
        u64::from(it.peak_pods),
        it.work.micros(),
        it.potential,
        at(Some(it.exposed_at)),
        at(Some(it.ended_at)),
        at(it.live_at),
        at(it.promoted_at),
        at(Some(it.watched_until)),
        at(it.harm_began),
        at(it.detected_at),
        at(it.ordered_at),
        it.time_harmed.micros(),
        u64::from(it.cut_off),
        it.met,
        it.met_harmful,
        it.failed,
        it.slowed as u64,
        it.baseline_failed,
        it.requests,
        u64::from(it.peak_share),
        it.users_met,
        it.users_harmed,
        it.users_active,
        u64::from(it.readings),
    ];
    for word in words {
        digest.word(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_is_the_one_that_was_pinned() {
        assert_eq!(fingerprint().to_string(), FINGERPRINT, "see `Changes of simulated values`");
    }
}
