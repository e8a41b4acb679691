//! What becomes of every file of Istio in the corpus, as it is committed: what splits requests is
//! the canary of a standard Rollout. `UPDATE_EXPECT=1` rewrites the table.

use std::fmt::Write;

use super::fates::{as_kept, became};
use super::{files, say};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/istio_corpus.txt");

#[test]
fn conformance_every_mesh_of_the_corpus_runs_or_says_why_not() {
    let Some(all) = files("istio") else { return };
    let (mut table, mut ran) = (String::new(), 0);
    for file in &all {
        let (became, runs) = became(&file.name, &file.text);
        ran += usize::from(runs);
        writeln!(table, "{}: {became}", file.name).expect("a line");
    }
    let unsupported = all.len() - ran;
    say(&format!("corpus/istio: {ran} of {} run ({unsupported} unsupported)", all.len()));
    as_kept(TABLE, &table);
}
