//! A Canary, as far as the twin depends on it.

use clockwork::Span;

use super::analysis::Analysis;
use super::check::{Check, Source};
use super::kind::Kind;
use super::webhook::Webhook;

/// A Canary: how a workload is released, frozen.
#[derive(Clone, Debug, PartialEq)]
pub struct Canary {
    /// What is released.
    pub target: Kind,
    /// How a release is analysed.
    pub analysis: Analysis,
    /// Time between two ticks, as the manifest says it.
    pub interval: Span,
    /// What is measured, in the order of the manifest.
    pub checks: Vec<Check>,
    /// Who is asked, in the order of the manifest.
    pub webhooks: Vec<Webhook>,
    /// Percent of the pods that must be available for a primary to be ready.
    pub primary_ready: u32,
    /// The same for a canary.
    pub canary_ready: u32,
    /// How long too few pods may be available (`progressDeadlineSeconds`).
    pub deadline: Span,
}

/// The least time between two ticks. Source: `GetAnalysisInterval`.
const INTERVAL_MIN: Span = Span::from_secs(10);

impl Default for Canary {
    /// The defaults of Flagger: a tick a minute, every pod available, ten minutes for that.
    fn default() -> Self {
        Self {
            target: Kind::Deployment,
            analysis: Analysis::default(),
            interval: Span::from_mins(1),
            checks: Vec::new(),
            webhooks: Vec::new(),
            primary_ready: 100,
            canary_ready: 100,
            deadline: Span::from_mins(10),
        }
    }
}

impl Canary {
    /// Time between two ticks.
    pub fn interval(&self) -> Span {
        self.interval.max(INTERVAL_MIN)
    }

    /// The places of the checks in the order in which they are measured: what Flagger can ask
    /// itself in the order of the manifest, then what has a template. Source: `runAnalysis`.
    pub(super) fn measured(&self) -> impl Iterator<Item = usize> + '_ {
        let is_late = |at: &usize| self.checks[*at].source() == Some(Source::Template);
        let all = 0..self.checks.len();
        all.clone().filter(move |at| !is_late(at)).chain(all.filter(is_late))
    }
}
