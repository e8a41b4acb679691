//! What a scenario says of a release and its faults.

use clockwork::Span;

use super::capacity_regression::CapacityRegressionDoc;
use super::cold_cache::ColdCacheDoc;
use super::crash_loop::CrashLoopDoc;
use super::error_spike::ErrorSpikeDoc;
use super::latency_regression::LatencyRegressionDoc;
use super::memory_leak::MemoryLeakDoc;
use super::pool_exhaustion::PoolExhaustionDoc;
use crate::document::{At, Varying, record, sum, word};
use crate::units::{Count, Factor, Share, TimeOfDay};

record! {
    /// What a release turns out to be, and how often.
    pub struct ReleaseDoc {
        /// How often, relative to the other releases.
        weight: Share = "100%",
        /// What is wrong with it; nothing when it is good.
        faults: At<Vec<FaultDoc>> = "[]",
    }
}

sum! {
    /// A latent defect, by its well-known name.
    pub enum FaultDoc {
        /// A pod carries less than before.
        "capacity-regression" => CapacityRegression(CapacityRegressionDoc),
        /// Fresh pods are slower, and for longer, than before.
        "cold-cache" => ColdCache(ColdCacheDoc),
        /// Pods fail when they start.
        "crash-loop" => CrashLoop(CrashLoopDoc),
        /// Some requests fail that did not fail before.
        "error-spike" => ErrorSpike(ErrorSpikeDoc),
        /// Requests take longer to serve.
        "latency-regression" => LatencyRegression(LatencyRegressionDoc),
        /// Every pod needs more and more memory until it is killed.
        "memory-leak" => MemoryLeak(MemoryLeakDoc),
        /// Connections are never given back, until none is left and every endpoint stalls.
        "pool-exhaustion" => PoolExhaustion(PoolExhaustionDoc),
    }
}

record! {
    /// When a fault begins, from the first traffic of the new version on; only one of the clocks.
    pub struct OnsetDoc {
        /// Time that has to pass.
        after: Option<Varying<Span>>,
        /// Requests that the new version has to serve.
        requests: Option<At<Varying<Count>>>,
        /// Time of day that has to come.
        at: Option<At<TimeOfDay>>,
        /// Multiple of its mean that the traffic has to reach.
        load: Option<At<Varying<Factor>>>,
        /// Time in which it grows from nothing to full force.
        ramp: Span = "0s",
    }
}

sum! {
    /// Whom a fault hits.
    pub enum ScopeDoc {
        /// Every request.
        all => All,
        /// A share of the requests, spread over all users.
        requests => Requests(Varying<Share>),
        /// A share of the users, all their requests.
        users => Users(Varying<Share>),
    }
}

word! {
    /// What brings a fault into production.
    pub enum CarrierDoc {
        /// The code of the release.
        binary => Binary,
    }
}

word! {
    /// What going back does to a fault.
    pub enum ReversalDoc {
        /// The harm ends with the traffic.
        heals => Heals,
    }
}
