//! Versions as targets against pods as targets: gates say the same of both.
//!
//! The same counts are dealt to pods, each with its own phase of scraping, and the queries are
//! evaluated over the series of the pods. Scrapes of a version lie at the ends of ticks, those of
//! pods anywhere within them: a window sees other requests, but as many.

use chance::{Keyed, binomial};
use clockwork::{Instant, Span};
use coalmine::gate::Verdict;
use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Unrecorded};
use promql::{Answer, Labels, Options, Query, Store};

use super::SEED;

const WORLDS: u64 = 1500;
const PODS: [u32; 2] = [6, 2];
const TICK: u64 = 15;

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

fn scenario() -> Scenario {
    let gate = |(name, query, least): &(&str, &str, f64)| {
        format!("  {name}: {{ query: '{query}', under: {least}, failureLimit: 1000 }}\n")
    };
    let gates = QUERIES.iter().map(gate).collect::<Vec<_>>().concat();
    let text = format!(
        "time: {{ watch: 0s, bake: 1m }}
telemetry: {{ delay: 0s, buckets: [100ms, 400ms] }}
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

/// A pod: its share of the counts of its version, scraped at its own moment of every tick.
struct Pod {
    phase: f64,
    /// Failures, and successes within 100 ms, within 400 ms, and slower, so far.
    counted: [u64; 4],
}

/// The series of all pods, from the counts of a world by tick, version and kind.
fn store(counts: &[[[u64; 4]; 2]], dice: &mut impl FnMut() -> f64) -> Store {
    let mut store = Store::new();
    for version in 0..2 {
        let name = ["v1", "v2"][version];
        let mut pods: Vec<Pod> =
            (0..PODS[version]).map(|_| Pod { phase: dice(), counted: [0; 4] }).collect();
        let ids: Vec<_> =
            (0..pods.len()).map(|pod| series(&mut store, name, &pod.to_string())).collect();
        for (tick, both) in counts.iter().enumerate() {
            let mut left = both[version];
            for index in 0..pods.len() {
                let pod = &mut pods[index];
                let share = 1.0 / f64::from(PODS[version] - index as u32);
                let mut later = [0; 4];
                for kind in 0..4 {
                    let mine = binomial::quantile(left[kind], share, dice());
                    left[kind] -= mine;
                    let before = binomial::quantile(mine, pod.phase, dice());
                    pod.counted[kind] += before;
                    later[kind] = mine - before;
                }
                let at = ((tick as f64 + pod.phase) * TICK as f64 * 1000.0) as i64;
                let [failed, fast, middle, slow] = pod.counted.map(|it| it as f64);
                let good = fast + middle + slow;
                let values = [failed, good, failed, failed, failed, fast, fast + middle, good];
                for (id, value) in ids[index].iter().zip(values) {
                    // The running version has counted for a day.
                    let before = if version == 0 { 1e6 } else { 0.0 };
                    store.push(*id, at, before + value).expect("in order");
                }
                pod.counted.iter_mut().zip(later).for_each(|(sum, more)| *sum += more);
            }
        }
    }
    store
}

/// Requests that failed and that did not, then the buckets of both.
fn series(store: &mut Store, version: &str, pod: &str) -> [promql::SeriesId; 8] {
    let total = "http_requests_total";
    let bucket = "http_request_duration_seconds_bucket";
    let all = [
        (total, "500", ""),
        (total, "200", ""),
        (bucket, "500", "0.1"),
        (bucket, "500", "0.4"),
        (bucket, "500", "+Inf"),
        (bucket, "200", "0.1"),
        (bucket, "200", "0.4"),
        (bucket, "200", "+Inf"),
    ];
    all.map(|(name, status, le)| {
        let labels = [("version", version), ("pod", pod), ("status", status), ("le", le)];
        store.series(Labels::of(name, labels))
    })
}

#[test]
fn versions_as_targets_are_judged_as_their_pods_would_be() {
    let scenario = scenario();
    let mut engine = Engine::new(&scenario, Unrecorded);
    let queries = QUERIES.map(|(_, text, _)| Query::compile(text, Options::V3).expect("a query"));
    let mut failed = [[0_u64; 5]; 2];
    for world in 0..WORLDS {
        engine.simulate(SEED, world);
        // By tick, then by version and cell: three kinds of failures, slow, middle and fast.
        let counts: Vec<[[u64; 4]; 2]> = engine
            .counts()
            .chunks(12)
            .map(|tick| {
                [0, 6].map(|at| {
                    let of = &tick[at..at + 6];
                    [of[0] + of[1] + of[2], of[5], of[4], of[3]]
                })
            })
            .collect();
        let keyed = Keyed::new(SEED ^ 0x4d, world);
        let mut drawn = 0;
        let mut dice = || {
            drawn += 1;
            keyed.uniform(drawn, 0, 99)
        };
        let store = store(&counts, &mut dice);
        let now = Instant::ZERO + Span::from_mins(8);
        for (index, (_, _, least)) in QUERIES.iter().enumerate() {
            let coalmine::gate::Metric::Query(gate) = &scenario.gates[index].metric else {
                unreachable!("every gate is a query")
            };
            let verdict = gate.verdict(engine.answer(index, now).ok());
            failed[0][index] += u64::from(verdict == Verdict::Fail);
            let mut evaluator = queries[index].evaluator();
            let answer = evaluator.at(&store, 8 * 60_000).expect("an answer");
            let Answer::Vector(vector) = answer else { panic!("a vector") };
            failed[1][index] += u64::from(vector.first().is_some_and(|value| value < *least));
        }
    }
    for (index, (name, ..)) in QUERIES.iter().enumerate() {
        let [version, pods] = failed.map(|counts| counts[index] as f64 / WORLDS as f64);
        let p = f64::midpoint(version, pods);
        let error = (2.0 * p * (1.0 - p) / WORLDS as f64).sqrt();
        println!("{name}: fails {version:.3} by version, {pods:.3} by pod, error {error:.3}");
        assert!(p > 0.05 && p < 0.95, "{name}: {p} tells nothing");
        assert!((version - pods).abs() <= 4.0 * error, "{name}: {version} is not {pods}");
    }
}
