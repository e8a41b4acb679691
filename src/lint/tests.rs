//! Every rule finds its own bad example and not its good one.

mod corpus;
mod damage;
mod pages;
mod pasted;

use super::*;
use crate::document::{Look, Problems, SourceKind, yaml};

fn today() -> Date {
    "2027-01-15".parse().expect("a date")
}

/// What is found in a text, and how it is printed.
pub(super) fn linted(text: &str) -> (Vec<(&'static Rule, Finding)>, String) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let bytes = text.as_bytes();
    let trees = yaml::parse(&mut sources, SourceKind::File, "a.yaml", bytes, &mut problems);
    assert!(problems.is_empty(), "{}\n{text}", problems.render(&sources, Look::Plain));
    let found = lint(&trees, &sources, today(), &Traffic::default());
    let render =
        |(rule, it): &(&Rule, Finding)| it.problem(rule).render(&sources, Look::Plain) + "\n";
    let printed = found.iter().map(render).collect();
    (found, printed)
}

#[test]
fn what_is_said_first_are_rules() {
    assert!(super::FIRST.iter().all(|id| super::rule(id).is_some()));
}

#[test]
fn every_rule_finds_its_bad_example_and_not_its_good_one() {
    for rule in RULES {
        let ids = |text: &str| linted(text).0.iter().map(|(it, _)| it.id).collect::<Vec<_>>();
        let (bad, good) = (ids(rule.bad), ids(rule.good));
        assert!(bad.contains(&rule.id), "{} finds nothing, but {bad:?} in\n{}", rule.id, rule.bad);
        assert!(!good.contains(&rule.id), "{} finds something in\n{}", rule.id, rule.good);
    }
}

#[test]
fn every_finding_has_a_title_a_number_and_a_fix() {
    for rule in RULES {
        for (by, finding) in linted(rule.bad).0 {
            let Finding { title, number, fix, .. } = &finding;
            let is_sentence = !title.is_empty() && !title.ends_with('.');
            assert!(is_sentence, "{}: {title}", by.id);
            assert!(number.bytes().any(|it| it.is_ascii_digit()), "{}: {number}", by.id);
            assert!(!fix.is_empty() && !number.contains("NaN/s"), "{}: {fix}", by.id);
        }
    }
}

#[test]
fn rules_are_many_sorted_and_called_with_dashes() {
    assert!(RULES.is_sorted_by(|a, b| a.id < b.id), "{:?}", RULES.iter().map(|it| it.id));
    for rule in RULES {
        let is_name =
            rule.id.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        assert!(is_name && rule.id.contains('-'), "{}", rule.id);
        assert!(rule.why.ends_with('.') && !rule.title.ends_with('.'), "{}", rule.id);
    }
}

#[test]
fn a_reason_and_a_date_suppress_a_finding() {
    let bad = rules::RULES[0].bad;
    let id = rules::RULES[0].id;
    let with = |comment: &str| linted(&format!("{comment}\n{bad}")).0;
    let has = |found: &[(&Rule, Finding)], id: &str| found.iter().any(|(rule, _)| rule.id == id);
    let allowed = with(&format!("# coalmine: allow {id} until 2027-01-15: it is known"));
    assert!(!has(&allowed, id) && !has(&allowed, "suppression-unused"));
    let expired = with(&format!("# coalmine: allow {id} until 2027-01-14: it is known"));
    assert!(has(&expired, id) && has(&expired, "suppression-expired"));
    let bare = with(&format!("# coalmine: allow {id} until 2027-01-15"));
    assert!(has(&bare, id) && has(&bare, "suppression-incomplete"));
}
