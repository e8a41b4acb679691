//! Several scenarios in one document: what they have in common, and in which they differ.

use super::{ClaimFileDoc, ScenarioDoc};
use crate::document::{
    self, At, Code, Decode, Key, Name, Named, Node, Origin, Patch, Problem, Problems, Scalar,
    Shape, Value, closest, merge::merge, quoted, record,
};

const VARIANTS: &str = "E0130";
const BASELINE: &str = "E0131";
const SEED: &str = "E0132";

/// The codes of what a comparison can have wrong, in order.
pub const CODES: &[Code] = &[
    Code { code: VARIANTS, meaning: "a comparison needs at least two variants" },
    Code { code: BASELINE, meaning: "the baseline of a comparison is none of its variants" },
    Code { code: SEED, meaning: "a variant or a case asks for worlds of its own" },
];

record! {
    /// What a comparison says beside the scenario that its variants have in common.
    pub struct CompareDoc {
        /// By name what is laid over the scenario: maps are merged, alternatives and lists are
        /// replaced, `null` removes.
        variants: Named<Patch<ScenarioDoc>> = "{}",
        /// What is told of it.
        report: CompareReportDoc = "{}",
    }
}

record! {
    /// What is told of a comparison.
    pub struct CompareReportDoc {
        /// The variant that the others are held against; the first one when it is not given.
        baseline: Option<At<Name>>,
        /// The measures that a page shows, by name or by its beginning.
        measures: Option<Vec<At<String>>>,
    }
}

/// Scenario documents that are tried in the same worlds.
#[derive(Clone, Debug)]
pub struct Variants {
    /// The documents by name, complete but for defaults.
    pub documents: Vec<(String, Node)>,
    /// Which one the others are held against.
    pub baseline: usize,
    /// The measures that a page shows, by name or by its beginning; the usual ones when
    /// nothing is said.
    pub measures: Option<Vec<At<String>>>,
}

/// The shapes that a document of any kind has, for merging it over its base.
pub fn shapes() -> [Shape; 3] {
    [ScenarioDoc::shape(), CompareDoc::shape(), ClaimFileDoc::shape()]
}

/// Each patch laid over what all have in common; `words` are what one and several are called.
pub(super) fn laid_over(
    common: &Node,
    patches: &Named<Patch<ScenarioDoc>>,
    words: [&str; 2],
    problems: &mut Problems,
) -> Vec<(String, Node)> {
    let mut common = common.clone();
    retitle(&mut common);
    let mut documents = Vec::new();
    for (name, patch) in patches.iter() {
        problems.extend(worlds_of_its_own(name.as_str(), &patch.tree, words));
        let tree = merge(&[ScenarioDoc::shape()], common.clone(), patch.tree.clone());
        documents.push((name.as_str().to_owned(), tree));
    }
    documents
}

impl Variants {
    /// The word that a document's `kind` is.
    pub const KIND: &'static str = "Compare";

