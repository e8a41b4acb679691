//! Some requests fail that did not fail before.

use chance::{Continuous, Law};

use super::{CarrierDoc, OnsetDoc, ReversalDoc, ScopeDoc, Signature};
use crate::document::{At, Varying, record};
use crate::planted::{self, Bug};
use crate::units::Share;

record! {
    /// Some requests fail that did not fail before.
    pub struct ErrorSpikeDoc {
        /// Share of the requests in scope that fail and would have succeeded.
        add: Varying<Share>,
        /// When it begins.
        onset: At<OnsetDoc> = "{}",
        /// Whom it hits.
        scope: ScopeDoc = "all",
        /// What brings it into production.
        carrier: CarrierDoc = "binary",
        /// What going back does to it.
        reversal: ReversalDoc = "heals",
    }
}

/// A share of the requests in scope fails.
///
/// # What it models
/// A broken code path: requests that reach it fail at once, whatever the load.
/// # What it cannot show
/// Retries of the failed requests, which would raise the load.
#[derive(Clone, Debug)]
pub struct ErrorSpike {
    /// Share of the requests in scope that fail and would have succeeded.
    pub add: Law,
}

impl ErrorSpike {
    pub(super) fn signature(&self, [u, _]: [f64; 2]) -> Signature {
        let most = if planted::is(Bug::NoFaultIsTotal) { 0.99 } else { 1.0 };
        let least = if planted::is(Bug::SeverityHasAFloor) { 0.001 } else { 0.0 };
        let add = self.add.quantile(u).clamp(least, most);
        let errors = if planted::is(Bug::SeverityUpsideDown) { 1.0 - add } else { add };
        Signature { errors, ..Signature::NONE }
    }
}
