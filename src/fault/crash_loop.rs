//! Pods that fail when they start.

use chance::{Continuous, Law};

use super::{CarrierDoc, ReversalDoc, Signature};
use crate::document::{Varying, record};
use crate::units::Share;

record! {
    /// Pods fail when they start.
    pub struct CrashLoopDoc {
        /// Share of the starts that fail.
        chance: Varying<Share> = "100%",
        /// What brings it into production.
        carrier: CarrierDoc = "binary",
        /// What going back does to it.
        reversal: ReversalDoc = "heals",
    }
}

/// A start of a pod fails and is tried again by the rules of `CrashLoopBackOff`.
///
/// # What it models
/// A missing setting, a bad image, a migration that has not run: the pod never becomes ready, or
/// becomes ready late.
#[derive(Clone, Debug)]
pub struct CrashLoop {
    /// Share of the starts that fail.
    pub chance: Law,
}

impl CrashLoop {
    pub(super) fn signature(&self, [u, _]: [f64; 2]) -> Signature {
        Signature { crash: self.chance.quantile(u).clamp(0.0, 1.0), ..Signature::NONE }
    }
}
