//! What nobody said: the assumed values of a complete document, each to be moved in its range.

use super::{Node, Origin, Place, Range, Value, yaml};

/// A value that was assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Where it stands in the document.
    pub path: String,
    /// The value.
    pub value: String,
    /// Why it is thought to be reasonable.
    pub why: String,
    /// How far it may be from the truth, where somebody has said so.
    pub range: Option<Range>,
}

/// Every assumed value of a complete document, in its order.
pub fn assumptions(tree: &Node) -> Vec<Assumption> {
    let mut all = Vec::new();
    walk(tree, String::new(), &mut all);
    all
}

fn walk(node: &Node, path: String, all: &mut Vec<Assumption>) {
    if let Origin::Assumed(it) = node.origin
        && let Some(value) = short(node)
    {
        all.push(Assumption { path, value, why: it.why.to_owned(), range: it.range.copied() });
        return;
    }
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match &node.value {
        Value::Null | Value::Scalar(_) => {}
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, below(&index.to_string()), all);
            }
        }
        Value::Map(map) => {
            for entry in map.entries() {
                walk(&entry.node, below(&entry.key.text), all);
            }
        }
    }
}

/// A value on one line: a single one, or an alternative with single values.
fn short(node: &Node) -> Option<String> {
    match &node.value {
        Value::Scalar(scalar) => Some(scalar.text.clone()),
        Value::Map(map) if !map.entries().is_empty() => {
            let entries: Option<Vec<_>> = map
                .entries()
                .iter()
                .map(|entry| Some(format!("{}: {}", entry.key.text, short(&entry.node)?)))
                .collect();
            entries.map(|entries| format!("{{ {} }}", entries.join(", ")))
        }
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

impl Node {
    /// The same document with another value where something was assumed, as if that had been
    /// assumed; nothing when nothing was assumed there, or when the text cannot be read.
    pub fn assuming(&self, path: &str, text: &str) -> Option<Self> {
        let mut tree = self.clone();
        let keys: Vec<&str> = path.split('.').collect();
        let node = tree.find_mut(&keys)?;
        let (origin, place): (Origin, Place) = (node.origin, node.place);
        let Origin::Assumed(_) = origin else { return None };
        *node = yaml::fragment(text, place.source)?.stamped(origin, place);
        Some(tree)
    }
}

impl Range {
    /// Whether both ends together fit beside a value.
    pub fn is_short(&self) -> bool {
        self.low.len() + self.high.len() <= 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::tests::{ServiceDoc, tree};
    use crate::document::{Decode, Sources, complete};

    #[test]
    fn what_was_assumed_can_be_assumed_otherwise_and_what_was_written_cannot() {
        let text = "strategy: allAtOnce\nfleet: { perPod: 150/s }\n";
        let node = complete(ServiceDoc::shape(), tree("s.yaml", text, &mut Sources::new()));
        let all = assumptions(&node);
        let paths: Vec<_> = all.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["fleet.replicas", "fleet.startup"]);
        assert_eq!(all[0].range, Some(Range { low: "5", high: "20" }));
        let other = node.assuming("fleet.replicas", "20").expect("an assumption");
        assert_eq!(assumptions(&other)[0].value, "20");
        assert_eq!(assumptions(&other)[0].path, "fleet.replicas");
        assert_eq!(node.assuming("fleet.perPod", "100/s"), None);
    }
}
