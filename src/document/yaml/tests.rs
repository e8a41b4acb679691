//! The torture list: what hostile and unlucky texts do.

use super::super::{Look, Map, Value};
use super::*;

fn read(bytes: &[u8]) -> (Vec<Node>, Vec<&'static str>, String) {
    let (mut sources, mut problems) = (Sources::new(), Problems::new());
    let nodes = parse(&mut sources, SourceKind::File, "a.yaml", bytes, &mut problems);
    let codes = problems.iter().map(|problem| problem.code).collect();
    (nodes, codes, problems.render(&sources, Look::Plain))
}

#[track_caller]
fn check_refused(text: impl AsRef<[u8]>, code: &str) -> String {
    let (_, codes, rendered) = read(text.as_ref());
    assert_eq!(codes, [code], "\n{rendered}");
    rendered
}

/// The only document of a text without problems.
#[track_caller]
fn document(text: &str) -> Node {
    let (mut nodes, codes, rendered) = read(text.as_bytes());
    assert!(codes.is_empty(), "{rendered}");
    assert_eq!(nodes.len(), 1);
    nodes.remove(0)
}

/// The text under a key, with `'` around it if it was quoted.
#[track_caller]
fn text(node: &Node, key: &str) -> String {
    match &node.get(key).map(|node| &node.value) {
        Some(Value::Scalar(scalar)) if scalar.quoted => format!("'{}'", scalar.text),
        Some(Value::Scalar(scalar)) => scalar.text.clone(),
        other => format!("{other:?}"),
    }
}

#[test]
fn scalars_keep_their_text() {
    for scalar in ["no", "010", "1e400", ".nan", "14:00", "1_000", "0x1F", "yes", "2026-11-24"] {
        assert_eq!(text(&document(&format!("a: {scalar}\n")), "a"), scalar);
    }
    assert_eq!(text(&document("a: \"no\"\n"), "a"), "'no'");
    assert_eq!(text(&document("a: !!str 5\n"), "a"), "'5'");
    assert_eq!(text(&document("a: |\n  x\n  y\n"), "a"), "'x\ny\n'");
    for null in ["", "~", "null"] {
        assert_eq!(text(&document(&format!("a: {null}\n")), "a"), "None");
    }
}

#[test]
fn places_are_bytes_whatever_the_line_ends_and_letters_are() {
    for text in ["a: 1\nb: { c: xyz }\n", "a: 1\r\nb: { c: xyz }\r\n", "ä: é\nb: { c: xyz }\n"] {
        let node = document(text);
        let place = |path: &[&str]| node.find(path.iter().copied()).expect("is there").place;
        let quote = |place: Place| &text[place.start..place.end];
        assert_eq!(quote(place(&["b", "c"])), "xyz");
        assert_eq!(quote(place(&["b"])), "{ c: xyz }");
        assert_eq!(quote(node.place).trim_end(), text.trim_end());
    }
}

#[test]
fn blocks_end_with_what_they_contain() {
    let text = "a:\n  - b: 1\n    c: 2\n\n# comment\nd: 3\n";
    let node = document(text);
    let list = node.get("a").expect("is there");
    assert_eq!(&text[list.place.start..list.place.end], "- b: 1\n    c: 2");
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let node = document("\u{feff}a: 1\n");
    assert_eq!((text(&node, "a"), node.place.start), ("1".to_owned(), 0));
}

#[test]
fn several_documents_and_none() {
    assert_eq!(read(b"a: 1\n---\nb: 2\n").0.len(), 2);
    for nothing in ["", "# only\n# comments\n", "\n\n", "---\n"] {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let file = SourceKind::File;
        let node = parse_one(&mut sources, file, "a.yaml", nothing.as_bytes(), &mut problems);
        assert!(node.is_none());
        assert!(problems.iter().all(|problem| problem.code == "E0008") && problems.len() == 1);
    }
}

#[test]
fn duplicate_keys_are_refused_and_the_first_is_kept() {
    let (nodes, codes, _) = read(b"a: 1\nb: { c: 1, c: 2 }\na: 3\n");
    assert_eq!(codes, ["E0004", "E0004"]);
    assert_eq!(text(&nodes[0], "a"), "1");
}

#[test]
fn aliases_repeat_and_merges_yield() {
    let node = document("a: &x { k: 1, l: 2 }\nb: *x\nc: { <<: *x, k: 3 }\nd: { <<: [*x, *x] }\n");
    let find = |path: [&str; 2]| node.find(path).and_then(Node::as_text);
    assert_eq!(find(["b", "k"]), Some("1"));
    assert_eq!((find(["c", "k"]), find(["c", "l"])), (Some("3"), Some("2")));
    assert_eq!(find(["d", "l"]), Some("2"));
    check_refused("a: { <<: 5 }", "E0005");
    assert_eq!(text(&document("\"<<\": 5\n"), "<<"), "5");
}

#[test]
fn endless_aliases_are_refused() {
    check_refused("a: &a [*a]", "E0005");
    check_refused("&a { b: { c: *a } }", "E0005");
    check_refused("a: *nobody", "E0002");
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(",");
        bomb.extend([format!("a{level}: &a{level} [{aliases}]\n")]);
    }
    check_refused(&bomb, "E0003");
    let many = format!("a: &a 1\nb: [{}]", "*a,".repeat(ALIASES_MAX + 1));
    check_refused(&many, "E0003");
    let deep = format!(
        "a: &a {}x{}\nb: {}*a{}",
        "[".repeat(60),
        "]".repeat(60),
        "[".repeat(10),
        "]".repeat(10)
    );
    check_refused(&deep, "E0003");
}

