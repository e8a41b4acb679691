//! Conditions in the expression language of expr-lang/expr: parsed once, evaluated many times.
//!
//! ```
//! use expr::{Condition, Value};
//!
//! let condition = Condition::parse("len(result) == 0 || result[0] >= 0.95")?;
//! assert_eq!(condition.holds(&Value::Floats(vec![0.97])), Ok(true));
//! assert_eq!(condition.holds(&Value::Floats(vec![])), Ok(true));
//! assert!(condition.holds(&Value::Float(0.97)).is_err(), "a number has no elements");
//! # Ok::<(), expr::Problem>(())
//! ```
//!
//! What a condition means is what expr v1.17.8 makes of it with these names in its environment:
//! `result`, `asInt`, `asFloat`, `isNaN`, `isInf`, `isNil` and `default`. The last two ignore their
//! argument and look at `result`. The language has static types, and the type of `result` is that
//! of the value at hand, so the same text is checked once for each shape that a value can have:
//! a mismatch of types is a problem for that shape only.
//!
//! Not supported, with an error that says so: what reads a clock or a calendar (`now`, `date`,
//! `duration`, `timezone`), functions as values, the environment as a value (`$env`), and a search
//! from the end (`findLast`, `filter(..)[-1]`) behind another operand, where the original takes a
//! mark of its own for the operand.
//!
//! Known to differ, each in `tests/conformance.rs`: a fractional power may have another last digit;
//! a loop over a map is an error even if it never looks at an element; half of a character is
//! replaced, and a byte of a text is an integer of 64 bits; groups cannot have pairs in common.
//! Where the original has no fixed order (`keys` and `values`, maps with keys of several types),
//! keys are sorted.

mod argument;
mod budget;
mod builtin;
mod check;
mod code;
mod condition;
mod item;
mod kind;
mod library;
mod operator;
mod parse;
mod problem;
mod run;
mod token;
mod tree;
mod value;

pub use condition::{Condition, DEPTH_MAX, LENGTH_MAX, NODES_MAX};
pub use library::Pattern;
pub use problem::{Problem, ProblemKind, Span};
pub use value::{Shape, Value};
