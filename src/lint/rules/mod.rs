//! The rules, each with an example that it finds and one that it does not.

use super::finding::Rule;

/// A canary with these fields of its analysis.
macro_rules! canary {
    ($($line:literal)*) => {
        concat!(
            "kind: Canary\nmetadata: {name: c}\nspec:\n  analysis:\n    interval: 1m\n",
            $("    ", $line, "\n",)*
        )
    };
}

/// Two metrics that a canary can have.
macro_rules! metrics {
    ($($line:literal)*) => {
        canary!(
            $($line)* "metrics:" "- {name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}"
        )
    };
}

mod args;
mod blind;
mod checks;
mod condition;
mod empty;
mod flagger;
mod histogram;
mod invalid;
mod kayenta;
mod limits;
mod nan;
mod range;
mod rejected;
mod resolve;
mod series;
pub(super) mod suppression;
mod timing;
mod weight;
mod workload;

/// Every rule, in alphabetical order.
pub const RULES: &[&Rule] = &[
    &resolve::DILUTED,
    &timing::BEFORE,
    &args::VALUE,
    &timing::ENDS,
    &blind::RULE,
    &resolve::RULE,
    &histogram::BETWEEN,
    &condition::REACH,
    &flagger::NOTHING,
    &checks::UNASKED,
    &condition::GAP,
    &condition::RULE,
    &condition::MISSING,
    &limits::RULE,
    &args::DRY_RUN,
    &empty::RULE,
    &empty::RETRY,
    &checks::RULE,
    &timing::CUMULATIVE,
    &kayenta::RULE,
    &histogram::ONE,
    &histogram::RULE,
    &range::INCREASE,
    &flagger::FLOOR,
    &range::IRATE,
    &weight::JUMP,
    &rejected::RULE,
    &invalid::TYPO,
    &flagger::OVERSHOOT,
    &limits::REJECTED,
    &resolve::LOOSE,
    &nan::RULE,
    &nan::PASSES,
    &empty::NO_ERRORS,
    &workload::RULE,
    &series::LABEL,
    &series::METRIC,
    &resolve::ONE,
    &series::ONE,
    &series::RULE,
    &workload::UNWATCHED,
    &workload::DEADLINE,
    &histogram::FINE,
    &invalid::RULE,
    &range::GAUGE,
    &range::SUM,
    &checks::SLOW,
    &flagger::RULE,
    &checks::PERCENT,
    &suppression::EXPIRED,
    &suppression::INCOMPLETE,
    &suppression::UNKNOWN,
    &suppression::UNUSED,
    &checks::INTERVAL,
    &args::RULE,
    &workload::GONE,
    &flagger::HOOK,
    &weight::TAIL,
    &weight::RULE,
    &timing::RULE,
    &range::RULE,
];
