//! Trying a law: many scenarios, a few worlds of each, and then the same with its bug.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use coalmine::planted::Bug;

use super::draft::Draft;
use super::run::Run;
use super::{Class, Law};

/// Scenarios that a law is tried in.
const CASES: u32 = 128;
/// Worlds of each.
const WORLDS: u64 = 3;
/// Raw numbers of a scenario.
const RAW: usize = 128;
/// The least share of the scenarios that a law has something to say of, per cent.
const HITS: u32 = 30;

/// What came of trying a law.
pub(super) struct Trial {
    hits: u32,
    cases: u32,
    failure: Option<String>,
}

/// A law as it is tried: its number and class in the table, its name, and the bug that it finds.
pub(super) struct Tried<'a> {
    pub number: &'a str,
    pub name: &'a str,
    pub class: &'a str,
    pub bug: Bug,
}

/// Whether a case said something.
fn case(law: &Law, raw: &[u32], seed: u64) -> Result<bool, String> {
    let mut draft = Draft::normalise(raw);
    if draft.spare % 2 == 1 {
        (law.lean)(&mut draft);
        draft.settle();
    }
    if !(law.precondition)(&draft) {
        return Ok(false);
    }
    let other = (law.transform)(&draft);
    let (one, two) = (Run::several(&draft, seed, WORLDS), Run::several(&other, seed, WORLDS));
    let mut said = false;
    for (world, (one, two)) in one.iter().zip(&two).enumerate() {
        said |= (law.check)(one, two).map_err(|what| {
            let [one, two] = [&one.draft, &two.draft].map(Draft::text);
            format!("{what}\nin world {world} of seed {seed} of\n{one}\nheld against\n{two}")
        })?;
    }
    Ok(said)
}

/// Tries a case with many raw numbers and seeds.
fn try_out(case: impl Fn(&[u32], u64) -> Result<bool, String>, cases: u32, shrinks: u32) -> Trial {
    let config =
        Config { cases, max_shrink_iters: shrinks, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let strategy = (prop::collection::vec(any::<u32>(), RAW), 0..1_000_000_u64);
    let (hits, tried) = (Cell::new(0), Cell::new(0));
    let outcome = runner.run(&strategy, |(raw, seed)| {
        tried.set(tried.get() + 1);
        let said = case(&raw, seed).map_err(TestCaseError::fail)?;
        hits.set(hits.get() + u32::from(said));
        Ok(())
    });
    let failure = match outcome {
        Ok(()) => None,
        Err(TestError::Fail(reason, _)) => Some(reason.to_string()),
        Err(TestError::Abort(reason)) => Some(format!("aborted: {reason}")),
    };
    Trial { hits: hits.get(), cases: tried.get(), failure }
}

/// The law of this name holds, has something to say often enough, and fails under its bug.
#[track_caller]
pub(super) fn hold(laws: &[Law], name: &str) {
    let law = laws.iter().find(|law| law.name == name).expect("a law of this name");
    let class = match law.class {
        Class::Exact => "exact",
        Class::Coupled => "coupled",
    };
    let number = law.number.map_or("-".to_owned(), |number| number.to_string());
    let tried = Tried { number: &number, name, class, bug: law.bug };
    hold_up(&tried, |raw, seed| case(law, raw, seed));
}

/// A law holds in all cases, has something to say of enough of them, and fails under its bug.
#[track_caller]
pub(super) fn hold_up(law: &Tried<'_>, case: impl Fn(&[u32], u64) -> Result<bool, String>) {
    let Tried { number, name, class, bug } = law;
    let Trial { hits, cases, failure } = try_out(&case, CASES, 60);
    if let Some(failure) = failure {
        panic!("{name} does not hold: {failure}");
    }
    let rate = 100 * hits / cases;
    println!("| {number} | {name} | {class} | {rate} % | {} |", bug.name());
    assert!(rate >= HITS, "{name} has something to say of {rate} % of the scenarios only");
    #[cfg(feature = "planted")]
    fails_when_planted(law, case);
}

/// The law fails under its bug.
#[cfg(feature = "planted")]
#[track_caller]
fn fails_when_planted(law: &Tried<'_>, case: impl Fn(&[u32], u64) -> Result<bool, String>) {
    coalmine::planted::plant(Some(law.bug));
    let case = std::panic::AssertUnwindSafe(case);
    let trial = std::panic::catch_unwind(|| try_out(|raw, seed| case(raw, seed), 4 * CASES, 0));
    coalmine::planted::plant(None);
    let failure = trial.expect("a bug breaks a law, not the program").failure;
    assert!(failure.is_some(), "{} does not find {}", law.name, law.bug.name());
}

/// The tables of all files.
pub(super) fn tables() -> Vec<&'static Law> {
    [
        super::detection::LAWS,
        super::gates::LAWS,
        super::harm::LAWS,
        super::leaks::LAWS,
        super::people::LAWS,
        super::pods::LAWS,
        super::readers::LAWS,
        super::time::LAWS,
        super::users::LAWS,
    ]
    .into_iter()
    .flatten()
    .collect()
}
