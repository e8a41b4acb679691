//! A pod carries less than before.

use chance::{Continuous, Law};

use super::{CarrierDoc, OnsetDoc, ReversalDoc, Signature};
use crate::document::{At, Varying, record};
use crate::units::Factor;

record! {
    /// A pod carries less than before.
    pub struct CapacityRegressionDoc {
        /// How many times as much of a pod a request uses up.
        work: At<Varying<Factor>>,
        /// When it begins.
        onset: At<OnsetDoc> = "{}",
        /// What brings it into production.
        carrier: CarrierDoc = "binary",
        /// What going back does to it.
        reversal: ReversalDoc = "heals",
    }
}

/// A request uses up more of a pod than before, without being slower on an idle one.
///
/// # What it models
/// A lock, a smaller thread pool, more work in the background: nothing shows at night, and at the
/// peak of the day pods saturate.
#[derive(Clone, Debug)]
pub struct CapacityRegression {
    /// How many times as much of a pod a request uses up.
    pub work: Law,
}

impl CapacityRegression {
    pub(super) fn signature(&self, [u, _]: [f64; 2]) -> Signature {
        Signature { work: self.work.quantile(u).max(0.0), ..Signature::NONE }
    }
}
