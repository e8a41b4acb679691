//! Connections that are never given back.

use chance::{Continuous, Law};

use super::{CarrierDoc, End, OnsetDoc, ReversalDoc, Signature, Wear};
use crate::document::{At, Maybe, Varying, record};
use crate::fleet::Fleet;
use crate::units::{Share, Span};

record! {
    /// Connections are never given back, until none is left and every endpoint stalls.
    pub struct PoolExhaustionDoc {
        /// Share of the requests that keep their connection for ever.
        leaks: Varying<Share>,
        /// Time after which a stalled pod is restarted, as by a liveness probe; none when the
        /// probe does not need a connection.
        restart: Maybe<Span> = "none",
        /// When it begins.
        onset: At<OnsetDoc> = "{}",
        /// What brings it into production.
        carrier: CarrierDoc = "binary",
        /// What going back does to it.
        reversal: ReversalDoc = "heals",
    }
}

/// Some requests never give their connection back. When a pod has none left, every request to
/// it waits and fails, whatever its endpoint.
///
/// # What it models
/// A pool of `pod.pool` connections of which the healthy load needs its rate times its mean
/// response time (Little's law); each leaking request takes one more for good.
/// # What it cannot show
/// Waiting for a connection in the last moments before there is none.
#[derive(Clone, Debug)]
pub struct PoolExhaustion {
    /// Share of the requests that keep their connection.
    pub leaks: Law,
    /// Time after which a stalled pod is restarted.
    pub restart: Option<Span>,
}

impl PoolExhaustion {
    pub(super) fn signature(&self, [u, _]: [f64; 2], fleet: &Fleet) -> Signature {
        let per_request = self.leaks.quantile(u).clamp(0.0, 1.0) / fleet.pool;
        let end = End::Stalled { restart: self.restart };
        let wear = Wear { per_second: 0.0, per_request, floor: 0.0, drag: 0.0, end };
        Signature { wear: (per_request > 0.0).then_some(wear), ..Signature::NONE }
    }
}
