//! Fresh pods are slower, and for longer, than before.

use chance::{Continuous, Law};

use super::{CarrierDoc, ReversalDoc, Signature};
use crate::document::{At, Varying, record};
use crate::fleet::Cold;
use crate::units::{Factor, Span};

record! {
    /// Fresh pods are slower, and for longer, than before.
    pub struct ColdCacheDoc {
        /// Latency of a pod that has just become ready, as a multiple of a warm one.
        latency: At<Varying<Factor>>,
        /// Time in which the excess falls to 1/e.
        decay: At<Varying<Span>> = "5m" assumed "a cache fills in minutes" from "2m" to "15m",
        /// What brings it into production.
        carrier: CarrierDoc = "binary",
        /// What going back does to it.
        reversal: ReversalDoc = "heals",
    }
}

/// A fresh pod of the new version is slower than a fresh pod of the old one, and warms later.
/// While it is cold a request uses up more of it, so that it carries less.
///
/// # What it models
/// A cache that is no longer shared, or whose keys have changed: a switch of all traffic pays for
/// all pods at once, a canary for a few.
/// # What it cannot show
/// The load on the store behind the cache.
#[derive(Clone, Debug)]
pub struct ColdCache {
    /// Latency of a fresh pod, as a multiple of a warm one.
    pub latency: Law,
    /// Seconds in which the excess falls to 1/e.
    pub decay: Law,
}

impl ColdCache {
    pub(super) fn signature(&self, [u, v]: [f64; 2]) -> Signature {
        let cold = Cold::new(self.latency.quantile(u).max(1.0), self.decay.quantile(v).max(0.0));
        Signature { cold: Some(cold), ..Signature::NONE }
    }
}
