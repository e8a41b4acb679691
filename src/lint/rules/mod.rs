//! The rules, each with an example that it finds and one that it does not.

use super::finding::Rule;

mod args;
mod blind;
mod condition;
mod empty;
mod flagger;
mod histogram;
mod invalid;
mod kayenta;
mod limits;
mod nan;
mod range;
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
    &condition::GAP,
    &condition::RULE,
    &condition::MISSING,
    &limits::RULE,
    &args::DRY_RUN,
    &empty::RULE,
    &empty::RETRY,
    &flagger::CUMULATIVE,
    &timing::CUMULATIVE,
    &kayenta::RULE,
    &histogram::ONE,
    &histogram::RULE,
    &range::INCREASE,
    &flagger::FLOOR,
    &range::IRATE,
    &weight::JUMP,
    &invalid::TYPO,
    &flagger::OVERSHOOT,
    &limits::REJECTED,
    &nan::RULE,
    &nan::PASSES,
    &empty::NO_ERRORS,
    &workload::RULE,
    &series::LABEL,
    &resolve::ONE,
    &series::ONE,
    &series::RULE,
    &workload::UNWATCHED,
    &workload::DEADLINE,
    &histogram::FINE,
    &invalid::RULE,
    &range::GAUGE,
    &range::SUM,
    &flagger::SLOW,
    &flagger::RULE,
    &flagger::PERCENT,
    &suppression::EXPIRED,
    &suppression::INCOMPLETE,
    &suppression::UNKNOWN,
    &suppression::UNUSED,
    &flagger::INTERVAL,
    &args::RULE,
    &workload::GONE,
    &flagger::HOOK,
    &weight::TAIL,
    &weight::RULE,
    &timing::RULE,
    &range::RULE,
];
