//! Throws damaged queries at the parser and the evaluator: `fuzz COUNT SEED`.
//!
//! Every input either is refused with a place within it, or is printed so that it reads back as
//! itself, and is evaluated at instants that go forth and back, by plans that were used before and
//! by fresh ones, with the same answers. Work is bounded, and so is memory.

#[path = "../../tests/random/mod.rs"]
mod random;
#[path = "../../tests/random/series.rs"]
mod series;

mod damage;

use promql::{Answer, Evaluator, Options, Query, Store, notation};
use random::{Random, queries};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// What happened to the inputs.
#[derive(Default)]
struct Tally {
    refused: u64,
    failed: u64,
    answered: u64,
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<u64>().ok());
    let (count, seed) = (args.next().flatten(), args.next().flatten().unwrap_or(0));
    let Some(count) = count else {
        say("usage: fuzz COUNT [SEED]");
        return ExitCode::from(2);
    };
    let mut random = Random(seed);
    let mut stores: Vec<_> = (0..4).map(|_| store(&mut random)).collect();
    let corpus = damage::corpus();
    let mut tally = Tally::default();
    for index in 0..count {
        let store = random.below(stores.len());
        if index % 1000 == 0 {
            stores[store] = self::store(&mut random);
        }
        let text = input(&mut random, &corpus);
        let outcome = catch_unwind(AssertUnwindSafe(|| run(&text, &stores[store], &mut tally)));
        if !matches!(outcome, Ok(Ok(()))) {
            let why = outcome.map_or_else(|_| "panicked".to_owned(), Result::unwrap_err);
            say(&format!("input {index} of seed {seed}: {why}\n{text:?}"));
            return ExitCode::FAILURE;
        }
        if (index + 1) % 1_000_000 == 0 {
            say(&format!("{} inputs", index + 1));
        }
    }
    let Tally { refused, failed, answered } = tally;
    let outcome = format!("{refused} refused, {failed} failed, {answered} answered");
    say(&format!("{count} inputs of seed {seed}: {outcome}, no panic"));
    ExitCode::SUCCESS
}

fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("standard output is open");
}

fn store(random: &mut Random) -> Store {
    let mut store = Store::new();
    for (name, values) in series::series(random) {
        let (labels, values) = (notation::read_series(&name), notation::read_values(&values));
        let (labels, values) = (labels.expect("a series"), values.expect("values"));
        notation::load(&mut store, labels, &values, 15_000).expect("in order");
    }
    store
}

fn input(random: &mut Random, corpus: &[String]) -> String {
    let taste = queries::Taste { windows: &["1m", "5m", "17m", "1h"], is_wide: true };
    match random.below(10) {
        0..=1 => damage::soup(random),
        2..=5 => {
            let text = corpus[random.below(corpus.len())].clone();
            damage::mutated(random, text, corpus)
        }
        6..=7 => queries::vector(random, taste, 3),
        _ => {
            let text = queries::vector(random, taste, 2);
            damage::mutated(random, text, corpus)
        }
    }
}

/// Runs one input; what is wrong with what came of it.
fn run(text: &str, store: &Store, tally: &mut Tally) -> Result<(), String> {
    let is_late = text.len().is_multiple_of(3);
    let options = Options { work_max: 20_000, drops_names_late: is_late, ..Options::V3 };
    let query = match Query::compile(text, options) {
        Ok(query) => query,
        Err(error) => {
            tally.refused += 1;
            let is_within = error.place.start <= error.place.end && error.place.end <= text.len();
            let shown = error.render(text);
            let is_right = is_within && !shown.is_empty();
            return if is_right { Ok(()) } else { Err(format!("place of {error}")) };
        }
    };
    let printed = query.to_string();
    let again = Query::compile(&printed, options);
    let again = again.map_err(|error| format!("{printed} does not read back: {error}"))?;
    if again.to_string() != printed {
        return Err(format!("{printed} reads back as {again}"));
    }
    let mut used = query.evaluator();
    let mut is_answered = true;
    for at in [607_000, 622_000, 1_207_000, 300_000] {
        let moved = answer(&mut used, store, at);
        let fresh = answer(&mut again.evaluator(), store, at);
        is_answered &= moved.is_ok();
        if moved != fresh {
            return Err(format!("{moved:?} at {at}, but afresh {fresh:?}"));
        }
    }
    let range = used.range(store, 0, 120_000, 60_000);
    is_answered &=
        range.is_ok() || matches!(query.gives(), promql::Type::Text | promql::Type::Range);
    if is_answered {
        tally.answered += 1;
    } else {
        tally.failed += 1;
    }
    Ok(())
}

/// An answer as text, so that not-a-number is equal to itself.
fn answer(evaluator: &mut Evaluator, store: &Store, at: i64) -> Result<String, String> {
    match evaluator.at(store, at) {
        Ok(Answer::Vector(vector)) => Ok(format!("{:?}", vector.iter().collect::<Vec<_>>())),
        Ok(other) => Ok(format!("{other:?}")),
        Err(error) => Err(error.message),
    }
}
