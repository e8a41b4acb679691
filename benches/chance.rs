//! The draws that a simulation is made of.

use std::hint::black_box;

use chance::law::{Exponential, LogUniform, Lognormal};
use chance::world::{Stream, world_stream};
use chance::{Continuous, Keyed, Law, binomial, hypergeometric, multinomial, poisson};
use criterion::{Criterion, Throughput};

/// Means of a quiet tick, of a tick, of a tile and of a busy tile.
const MEANS: [f64; 4] = [0.3, 7.5, 400.0, 1e6];

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    uniforms(&mut criterion);
    counts(&mut criterion);
    worlds(&mut criterion);
    criterion.final_summary();
}

/// A sequence of keyed uniforms.
fn keyed() -> impl FnMut() -> f64 {
    let (keyed, mut node) = (Keyed::new(0, 0), 0_u32);
    move || {
        node = node.wrapping_add(1);
        keyed.uniform(1, node, 2)
    }
}

fn uniforms(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("uniforms");
    group.throughput(Throughput::Elements(1));
    let mut uniform = keyed();
    group.bench_function("keyed", |bencher| bencher.iter(&mut uniform));
    let mut stream = Stream::new(world_stream(0, 0));
    group.bench_function("world", |bencher| bencher.iter(|| stream.uniform()));
    group.bench_function("a new world's first", |bencher| {
        let mut replication = 0;
        bencher.iter(|| {
            replication += 1;
            Stream::new(world_stream(0, replication)).uniform()
        });
    });
    group.finish();
}

fn counts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("counts");
    group.throughput(Throughput::Elements(1));
    let mut uniform = keyed();
    for mean in MEANS {
        group.bench_function(format!("poisson {mean}"), |bencher| {
            bencher.iter(|| poisson::quantile(black_box(mean), uniform()));
        });
    }
    for n in [10, 1_000, 1_000_000] {
        for p in [0.001, 0.5] {
            group.bench_function(format!("binomial {n} {p}"), |bencher| {
                bencher.iter(|| binomial::quantile(black_box(n), black_box(p), uniform()));
            });
        }
    }
    group.bench_function("hypergeometric 100000 200 5000", |bencher| {
        bencher.iter(|| hypergeometric::quantile(black_box(100_000), 200, 5_000, uniform()));
    });
    group.bench_function("multinomial 1000 over 4", |bencher| {
        let mut parts = [0; 4];
        bencher.iter(|| {
            multinomial::split(
                black_box(1_000),
                &[0.9, 0.05, 0.04, 0.01],
                &mut parts,
                &mut uniform,
            );
            parts
        });
    });
    group.finish();
}

fn worlds(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("worlds");
    group.throughput(Throughput::Elements(1));
    let mut stream = Stream::new(world_stream(0, 0));
    group.bench_function("normal", |bencher| bencher.iter(|| stream.normal()));
    group.bench_function("gamma 0.5", |bencher| bencher.iter(|| stream.gamma(black_box(0.5))));
    let laws = [
        ("lognormal", Lognormal::from_median_p95(12.0, 40.0).map(Law::from)),
        ("exponential", Exponential::new(25.0).map(Law::from)),
        ("loguniform", LogUniform::new(0.001, 0.2).map(Law::from)),
    ];
    let mut uniform = keyed();
    for (name, law) in laws {
        let law = law.expect("possible parameters");
        group.bench_function(name, |bencher| bencher.iter(|| law.quantile(uniform())));
    }
    group.finish();
}
