//! Versions as targets against pods as targets: gates say the same of both.
//!
//! The same worlds, once with a target for each version and once with one for each pod, which is
//! scraped at a moment of its own. Scrapes of a version lie at the ends of ticks, those of pods
//! anywhere within them: a window sees other requests, but as many.

use clockwork::{Instant, Span};
use coalmine::gate::{Metric, Verdict};
use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Unrecorded};

use super::SEED;

const WORLDS: u64 = 1500;

/// Five queries and the least that each may give; the signs turn what may be too high.
const QUERIES: [(&str, &str, f64); 5] = [
    (
        "success-rate",
        r#"sum(rate(http_requests_total{version="v2",status!~"5.."}[5m])) / sum(rate(http_requests_total{version="v2"}[5m]))"#,
        0.975,
    ),
    ("errors", r#"0 - sum(increase(http_requests_total{version="v2",status="500"}[2m]))"#, -13.0),
    (
        "p90",
        r#"0 - histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket{version="v2"}[3m])))"#,
        -0.0939,
    ),
    (
        "all-errors",
        r#"0 - sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))"#,
        -0.0099,
    ),
    ("throughput", r#"sum(rate(http_requests_total{version="v2"}[1m]))"#, 4.95),
];

/// What is told of targets is the difference.
fn scenario(targets: &str) -> Scenario {
    let gate = |(name, query, least): &(&str, &str, f64)| {
        format!("  {name}: {{ query: '{query}', under: {least}, failureLimit: 1000 }}\n")
    };
    let gates = QUERIES.iter().map(gate).collect::<Vec<_>>().concat();
    let text = format!(
        "time: {{ watch: 0s, bake: 1m }}
telemetry: {{ delay: 0s, buckets: [100ms, 400ms], {targets} }}
noise: none
people: none
fleet: {{ replicas: 6, pod: {{ startup: 0s, cold: none }} }}
traffic: {{ rate: 20/s, modulation: none }}
baseline: {{ errors: {{ rate: 0.5% }} }}
slo: {{ apdex: 100ms }}
release: {{ faults: [{{ error-spike: {{ add: 2% }} }}] }}
strategy: {{ canary: {{ routing: {{ weights: {{ delay: 0s }} }}, steps: [{{ setWeight: 25% }}, {{ pause: 10m }}] }} }}
gates:
{gates}"
    );
    Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Whether each query fails a gate in a world.
fn fails(engine: &mut Engine<'_, Unrecorded>, scenario: &Scenario, world: u64) -> [bool; 5] {
    engine.simulate(SEED, world);
    // What pods counted in the last tick can be read when it is over.
    let now = Instant::ZERO + Span::from_mins(8);
    std::array::from_fn(|index| {
        let Metric::Query(gate) = &scenario.gates[index].metric else {
            unreachable!("every gate is a query")
        };
        gate.verdict(engine.answer(index, now).ok()) == Verdict::Fail
    })
}

#[test]
fn versions_as_targets_are_judged_as_their_pods_would_be() {
    let scenarios = ["targets: as-asked", "targets: by-pod, phases: spread"].map(scenario);
    let mut engines = [0, 1].map(|index| Engine::new(&scenarios[index], Unrecorded));
    let mut failed = [[0_u64; 5]; 2];
    let mut differ = [0_u64; 5];
    for world in 0..WORLDS {
        let said = [0, 1].map(|index| fails(&mut engines[index], &scenarios[index], world));
        for query in 0..5 {
            let [version, pods] = said.map(|it| it[query]);
            failed[0][query] += u64::from(version);
            failed[1][query] += u64::from(pods);
            differ[query] += u64::from(version != pods);
        }
    }
    for (index, (name, ..)) in QUERIES.iter().enumerate() {
        let worlds = WORLDS as f64;
        let [version, pods] = failed.map(|counts| counts[index] as f64 / worlds);
        let p = f64::midpoint(version, pods);
        let error = (2.0 * p * (1.0 - p) / worlds).sqrt();
        // In the same worlds the two differ less than two samples would.
        let bias = pods - version;
        let paired = (differ[index] as f64).sqrt() / worlds;
        println!(
            "{name}: fails {version:.3} by version, {pods:.3} by pod: bias {bias:+.3} +- {paired:.3}"
        );
        assert!(p > 0.05 && p < 0.95, "{name}: {p} tells nothing");
        assert!(bias.abs() <= 4.0 * error, "{name}: {version} is not {pods}");
    }
}
