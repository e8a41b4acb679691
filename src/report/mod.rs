//! What an experiment says, as plain data, and renderers that make bytes of it.

mod number;
mod page;
mod fingerprint;
mod frame;
mod bill;
mod conclusion;
mod plan;
mod robust;
mod trust;
mod text;
mod harm;
mod kinds;
mod data;
mod schema;
mod sight;
mod markdown;
mod comparison;
mod ledger;
mod story;
mod tale;
mod tidings;
mod series;

pub use bill::MeanBill;
pub use comparison::{ComparisonReport, SHOWN, sentence, shown};
pub use conclusion::Conclusion;
pub use data::{COMPARISON_SCHEMA, RESULT_SCHEMA, comparisons_json, csv, json, jsonl};
pub use fingerprint::digest;
pub use ledger::{Case, Entry, Ledger, Untried};
pub use markdown::markdown;
pub use number::{grouped, harmless, time};
pub use page::{Ink, Page, WIDTH};
pub use plan::plan;
pub use robust::Found;
pub use schema::{comparison_schema, result_schema};
pub use series::{openmetrics, promtool};
pub use sight::sight;
pub use story::Story;
pub use trust::Trust;

use crate::document::{Assumption, Look};
use crate::experiment::{Expectation, Standing, Summary};

/// What one experiment says, ready for any renderer.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The scenario's name.
    pub name: String,
    /// The question that it answers.
    pub description: Option<String>,
    /// The strategy and its gates in a few words.
    pub plan: String,
    /// What makes the same bytes again.
    pub provenance: Provenance,
    /// What the numbers rest on.
    pub trust: Trust,
    /// How wrong they can be because of what was assumed.
    pub robust: Found,
    /// Every measure.
    pub summary: Summary,
    /// What the mean change costs.
    pub bill: MeanBill,
    /// What was wanted, and how it stands.
    pub wanted: Vec<(Expectation, Standing)>,
    /// One sentence.
    pub conclusion: Conclusion,
    /// What matters most of how the gates are written.
    pub lint: Option<String>,
    /// What to try next.
    pub next: Vec<String>,
    /// What nobody said.
    pub assumptions: Vec<Assumption>,
    /// What foreign files do not say.
    pub notes: Vec<String>,
    /// What a foreign file says and could not be kept.
    pub losses: Vec<String>,
    /// What is left out of the default mix of releases, where that is used.
    pub left_out: Option<&'static str>,
}

/// What makes the same bytes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The files, as they were given.
    pub files: Vec<String>,
    /// Version of the engine.
    pub version: &'static str,
    /// Fingerprint of the engine.
    pub fingerprint: &'static str,
    /// Digest of the complete scenario.
    pub scenario: String,
    /// The seed.
    pub seed: u64,
    /// Replications that were made.
    pub replications: u64,
    /// Replications that were asked for; nothing when that was left to the rule.
    pub asked: Option<u64>,
    /// Why there are as many as there are.
    pub end: End,
}

/// Why an experiment has as many replications as it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was asked for so many.
    Complete,
    /// The rates are known well enough.
    Known,
    /// The rates are not known well enough, and there are no more.
    Unknown,
    /// The time limit was over.
    TimeLimit,
    /// Somebody interrupted it.
    Interrupted,
}

impl End {
    /// Its word in data.
    pub fn word(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Known => "known",
            Self::Unknown => "not-known",
            Self::TimeLimit => "time-limit",
            Self::Interrupted => "interrupted",
        }
    }
}

impl Report {
    fn words(&self) -> robust::Words<'_> {
        robust::Words { names: &[], currency: self.bill.currency }
    }

    /// The end-of-run page for a terminal.
    pub fn text(&self, look: Look) -> Vec<u8> {
        text::render(self, look).into_bytes()
    }

    /// Only what was wanted and the sentence.
    pub fn brief(&self, look: Look) -> Vec<u8> {
        text::brief(self, look).into_bytes()
    }
}
