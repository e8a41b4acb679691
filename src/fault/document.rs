//! What a scenario says of a release and its faults.

use clockwork::Span;

use super::error_spike::ErrorSpikeDoc;
use super::latency_regression::LatencyRegressionDoc;
use crate::document::{At, Varying, record, sum, word};
use crate::units::{Count, Share};

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
        /// Some requests fail that did not fail before.
        "error-spike" => ErrorSpike(ErrorSpikeDoc),
        /// Requests take longer to serve.
        "latency-regression" => LatencyRegression(LatencyRegressionDoc),
    }
}

record! {
    /// When a fault begins, counted from the first traffic of the new version.
    pub struct OnsetDoc {
        /// Time that has to pass.
        after: Option<Varying<Span>>,
        /// Requests that the new version has to serve.
        requests: Option<At<Varying<Count>>>,
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