    /// The fields that are a comparison's own.
    const OWN: [&'static str; 2] = ["variants", "report"];

    /// Takes a document apart, or says why it is no comparison.
    pub fn of(tree: Node, problems: &mut Problems) -> Option<Self> {
        let (common, own) = tree.split(&Self::OWN);
        let doc: CompareDoc = document::decode(&own, problems)?;
        if doc.variants.len() < 2 {
            problems.push(too_few(&own, doc.variants.len()));
            return None;
        }
        let variants = laid_over(&common, &doc.variants, ["variant", "variants"], problems);
        let named = |wanted: &str| variants.iter().position(|(name, _)| name == wanted);
        let baseline = match &doc.report.baseline {
            None => Some(0),
            Some(wanted) => named(wanted.value.as_str()),
        };
        if let (None, Some(wanted)) = (baseline, &doc.report.baseline) {
            let names = variants.iter().map(|(name, _)| name.as_str());
            problems.push(no_variant(wanted, names));
        }
        let baseline = baseline?;
        Some(Self { documents: variants, baseline, measures: doc.report.measures })
    }
}

/// Each of them is a scenario.
fn retitle(common: &mut Node) {
    let Value::Map(map) = &mut common.value else { return };
    if let Some(kind) = map.remove("kind") {
        let text = "Scenario".to_owned();
        let scalar = Value::Scalar(Scalar { text, quoted: false });
        let scenario = Node { value: scalar, place: kind.place, origin: Origin::Default };
        map.insert(Key::new("kind", kind.place), scenario);
    }
}

fn too_few(own: &Node, count: usize) -> Problem {
    let place = own.get("variants").map_or(own.place, |variants| variants.place);
    let label = if count == 0 { "there is none" } else { "there is one" };
    Problem::error(VARIANTS, "a comparison needs at least two variants").at(place, label).help(
        "write for example:\nvariants:\n  rolling: { strategy: { rolling: {} } }\n  \
         blue-green: { strategy: { blueGreen: {} } }",
    )
}

fn worlds_of_its_own(name: &str, patch: &Node, [one, several]: [&str; 2]) -> Option<Problem> {
    let own = ["seed", "replications"].into_iter().find_map(|key| Some((key, patch.get(key)?)));
    let (key, node) = own?;
    let title = format!("the {one} {} has its own `{key}`", quoted(name));
    let help = format!("write `{key}` beside `{several}`: all are tried in the same worlds");
    Some(Problem::error(SEED, title).at(node.place, format!("only for this {one}")).help(help))
}

fn no_variant<'a>(wanted: &At<Name>, names: impl Iterator<Item = &'a str> + Clone) -> Problem {
    let known: Vec<_> = names.clone().collect();
    let listed = format!("variants: {}", known.join(", "));
    let help = match closest(wanted.value.as_str(), names) {
        Some(meant) => format!("did you mean `{meant}`? {listed}"),
        None => listed,
    };
    let title = format!("there is no variant {}", quoted(wanted.value.as_str()));
    Problem::error(BASELINE, title).at(wanted.place, "not a variant").help(help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Look, SourceKind, Sources, yaml};

    fn read(text: &str) -> (Option<Variants>, String) {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let kind = SourceKind::File;
        let tree = yaml::parse_one(&mut sources, kind, "c.yaml", text.as_bytes(), &mut problems);
        let variants = tree.and_then(|tree| Variants::of(tree, &mut problems));
        (variants, problems.render(&sources, Look::Plain))
    }

    #[test]
    fn variants_are_laid_over_what_they_have_in_common() {
        let (variants, problems) = read(
            "kind: Compare
fleet: { replicas: 10 }
strategy: { rolling: { maxSurge: 1 } }
variants:
  as-it-is: {}
  wide: { fleet: { replicas: 20 }, strategy: allAtOnce }
report: { baseline: wide }
",
        );
        assert_eq!(problems, "");
        let variants = variants.expect("variants");
        let replicas = |index: usize| {
            let (_, tree) = &variants.documents[index];
            tree.get("fleet").and_then(|fleet| fleet.get("replicas")?.as_text()).map(str::to_owned)
        };
        assert_eq!(variants.baseline, 1);
        assert_eq!((replicas(0).as_deref(), replicas(1).as_deref()), (Some("10"), Some("20")));
        let strategy = variants.documents[1].1.get("strategy").and_then(Node::as_text);
        assert_eq!(strategy, Some("allAtOnce"), "an alternative is replaced whole");
    }

    #[test]
    fn what_is_no_comparison_says_why() {
        let (_, problems) = read("kind: Compare\nvariants: { one: {} }\n");
        assert!(problems.contains("at least two variants"), "{problems}");
        let (_, problems) =
            read("variants: { one: {}, two: { seed: 3 } }\nreport: { baseline: tow }\n");
        assert!(problems.contains("has its own `seed`"), "{problems}");
        assert!(problems.contains("did you mean `two`?"), "{problems}");
    }
}
