//! What becomes of every file of Argo Rollouts in the corpus, as it is committed, and that every
//! Prometheus metric without a Rollout runs in the standard one. `UPDATE_EXPECT=1` rewrites the
//! table.

use std::fmt::Write;

use coalmine::document::{Node, Value};

use super::fates::{as_kept, became, runs_when_mapped};
use super::{files, kind, say, trees};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/argo_corpus.txt");

/// How many metrics of Prometheus are in a tree.
fn metrics(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Scalar(_) => 0,
        Value::List(items) => items.iter().map(metrics).sum(),
        Value::Map(map) => {
            let is_one = |key: &str| key == "prometheus";
            let entries = map.entries().iter();
            entries.map(|it| usize::from(is_one(&it.key.text)) + metrics(&it.node)).sum()
        }
    }
}

#[test]
fn conformance_every_rollout_of_the_corpus_runs_or_says_why_not() {
    let Some(all) = files("argo") else { return };
    let (mut table, mut ran) = (String::new(), 0);
    let (mut of, mut mapped) = (0, 0);
    for file in &all {
        let (mut became, runs) = became(&file.name, &file.text);
        ran += usize::from(runs);
        let how = became.contains("E0306").then(|| runs_when_mapped(&file.text)).flatten();
        if let Some(how) = how {
            write!(became, ", runs when its metrics are {how}").expect("a text");
            mapped += 1;
        }
        writeln!(table, "{}: {became}", file.name).expect("a line");
        let trees = trees(&file.text);
        if trees.iter().any(|tree| kind(tree) == Some("Rollout")) {
            continue;
        }
        let here: usize = trees.iter().map(metrics).sum();
        of += here;
        assert!(here == 0 || runs, "{}: {here} Prometheus metrics, {became}", file.name);
    }
    let unsupported = all.len() - ran;
    say(&format!("corpus/argo: {ran} of {} run ({unsupported} unsupported)", all.len()));
    say(&format!("corpus/argo: {mapped} more run when their metrics are mapped"));
    say(&format!(
        "corpus/argo: {of} of {of} Prometheus metrics agree (0 unsupported) in the standard Rollout"
    ));
    as_kept(TABLE, &table);
}
