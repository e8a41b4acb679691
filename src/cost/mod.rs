//! What a change costs: physical quantities first, prices separately, and the price at which the
//! ranking of two variants turns.

mod break_even;
mod document;
mod ledger;
mod prices;

pub use break_even::{BreakEven, Cheaper, break_even};
pub use document::CostsDoc;
pub use ledger::{Ledger, Ledgers, MeanLedger};
pub use prices::{Bill, Prices};

/// What is counted and has a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// Pods above the steady state, for as long as they are there.
    Pods,
    /// Requests that fail.
    FailedRequests,
    /// Users who are harmed.
    HarmedUsers,
    /// Time of the people who are paged or asked.
    Engineers,
    /// Time until a good change is live.
    Delay,
}

impl Line {
    /// Every line, in the order of a bill.
    pub const ALL: [Self; LINES] =
        [Self::Pods, Self::FailedRequests, Self::HarmedUsers, Self::Engineers, Self::Delay];

    /// The key of its price in a scenario.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Pods => "podHour",
            Self::FailedRequests => "failedRequest",
            Self::HarmedUsers => "harmedUser",
            Self::Engineers => "engineerHour",
            Self::Delay => "delayHour",
        }
    }

    /// How many of a ledger's parts have the price: microseconds in an hour, or thousandths.
    pub(crate) const fn parts(self) -> i64 {
        match self {
            Self::Pods | Self::Engineers | Self::Delay => 3_600_000_000,
            Self::FailedRequests | Self::HarmedUsers => 1_000,
        }
    }
}

/// How many lines a bill has.
pub const LINES: usize = 5;
