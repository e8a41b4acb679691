//! How far from the truth a default may be: every assumption has a range that makes sense.

use std::collections::BTreeSet;

use super::{ScenarioDoc, validate};
use crate::document::{
    Assumption, Decode, Look, Node, Problems, Shape, SourceKind, Sources, assumptions, complete,
    decode, yaml,
};

/// Documents in which, together, every assumption is in force.
const DOCUMENTS: [&str; 4] = [
    "traffic: { rate: 500/s, shape: { diurnal: {} } }
strategy: { canary: { steps: [{ setWeight: 5% }, { pause: 10m }] } }
gates: { errors: { metric: error-rate, over: 1% } }
afterRollback: { fix: {} }
releases:
  cold: { faults: [{ cold-cache: { latency: 3x } }] }
  leak: { faults: [{ memory-leak: { rate: 1Gi/h } }] }
",
    "traffic: { rate: 500/s }
strategy: { blueGreen: { affinity: {} } }
afterRollback: { retry: {} }
",
    "traffic: { rate: 500/s }
strategy: { blueGreen: {} }
",
    "controller: { kubernetes: { hpa: { max: 20 }, nodes: { count: 9, pods: 9 } } }
fleet: { pod: { probes: {} } }
traffic: { rate: 500/s }
strategy: rolling
",
];

fn read(text: &str) -> (Node, Sources) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let kind = SourceKind::File;
    let tree = yaml::parse_one(&mut sources, kind, "s.yaml", text.as_bytes(), &mut problems);
    (complete(ScenarioDoc::shape(), tree.expect("a tree")), sources)
}

fn problems(tree: Node, sources: &Sources) -> String {
    let mut problems = Problems::new();
    let tree = complete(ScenarioDoc::shape(), tree);
    if let Some(doc) = decode::<ScenarioDoc>(&tree, &mut problems) {
        validate(&doc, "scenario", &mut problems);
    }
    problems.render(sources, Look::Plain)
}

/// The reasons of all assumed fields that a document may have, each with the key.
fn reasons(shape: Shape, seen: &mut BTreeSet<&'static str>, all: &mut BTreeSet<String>) {
    match shape {
        Shape::Any | Shape::Scalar(_) | Shape::Word(_) => {}
        Shape::Optional(of)
        | Shape::Maybe(of)
        | Shape::List(of)
        | Shape::Named(of)
        | Shape::Weights(of)
        | Shape::Patch(of) => reasons(of(), seen, all),
        Shape::Either(one, other) | Shape::Varying(one, other) => {
            reasons(one(), seen, all);
            reasons(other(), seen, all);
        }
        Shape::Sum(sum) => {
            if seen.insert(sum.name) {
                let payloads = sum.members.iter().filter_map(|member| member.payload);
                payloads.for_each(|of| reasons(of(), seen, all));
            }
        }
        Shape::Record(record) => {
            if seen.insert(record.name) {
                for field in record.fields {
                    all.extend(field.assumed.map(|it| format!("{}: {}", field.key, it.why)));
                    reasons((field.shape)(), seen, all);
                }
            }
        }
    }
}

#[test]
fn every_assumption_has_a_range_and_each_end_of_it_makes_a_scenario() {
    let mut met = BTreeSet::new();
    for text in DOCUMENTS {
        let (tree, sources) = read(text);
        assert_eq!(problems(tree.clone(), &sources), "");
        for Assumption { path, why, range, .. } in assumptions(&tree) {
            let range = range.unwrap_or_else(|| panic!("{path} has no range"));
            for end in [range.low, range.high] {
                let other = tree.assuming(&path, end).expect("an assumption");
                assert_ne!(other, tree, "{path} may be something else than {end}");
                assert_eq!(problems(other, &sources), "", "{path}: {end}");
            }
            let key = path.rsplit('.').next().unwrap_or_default().to_owned();
            met.insert(format!("{key}: {why}"));
        }
    }
    let mut all = BTreeSet::new();
    reasons(ScenarioDoc::shape(), &mut BTreeSet::new(), &mut all);
    let never: Vec<_> = all.difference(&met).collect();
    assert!(never.is_empty(), "in no document of this test: {never:?}");
}
