//! What becomes of every file of Flagger and of Istio in the corpus, as it is committed.
//! `UPDATE_EXPECT=1` rewrites the table.

use std::fmt::Write;

use coalmine::document::{self, Decode, Problems, Sources};
use coalmine::import::Imported;
use coalmine::scenario::{Scenario, ScenarioDoc, validate};
use coalmine::simulation::{Engine, Unrecorded};

use super::{Fate, fate, files, kind, say, trees};

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/flagger_corpus.txt");

/// The scenario of an import, with a rate; or why there is none.
fn scenario(imported: &Imported) -> Result<Scenario, Problems> {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let mut tree = imported.document.clone();
    document::set::apply(&mut tree, "traffic.rate=100/s", &mut sources, &mut problems);
    let tree = document::complete(ScenarioDoc::shape(), tree);
    let doc: Option<ScenarioDoc> = document::decode(&tree, &mut problems);
    let scenario = doc.and_then(|doc| validate(&doc, "canary", &mut problems));
    scenario.ok_or(problems)
}

fn codes(problems: &Problems) -> String {
    let mut codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(", ")
}

/// What becomes of a text, and whether it runs.
fn became(name: &str, text: &str) -> (String, bool) {
    let imported = match fate(text, None) {
        Fate::Refused(problems) => return (format!("not imported: {}", codes(&problems)), false),
        Fate::Imported(imported) => imported,
    };
    match scenario(&imported) {
        Ok(scenario) => {
            let mut engine = Engine::new(&scenario, Unrecorded);
            for replication in 0..3 {
                let first = engine.simulate(1, replication);
                assert_eq!(first, engine.simulate(1, replication), "{name}");
            }
            (format!("runs, {} losses", imported.losses.len()), true)
        }
        Err(problems) => (format!("imported, does not run: {}", codes(&problems)), false),
    }
}

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
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(TABLE, &table).expect("written");
    }
    let kept = std::fs::read_to_string(TABLE).unwrap_or_default();
    for (kept, now) in kept.lines().zip(table.lines()) {
        assert_eq!(kept, now, "UPDATE_EXPECT=1 accepts the change");
    }
    assert_eq!(kept.len(), table.len(), "UPDATE_EXPECT=1 accepts the change");
}
