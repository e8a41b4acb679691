//! What cases make of a claim.

use super::expectation::Standing;
use crate::scenario::RecordedDoc;

/// What cases make of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is so in every case.
    Holds,
    /// It is so in no case.
    Refuted,
    /// It is so in some cases and not in others.
    Depends,
    /// Too little is known of a case to tell.
    Undecided,
}

impl Verdict {
    /// Every verdict, in the order of ledgers.
    pub const ALL: [Self; 4] = [Self::Holds, Self::Depends, Self::Refuted, Self::Undecided];

    /// Its word in data and documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Refuted => "refuted",
            Self::Depends => "depends",
            Self::Undecided => "undecided",
        }
    }

    /// What is written down; nothing when the claim is not tried.
    pub fn recorded(word: RecordedDoc) -> Option<Self> {
        match word {
            RecordedDoc::Holds => Some(Self::Holds),
            RecordedDoc::Refuted => Some(Self::Refuted),
            RecordedDoc::Depends => Some(Self::Depends),
            RecordedDoc::Untried => None,
        }
    }

    /// What cases make of a claim. One that holds and one that does not are enough to say that it
    /// depends, whatever the others are.
    pub fn of(cases: &[Standing]) -> Self {
        let any = |standing| cases.contains(&standing);
        match (any(Standing::Held), any(Standing::Violated), any(Standing::Undecided)) {
            (true, true, _) => Self::Depends,
            (true, false, false) => Self::Holds,
            (false, true, false) => Self::Refuted,
            _ => Self::Undecided,
        }
    }
}

/// How a case stands to what a claim says of it: one violated bound refutes it, and it holds when
/// all of them do.
pub fn of_a_case(bounds: impl IntoIterator<Item = Standing>) -> Standing {
    let mut all = Standing::Held;
    for standing in bounds {
        match standing {
            Standing::Violated => return Standing::Violated,
            Standing::Undecided => all = Standing::Undecided,
            Standing::Held => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use Standing::{Held, Undecided, Violated};

    #[test]
    fn a_claim_depends_when_one_case_holds_and_another_does_not() {
        assert_eq!(Verdict::of(&[Held, Held]), Verdict::Holds);
        assert_eq!(Verdict::of(&[Violated, Violated]), Verdict::Refuted);
        assert_eq!(Verdict::of(&[Held, Violated]), Verdict::Depends);
        assert_eq!(Verdict::of(&[Held, Violated, Undecided]), Verdict::Depends);
        assert_eq!(Verdict::of(&[Held, Undecided]), Verdict::Undecided);
        assert_eq!(Verdict::of(&[Violated, Undecided]), Verdict::Undecided);
        assert_eq!(Verdict::of(&[]), Verdict::Undecided);
    }

    #[test]
    fn one_violated_bound_is_enough_to_refute_a_case() {
        assert_eq!(of_a_case([Held, Undecided, Violated]), Violated);
        assert_eq!(of_a_case([Held, Undecided]), Undecided);
        assert_eq!(of_a_case([Held, Held]), Held);
    }
}
