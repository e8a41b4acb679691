//! Damaged queries are taken and refused as by another parser, `promql-parser`.

mod random;

#[path = "../examples/fuzz/damage.rs"]
mod damage;

use promql::{Options, Query};
use random::{Random, queries};
use std::io::Write;

const SEED: u64 = 7;
const COUNT: usize = 100_000;

/// A part of what either of us says, and why the other one does not.
const REASONS: [(&str, &str); 9] = [
    ("nested at most", "the other parser has no limit"),
    ("at most 200 levels", "the other parser has no limit"),
    ("the duration is too long", "Prometheus refuses what does not fit into 63 bits"),
    ("this time is out of range", "milliseconds stay exact integers"),
    ("the metric is set twice", "Prometheus refuses a second name in quotes"),
    ("a sign stands before", "Prometheus has no signs before ranges and strings"),
    ("is no regular expression", "the other parser leaves `label_replace` to the evaluator"),
    ("is neither a number", "Prometheus refuses numbers that overflow"),
    ("cannot be evaluated", "not supported here, and said so"),
];

/// The same of the other parser.
const THEIR_REASONS: [(&str, &str); 2] = [
    ("illegal regex", "a brace that begins no repetition is a letter in RE2"),
    ("inside brackets: '#'", "a comment may stand in a window"),
];

/// Disagreements in a million that no message explains: labels named as keywords, empty labels.
const UNEXPLAINED_MAX: usize = 100;

#[test]
fn damaged_queries_are_taken_and_refused_as_by_another_parser() {
    let mut random = Random(SEED);
    let corpus = damage::corpus();
    let (mut agree, mut explained, mut others) = (0, 0, Vec::new());
    for _ in 0..COUNT {
        let text = text(&mut random, &corpus);
        let ours = Query::compile(&text, Options::V3).map(|_| ()).map_err(|error| error.message);
        let theirs = promql_parser::parser::parse(&text).map(|_| ());
        let says = |said: &Result<(), String>, reasons: &[(&str, &str)]| {
            let said = said.as_ref().err().map_or("", String::as_str);
            reasons.iter().any(|(part, _)| said.contains(part))
        };
        if ours.is_ok() == theirs.is_ok() {
            agree += 1;
        } else if says(&ours, &REASONS) || says(&theirs, &THEIR_REASONS) {
            explained += 1;
        } else {
            others.push(format!("{text:?}\n  ours {ours:?}\n  theirs {theirs:?}"));
        }
    }
    let line = format!("promql-parser: {agree} of {COUNT} damaged queries agree");
    let rest = format!("{explained} explained, {} rare (seed {SEED})", others.len());
    writeln!(std::io::stderr(), "{line}, {rest}").expect("stderr is open");
    assert!(others.len() * 1_000_000 <= UNEXPLAINED_MAX * COUNT, "{}", others.join("\n"));
}

fn text(random: &mut Random, corpus: &[String]) -> String {
    let taste = queries::Taste { windows: &["1m", "5m"], is_wide: true };
    let text = match random.below(3) {
        0 => return damage::soup(random),
        1 => corpus[random.below(corpus.len())].clone(),
        _ => queries::vector(random, taste, 2),
    };
    let mut text = damage::mutated(random, text, corpus);
    text.truncate(text.floor_char_boundary(400));
    text
}
