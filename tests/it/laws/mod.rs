//! Laws that hold in every world, whatever the numbers are: of a scenario, or of a scenario and
//! what becomes of it. Each is tried in many scenarios that are valid by construction, says what it
//! takes for granted, and has a bug under which it must fail.
//!
//! *Exact* laws are equalities. *Coupled* ones are orders that hold world by world, because both
//! variants draw the same numbers. *Statistical* ones are tests at a fixed seed, with the rate of
//! false alarms that another seed would have.

mod dice;
mod draft;
mod faults;
mod floor;
mod plan;
mod run;
mod trial;

mod detection;
mod gates;
mod harm;
mod leaks;
mod nodes;
mod people;
mod pods;
mod readers;
mod statistics;
mod time;
mod users;

use std::collections::BTreeSet;

use coalmine::planted::Bug;

use draft::Draft;
use run::Run;
use trial::hold;

/// In what sense a law holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Exact,
    Coupled,
}

/// What a law says of one world: whether it had something to say, or what is wrong.
type Said = Result<bool, String>;

/// A law of one scenario and what becomes of it.
struct Law {
    /// Its number in the list of relations that the project took them from; none for its own.
    number: Option<u8>,
    name: &'static str,
    class: Class,
    /// The bug under which it must fail.
    bug: Bug,
    /// Moves half of the scenarios towards the precondition.
    lean: fn(&mut Draft),
    /// What the law takes for granted.
    precondition: fn(&Draft) -> bool,
    /// The other variant; the same where the law is of one.
    transform: fn(&Draft) -> Draft,
    /// What both come to in one world.
    check: fn(&Run, &Run) -> Said,
}

/// A statistical law: a test at a fixed seed.
struct Statistical {
    number: u8,
    name: &'static str,
    bug: Bug,
    test: fn() -> Result<(), String>,
}

/// Declares the laws of a file: the table, and a test for each by its name.
macro_rules! laws {
    ($($name:ident: { $($field:ident: $value:expr,)* })*) => {
        pub(super) const LAWS: &[$crate::laws::Law] = &[
            $($crate::laws::Law { name: stringify!($name), $($field: $value,)* },)*
        ];

        $(
            #[test]
            fn $name() {
                $crate::laws::hold(LAWS, stringify!($name));
            }
        )*
    };
}
use laws;

/// The other variant is the same.
fn same(draft: &Draft) -> Draft {
    draft.clone()
}

/// Nothing to lean on.
fn as_it_is(_: &mut Draft) {}

/// A sentence, unless it holds.
fn require(holds: bool, sentence: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(sentence()) }
}

/// A sentence, unless both are equal.
#[expect(clippy::needless_pass_by_value, reason = "most are copied")]
fn equal<T: PartialEq + std::fmt::Debug>(what: &str, one: T, other: T) -> Result<(), String> {
    require(one == other, || format!("{what}: {one:?} is not {other:?}"))
}

#[test]
fn the_laws_are_many_and_so_are_their_bugs() {
    let (laws, statistical) = (trial::tables(), statistics::LAWS);
    let numbers = laws.iter().filter_map(|law| law.number);
    let numbers = numbers.chain(statistical.iter().map(|law| law.number));
    let numbers: BTreeSet<_> = numbers.collect();
    let bugs = laws.iter().map(|law| law.bug).chain(statistical.iter().map(|law| law.bug));
    let bugs = bugs.chain(nodes::LAWS.iter().map(|law| law.bug));
    let bugs: BTreeSet<_> = bugs.chain(crate::kubernetes_laws::BUGS).collect();
    let count = laws.len() + statistical.len() + nodes::LAWS.len();
    println!("{count} laws, {} bugs", bugs.len());
    assert!(numbers.len() >= 30 && bugs.len() >= 25);
    let idle: Vec<_> = Bug::ALL.iter().filter(|bug| !bugs.contains(bug)).collect();
    assert!(idle.is_empty(), "bugs that no law finds: {idle:?}");
}
