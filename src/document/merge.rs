//! One tree laid over another, as their shape tells.

use std::collections::BTreeMap;

use super::{Entry, Map, Node, Shape, ShapeOf, Value};

/// Lays a tree over its base: maps of fields and of names merge deeply, anything else is replaced
/// whole - lists, alternatives, distributions. A null removes what it is laid over.
///
/// A document may be one of several shapes: a field merges by the first shape that has it.
pub fn merge(shapes: &[Shape], base: Node, over: Node) -> Node {
    let merges = shapes.iter().any(|shape| is_deep(*shape));
    let (place, origin) = (over.place, over.origin);
    match (base.value, over.value) {
        (Value::Map(base), Value::Map(over)) if merges => {
            let value = Value::Map(merge_maps(shapes, base, over));
            Node { value, place, origin }
        }
        (_, over) => Node { value: over, place, origin },
    }
}

fn merge_maps(shapes: &[Shape], base: Map, over: Map) -> Map {
    let mut entries: Vec<Option<Entry>> = base.into_entries().into_iter().map(Some).collect();
    let keys = entries.iter().flatten().enumerate();
    let positions: BTreeMap<String, usize> =
        keys.map(|(position, entry)| (entry.key.text.clone(), position)).collect();
    for Entry { key, node } in over.into_entries() {
        let position = positions.get(&key.text).copied();
        let inherited = position.and_then(|position| entries[position].take());
        let inside = shapes.iter().find_map(|shape| inside(*shape, &key.text));
        let merged = match inherited {
            _ if node.is_null() => None,
            Some(below) => Some(merge(inside.as_slice(), below.node, node)),
            None => Some(node),
        };
        let merged = merged.map(|node| Entry { key, node });
        match position {
            Some(position) => entries[position] = merged,
            None => entries.push(merged),
        }
    }
    Map::from_unique(entries.into_iter().flatten().collect())
}

fn is_deep(shape: Shape) -> bool {
    match shape {
        Shape::Record(_) | Shape::Named(_) => true,
        Shape::Optional(of) | Shape::Maybe(of) | Shape::Patch(of) => is_deep(of()),
        _ => false,
    }
}

/// The shape under a key of a map that merges.
fn inside(shape: Shape, key: &str) -> Option<Shape> {
    let found: ShapeOf = match shape {
        Shape::Record(record) => record.field(key)?.shape,
        Shape::Named(of) => of,
        Shape::Optional(of) | Shape::Maybe(of) | Shape::Patch(of) => return inside(of(), key),
        _ => return None,
    };
    Some(found())
}
