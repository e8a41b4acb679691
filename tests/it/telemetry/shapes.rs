//! Queries of common shapes are answered from the ends of their windows, and the answer is that of
//! all samples.

use clockwork::{Instant, Span};
use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Unrecorded};
use expr::Value;

use super::SEED;

/// Queries of both kinds: what is answered from the ends of windows, and what is not.
const QUERIES: [&str; 11] = [
    r#"sum(rate(http_request_duration_seconds_sum{version="v1"}[5m]))"#,
    r#"sum(rate(http_request_duration_seconds_sum{version="v2"}[5m]))"#,
    r#"sum(rate(http_requests_total{status!~"5.."}[5m])) / sum(rate(http_requests_total[5m]))"#,
    r#"sum(increase(http_requests_total{version="v2",status="500"}[2m]))"#,
    r#"histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{version="v2"}[5m])))"#,
    "histogram_quantile(0.5, sum(rate(http_request_duration_seconds_bucket[3m])) by (le))",
    r#"sum(rate(istio_requests_total{reporter="destination",response_code=~"5.*"}[1m])) / sum(rate(istio_requests_total{reporter="destination"}[1m])) * 100 > 5 and sum(rate(istio_requests_total{reporter="destination"}[1m])) > 0"#,
    r#"1 - (sum(rate(http_requests_total{version="v2",status="200"}[90s] offset 1m)) or vector(0)) / sum(rate(http_requests_total{version="v2"}[90s] offset 1m))"#,
    "sum(rate(http_request_duration_seconds_sum[5m])) / sum(rate(http_request_duration_seconds_count[5m]))",
    "sum by (version) (rate(http_requests_total[5m]))",
    r#"max_over_time(sum(rate(http_requests_total{version="v2"}[1m]))[5m:1m])"#,
];

fn scenario(series: &str) -> Scenario {
    let gate = |(index, query): (usize, &&str)| {
        format!(
            "  q{index}: {{ query: '{query}', over: 1000000, interval: 60s, failureLimit: 9 }}\n"
        )
    };
    let gates = QUERIES.iter().enumerate().map(gate).collect::<Vec<_>>().concat();
    let text = format!(
        "time: {{ watch: 10m, bake: 5m }}
telemetry: {{ service: checkout, delay: 3s, series: {series} }}
people: none
fleet: {{ replicas: 6 }}
traffic: {{ rate: 20/s }}
release: {{ faults: [{{ error-spike: {{ add: 5%, onset: {{ after: 6m }} }} }}] }}
afterRollback: {{ retry: {{ cooldown: 4m, attempts: 2 }} }}
strategy:
  canary:
    steps: [{{ setWeight: 20% }}, {{ pause: 10m }}, {{ setWeight: 60% }}, {{ pause: 5m }}]
gates:
  errors: {{ metric: {{ error-rate: {{}} }}, over: 3%, window: 2m, interval: 30s }}
{gates}"
    );
    Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Floats(values) => values.clone(),
        Value::Float(value) => vec![*value],
        other => panic!("{other:?} is no number"),
    }
}

#[test]
fn the_ends_of_windows_answer_as_all_samples_do() {
    let (mut asked, mut several) = (0, 0);
    for series in ["created-at-start", "born-at-first-event"] {
        let scenario = scenario(series);
        let mut engine = Engine::new(&scenario, Unrecorded);
        for replication in 0..12 {
            engine.simulate(SEED, replication);
            for (query, text) in QUERIES.iter().enumerate() {
                for step in 0..70 {
                    let now = Instant::ZERO + Span::from_millis(1_000 + step * 29_000);
                    let short = engine.answer(query, now).map(numbers).expect("an answer");
                    let full = engine.answer_in_full(query, now).map(numbers).expect("an answer");
                    let same = short.len() == full.len()
                        && short.iter().zip(&full).all(|(a, b)| is_close(*a, *b));
                    assert!(same, "{text}: {short:?} is not {full:?} at {now:?}");
                    asked += 1;
                    several += u32::from(!full.is_empty());
                }
            }
        }
    }
    println!("{asked} answers, {several} of them numbers");
    assert!(several > asked / 2);
}

/// The same number, or the same up to rounding of sums.
fn is_close(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-12 * a.abs()
}

/// What a query answers does not depend on who asked what before.
#[test]
fn a_question_changes_no_answer() {
    let scenario = scenario("created-at-start");
    let mut quiet = Engine::new(&scenario, Unrecorded);
    let mut busy = Engine::new(&scenario, Unrecorded);
    for replication in 0..4 {
        quiet.simulate(SEED, replication);
        busy.simulate(SEED, replication);
        for step in (0..20).rev() {
            busy.answer_in_full(9, Instant::ZERO + Span::from_secs(step * 61)).expect("answer");
        }
        for (query, text) in QUERIES.iter().enumerate() {
            let now = Instant::ZERO + Span::from_mins(11);
            let first = quiet.answer(query, now).map(numbers).expect("an answer");
            let later = busy.answer(query, now).map(numbers).expect("an answer");
            let bits = |it: &[f64]| it.iter().map(|it| it.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&first), bits(&later), "{text}");
        }
        assert_eq!(quiet.counts(), busy.counts());
    }
}
