//! Queries with places for names.

use std::collections::BTreeMap;
use std::fmt;

/// What a query can name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// `name`, `namespace`, `target`, `service`, `ingress`, `route` and `interval`.
    pub names: BTreeMap<String, String>,
    /// What `variables.x` stands for.
    pub variables: BTreeMap<String, String>,
}

/// Why a query cannot be written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// A name that the model does not have.
    Unknown(String),
    /// Braces that are opened and not closed.
    Unclosed(String),
    /// More of Go's templates than names.
    Unsupported(String),
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            QueryError::Unknown(name) => write!(f, "`{{{{ {name} }}}}` names nothing"),
            QueryError::Unclosed(rest) => write!(f, "`}}}}` is missing after `{rest}`"),
            QueryError::Unsupported(action) => {
                write!(f, "`{{{{ {action} }}}}` is more than a name, which is not supported")
            }
        }
    }
}

impl std::error::Error for QueryError {}

/// A query with what its names stand for. A name that stands for nothing is an error; a known name
/// without a value is empty. Source: `RenderQuery`.
pub fn render(template: &str, model: &Model) -> Result<String, QueryError> {
    let mut query = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find("{{") {
        query.push_str(&rest[..open]);
        let after = &rest[open + 2..];
        let Some(close) = after.find("}}") else {
            return Err(QueryError::Unclosed(rest[open..].to_owned()));
        };
        query.push_str(&named(after[..close].trim(), model)?);
        rest = &after[close + 2..];
    }
    query.push_str(rest);
    Ok(query)
}

/// Names that a query may say.
const NAMES: [&str; 7] = ["name", "namespace", "target", "service", "ingress", "route", "interval"];

fn named(action: &str, model: &Model) -> Result<String, QueryError> {
    let is_name =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
    if let Some(variable) = action.strip_prefix("variables.").filter(|it| is_name(it)) {
        let unknown = || QueryError::Unknown(action.to_owned());
        return model.variables.get(variable).cloned().ok_or_else(unknown);
    }
    if !is_name(action) {
        return Err(QueryError::Unsupported(action.to_owned()));
    }
    if !NAMES.contains(&action) {
        return Err(QueryError::Unknown(action.to_owned()));
    }
    Ok(model.names.get(action).cloned().unwrap_or_default())
}
