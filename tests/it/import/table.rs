//! What becomes of every file of Argo Rollouts in the corpus, as it is committed.
//! `UPDATE_EXPECT=1` rewrites the table.

use std::fmt::Write;

use coalmine::document::{self, Decode, Problems, Sources};
use coalmine::import::Imported;
use coalmine::scenario::{Scenario, ScenarioDoc, validate};
use coalmine::simulation::{Engine, Unrecorded};

use super::{Fate, fate, files, say};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/argo_corpus.txt");

/// The scenario of an import, with a rate; or the codes of why there is none.
fn scenario(imported: &Imported) -> Result<Scenario, Problems> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let mut tree = imported.document.clone();
    document::set::apply(&mut tree, "traffic.rate=100/s", &mut sources, &mut problems);
    let tree = document::complete(ScenarioDoc::shape(), tree);
    let doc: Option<ScenarioDoc> = document::decode(&tree, &mut problems);
    let scenario = doc.and_then(|doc| validate(&doc, "rollout", &mut problems));
    scenario.ok_or(problems)
}

fn codes(problems: &Problems) -> String {
    let mut codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(", ")
}

#[test]
fn conformance_every_rollout_of_the_corpus_runs_or_says_why_not() {
    let Some(all) = files("argo") else { return };
    let mut table = String::new();
    let (mut runs, mut unsupported) = (0, 0);
    for file in &all {
        let became = match fate(&file.text, None) {
            Fate::Refused(problems) => {
                unsupported += 1;
                format!("not imported: {}", codes(&problems))
            }
            Fate::Imported(imported) => match scenario(&imported) {
                Ok(scenario) => {
                    let mut engine = Engine::new(&scenario, Unrecorded);
                    for replication in 0..4 {
                        let first = engine.simulate(1, replication);
                        assert_eq!(first, engine.simulate(1, replication), "{}", file.name);
                    }
                    runs += 1;
                    format!("runs, {} losses", imported.losses.len())
                }
                Err(problems) => format!("imported, does not run: {}", codes(&problems)),
            },
        };
        writeln!(table, "{}: {became}", file.name).expect("a line");
    }
    say(&format!("corpus/argo: {runs} of {} run ({unsupported} unsupported)", all.len()));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(TABLE, &table).expect("written");
    }
    let kept = std::fs::read_to_string(TABLE).unwrap_or_default();
    for (kept, now) in kept.lines().zip(table.lines()) {
        assert_eq!(kept, now, "UPDATE_EXPECT=1 accepts the change");
    }
    assert_eq!(kept.len(), table.len(), "UPDATE_EXPECT=1 accepts the change");
}
