//! What two gates cost at each evaluation: a share of errors, and a quantile of latency.

use criterion::{Criterion, criterion_group, criterion_main};
use promql::{Evaluator, Labels, Options, Query, SeriesId, Store};
use std::hint::black_box;

const SCRAPE: i64 = 15_000;
const EVALUATION: i64 = 60_000;
/// An hour of scrapes, and one evaluation a minute.
const SCRAPES: i64 = 240;

const SHARE: &str = r#"sum(rate(requests_total{code!~"5.."}[5m])) / sum(rate(requests_total[5m]))"#;
const QUANTILE: &str = "histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))";
const BOUNDS: [&str; 12] =
    ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

/// Counters of so many cohorts: by code, or by bucket.
fn store(cohorts: usize, label: &str, values: &[&str], metric: &str) -> (Store, Vec<SeriesId>) {
    let mut store = Store::new();
    let mut ids = Vec::new();
    for cohort in 0..cohorts {
        let cohort = format!("c{cohort}");
        for value in values {
            let labels = Labels::of(metric, [("cohort", cohort.as_str()), (label, value)]);
            ids.push(store.series(labels));
        }
    }
    (store, ids)
}

fn scrape(store: &mut Store, ids: &[SeriesId], at: i64) {
    for (growth, &id) in (1..).zip(ids) {
        store.push(id, at * SCRAPE, at as f64 * f64::from(growth)).expect("later samples");
    }
}

/// Sixty evaluations over an hour that is in the store already.
fn evaluations(evaluator: &mut Evaluator, store: &Store) {
    for minute in 1..=60 {
        black_box(evaluator.at(store, minute * EVALUATION + 7_000).expect("an answer"));
    }
}

fn gates(criterion: &mut Criterion) {
    let gates = [
        ("share", SHARE, "code", &["200", "500"][..], "requests_total"),
        ("quantile", QUANTILE, "le", &BOUNDS[..], "latency_bucket"),
    ];
    for (name, text, label, values, metric) in gates {
        for cohorts in [1, 2, 4] {
            let (mut store, ids) = store(cohorts, label, values, metric);
            (0..=SCRAPES).for_each(|at| scrape(&mut store, &ids, at));
            let mut evaluator = Query::compile(text, Options::V3).expect("a query").evaluator();
            let id = format!("{name}, {} series, 60 evaluations", ids.len());
            criterion.bench_function(&id, |b| b.iter(|| evaluations(&mut evaluator, &store)));
        }
    }
}

/// Both gates with their scrapes, store and plans kept: an hour of a world.
fn hour(criterion: &mut Criterion) {
    let (mut store, codes) = store(2, "code", &["200", "500"], "requests_total");
    let mut buckets = Vec::new();
    for cohort in ["c0", "c1"] {
        for le in BOUNDS {
            let labels = Labels::of("latency_bucket", [("cohort", cohort), ("le", le)]);
            buckets.push(store.series(labels));
        }
    }
    let ids: Vec<_> = codes.into_iter().chain(buckets).collect();
    let compile = |text| Query::compile(text, Options::V3).expect("a query").evaluator();
    let mut evaluators = [SHARE, QUANTILE].map(compile);
    criterion.bench_function("both, 28 series, an hour with its scrapes", |b| {
        b.iter(|| {
            store.clear_samples();
            for minute in 0..60 {
                for at in minute * 4..minute * 4 + 4 {
                    scrape(&mut store, &ids, at);
                }
                for evaluator in &mut evaluators {
                    let at = minute * EVALUATION + 52_000;
                    black_box(evaluator.at(&store, at).expect("an answer"));
                }
            }
        });
    });
}

criterion_group!(benches, gates, hour);
criterion_main!(benches);
