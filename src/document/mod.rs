//! Text to a tree with places, the tree to typed documents, and every problem on the way.
//!
//! A document type is declared once, with `record!`, `sum!` and `word!`. Its [`Shape`] drives
//! merging, the resolved print-out and the JSON Schema; its [`Decode`] reads a tree in one pass
//! that collects every problem.
//!
//! ```text
//! bytes --yaml::parse--> Node --base::load--> Node --set::apply--> Node --decode--> T | Problems
//!                                                                   |
//!                                                      complete --> print
//! ```
//!
//! Nothing here reads files or knows what the documents are about.

mod place;
mod source;
mod tree;
mod quote;
mod problem;
mod problems;
mod render;
mod code;
mod suggest;
mod path;
pub mod yaml;
mod shape;
pub(crate) mod declare;
mod pass;
mod decode;
pub(crate) mod record;
mod bounds;
pub(crate) mod sum;
mod scalar;
mod collection;
mod varying;
mod complete;
mod assumption;
pub mod merge;
pub mod base;
pub mod set;
pub mod print;
pub mod schema;

pub use assumption::{Assumption, assumptions};
pub(crate) use code::UNKNOWN_FIELD;
pub use code::{CODES, Code};
pub use collection::{At, Maybe, Named, Patch};
pub use complete::complete;
pub(crate) use declare::{record, sum, word};
pub use decode::{Decode, decode};
pub use pass::Pass;
pub use path::Path;
pub use place::Place;
pub use problem::{Label, Problem, Severity};
pub use problems::Problems;
pub use quote::quoted;
pub use render::Look;
pub use scalar::Name;
pub use shape::WordShape;
pub use shape::{FieldShape, MemberShape, RecordShape, ScalarShape, Shape, ShapeOf, SumShape};
pub use source::{Source, SourceId, SourceKind, Sources};
pub use suggest::closest;
pub use tree::{Assumed, Entry, Key, Map, Node, Origin, Range, Scalar, Value};
pub use varying::{Between, Choices, Distribution, Exponential, Lognormal, Normal, Varying};

#[cfg(test)]
mod tests;
