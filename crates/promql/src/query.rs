//! Queries: compiled once, evaluated at many instants.

use crate::ast::Expr;
use crate::check::check;
use crate::evaluator::Evaluator;
use crate::parse::parse;
use crate::{Error, Options, Type};
use std::fmt;
use std::sync::Arc;

/// A query whose words and types are right.
#[derive(Clone, Debug)]
pub struct Query {
    text: Arc<str>,
    expr: Arc<Expr>,
    options: Options,
}

impl Query {
    /// Reads and checks a query.
    pub fn compile(text: &str, options: Options) -> Result<Self, Error> {
        let expr = parse(text)?;
        check(&expr)?;
        Ok(Self { text: text.into(), expr: Arc::new(expr), options })
    }

    /// The query as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The tree of the query.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// As what it is evaluated.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What it gives.
    pub fn gives(&self) -> Type {
        self.expr.gives()
    }

    /// Something that evaluates it. Each follows one store through time at little cost.
    pub fn evaluator(&self) -> Evaluator {
        Evaluator::new(self.clone())
    }
}

impl fmt::Display for Query {
    /// The query as Prometheus prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.fmt(f)
    }
}
