//! Whole rollouts, one core: how many a second, for each pinned scenario.

use std::path::Path;

use coalmine::scenario::Scenario;
use coalmine::simulation::{Engine, Unrecorded};
use criterion::{Criterion, Throughput};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/bench");
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let mut group = criterion.benchmark_group("rollouts");
    group.throughput(Throughput::Elements(1));
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a text");
        if text.contains("kind: Compare") {
            continue;
        }
        let scenario = Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"));
        let mut engine = Engine::new(&scenario, Unrecorded);
        let mut index = 0;
        group.bench_function(&scenario.name, |bencher| {
            bencher.iter(|| {
                index += 1;
                engine.simulate(0, index)
            });
        });
    }
    group.finish();
    criterion.final_summary();
}
