//! The rules, each with an example that it finds and one that it does not.

use super::finding::Rule;

mod blind;
pub(super) mod suppression;

/// Every rule, in alphabetical order.
pub const RULES: &[&Rule] = &[
    &blind::RULE,
    &suppression::EXPIRED,
    &suppression::INCOMPLETE,
    &suppression::UNKNOWN,
    &suppression::UNUSED,
];
