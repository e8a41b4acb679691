//! How wrong the numbers can be because of what was assumed: one assumption at a time is moved to
//! each end of its range, and one part of the model at a time takes another form; the same worlds
//! are tried again.

mod effort;
mod end;
mod judge;
mod scale;
mod search;

pub use effort::{Effort, Plan};
pub use search::robustness;

use estimate::Estimate;

use super::compare::Comparison;
use super::expectation::{Expectation, Standing};
use super::measure::Measure;
use super::replicate::{Onlooker, Workers};
use super::summary::Summary;
use crate::document::Node;
use crate::scenario::Scenario;
use crate::simulation::Measures;

/// The measures of a run whose spread is told.
pub const HEADLINE: [&str; 4] =
    ["caught", "false-rollback", "blast-radius.users.mean", "harm-prevented"];

/// One policy with what its worlds said.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// The complete document.
    pub tree: &'a Node,
    /// What it describes.
    pub scenario: &'a Scenario,
    /// Its worlds from the first on, without a gap.
    pub sample: &'a [Measures],
    /// What they come to.
    pub summary: &'a Summary,
    /// What is wanted of them.
    pub wanted: &'a [Expectation],
}

/// What is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The policies, all in the same worlds.
    pub policies: &'a [Policy<'a>],
    /// What they come to when they are held against each other.
    pub comparison: Option<&'a Comparison>,
    /// The seed of the worlds.
    pub seed: u64,
    /// How many worlds may be tried again.
    pub effort: Effort,
    /// The threads.
    pub workers: &'a Workers,
    /// Who looks on.
    pub onlooker: &'a dyn Onlooker,
}

/// An assumption that is moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Where it stands in the document.
    pub path: String,
    /// What was assumed.
    pub from: String,
    /// What is assumed instead.
    pub to: String,
}

/// How far a measure goes when single assumptions are moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The policy, by its place.
    pub policy: usize,
    /// The measure.
    pub measure: &'static Measure,
    /// What it is under the assumptions as they are.
    pub value: Estimate,
    /// The lowest value below that which is certain, and what brings it about.
    pub low: Option<(f64, Shift)>,
    /// The highest value above that which is certain, and what brings it about.
    pub high: Option<(f64, Shift)>,
    /// What it is in other forms of the model.
    pub forms: Vec<Formed>,
}

/// What a measure is in another form of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Formed {
    /// The form.
    pub shift: Shift,
    /// Why it may be as true.
    pub why: &'static str,
    /// The measure.
    pub value: f64,
    /// Whether it certainly differs.
    pub certain: bool,
}

/// How much a measure moves with an assumption.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// The assumption.
    pub shift: Shift,
    /// The policy, by its place.
    pub policy: usize,
    /// The measure that it moves most.
    pub measure: &'static Measure,
    /// By how much, in the same worlds.
    pub difference: Estimate,
}

/// What a run without expectations speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Good releases that are rolled back: there are more of them.
    FalseRollbacks,
    /// Bad releases that are missed.
    Misses,
    /// Neither of the two.
    AllWell,
}

/// A conclusion, and what it would be instead.
#[derive(Clone, Debug, PartialEq)]
pub enum Reversed {
    /// Something that is wanted.
    Wanted {
        /// What is wanted.
        wanted: Expectation,
        /// How that stands now.
        now: Standing,
        /// What would be seen.
        value: f64,
    },
    /// What the sentence is about.
    Subject {
        /// Now.
        now: Subject,
        /// Then.
        then: Subject,
    },
    /// Which variant is the best at something.
    Lead {
        /// At what.
        aim: &'static Measure,
        /// The best one now, by its place.
        now: usize,
        /// The best one then.
        then: usize,
    },
}

/// The smallest change of one assumption that reverses a conclusion.
#[derive(Clone, Debug, PartialEq)]
pub struct Reversal {
    /// The conclusion.
    pub of: Reversed,
    /// The change.
    pub shift: Shift,
    /// Whether the interval says so, and not only the point estimate.
    pub certain: bool,
}

/// How wrong the numbers can be because of what was assumed.
#[derive(Clone, Debug, PartialEq)]
pub struct Robustness {
    /// Assumptions with a range that are in force.
    pub assumptions: usize,
    /// Ends of ranges that are not possible here, because of what is written.
    pub impossible: usize,
    /// How many worlds were tried again.
    pub plan: Plan,
    /// Assumptions that were looked at closely.
    pub close: usize,
    /// Other forms of the model that were tried.
    pub forms: usize,
    /// Assumptions, such as prices, that no world depends on: all worlds are reckoned again.
    pub reckoned: usize,
    /// Replications in all.
    pub replications: u64,
    /// Conclusions that could be reversed: those that the interval does not leave open.
    pub conclusions: usize,
    /// How far the headline goes.
    pub spreads: Vec<Spread>,
    /// What moves it most, the most first.
    pub influences: Vec<Influence>,
    /// The smallest reversing change of each conclusion, the smallest first.
    pub reversals: Vec<Reversal>,
    /// Whether nobody stopped it.
    pub whole: bool,
}

/// Why there is nothing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlooked {
    /// Nobody wanted to know.
    Off,
    /// Nothing was assumed.
    Nothing,
    /// So many worlds would be needed for a quarter of them to be enough.
    TooFew(u64),
    /// Somebody or the time limit stopped it.
    Stopped,
}

#[cfg(test)]
mod tests;
