//! A tree with everything that was left out written into it.

use super::{Entry, Key, Map, Node, RecordShape, Shape, SumShape, Value};

/// The tree with every default filled in and fields in the order of their declaration.
///
/// What does not fit the shape is left as it is: the decoder reports it.
pub fn complete(shape: Shape, node: Node) -> Node {
    if node.is_null() {
        return node;
    }
    match shape {
        Shape::Any | Shape::Scalar(_) | Shape::Word(_) | Shape::Weights(_) | Shape::Patch(_) => {
            node
        }
        Shape::List(of) => match node.value {
            Value::List(items) => {
                let items = items.into_iter().map(|item| complete(of(), item)).collect();
                Node { value: Value::List(items), ..node }
            }
            _ => node,
        },
        Shape::Named(of) => in_map(node, |_, map| {
            let values = map.into_entries().into_iter();
            let completed = |entry: Entry| Entry { node: complete(of(), entry.node), ..entry };
            Map::from_unique(values.map(completed).collect())
        }),
        Shape::Record(record) => {
            in_map(node, |node, map| Map::from_unique(fields(record, node, map)))
        }
        Shape::Sum(sum) => member(sum, node),
        Shape::Varying(_, distribution) if node.as_map().is_some() => {
            complete(distribution(), node)
        }
        Shape::Maybe(_) if node.as_text() == Some("none") => node,
        Shape::Either(_, of) if node.as_map().is_some() => complete(of(), node),
        Shape::Optional(of) | Shape::Maybe(of) | Shape::Either(of, _) | Shape::Varying(of, _) => {
            complete(of(), node)
        }
    }
}

fn in_map(node: Node, change: impl FnOnce(&Node, Map) -> Map) -> Node {
    let Value::Map(map) = node.value else { return node };
    let outside = Node { value: Value::Null, ..node };
    let map = change(&outside, map);
    Node { value: Value::Map(map), ..outside }
}

/// Every field that has a value, then what is not a field.
fn fields(record: &RecordShape, node: &Node, mut map: Map) -> Vec<Entry> {
    let mut entries = Vec::new();
    for field in record.fields {
        let place = map.entry(field.key).map_or(node.place, |entry| entry.key.place);
        let value = match map.remove(field.key) {
            Some(node) if !node.is_null() => Some(node),
            // A required field of nothing stays, so that the decoder can point at it.
            nothing => field.default_node(place).or(nothing.filter(|_| field.is_required())),
        };
        entries.extend(value.map(|value| Entry {
            key: Key::new(field.key, place),
            node: complete((field.shape)(), value),
        }));
    }
    entries.extend(map.into_entries());
    entries
}

/// The chosen alternative; a bare word becomes a map where something stands under it.
fn member(sum: &SumShape, node: Node) -> Node {
    let place = node.place;
    let empty = Node { value: Value::Map(Map::default()), place, origin: node.origin };
    match &node.value {
        Value::Scalar(scalar) => {
            let payload = sum.member(&scalar.text).and_then(|member| member.payload);
            let Some(of) = payload else { return node };
            let key = Key::new(scalar.text.as_str(), place);
            let entry = Entry { key, node: complete(of(), empty.clone()) };
            Node { value: Value::Map(Map::from_unique(vec![entry])), ..empty }
        }
        Value::Map(_) => in_map(node, |_, map| {
            let completed = |Entry { key, node }| {
                let payload = sum.member(&key.text).and_then(|member| member.payload);
                let node = match payload {
                    Some(of) if node.is_null() => {
                        complete(of(), Node { place: key.place, ..empty.clone() })
                    }
                    Some(of) => complete(of(), node),
                    None => node,
                };
                Entry { key, node }
            };
            Map::from_unique(map.into_entries().into_iter().map(completed).collect())
        }),
        Value::Null | Value::List(_) => node,
    }
}
