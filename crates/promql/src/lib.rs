//! PromQL as Prometheus answers it: parsed with places, evaluated over series in memory.
//!
//! A [`Query`] is compiled once. Its [`Evaluator`] makes a plan for the series of a [`Store`], and
//! then follows the store through time: windows move on, and nothing is allocated.
//!
//! ```
//! use promql::{Answer, Labels, Options, Query, Store};
//!
//! let mut store = Store::new();
//! let ok = store.series(Labels::of("requests_total", [("code", "200")]));
//! let bad = store.series(Labels::of("requests_total", [("code", "500")]));
//! for scrape in 0..40 {
//!     store.push(ok, scrape * 15_000, scrape as f64 * 99.0).expect("later samples");
//!     store.push(bad, scrape * 15_000, scrape as f64).expect("later samples");
//! }
//! let text = r#"sum(rate(requests_total{code=~"5.."}[5m])) / sum(rate(requests_total[5m]))"#;
//! let query = Query::compile(text, Options::V3).expect("a query");
//! let mut errors = query.evaluator();
//! let Ok(Answer::Vector(share)) = errors.at(&store, 580_000) else { panic!("a vector") };
//! assert!((share.first().expect("a value") - 0.01).abs() < 1e-12);
//!
//! let error = Query::compile("sum(rte(x[5m]))", Options::V3).expect_err("no such function");
//! assert_eq!(error.to_string(), "there is no function `rte` (`rate` is one)");
//! ```
//!
//! Semantics are those of Prometheus 3 (see [`Options`] for what differed before). Native
//! histograms and experimental functions are refused by name.

mod place;
mod error;
mod duration;
mod nearest;
mod lex;
mod function;
mod matcher;
pub mod ast;
mod print;
mod parse;
mod check;
mod labels;
mod store;
mod options;
mod eval;
mod query;
mod evaluator;
mod shape;
pub mod notation;
pub mod rule;

pub use duration::parse as duration;
pub use error::Error;
pub use evaluator::{Answer, Evaluator, Samples, Vector};
pub use function::{Function, Type};
pub use labels::{Labels, NAME};
pub use matcher::{MatchKind, Matcher};
pub use options::Options;
pub use place::Place;
pub use query::Query;
pub use shape::{Ends, Shape, Unknown, Windows};
pub use store::{OutOfOrder, STALE, Samples as StoredSamples, SeriesId, Store};
