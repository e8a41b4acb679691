//! Small trees with places.

use crate::document::{Key, Map, Node, Origin, Place, Scalar, Value};

/// A plain text that the foreign file says.
pub(super) fn text(text: impl Into<String>, place: Place) -> Node {
    let scalar = Scalar { text: text.into(), quoted: false };
    Node::written(Value::Scalar(scalar), place)
}

/// A text that is a text whatever it looks like.
pub(super) fn quoted(text: impl Into<String>, place: Place) -> Node {
    let scalar = Scalar { text: text.into(), quoted: true };
    Node::written(Value::Scalar(scalar), place)
}

/// A plain text that is assumed for this reason.
pub(super) fn assumed(text: impl Into<String>, why: &'static str, place: Place) -> Node {
    Node { origin: Origin::assumed(why), ..self::text(text, place) }
}

/// A map of these entries, each key at the place of its value.
pub(super) fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Node)>, place: Place) -> Node {
    let mut map = Map::default();
    for (key, node) in entries {
        map.insert(Key::new(key, node.place), node);
    }
    Node::written(Value::Map(map), place)
}

/// A list.
pub(super) const fn list(items: Vec<Node>, place: Place) -> Node {
    Node::written(Value::List(items), place)
}

/// Where the key of a field stands, or the map if it has no such field.
pub(super) fn key_place(node: &Node, key: &str) -> Place {
    node.as_map().and_then(|map| map.entry(key)).map_or(node.place, |entry| entry.key.place)
}
