//! Laws of pods and autoscaling that hold whatever the numbers are.

mod autoscaler;
mod disruptions;
mod kept;
mod liveness;
mod probes;

use proptest::test_runner::{Config, RngSeed};

/// The same cases on every run: a failure is a change of the code, never of luck.
fn config(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(20_261_125),
        failure_persistence: None,
        ..Config::default()
    }
}
