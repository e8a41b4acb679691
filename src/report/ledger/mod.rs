//! What a ledger of claims says, as plain data, and renderers of it.

mod data;
mod markdown;
mod text;

use super::Provenance;
use crate::document::Look;
use crate::experiment::{Expectation, Standing, Summary, Verdict, of_a_case};

/// Claims with what simulations make of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    /// Those that were tried, in the order of the files.
    pub entries: Vec<Entry>,
    /// Those that are about something that is not modelled.
    pub untried: Vec<Untried>,
}

/// A claim that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// The statement, in the words of its source.
    pub text: String,
    /// Where it stands in the source.
    pub section: String,
    /// What is written down about it.
    pub recorded: Verdict,
    /// What the cases show, in one sentence.
    pub because: String,
    /// The cases that it was tried in.
    pub cases: Vec<Case>,
    /// What makes the same bytes again; its digest is of all cases.
    pub provenance: Provenance,
}

/// A case of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The strategy and its gates in a few words.
    pub plan: String,
    /// Every measure.
    pub summary: Summary,
    /// What the claim says of it, and how that stands.
    pub wanted: Vec<(Expectation, Standing)>,
}

/// A claim that was not tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untried {
    /// What it is called.
    pub name: String,
    /// The statement, in the words of its source.
    pub text: String,
    /// Where it stands in the source.
    pub section: String,
    /// Why it was not tried.
    pub because: String,
}

impl Case {
    /// How it stands to the claim.
    pub fn standing(&self) -> Standing {
        of_a_case(self.wanted.iter().map(|(_, standing)| *standing))
    }
}

impl Entry {
    /// What the cases make of it.
    pub fn computed(&self) -> Verdict {
        let standings: Vec<Standing> = self.cases.iter().map(Case::standing).collect();
        Verdict::of(&standings)
    }

    /// What is to be said when what is written down is not what the cases make of it.
    fn complaint(&self) -> Option<String> {
        let computed = self.computed();
        let is_so = computed == self.recorded;
        (!is_so).then(|| format!("written down as {}", self.recorded.word()))
    }
}

impl Ledger {
    /// Whether there is no claim at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.untried.is_empty()
    }

    /// The ledger for a terminal.
    pub fn text(&self, look: Look) -> Vec<u8> {
        text::render(self, look).into_bytes()
    }

    /// One line for each claim, and the count.
    pub fn brief(&self, look: Look) -> Vec<u8> {
        text::brief(self, look).into_bytes()
    }

    /// The ledger as a page.
    pub fn markdown(&self) -> Vec<u8> {
        markdown::page(self).into_bytes()
    }

    /// The ledger as a JSON value.
    pub fn json(&self) -> serde_json::Value {
        data::value(self)
    }

    /// How many claims came to what: `16 claims tried: 3 hold, 9 depend, 4 are refuted`.
    pub(super) fn count(&self) -> String {
        let words = [
            (Verdict::Holds, "holds", "hold"),
            (Verdict::Depends, "depends", "depend"),
            (Verdict::Refuted, "is refuted", "are refuted"),
            (Verdict::Undecided, "is undecided", "are undecided"),
        ];
        let parts = words.into_iter().filter_map(|(verdict, one, several)| {
            let count = self.entries.iter().filter(|it| it.computed() == verdict).count();
            (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { several }))
        });
        let parts: Vec<_> = parts.collect();
        let mut count = if self.entries.is_empty() {
            "no claim was tried".to_owned()
        } else {
            let tried = super::number::many(self.entries.len() as u64, "claim", "claims");
            format!("{tried} tried: {}", parts.join(", "))
        };
        let differ = self.entries.iter().filter(|it| it.complaint().is_some()).count();
        if differ > 0 {
            count = format!("{count}; {differ} not as written down");
        }
        match self.untried.len() {
            0 => count,
            untried => format!("{count}; {untried} not tried yet"),
        }
    }
}
