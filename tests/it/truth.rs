//! What a release would do without gates is reckoned without sampling: a release that nobody stops
//! does just that, however the load and the nodes vary.

use std::num::NonZeroUsize;

use coalmine::experiment::{Alone, Workers, replicate};
use coalmine::scenario::Scenario;

/// Every fault whose harm depends on the load, and what the sum of the harm of 1,000 worlds may
/// differ by: some four standard errors of the sampled sums, and the parts of a day and of a pod's
/// life in which things count as alike.
const FAULTS: [(&str, f64); 6] = [
    ("error-spike: { add: 1% }", 0.005),
    ("latency-regression: { factor: 4x, share: 20% }", 0.03),
    ("latency-regression: { factor: 1.5x, share: 100% }", 0.04),
    ("memory-leak: { rate: 100Mi/h }", 0.03),
    ("memory-leak: { perRequest: 400B, onset: { requests: 1_000_000 } }", 0.03),
    ("capacity-regression: { work: 1.5x }", 0.04),
];

const TRAFFICS: [&str; 2] =
    ["", "shape: { diurnal: { peak: \"14:00\", trough: 60% } }, modulation: { sd: 10% }"];

#[test]
fn a_release_that_nobody_stops_does_what_its_truth_says() {
    let workers = Workers::new(NonZeroUsize::new(2)).expect("threads");
    for (fault, within) in FAULTS {
        for traffic in TRAFFICS {
            let text = format!(
                "fleet: {{ replicas: 10, capacity: {{ perPod: 150/s }} }}
telemetry: {{ scrape: 60s }}
traffic: {{ rate: 900/s, {traffic} }}
baseline: {{ utilisation: 60% }}
people: none
time: {{ bake: 1m, watch: 24h }}
strategy: allAtOnce
release: {{ faults: [{{ {fault} }}] }}
"
            );
            let scenario = Scenario::read(&text).unwrap_or_else(|problems| panic!("{problems}"));
            let worlds = replicate(&scenario, 0, 0..1000, &workers, &Alone);
            let expected: u64 = worlds.iter().map(|it| it.potential).sum();
            let harmed: f64 = worlds.iter().map(|it| it.harmed() as f64).sum();
            let ratio = harmed / expected as f64;
            assert!((ratio - 1.0).abs() < within, "{fault} {traffic}: {ratio}");
        }
    }
}
