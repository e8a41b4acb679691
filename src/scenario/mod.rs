//! A validated scenario: everything that a simulation needs to know, frozen.

pub mod document;
mod claim;
mod forms;
mod law;
mod mix;
mod population;
mod read;
mod validate;
mod variants;

pub use claim::{CODES as CLAIM_CODES, Claim, ClaimDoc, ClaimFileDoc, RecordedDoc};
pub use document::ScenarioDoc;
pub use forms::{FORMS, Form};
pub use law::{Magnitude, law};
pub use mix::{CODES as MIX_CODES, mix};
pub use population::{NOT_MODELLED, TEXT as DEFAULT_RELEASES};
pub use validate::{CODES, validate, validate_like};
pub use variants::{CODES as VARIANT_CODES, CompareDoc, Variants, shapes};

use chance::Law;
use clockwork::Span;

use crate::baseline::Baseline;
use crate::controller::kubernetes::probe::Probes;
use crate::cost::Prices;
use crate::fault::Fault;
pub use crate::fault::{Size, SizeUnit};
use crate::fleet::Fleet;
use crate::gate::{Combine, Gate};
use crate::people::People;
use crate::strategy::Strategy;
use crate::telemetry::{Alarm, Compiled, Series, Source, Telemetry};
use crate::traffic::Traffic;
use crate::units::Share;

/// One rollout policy and the worlds it is tried in. A `Scenario` that exists is valid.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Length of a tick: the scrape interval.
    pub tick: Span,
    /// Time from a scrape until gates can read it.
    pub delay: Span,
    /// How long every variant is watched after its own end.
    pub watch: Span,
    /// How long gates stay active after the last step.
    pub bake: Span,
    /// The load.
    pub traffic: Traffic,
    /// The pods.
    pub fleet: Fleet,
    /// How the kubelet finds out whether they are well; nothing when they are ready just when they
    /// can serve.
    pub probes: Option<Probes>,
    /// The running version.
    pub baseline: Baseline,
    /// What good service is.
    pub slo: Slo,
    /// What a release turns out to be.
    pub releases: Vec<Release>,
    /// How it is released.
    pub strategy: Strategy,
    /// Who judges it.
    pub gates: Vec<Gate>,
    /// How the service shows in a simulated Prometheus.
    pub telemetry: Telemetry,
    /// What is asked of it.
    pub queries: Vec<Compiled>,
    /// Alerts of Prometheus that judge or page.
    pub alarms: Vec<Alarm>,
    /// How the judges act together.
    pub combine: Combine,
    /// Which releases count as good and as bad.
    pub truth: TruthBounds,
    /// What happens when the change was rolled back.
    pub after_rollback: AfterRollback,
    /// Who looks after the service; nobody when there is none.
    pub people: Option<People>,
    /// What pages them: a judge of all requests, old and new.
    pub alert: Option<Gate>,
    /// What things cost.
    pub prices: Prices,
    /// How many changes there are in a week.
    pub changes_per_week: f64,
}

/// What happens when a change was rolled back. The unit is the change: it may take several
/// attempts.
#[derive(Clone, Debug)]
pub enum AfterRollback {
    /// Nothing more.
    Abandon,
    /// The same release is tried again.
    Retry {
        /// Time between two attempts.
        cooldown: Span,
        /// Attempts in all.
        attempts: u32,
    },
    /// Somebody works on the release before it is tried again.
    Fix {
        /// Seconds of work.
        takes: Law,
        /// The least time between two attempts.
        cooldown: Span,
        /// The chance that the release has no fault any more.
        works: Share,
        /// Attempts in all.
        attempts: u32,
    },
}

/// What good service is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slo {
    /// The Apdex threshold T, seconds.
    pub apdex: f64,
    /// A response slower than this is harm, seconds.
    pub latency: f64,
    /// The share of requests that shall not fail.
    pub availability: f64,
}

/// A kind of release: how often it comes, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its name in the scenario.
    pub name: String,
    /// How often, relative to the others.
    pub weight: f64,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

impl Release {
    /// The name and the size of its first fault whose size differs from world to world.
    pub fn size(&self) -> Option<(&'static str, Size<'_>)> {
        let sizes = self.faults.iter().map(|fault| (fault.kind.name(), fault.kind.size()));
        sizes.into_iter().find(|(_, size)| size.varies())
    }
}

/// Shares of a day's requests that a release would harm, which make it good or bad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TruthBounds {
    /// At most this is good.
    pub good: Share,
    /// At least this is bad.
    pub bad: Share,
}

/// The most faults that one release may have.
pub const FAULTS_MAX: usize = 4;

/// The most different response-time limits that the gates of a scenario may have, those of the
/// buckets that their queries read among them.
pub const LIMITS_MAX: usize = 16;

impl Scenario {
    /// The kind of release that a replication has. Kinds with a fault take turns, so that each is
    /// simulated as often as the others, in the first replications too; where there are kinds
    /// without one, they have every other replication: rare mistakes want as many worlds as what
    /// is missed. How often a kind comes is for the estimates to say.
    pub fn kind_of(&self, replication: u64) -> usize {
        let [fine, faulty] = [false, true].map(|faults| self.live(faults).count() as u64);
        let (turn, round) = (replication % 2 == 1, replication / 2);
        let (faults, turn) = match (fine, faulty) {
            (0, 0) => return 0,
            (0, _) => (true, replication % faulty),
            (_, 0) => (false, replication % fine),
            _ if turn => (true, round % faulty),
            _ => (false, round % fine),
        };
        self.live(faults).nth(turn as usize).unwrap_or(0)
    }

    /// After how many replications every kind of release has come.
    pub fn kinds(&self) -> u64 {
        let [fine, faulty] = [false, true].map(|faults| self.live(faults).count() as u64);
        if fine == 0 || faulty == 0 { fine + faulty } else { 2 * fine.max(faulty) }
    }

    fn live(&self, faults: bool) -> impl Iterator<Item = usize> {
        let kinds = self.releases.iter().enumerate().filter(|(_, it)| it.weight > 0.0);
        kinds.filter(move |(_, it)| it.faults.is_empty() != faults).map(|(kind, _)| kind)
    }

    /// The gate at this place; the alert comes after the last one.
    ///
    /// # Panics
    /// When there is none.
    pub fn judge(&self, index: usize) -> &Gate {
        self.gates.get(index).or(self.alert.as_ref()).expect("a gate at this place")
    }

    /// Every series that a query or an alert reads.
    pub fn read_series(&self) -> impl Iterator<Item = &Series> {
        let alarms = self.alarms.iter().flat_map(|alarm| &alarm.series);
        self.queries.iter().flat_map(|query| &query.series).chain(alarms)
    }

    /// Whether a query or an alert looks at single pods, or at their numbers.
    pub fn looks_at_pods(&self) -> bool {
        let alarms = self.alarms.iter().any(|alarm| alarm.by_pod);
        let numbers = |series: &Series| matches!(series.source, Source::Replicas(..));
        alarms || self.queries.iter().any(|query| query.by_pod) || self.read_series().any(numbers)
    }

    /// The response times that gates and the buckets of queries divide at, seconds.
    pub fn response_times(&self) -> impl Iterator<Item = f64> {
        let buckets = self.read_series().filter_map(|series| series.source.limit());
        let gates = self.gates.iter().chain(self.strategy.natives());
        gates.filter_map(|gate| gate.metric.limit()).chain(buckets)
    }

    /// The law that decides the number of requests in a world.
    pub fn rate(&self) -> &Law {
        &self.traffic.rate
    }
}

#[cfg(test)]
mod tests;
