//! What a fault comes to in one world.

use chance::Continuous;

use crate::fault::{Clock, Fault, Scope, Signature};
use crate::fleet::Fleet;

/// What is true of one fault in one world.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Severity {
    /// What it does to requests of the new version, scope included.
    pub signature: Signature,
    /// What has to come before it begins, as its clock counts: seconds, requests, the time of day
    /// in seconds, or a multiple of the mean rate.
    pub after: f64,
    /// Share of the users that it is confined to; one when it is not confined to users.
    pub users: f64,
}

impl Severity {
    /// What a fault comes to, from four uniforms.
    pub(super) fn draw(fault: &Fault, [a, b, onset, scope]: [f64; 4], fleet: &Fleet) -> Self {
        let mut signature = fault.kind.signature([a, b], fleet);
        let (part, users) = match &fault.scope {
            Scope::All => (1.0, 1.0),
            Scope::Requests(law) => (law.quantile(scope).clamp(0.0, 1.0), 1.0),
            Scope::Users(law) => {
                let part = law.quantile(scope).clamp(0.0, 1.0);
                (part, part)
            }
        };
        signature.errors *= part;
        signature.slow *= part;
        let after = match &fault.onset.after {
            Clock::Time(law) | Clock::Requests(law) | Clock::Load(law) => {
                law.quantile(onset).max(0.0)
            }
            Clock::TimeOfDay(at) => *at,
        };
        Self { signature, after, users }
    }
}
