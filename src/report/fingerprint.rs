//! A digest of what holds.

use clockwork::Digest;

use crate::document::{Node, Value};

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
