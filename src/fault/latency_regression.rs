//! Requests take longer to serve.

use chance::{Continuous, Law};

use super::{CarrierDoc, OnsetDoc, ReversalDoc, ScopeDoc, Signature};
use crate::document::{At, Varying, record};
use crate::units::{Factor, Share};

record! {
    /// Requests take longer to serve.
    pub struct LatencyRegressionDoc {
        /// How many times as long.
        factor: At<Varying<Factor>>,
        /// Share of the requests in scope that do: all, or a tail.
        share: Varying<Share> = "100%",
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

/// A share of the requests in scope takes `factor` times as long.
///
/// # What it models
/// A slower code path, for all requests or for a tail of them. Longer service also uses up the
/// capacity of the pods, so that the others wait longer as well.
#[derive(Clone, Debug)]
pub struct LatencyRegression {
    /// How many times as long a request takes.
    pub factor: Law,
    /// Share of the requests in scope that are slower; all of them unless a tail is meant.
    pub share: Law,
}

impl LatencyRegression {
    pub(super) fn signature(&self, [u, v]: [f64; 2]) -> Signature {
        Signature {
            slow: self.share.quantile(v).clamp(0.0, 1.0),
            factor: self.factor.quantile(u).max(0.0),
            ..Signature::NONE
        }
    }
}
