//! What becomes of every file of Argo Rollouts in the corpus, as it is committed.
//! `UPDATE_EXPECT=1` rewrites the table.

use std::fmt::Write;

use super::fates::{as_kept, became};
use super::{files, say};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/argo_corpus.txt");

#[test]
fn conformance_every_rollout_of_the_corpus_runs_or_says_why_not() {
    let Some(all) = files("argo") else { return };
    let (mut table, mut ran) = (String::new(), 0);
    for file in &all {
        let (became, runs) = became(&file.name, &file.text);
        ran += usize::from(runs);
        writeln!(table, "{}: {became}", file.name).expect("a line");
    }
    let unsupported = all.len() - ran;
    say(&format!("corpus/argo: {ran} of {} run ({unsupported} unsupported)", all.len()));
    as_kept(TABLE, &table);
}
