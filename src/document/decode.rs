//! From a tree to a typed document.

use super::{Node, Pass, Problem, Problems, Shape, Value, code, quoted};

/// A type that documents are made of.
pub trait Decode: Sized {
    /// What may be written for it.
    fn shape() -> Shape;

    /// Reads it, or reports every reason why not; it never stops at the first.
    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self>;
}

/// Reads a whole document and collects every problem of it.
///
/// A value is returned if it could be built; check the problems before using it.
pub fn decode<T: Decode>(tree: &Node, problems: &mut Problems) -> Option<T> {
    T::decode(tree, &mut Pass::new(problems))
}

/// Reports that one kind of node stands where another is expected.
pub(super) fn wrong_kind(shape: Shape, node: &Node, pass: &mut Pass<'_>) {
    let title = format!("expected {}, found {}", shape.expected(), found(node));
    let label = format!("{} is {}", pass.here(), shape.expected());
    let place = if node.is_null() { pass.entrance(node) } else { node.place };
    let help = format!("write for example: {}", shape.example());
    pass.report(Problem::error(code::WRONG_KIND, title).at(place, label).help(help));
}

/// What a node is, in words.
fn found(node: &Node) -> String {
    match &node.value {
        Value::Null => "nothing".to_owned(),
        Value::Scalar(scalar) => quoted(&scalar.text),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a map".to_owned(),
    }
}

/// "did you mean" and the words that can stand here.
pub(super) fn alternatives(word: &str, what: &str, words: &[&'static str]) -> String {
    let listed = format!("{what}: {}", words.join(", "));
    match super::closest(word, words.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`? {listed}"),
        None => listed,
    }
}
