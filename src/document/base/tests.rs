//! Documents upon documents.

use super::super::tests::{ServiceDoc, StrategyDoc, files};
use super::super::{Decode, Look, Origin, decode};
use super::*;

fn check_load(all: &[(&str, &str)]) -> (Option<Node>, Problems, Sources) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let shapes = [ServiceDoc::shape()];
    let (name, text) = all[0];
    let read = files(all);
    let tree = load(name, text.as_bytes(), &read, &shapes, &mut sources, &mut problems);
    (tree, problems, sources)
}

#[test]
fn maps_merge_and_alternatives_and_lists_are_replaced() {
    let (tree, mut problems, sources) = check_load(&[
        ("dir/top.yaml", "base: ../base.yaml\nstrategy: { allAtOnce: {} }\nfleet: { replicas: 7 }"),
        (
            "base.yaml",
            "name: below\nstrategy: { canary: { steps: [] } }\nfleet: { replicas: 3, perPod: 5/s }",
        ),
    ]);
    let service: ServiceDoc = decode(&tree.expect("loads"), &mut problems).expect("decodes");
    assert!(problems.is_empty(), "{}", problems.render(&sources, Look::Plain));
    assert!(matches!(service.strategy, StrategyDoc::AllAtOnce(_)));
    assert_eq!(service.name.as_str(), "below");
    assert_eq!((service.fleet.replicas.value, service.fleet.replicas.origin), (7, Origin::Written));
    assert_eq!(sources.position(service.fleet.replicas.place), "dir/top.yaml:3:20");
    assert_eq!(service.fleet.per_pod.map(|rate| rate.to_string()), Some("5/s".to_owned()));
}

#[test]
fn null_removes_what_was_inherited() {
    let (tree, mut problems, _) = check_load(&[
        (
            "top.yaml",
            "base: a.yaml\nfleet: { replicas: null }\ngates: { a: null, b: { over: 2% } }",
        ),
        ("a.yaml", "strategy: canary\nfleet: { replicas: 3 }\ngates: { a: { over: 1% } }"),
    ]);
    let service: ServiceDoc = decode(&tree.expect("loads"), &mut problems).expect("decodes");
    assert_eq!(service.fleet.replicas.value, 10);
    let names: Vec<_> = service.gates.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, ["b"]);
}

#[test]
fn a_bare_word_replaces_an_alternative() {
    let (tree, _, _) = check_load(&[
        ("top.yaml", "base: a.yaml\nstrategy: not-at-all"),
        ("a.yaml", "strategy: { canary: { steps: [] } }"),
    ]);
    let tree = tree.expect("loads");
    assert_eq!(tree.get("strategy").and_then(Node::as_text), Some("not-at-all"));
}

#[test]
fn a_circle_is_printed() {
    let (tree, problems, sources) = check_load(&[
        ("x/a.yaml", "base: b.yaml"),
        ("x/b.yaml", "base: ./../x/c.yaml"),
        ("x/c.yaml", "base: ./b.yaml"),
    ]);
    assert!(tree.is_none());
    let expected = "\
error[E0009]: a file is its own base
 --> x/c.yaml:1:7
  |
1 | base: ./b.yaml
  |       ^^^^^^^^ this closes the circle
  |
  = help: x/b.yaml -> x/c.yaml -> x/b.yaml
";
    assert_eq!(problems.render(&sources, Look::Plain), expected);
}

#[test]
fn an_unreadable_base_is_located() {
    let (tree, problems, sources) = check_load(&[("a.yaml", "base: nowhere.yaml")]);
    assert!(tree.is_none());
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["E0010"], "{}", problems.render(&sources, Look::Plain));
    let (_, problems, _) = check_load(&[("a.yaml", "base: [1]")]);
    assert!(problems.has_errors());
}

#[test]
fn paths_are_relative_to_their_file() {
    assert_eq!(beside("a/b.yaml", "./c.yaml"), "a/c.yaml");
    assert_eq!(beside("a/b.yaml", "../../c.yaml"), "../c.yaml");
    assert_eq!(beside("b.yaml", "/c.yaml"), "/c.yaml");
    assert_eq!(normal("/../a//./b"), "/a/b");
}
