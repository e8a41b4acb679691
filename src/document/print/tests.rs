//! The print-out says everything and reads back.

use proptest::prelude::*;

use super::super::tests::{FULL, ServiceDoc, tree};
use super::super::{Decode, Key, Place, Problems, SourceId, complete, decode, set, yaml};
use super::*;

#[test]
fn every_value_says_where_it_comes_from() {
    let mut sources = Sources::new();
    let text = "strategy: allAtOnce\nfleet:\n  perPod: 150/s\ngates: { errors: { over: 0.5% } }\n";
    let mut node = tree("service.yaml", text, &mut sources);
    set::apply(&mut node, "fleet.limit=1Gi", &mut sources, &mut Problems::new());
    let node = complete(ServiceDoc::shape(), node);
    let expected = "\
name: service                               # default
fleet:
  replicas: 10                              # assumed, 5 to 20: a small service
  startup:
    lognormal:
      median: 12s                           # assumed: a JVM
      p95: 40s                              # assumed: a JVM
  perPod: 150/s                             # service.yaml:3
  limit: 1Gi                                # --set
strategy:
  allAtOnce:
    after: 0s                               # default
gates:
  errors:
    over: 0.5%                              # service.yaml:4
    slower: 1.5x                            # default
    combine: any                            # default
variants: {}                                # default
keep-old: false                             # default
";
    assert_eq!(resolved(&node, &sources), expected);
}

#[test]
fn the_print_out_is_the_same_document() {
    let mut sources = Sources::new();
    let original = tree("service.yaml", FULL, &mut sources);
    let complete = complete(ServiceDoc::shape(), original.clone());
    let printed = resolved(&complete, &sources);
    let again = tree("printed.yaml", &printed, &mut sources);
    let source = complete.place.source;
    assert_eq!(bare(again, source), bare(complete.clone(), source));
    let mut problems = Problems::new();
    let document: Option<ServiceDoc> = decode(&complete, &mut problems);
    assert_eq!(document.map(|document| document.fleet.replicas.value), Some(20));
    assert!(problems.is_empty());
}

#[test]
fn completing_twice_changes_nothing() {
    let mut sources = Sources::new();
    let once = complete(ServiceDoc::shape(), tree("service.yaml", FULL, &mut sources));
    assert_eq!(complete(ServiceDoc::shape(), once.clone()), once);
}

/// Any tree of nulls, texts, lists and maps.
fn trees(sources: &mut Sources) -> impl Strategy<Value = Node> + use<> {
    let source = sources.add(SourceKind::File, "any.yaml", String::new());
    let node = move |value| Node::written(value, Place::new(source, 0, 0));
    let quoted = any::<String>().prop_map(|text| Scalar { text, quoted: true });
    let plain = "[a-z0-9]{1,6}%?".prop_map(|text| Scalar { text, quoted: false });
    let scalars = prop_oneof![quoted, plain].prop_map(Value::Scalar);
    let leaves = prop_oneof![scalars, Just(Value::Null)].prop_map(node);
    leaves.prop_recursive(4, 40, 5, move |inner| {
        let entries = prop::collection::btree_map(".{1,8}", inner.clone(), 0..5);
        let map = entries.prop_map(move |entries| {
            let mut map = Map::default();
            for (key, value) in entries {
                map.insert(Key::new(key, Place::new(source, 0, 0)), value);
            }
            Value::Map(map)
        });
        let list = prop::collection::vec(inner, 0..5).prop_map(Value::List);
        prop_oneof![map, list].prop_map(node)
    })
}

/// The tree without places and origins.
fn bare(node: Node, source: SourceId) -> Node {
    node.stamped(Origin::Default, Place::new(source, 0, 0))
}

proptest! {
    #[test]
    fn any_tree_reads_back(seed in trees(&mut Sources::new())) {
        let mut sources = Sources::new();
        sources.add(SourceKind::File, "any.yaml", String::new());
        let printed = resolved(&seed, &sources);
        let again = yaml::fragment(&printed, seed.place.source);
        let source = seed.place.source;
        prop_assert_eq!(again.map(|node| bare(node, source)), Some(bare(seed, source)), "{}", printed);
    }
}
