//! What is wanted of a Rollout: its strategy with everything that a twin needs to carry it out.

use clockwork::Span;

use super::condition::Conditions;
use super::metric::Metric;
use super::steps::Canary;
use super::threshold::Threshold;
use crate::units::Share;

/// The plan of a Rollout, resolved and frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Weights and replicas.
    pub canary: Canary,
    /// What each of its steps does.
    pub steps: Vec<Doing>,
    /// Every analysis that a step or the strategy names.
    pub analyses: Vec<Analysis>,
    /// The analysis that runs beside the steps, and the step from which on it does.
    pub background: Option<(usize, usize)>,
    /// The pods that may be above where traffic is not routed, resolved.
    pub surge: u32,
    /// The pods that may be missing where traffic is not routed, resolved.
    pub unavailable: u32,
    /// How much of the new version is enough to go on.
    pub threshold: Option<Threshold>,
    /// How long it may take without progress.
    pub deadline: Span,
    /// Whether it is aborted after that (`progressDeadlineAbort`).
    pub aborts_when_late: bool,
    /// A return to a version with fewer than so many between skips steps and analyses
    /// (`rollbackWindow.revisions`).
    pub rollback_window: Option<u32>,
    /// How long the old version is kept after a promotion.
    pub scale_down_delay: Span,
    /// What is different where two full versions and a selector replace the weights.
    pub blue_green: Option<BlueGreen>,
}

/// What a step of a canary does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// The new version gets a weight.
    Weight,
    /// The new version gets pods apart from its weight.
    Scale,
    /// It waits so long, or until somebody goes on.
    Pause(Option<Span>),
    /// It waits for an analysis.
    Analysis(usize),
    /// Pods of their own run for so long beside an analysis, if there is one.
    Experiment {
        /// How long; nothing where the analysis says.
        duration: Option<Span>,
        /// Which analysis.
        analysis: Option<usize>,
        /// Its pods of each version.
        pods: [u32; 2],
        /// The weight of those of the release.
        weight: u32,
    },
    /// Requests with a header go to the new version: so many of all.
    Header(Share),
    /// Requests are copied to the new version: so many of all.
    Mirror(Share),
}

/// The strategy of two full versions and a selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlueGreen {
    /// The pods of the new version before it is active; nothing if all.
    pub preview_replicas: Option<u32>,
    /// What the switch waits for.
    pub promotion: AutoPromotion,
    /// The analysis before the switch.
    pub pre: Option<usize>,
    /// The analysis after the switch.
    pub post: Option<usize>,
    /// Whether `scaleDownDelaySeconds` is written.
    pub is_delay_explicit: bool,
}

/// What the switch to the new version waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoPromotion {
    /// Nothing.
    AtOnce,
    /// So much time.
    After(Span),
    /// Somebody.
    Manual,
}

/// An analysis: metrics that are measured together.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// Its name.
    pub name: String,
    /// Its metrics.
    pub metrics: Vec<Judged>,
    /// Whether it is told to end as soon as it begins (`terminate` of an `AnalysisRun`).
    pub terminate: bool,
}

/// A metric with its conditions and where it is measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// How often it is measured and how much is forgiven.
    pub metric: Metric,
    /// Whether it is measured and never acted upon.
    pub is_dry: bool,
    /// What a value means.
    pub conditions: Conditions,
    /// Where the values come from, by its place among the sources.
    pub source: usize,
}
