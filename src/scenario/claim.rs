//! A statement about deployments, and the cases that it is tried in.

use super::ScenarioDoc;
use super::variants::laid_over;
use crate::document::{
    self, At, Code, Named, Node, Patch, Problem, Problems, Value, quoted, record, word,
};

const CASES: &str = "E0133";
const SAYS_NOTHING: &str = "E0134";
const UNTRIED: &str = "E0135";

/// The codes of what a claim can have wrong, in order.
pub const CODES: &[Code] = &[
    Code { code: CASES, meaning: "a claim with a verdict needs a case" },
    Code { code: SAYS_NOTHING, meaning: "a claim says nothing of one of its cases" },
    Code { code: UNTRIED, meaning: "a claim that is not tried has cases" },
];

word! {
    /// What is written down about a claim.
    pub enum RecordedDoc {
        /// It is so in every case.
        holds => Holds,
        /// It is so in no case.
        refuted => Refuted,
        /// It is so in some cases and not in others.
        depends => Depends,
        /// It is about something that is not modelled.
        untried => Untried,
    }
}

record! {
    /// What a claim says beside the scenario that its cases have in common.
    pub struct ClaimFileDoc {
        /// The statement, and what is written down about it.
        claim: At<ClaimDoc>,
        /// By name what is laid over the scenario, as the variants of a comparison are.
        cases: Named<Patch<ScenarioDoc>> = "{}",
    }
}

record! {
    /// A statement, and what is written down about it.
    pub struct ClaimDoc {
        /// The statement, in a few words of its source.
        text: String,
        /// Where in the source it stands.
        section: String,
        /// What is written down about it.
        verdict: At<RecordedDoc>,
        /// What the cases show, or why there are none, in one sentence.
        because: String,
    }
}

/// A statement with the complete scenarios that it is tried in.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The statement, and what is written down about it.
    pub doc: ClaimDoc,
    /// The cases by name, complete but for defaults; none when it is not tried.
    pub documents: Vec<(String, Node)>,
}

impl Claim {
    /// The word that a document's `kind` is.
    pub const KIND: &'static str = "Claim";

    /// The fields that are a claim's own.
    const OWN: [&'static str; 2] = ["claim", "cases"];

    /// Takes a document apart, or says why it is no claim.
    pub fn of(tree: Node, problems: &mut Problems) -> Option<Self> {
        let (common, own) = tree.split(&Self::OWN);
        let file: ClaimFileDoc = document::decode(&own, problems)?;
        let is_tried = file.claim.value.verdict.value != RecordedDoc::Untried;
        if is_tried == file.cases.is_empty() {
            let place = file.claim.value.verdict.place;
            problems.push(if is_tried { no_case(place) } else { needless_case(place) });
            return None;
        }
        let documents = laid_over(&common, &file.cases, ["case", "cases"], problems);
        let mute = documents.iter().find(|(_, tree)| says_nothing(tree));
        if let Some((name, tree)) = mute {
            problems.push(no_bound(name, tree));
            return None;
        }
        Some(Self { doc: file.claim.value, documents })
    }
}

fn says_nothing(tree: &Node) -> bool {
    let expect = tree.get("expect");
    expect.is_none_or(|it| matches!(&it.value, Value::Map(map) if map.entries().is_empty()))
}

fn no_case(place: document::Place) -> Problem {
    Problem::error(CASES, "a claim with a verdict needs a case").at(place, "of nothing").help(
        "write for example:\ncases:\n  small: { fleet: { replicas: 3 } }\n  \
         large: { fleet: { replicas: 300 } }\nor say `verdict: untried` and why",
    )
}

fn needless_case(place: document::Place) -> Problem {
    Problem::error(UNTRIED, "a claim that is not tried has cases")
        .at(place, "but there are cases")
        .help("leave the cases out, or write down what they show: holds, refuted or depends")
}

fn no_bound(name: &str, tree: &Node) -> Problem {
    let title = format!("the claim says nothing of the case {}", quoted(name));
    Problem::error(SAYS_NOTHING, title)
        .at(tree.place, "there is no `expect`")
        .help("write for example: expect: { mttr.mean: <= 1m }")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Look, SourceKind, Sources, yaml};

    const TEXT: &str = "kind: Claim
claim: { text: rollback is instant, section: Abstract, verdict: depends, because: it depends }
expect: { mttr.mean: <= 1m }
";

    fn read(rest: &str) -> (Option<Claim>, String) {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let (kind, text) = (SourceKind::File, format!("{TEXT}{rest}"));
        let tree = yaml::parse_one(&mut sources, kind, "c.yaml", text.as_bytes(), &mut problems);
        let claim = tree.and_then(|tree| Claim::of(tree, &mut problems));
        (claim, problems.render(&sources, Look::Plain))
    }

    #[test]
    fn a_case_may_say_something_else_of_the_claim() {
        let (claim, problems) = read(
            "cases:
  one: { strategy: allAtOnce }
  other: { strategy: recreate, expect: { caught: '>= 1%' } }
",
        );
        assert_eq!(problems, "");
        let claim = claim.expect("a claim");
        assert_eq!(claim.doc.verdict.value, RecordedDoc::Depends);
        let expected = |index: usize, name: &str| {
            claim.documents[index].1.get("expect").is_some_and(|it| it.get(name).is_some())
        };
        assert!(expected(0, "mttr.mean") && expected(1, "caught"));
        assert!(!expected(1, "mttr.mean"), "what is wanted inside of a case stands alone");
    }

    #[test]
    fn what_is_no_claim_says_why() {
        assert!(read("").1.contains("needs a case"), "{}", read("").1);
        let mute = read("cases: { one: { expect: null } }\n").1;
        assert!(mute.contains("says nothing of the case `one`"), "{mute}");
        let own = read("cases: { one: { seed: 4 } }\n").1;
        assert!(own.contains("the case `one` has its own `seed`"), "{own}");
        assert!(own.contains("beside `cases`"), "{own}");
    }

    #[test]
    fn a_claim_that_is_not_tried_has_no_cases() {
        let text = TEXT.replace("verdict: depends", "verdict: untried");
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let mut read = |text: &str| {
            let kind = SourceKind::File;
            let bytes = text.as_bytes();
            let tree = yaml::parse_one(&mut sources, kind, "c.yaml", bytes, &mut problems);
            tree.and_then(|tree| Claim::of(tree, &mut problems))
        };
        assert!(read(&text).is_some_and(|claim| claim.documents.is_empty()));
        assert!(read(&format!("{text}cases: {{ one: {{}} }}\n")).is_none());
    }
}
