//! What becomes of every file of Flagger and of Istio in the corpus, as it is committed.
//! `UPDATE_EXPECT=1` rewrites the table.

use std::fmt::Write;

use coalmine::document::Node;

use super::fates::{as_kept, became};
use super::{files, kind, say, trees};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/flagger_corpus.txt");

/// Whether a text has one Canary, or only metrics of Prometheus, and so has to run.
fn must_run(text: &str) -> bool {
    let trees = trees(text);
    let is_asked = |tree: &&Node| {
        let provider = tree.find("spec.provider.type".split('.'));
        provider.and_then(Node::as_text) == Some("prometheus")
    };
    let canaries = trees.iter().filter(|tree| kind(tree) == Some("Canary")).count();
    let templates: Vec<_> =
        trees.iter().filter(|tree| kind(tree) == Some("MetricTemplate")).collect();
    let asked = !templates.is_empty() && templates.iter().all(is_asked);
    canaries == 1 || canaries == 0 && asked
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
