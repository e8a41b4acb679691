//! What nobody said, and a digest of what holds.

use clockwork::Digest;

use crate::document::{Node, Origin, Value};

/// A value that was assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// Where it stands in the document.
    pub path: String,
    /// The value.
    pub value: String,
    /// Why it is thought to be reasonable.
    pub why: String,
}

/// Every assumed value of a complete document, in its order.
pub fn assumptions(tree: &Node) -> Vec<Assumption> {
    let mut all = Vec::new();
    walk(tree, String::new(), &mut all);
    all
}

fn walk(node: &Node, path: String, all: &mut Vec<Assumption>) {
    if let Origin::Assumed(why) = node.origin
        && let Some(value) = short(node)
    {
        all.push(Assumption { path, value, why: why.to_owned() });
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

/// A fingerprint of what a document says, whoever said it and in which file; the seed and the
/// number of replications are told apart from it.
pub fn digest(tree: &Node) -> Digest {
    let mut digest = Digest::new();
    if let Value::Map(map) = &tree.value {
        for entry in map.entries() {
            if !matches!(entry.key.text.as_str(), "seed" | "replications" | "description") {
                digest.bytes(entry.key.text.as_bytes());
                add(&mut digest, &entry.node);
            }
        }
    }
    digest
}

fn add(digest: &mut Digest, node: &Node) {
    match &node.value {
        Value::Null => digest.word(0),
        Value::Scalar(scalar) => {
            digest.word(1);
            digest.bytes(scalar.text.as_bytes());
        }
        Value::List(items) => {
            digest.word(2);
            digest.word(items.len() as u64);
            for item in items {
                add(digest, item);
            }
        }
        Value::Map(map) => {
            digest.word(3);
            digest.word(map.entries().len() as u64);
            for entry in map.entries() {
                digest.bytes(entry.key.text.as_bytes());
                add(digest, &entry.node);
            }
        }
    }
}
