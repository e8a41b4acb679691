//! What another assumption would do is found, whatever the number of threads.

use std::num::NonZeroUsize;

use super::*;
use crate::document::{Decode, Problems, SourceKind, Sources, complete, decode, yaml};
use crate::experiment::{Alone, replicate};
use crate::scenario::{ScenarioDoc, validate};

const TEXT: &str = "
traffic: { rate: 500/s }
strategy: { canary: { steps: [{ setWeight: 5% }, { pause: 10m }] } }
gates: { errors: { metric: error-rate, over: 0.35%, minSamples: 20, failureLimit: 2 } }
releases:
  good: { weight: 50% }
  spike: { weight: 50%, faults: [{ error-spike: { add: 5% } }] }
";

/// What is said of the scenario with these expectations, on so many threads.
fn looked(expect: &str, effort: Effort, jobs: usize) -> Result<Robustness, Unlooked> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let kind = SourceKind::File;
    let tree = yaml::parse_one(&mut sources, kind, "s", TEXT.as_bytes(), &mut problems);
    let tree = complete(ScenarioDoc::shape(), tree.expect("a tree"));
    let doc: ScenarioDoc = decode(&tree, &mut problems).expect("a document");
    let scenario = validate(&doc, "s", &mut problems).expect("a scenario");
    let node = yaml::parse_one(&mut sources, kind, "e", expect.as_bytes(), &mut problems);
    let wanted = node.map(|node| crate::experiment::expectations(&node, &mut problems));
    let workers = Workers::new(NonZeroUsize::new(jobs)).expect("threads");
    let sample = replicate(&scenario, 0, 0..512, &workers, &Alone);
    let summary = Summary::of(&scenario, &sample);
    let wanted = wanted.unwrap_or_default();
    let policy = Policy {
        tree: &tree,
        scenario: &scenario,
        sample: &sample,
        summary: &summary,
        wanted: &wanted,
    };
    robustness(&Question {
        policies: &[policy],
        comparison: None,
        seed: 0,
        effort,
        workers: &workers,
        onlooker: &Alone,
    })
}

#[test]
fn a_gate_near_the_error_rate_depends_on_that_rate() {
    let found = looked("false-rollback: <= 5%", Effort::Worlds(160), 2).expect("a finding");
    assert!(found.whole && found.assumptions > 20 && found.replications > 1000);
    let spread = found.spreads.iter().find(|it| it.measure.name == "false-rollback");
    let (value, shift) = spread.and_then(|it| it.high.clone()).expect("a higher end");
    assert!(value > 0.3 && shift.path == "baseline.errors.rate", "{value} {shift:?}");
    let reversal = found.reversals.first().expect("a reversing change");
    assert_eq!((reversal.shift.path.as_str(), reversal.certain), ("baseline.errors.rate", true));
    assert_ne!(reversal.shift.to, "0.3%", "the way there is halved");
    assert!(found.influences.iter().any(|it| it.shift.path == "baseline.errors.rate"));
}

#[test]
fn other_forms_of_the_model_are_tried_in_the_same_worlds() {
    let found = looked("caught: >= 50%", Effort::Worlds(64), 2).expect("a finding");
    let spread = &found.spreads[0];
    let forms: Vec<_> = spread.forms.iter().map(|it| it.shift.path.as_str()).collect();
    // The one fault always has the same size, and begins at once.
    assert_eq!(forms, ["noise", "traffic over the day", "starts of pods", "times of people"]);
    assert_eq!(found.forms, forms.len());
    let is_ordered = |it: &Spread| it.forms.iter().all(|form| form.value.is_finite());
    assert!(found.spreads.iter().all(is_ordered));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let found = |jobs| looked("caught: >= 50%", Effort::Worlds(12), jobs);
    assert_eq!(found(1), found(3));
}

#[test]
fn too_few_worlds_are_said_to_be_too_few() {
    assert!(matches!(looked("caught: >= 50%", Effort::Auto, 2), Err(Unlooked::TooFew(_))));
    assert_eq!(looked("caught: >= 50%", Effort::Off, 2), Err(Unlooked::Off));
}