#[test]
fn depth_and_size_are_bounded() {
    check_refused("[".repeat(100_000), "E0003");
    check_refused("{a: ".repeat(100_000), "E0003");
    check_refused("- ".repeat(100_000), "E0003");
    check_refused("? ".repeat(1_000), "E0006");
    check_refused(format!("[{}]", "x,".repeat(NODES_MAX)), "E0003");
    check_refused(" ".repeat(BYTES_MAX + 1), "E0003");
    let nested = |depth| format!("{}x{}", "[".repeat(depth), "]".repeat(depth));
    assert!(read(nested(DEPTH_MAX).as_bytes()).1.is_empty());
    check_refused(nested(DEPTH_MAX + 1), "E0003");
}

#[test]
fn brackets_within_texts_are_no_depth() {
    let node = document(&format!("a: \"{}\"\n", "[".repeat(1000)));
    assert_eq!(text(&node, "a").len(), 1002);
}

#[test]
fn other_texts_are_located_problems() {
    let rendered = check_refused(b"a: 1\nb: \xff\n", "E0001");
    assert!(rendered.contains("a.yaml:2:4") && rendered.contains("0xff"), "{rendered}");
    let tab = check_refused("a:\n\tb: 1\n", "E0002");
    assert!(tab.contains("a.yaml:2:") && tab.contains("indent with spaces"), "{tab}");
    check_refused("a: [1, 2\n", "E0002");
    check_refused("a: !secret x\n", "E0007");
    check_refused("[a]: 1\n", "E0006");
    check_refused("{a: 1}: 1\n", "E0006");
    check_refused(": 1\n", "E0006");
    check_refused("a: \"x\n", "E0002");
    check_refused("\0", "E0002");
}

#[test]
fn brackets_may_be_closed_further_left() {
    let node = document("a:\n  - b: [\n    1,\n  { é: 2 }\n]\n  - 3\nc: 4\n");
    let find = |path: &[&str]| node.find(path.iter().copied());
    assert_eq!(find(&["a", "0", "b", "0"]).and_then(Node::as_text), Some("1"));
    assert_eq!(find(&["a", "1"]).and_then(Node::as_text), Some("3"));
    let place = find(&["a", "0", "b", "1", "é"]).map(|node| node.place);
    assert_eq!(place.map(|place| (place.start, place.end)), Some((27, 28)));
    let unclosed = check_refused("a:\n  b: [1,\nc: 2\n", "E0002");
    assert!(unclosed.contains("a.yaml:3:1") && unclosed.contains("the bracket"), "{unclosed}");
}

#[test]
fn what_a_merge_left_behind_is_said() {
    let text = "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> main\n";
    let conflict = check_refused(text, "E0002");
    assert!(conflict.contains("a.yaml:2:1") && conflict.contains("a merge left"), "{conflict}");
}

#[test]
fn what_is_not_written_yet_is_said() {
    let left_out = check_refused("a: 1\nb:\n  c: 2\n  ...\n  d: 3\n", "E0002");
    assert!(left_out.contains("a.yaml:4:3") && left_out.contains("left out"), "{left_out}");
    let template = check_refused("a: 1\n{{- if .Values.b }}\nb: 2\n{{- end }}\n", "E0002");
    assert!(template.contains("a.yaml:2:1") && template.contains("another tool"), "{template}");
}

#[test]
fn an_empty_flow_map_is_a_map() {
    assert_eq!(document("{}").value, Value::Map(Map::default()));
    assert_eq!(document("[]").value, Value::List(Vec::new()));
}

#[test]
fn documents_without_dashes_between_them_are_one_problem_each() {
    let glued = "apiVersion: v1\nkind: A\nspec: 1\napiVersion: v1\nkind: B\nspec: 2\nkind: C\n";
    let (documents, codes, rendered) = read(glued.as_bytes());
    assert_eq!(codes, ["E0004", "E0004"], "{rendered}");
    assert!(rendered.contains("a.yaml:4:1") && rendered.contains("a.yaml:7:1"), "{rendered}");
    assert!(rendered.contains("write `---`"), "{rendered}");
    let kinds: Vec<_> = documents.iter().map(|document| text(document, "kind")).collect();
    assert_eq!(kinds, ["A", "B", "C"]);
    // Inside of a document a key that stands twice is only that.
    let rendered = check_refused("kind: A\nspec:\n  kind: B\n  kind: C\n", "E0004");
    assert!(rendered.contains("the key `kind` stands twice"), "{rendered}");
    let rendered = check_refused("{kind: A, kind: B}", "E0004");
    assert!(rendered.contains("the key `kind` stands twice"), "{rendered}");
}

#[test]
fn a_tab_and_a_template_are_found_where_they_stand() {
    let rendered = check_refused("a:\n- name: x\n\tb: 1\n", "E0002");
    assert!(rendered.contains("a.yaml:3:1"), "{rendered}");
    let rendered = check_refused("{{- if .Values.canary }}\na: 1\n{{- end }}\n", "E0002");
    assert!(rendered.contains("a.yaml:1:1") && rendered.contains("helm template"), "{rendered}");
}
