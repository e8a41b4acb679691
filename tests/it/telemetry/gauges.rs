//! Gauges of response times, and metrics that nothing has.

use clockwork::{Instant, Span};
use coalmine::gate::{Metric, Verdict};
use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Unrecorded};

use super::SEED;

/// What each gate asks for: the gauge of the pods of both versions, what it has to be, and a metric
/// that is nowhere.
const QUERIES: [(&str, &str); 5] = [
    ("new", r#"sum by (pod) (checkout_latency_ms{version="v2"})"#),
    ("old", r#"sum by (pod) (checkout_latency_ms{version="v1"})"#),
    (
        "counted",
        r#"sum by (pod) (idelta(http_request_duration_seconds_sum{version="v2",status="200"}[1m])) / sum by (pod) (idelta(http_request_duration_seconds_count{version="v2",status="200"}[1m])) * 1000"#,
    ),
    ("nowhere", "sum(rate(orders_total[5m]))"),
    ("half", "sum(rate(orders_total[5m])) / sum(rate(http_requests_total[5m]))"),
];

fn scenario(telemetry: &str) -> Scenario {
    let gate = |(name, query): &(&str, &str)| {
        format!("  {name}: {{ query: '{query}', over: 1000000, failureLimit: 1000 }}\n")
    };
    let gates = QUERIES.iter().map(gate).collect::<Vec<_>>().concat();
    let text = format!(
        "time: {{ watch: 0s, bake: 1m }}
telemetry: {{ delay: 0s, service: checkout, gauges: [checkout_latency_ms], missing: [orders_total]{telemetry} }}
noise: none
people: none
fleet: {{ replicas: 6, pod: {{ startup: 0s, cold: none }} }}
traffic: {{ rate: 60/s, modulation: none }}
baseline: {{ errors: {{ rate: 1% }} }}
release: {{ faults: [{{ latency-regression: {{ factor: 5x }} }}] }}
strategy: {{ canary: {{ steps: [{{ setWeight: 50% }}, {{ pause: 10m }}] }} }}
gates:
{gates}"
    );
    Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// What each query gives in a world, eight minutes after its start.
fn answers(engine: &mut Engine<'_, Unrecorded>, world: u64) -> [Vec<f64>; 5] {
    engine.simulate(SEED, world);
    std::array::from_fn(|query| {
        match engine.answer(query, Instant::ZERO + Span::from_mins(8)).expect("an answer") {
            expr::Value::Floats(numbers) => numbers.clone(),
            other => panic!("{other:?}"),
        }
    })
}

#[test]
fn a_gauge_of_response_times_is_the_mean_of_what_each_pod_has_counted_since_its_last_scrape() {
    let scenario = scenario("");
    let mut engine = Engine::new(&scenario, Unrecorded);
    for world in 0..20 {
        let [new, old, counted, nowhere, half] = answers(&mut engine, world);
        assert_eq!((new.len(), counted.len()), (3, 3), "{new:?}");
        for (gauge, counted) in new.iter().zip(&counted) {
            assert!((gauge - counted).abs() < 1e-6, "{gauge} is not {counted}");
        }
        let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
        assert!(mean(&new) > 1.5 * mean(&old), "{new:?} {old:?}");
        assert!(nowhere.is_empty() && half.is_empty(), "{nowhere:?} {half:?}");
    }
}

#[test]
fn a_gate_on_a_metric_that_is_nowhere_has_no_data_and_one_that_nobody_expects_is_a_mistake() {
    let scenario = scenario("");
    let mut engine = Engine::new(&scenario, Unrecorded);
    engine.simulate(SEED, 0);
    let at = Instant::ZERO + Span::from_mins(8);
    let Metric::Query(gate) = &scenario.gates[3].metric else { panic!("a query") };
    assert_eq!(gate.verdict(engine.answer(3, at).ok()), Verdict::NoData);
    let text = "traffic: { rate: 60/s }\nstrategy: { canary: { steps: [{ setWeight: 50% }, \
                { pause: 10m }] } }\ngates: { g: { query: 'sum(orders_total)', over: 1 } }";
    let problems = Scenario::read(text).expect_err("no such metric");
    assert!(problems.contains("no series is called `orders_total`"), "{problems}");
}

/// A metric that is called so by `rename` is found, whatever else is said of the name.
#[test]
fn what_is_renamed_is_there() {
    let renamed = scenario(", rename: [\"requests_total=orders_total\"]").queries;
    assert!(!renamed[3].series.is_empty());
}
