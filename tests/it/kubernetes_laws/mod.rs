//! Laws of pods and autoscaling that hold whatever the numbers are.

mod autoscaler;
mod disruptions;
mod kept;
mod liveness;
mod probes;

use coalmine::planted::Bug;
#[cfg(feature = "planted")]
use proptest::prelude::{Strategy, TestCaseError};
use proptest::test_runner::{Config, RngSeed};

/// The bugs that laws here find.
pub(crate) const BUGS: [Bug; 3] =
    [Bug::PartitionIsForgotten, Bug::DeletedPodsComeBack, Bug::OldPodsAreNotAsked];

/// The same cases on every run: a failure is a change of the code, never of luck.
fn config(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(20_261_125),
        failure_persistence: None,
        ..Config::default()
    }
}

/// A law fails under its bug.
#[cfg(feature = "planted")]
#[track_caller]
fn fails_under<S: Strategy>(
    bug: Bug,
    stories: &S,
    law: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    use coalmine::planted::plant;
    use proptest::test_runner::{TestError, TestRunner};

    plant(Some(bug));
    let config = Config { max_shrink_iters: 0, ..config(200) };
    let outcome = TestRunner::new(config).run(stories, law);
    plant(None);
    let found = matches!(outcome, Err(TestError::Fail(..)));
    assert!(found, "{} is not found", bug.name());
}
