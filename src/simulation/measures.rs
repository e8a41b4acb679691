//! The numbers of one replication: plain data, whole numbers, fixed size.

use clockwork::{Instant, Span};

use crate::cost::Ledger;

/// How a change ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// The new version serves all traffic and was promoted.
    Promoted,
    /// The old version serves all traffic again.
    RolledBack,
    /// Stopped on the way, and nobody decided.
    Held,
    /// There was no progress for too long, and nobody decided.
    Stuck,
}

impl Ending {
    /// Every ending, in the order of reports.
    pub const ALL: [Self; 4] = [Self::Promoted, Self::RolledBack, Self::Held, Self::Stuck];

    /// Its word in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Promoted => "promoted",
            Self::RolledBack => "rolled back",
            Self::Held => "held",
            Self::Stuck => "stuck",
        }
    }
}

/// Who gave an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A gate, by its place in the scenario.
    Gate(u8),
    /// A person.
    Person,
    /// The strategy itself: its own test failed.
    Strategy,
    /// An analysis of the controller, by the place of the metric among its sources.
    Analysis(u8),
}

/// What a release is, judged by the harm that it would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// At most the good share of a day's requests.
    Good,
    /// Neither good nor bad.
    Negligible,
    /// At least the bad share of a day's requests.
    Bad,
}

impl Truth {
    /// Every truth, in the order of reports.
    pub const ALL: [Self; 3] = [Self::Good, Self::Negligible, Self::Bad];

    /// Its word in every output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Negligible => "negligible",
            Self::Bad => "bad",
        }
    }
}

/// The measures of one replication. Requests and users are in thousandths where they are
/// expectations; counts are counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measures {
    /// Which kind of release, by its place in the scenario.
    pub release: u16,
    /// Where in the law of its size the first fault lies whose size varies, millionths of the way
    /// through all worlds.
    pub size: Option<u32>,
    /// What it is.
    pub truth: Truth,
    /// How the change ended.
    pub ending: Ending,
    /// Who gave the order that was obeyed last.
    pub by: Option<By>,
    /// Whether somebody mended the release on the way: what was promoted had no fault.
    pub fixed: bool,
    /// How often the release was tried.
    pub attempts: u8,
    /// Harm in requests of a day with all traffic on the new version and no gate, thousandths.
    pub potential: u64,
    /// When traffic first reached the new version.
    pub exposed_at: Instant,
    /// When all traffic was on the new version, or the old one had all of it again.
    pub ended_at: Instant,
    /// When the watched time was over.
    pub watched_until: Instant,
    /// When all traffic had moved to the new version.
    pub live_at: Option<Instant>,
    /// When it was promoted, in the last attempt; it may have been taken back since.
    pub promoted_at: Option<Instant>,
    /// When harm began: the hazard first met served traffic.
    pub harm_began: Option<Instant>,
    /// When somebody or something knew.
    pub detected_at: Option<Instant>,
    /// When the order was given that was obeyed.
    pub ordered_at: Option<Instant>,
    /// When harm ended for good; nothing when it goes on.
    pub harm_ended: Option<Instant>,
    /// Time under harm within the watched time.
    pub time_harmed: Span,
    /// Harm was still going on when the watched time ended before the period did.
    pub cut_off: bool,
    /// Requests that met the new version in the period.
    pub met: u64,
    /// Those that met it while it was harmful, thousandths.
    pub met_harmful: u64,
    /// Requests that failed because of the release in the period.
    pub failed: u64,
    /// Responses slower than the objective because of the release in the period, thousandths;
    /// negative when the release is faster.
    pub slowed: i64,
    /// Of both, requests that met the old version, thousandths.
    pub bystanders: i64,
    /// Requests that failed because of what the strategy does in the period.
    pub rollout_failed: u64,
    /// Responses slower than the objective because of what the strategy does, thousandths;
    /// negative when it makes them faster.
    pub rollout_slowed: i64,
    /// Failures of the period that would have happened anyway, on both versions.
    pub baseline_failed: u64,
    /// Requests of the period, expected, thousandths.
    pub requests: u64,
    /// Largest share of the traffic on the new version, millionths.
    pub peak_share: u32,
    /// Users expected to have met the new version, thousandths.
    pub users_met: u64,
    /// Users expected to have been harmed by the release, thousandths.
    pub users_harmed: u64,
    /// Users expected to have been harmed by the rollout itself, thousandths.
    pub users_dipped: u64,
    /// Users active in the period, thousandths.
    pub users_active: u64,
    /// Pods that were killed because of the release.
    pub killed: u64,
    /// Pod-microseconds above the replicas of the old fleet.
    pub pods_above: i64,
    /// The most pods at one time.
    pub peak_pods: u32,
    /// Time of people who were paged.
    pub work: Span,
    /// Readings of gates until the end of the change.
    pub readings: u32,
}

impl Measures {
    /// Requests harmed by the release in the period, thousandths, never below zero.
    pub fn harmed(&self) -> u64 {
        (self.failed as i64 * 1000 + self.slowed).max(0) as u64
    }

    /// The gate that gave the order that was obeyed last.
    pub fn gate(&self) -> Option<usize> {
        match self.by {
            Some(By::Gate(gate)) => Some(usize::from(gate)),
            _ => None,
        }
    }

    /// Whether the change ended with the old version although the release was good.
    pub fn is_false_rollback(&self) -> bool {
        self.truth == Truth::Good && self.ending == Ending::RolledBack
    }

    /// Whether a bad release was stopped before it was promoted.
    pub fn is_caught(&self) -> bool {
        self.truth == Truth::Bad && !self.is_missed() && (self.fixed || self.promoted_at.is_none())
    }

    /// Whether a bad release was promoted as it was, whatever happened then.
    pub fn is_missed(&self) -> bool {
        self.truth == Truth::Bad && self.promoted_at.is_some() && !self.fixed
    }

    /// Requests harmed by what the strategy itself does, thousandths, never below zero.
    pub fn dipped(&self) -> u64 {
        (self.rollout_failed as i64 * 1000 + self.rollout_slowed).max(0) as u64
    }

    /// When the order was given, not before something knew of the harm.
    pub fn ordered_late(&self) -> Option<Instant> {
        self.ordered_at.map(|at| self.detected_at.map_or(at, |known| at.max(known)))
    }

    /// When the old version served all again, not before that was ordered.
    pub fn restored_at(&self) -> Option<Instant> {
        let back = (self.ending == Ending::RolledBack).then_some(self.ended_at);
        back.zip(self.ordered_late()).map(|(back, order)| back.max(order))
    }

    /// When harm that somebody or something knew of had ended, and the old version served all.
    pub fn resolved_at(&self) -> Option<Instant> {
        self.harm_began?;
        let (back, over) = (self.restored_at()?, self.harm_ended?);
        Some(back.max(over))
    }

    /// What the change took, physically. Only a good change that is not live is missed.
    pub fn ledger(&self) -> Ledger {
        let waited = self.live_at.filter(|_| self.promoted_at.is_some());
        let delay = match self.truth {
            Truth::Good => waited.unwrap_or(self.watched_until).since_start(),
            Truth::Negligible | Truth::Bad => Span::ZERO,
        };
        Ledger {
            pod_micros_above: self.pods_above,
            peak_pods: self.peak_pods,
            failed_requests: (self.failed + self.rollout_failed) as i64 * 1000,
            harmed_users: (self.users_harmed + self.users_dipped) as i64,
            engineer_micros: self.work.micros() as i64,
            delay_micros: delay.micros() as i64,
        }
    }
}
