//! What becomes of every file of Flagger and of Istio in the corpus, as it is committed.
//! `UPDATE_EXPECT=1` rewrites the table.

use std::fmt::Write;

use super::fates::{as_kept, became};
use super::{files, kind, say, trees};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/flagger_corpus.txt");

/// Whether a text has one Canary of a Deployment, and so has to run.
fn must_run(text: &str) -> bool {
    let canaries: Vec<_> =
        trees(text).into_iter().filter(|tree| kind(tree) == Some("Canary")).collect();
    let [canary] = canaries.as_slice() else { return false };
    let target = canary.find("spec.targetRef.kind".split('.')).and_then(|it| it.as_text());
    target == Some("Deployment")
}

#[test]
fn conformance_every_canary_of_the_corpus_runs_or_says_why_not() {
    let (Some(flagger), Some(istio)) = (files("flagger"), files("istio")) else { return };
    let mut table = String::new();
    let mut complaints = Vec::new();
    for (folder, all) in [("flagger", flagger), ("istio", istio)] {
        let mut ran = 0;
        for file in &all {
            let (became, runs) = became(&file.name, &file.text);
            ran += usize::from(runs);
            // A template of a chart is no manifest yet.
            if file.valid && !file.text.contains("{{-") && must_run(&file.text) && !runs {
                complaints.push(format!("{}: {became}", file.name));
            }
            writeln!(table, "{}: {became}", file.name).expect("a line");
        }
        let unsupported = all.len() - ran;
        say(&format!("corpus/{folder}: {ran} of {} run ({unsupported} unsupported)", all.len()));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    as_kept(TABLE, &table);
}
