//! What a comparison says, as plain data, and renderers of it.

mod data;
mod kinds;
mod markdown;
mod sentence;
mod text;

pub use sentence::sentence;

use super::robust::Words;
use super::{Found, MeanBill, Provenance, Trust};
use crate::document::{Assumption, Look};
use crate::experiment::{Comparison, Expectation, MEASURES, Measure, Standing, find};

/// What one comparison says, ready for any renderer.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparisonReport {
    /// Its name.
    pub name: String,
    /// The question that it answers.
    pub description: Option<String>,
    /// What makes the same bytes again; its digest is of all variants.
    pub provenance: Provenance,
    /// What the numbers rest on.
    pub trust: Trust,
    /// How wrong they can be because of what was assumed.
    pub robust: Found,
    /// Each variant and how it differs from the baseline.
    pub comparison: Comparison,
    /// The strategy and the gates of each variant in a few words.
    pub plans: Vec<String>,
    /// What the mean change costs under each variant.
    pub bills: Vec<MeanBill>,
    /// What was wanted of each variant, and how it stands.
    pub wanted: Vec<Vec<(Expectation, Standing)>>,
    /// The measures that a page shows.
    pub shown: Vec<&'static Measure>,
    /// One sentence.
    pub sentence: String,
    /// What to keep in mind.
    pub cautions: Vec<String>,
    /// What to try next.
    pub next: Vec<String>,
    /// What nobody said, of the baseline.
    pub assumptions: Vec<Assumption>,
    /// What foreign files do not say, by variant.
    pub notes: Vec<String>,
    /// What a foreign file says and could not be kept, by variant.
    pub losses: Vec<String>,
    /// What is left out of the default mix of releases, where that is used.
    pub left_out: Option<&'static str>,
}

/// The measures that a page shows when nobody says which.
pub const SHOWN: &[&str] = &[
    "blast-radius.users.mean",
    "harm-prevented",
    "time-harmed.mean",
    "mttr.mean",
    "false-rollback",
    "time-to-live.median",
    "rollout-harm.users.mean",
    "pods-above.mean",
    "cost.mean",
];

/// The measures of these names; of a name that no measure has, those that begin with it and a dot;
/// every one for the word `all`. An error is the first that means nothing.
pub fn shown<'a>(wanted: &[&'a str]) -> Result<Vec<&'static Measure>, &'a str> {
    let mut all = Vec::new();
    for name in wanted {
        let is_whole = find(name).is_some();
        let means = |it: &&Measure| {
            let rest = it.name.strip_prefix(name);
            let is_meant = |rest: &str| rest.is_empty() || !is_whole && rest.starts_with('.');
            *name == "all" || rest.is_some_and(is_meant)
        };
        let found: Vec<&'static Measure> = MEASURES.iter().filter(means).collect();
        if found.is_empty() {
            return Err(name);
        }
        all.extend(found);
    }
    Ok(all)
}

impl ComparisonReport {
    /// The names of the variants.
    fn names(&self) -> Vec<&str> {
        self.comparison.variants.iter().map(|it| it.name.as_str()).collect()
    }

    fn words<'a>(&self, names: &'a [&'a str]) -> Words<'a> {
        Words { names, currency: self.bills[self.comparison.baseline].currency }
    }

    /// The end-of-run page for a terminal.
    pub fn text(&self, look: Look) -> Vec<u8> {
        text::render(self, look).into_bytes()
    }

    /// Only what was wanted and the sentence.
    pub fn brief(&self, look: Look) -> Vec<u8> {
        text::brief(self, look).into_bytes()
    }

    /// A table for a comment on a pull request.
    pub fn markdown(&self) -> Vec<u8> {
        markdown::page(self).into_bytes()
    }

    /// The comparison as a JSON value.
    pub fn json(&self) -> serde_json::Value {
        data::value(self)
    }

    /// One row per variant and measure.
    pub fn csv(&self) -> Vec<u8> {
        data::csv(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shown_measure_exists() {
        assert_eq!(shown(SHOWN).expect("measures").len(), SHOWN.len());
        assert_eq!(shown(&["blast-radius.users"]).expect("measures").len(), 6);
        let one = shown(&["blast-radius.users.mean"]).expect("a measure");
        assert_eq!(one.len(), 1, "a measure is not the ones that its name begins");
        assert_eq!(shown(&["all"]).expect("measures").len(), MEASURES.len());
        assert_eq!(shown(&["mttr", "mtbf"]), Err("mtbf"));
    }
}
