//! Every pod needs more and more memory.

use chance::{Continuous, Law};

use super::{CarrierDoc, End, OnsetDoc, ReversalDoc, Signature, Wear};
use crate::document::{At, Varying, record};
use crate::fleet::Fleet;
use crate::planted::{self, Bug};
use crate::units::{ByteRate, Bytes, Spread};

record! {
    /// Every pod needs more and more memory until it is killed.
    pub struct MemoryLeakDoc {
        /// How much a pod loses over time.
        rate: Option<At<Varying<ByteRate>>>,
        /// How much a pod loses with every request.
        perRequest => per_request: Option<At<Varying<Bytes>>>,
        /// How slow a pod becomes near its limit: at memory share m it takes 1 + drag m^8 times as
        /// long.
        drag: Spread = "3" assumed "garbage collection near the limit" from "1" to "6",
        /// When it begins.
        onset: At<OnsetDoc> = "{}",
        /// What brings it into production.
        carrier: CarrierDoc = "binary",
        /// What going back does to it.
        reversal: ReversalDoc = "heals",
    }
}

/// Every pod of the new version needs more and more memory. Near its limit it becomes slow; at
/// the limit it is killed, loses the requests it is working on, and is restarted in place by the
/// rules of `CrashLoopBackOff`.
///
/// # What it models
/// A pod's memory is `pod.memory.baseline` when it becomes ready and grows by the hour or by the
/// request; at `pod.memory.limit` the kernel kills it (`OOMKilled`).
/// # What it cannot show
/// Pressure on the memory of the node, which evicts other pods.
#[derive(Clone, Debug)]
pub struct MemoryLeak {
    /// What is lost: bytes per second, or bytes per request.
    pub loses: Loses,
    /// How slow a pod becomes near its limit.
    pub drag: f64,
}

/// The clock of a leak.
#[derive(Clone, Debug)]
pub enum Loses {
    /// Bytes per second.
    PerSecond(Law),
    /// Bytes per request.
    PerRequest(Law),
}

impl MemoryLeak {
    pub(super) fn signature(&self, [u, _]: [f64; 2], fleet: &Fleet) -> Signature {
        let is_empty = planted::is(Bug::HeapStartsEmpty);
        let room = fleet.memory.limit - if is_empty { 0.0 } else { fleet.memory.baseline };
        let least = if planted::is(Bug::NothingLeaksALittle) { 1e6 } else { 0.0 };
        let (per_second, per_request) = match &self.loses {
            Loses::PerSecond(law) => (law.quantile(u).max(least) / room, 0.0),
            Loses::PerRequest(law) => (0.0, law.quantile(u).max(0.0) / room),
        };
        let floor = fleet.memory.baseline / fleet.memory.limit;
        let wear = Wear { per_second, per_request, floor, drag: self.drag, end: End::Killed };
        // A leak of nothing is no leak.
        let leaks = per_second + per_request > 0.0;
        Signature { wear: leaks.then_some(wear), ..Signature::NONE }
    }
}
