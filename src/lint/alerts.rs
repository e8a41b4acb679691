//! Alerting rules of Prometheus, in rule files and in `PrometheusRule` objects.

use super::objects::{list, text};
use super::query::Query;
use crate::document::{Node, Sources};

/// An alerting or a recording rule.
#[derive(Debug)]
pub(crate) struct Alert<'a> {
    /// What it is called; nothing for a recording rule.
    pub(crate) name: Option<&'a str>,
    pub(crate) query: Query,
}

/// The rules of a rule file, or of the `spec` of an object.
pub(super) fn of_file<'a>(node: &'a Node, sources: &Sources) -> Vec<Alert<'a>> {
    let rules = list(node, "groups").iter().flat_map(|group| list(group, "rules"));
    rules
        .filter_map(|rule| {
            let query = Query::of(rule.get("expr")?, sources, &|_| None)?;
            Some(Alert { name: text(rule, "alert"), query })
        })
        .collect()
}
