//! A controller of its own that carries a strategy out, and what it can measure.

use clockwork::Span;

use crate::controller::argo::Command;
use crate::controller::delivery::Plan;
use crate::gate::Gate;

/// A controller of its own that moves weights and judges.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// What it does.
    pub plan: Plan,
    /// What it can measure.
    pub sources: Vec<Source>,
    /// Time from a change until it acts on it.
    pub latency: Span,
    /// What an operator tells it, and how long after the start of the change.
    pub commands: Vec<(Span, Command)>,
}

/// Something that a controller measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// What it is called.
    pub name: String,
    /// Where its numbers come from.
    pub reader: Reader,
}

/// Where numbers come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Reader {
    /// Counts of requests, as a gate reads them.
    Native(Box<Native>),
    /// A query of Prometheus, by its place among those of the scenario.
    Query(usize),
    /// The first number of a query, or nothing, as of a provider that gives one number.
    Number(usize),
    /// Nowhere: there is no answer, for this reason.
    Error(String),
}

/// A number that a gate would read.
#[derive(Clone, Debug, PartialEq)]
pub struct Native {
    /// The metric and its window; the bound is not asked.
    pub gate: Gate,
    /// Whether what is left of the whole is meant: a success rate.
    pub is_complement: bool,
    /// How large all of it is.
    pub whole: f64,
    /// Whether it is one number, not a vector of one.
    pub is_scalar: bool,
}
