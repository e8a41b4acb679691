//! What becomes of every file of Kubernetes in the corpus, as it is committed.
//! `UPDATE_EXPECT=1` rewrites the table.

use std::fmt::Write;

use super::fates::{as_kept, became};
use super::{files, say};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/kubernetes_corpus.txt");

#[test]
fn conformance_every_manifest_of_the_corpus_runs_unless_it_is_invalid() {
    let Some(all) = files("kubernetes") else { return };
    let (mut table, mut ran, mut complaints) = (String::new(), 0, Vec::new());
    for file in &all {
        let (became, runs) = became(&file.name, &file.text);
        ran += usize::from(runs);
        if runs != file.valid {
            complaints.push(format!("{}: {became}", file.name));
        }
        writeln!(table, "{}: {became}", file.name).expect("a line");
    }
    let unsupported = all.len() - ran;
    say(&format!("corpus/kubernetes: {ran} of {} run ({unsupported} unsupported)", all.len()));
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    as_kept(TABLE, &table);
}
