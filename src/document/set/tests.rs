//! Settings into documents.

use super::super::tests::{FULL, ServiceDoc, tree};
use super::super::{Look, decode};
use super::*;

/// Applies settings to the full document: the result, and what is said.
fn check(settings: &[&str]) -> (Option<ServiceDoc>, String) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let mut tree = tree("service.yaml", FULL, &mut sources);
    for setting in settings {
        apply(&mut tree, setting, &mut sources, &mut problems);
    }
    let document = decode(&tree, &mut problems);
    (document, problems.render(&sources, Look::Plain))
}

#[test]
fn values_are_set_in_maps_and_lists() {
    let (service, said) = check(&[
        "fleet.replicas=30",
        "strategy.canary.steps.1.pause=5m",
        "traffic.rate={ exponential: { mean: 3/s } }",
        "gates.slow.over=2%",
        "fleet.perPod=null",
    ]);
    let service = service.expect(&said);
    assert_eq!(service.fleet.replicas.value, 30);
    assert_eq!(service.fleet.per_pod, None);
    assert!(service.gates.get("slow").is_some());
    let steps = format!("{:?}", service.strategy);
    assert!(steps.contains("Pause(Span(300000000))"), "{steps}");
}

#[test]
fn a_wrong_value_points_into_the_flag() {
    let (_, said) = check(&["fleet.limit=650"]);
    let expected = "\
error[E0031]: expected an amount of memory, found a bare number
 --> --set:1:13
  |
1 | fleet.limit=650
  |             ^^^ amount of memory without a unit
  |
  = help: write the unit: `650Mi`
";
    assert_eq!(said, expected);
}

#[test]
fn an_unknown_path_points_into_the_flag() {
    let (_, said) = check(&["fleet.replcas=3"]);
    assert!(said.contains("--set:1:7") && said.contains("did you mean `replicas`"), "{said}");
}

#[test]
fn a_second_alternative_is_reported_with_both_places() {
    let (_, said) = check(&["strategy.allAtOnce.after=1m"]);
    assert!(said.contains("exclude each other") && said.contains("service.yaml:"), "{said}");
}

#[test]
fn impossible_paths_are_refused() {
    for (setting, code) in [
        ("strategy.canary.steps.9.pause=5m", "E0041"),
        ("strategy.canary.steps.x=5m", "E0041"),
        ("name.first=5m", "E0041"),
        ("fleet", "E0040"),
        ("=5", "E0040"),
        ("a..b=5", "E0040"),
        ("fleet.replicas=[1", "E0002"),
    ] {
        let (_, said) = check(&[setting]);
        assert!(said.contains(code), "{setting}: {said}");
    }
}

#[test]
fn an_endless_path_is_refused() {
    let (_, said) = check(&[&format!("{}a=1", "a.".repeat(1_000_000))]);
    assert!(said.contains("E0040"), "{said}");
}

#[test]
fn quoted_segments_may_contain_dots_and_equals() {
    let mut sources = Sources::new();
    let mut problems = Problems::new();
    let mut node = tree("a.yaml", "a: {}", &mut sources);
    apply(&mut node, "a.\"b.c=d\"=<= 1%", &mut sources, &mut problems);
    assert_eq!(node.find(["a", "b.c=d"]).and_then(Node::as_text), Some("<= 1%"));
}
