//! Maps with known fields.

use super::decode::{alternatives, wrong_kind};
use super::{Decode, FieldShape, Map, Node, Pass, Place, Problem, RecordShape, Shape, Value};
use super::{Key, bounds, closest, code, quoted};

/// The fields of a record that is being read.
#[derive(Debug)]
pub(crate) struct Fields<'n> {
    shape: &'static RecordShape,
    map: Option<&'n Map>,
    entrance: Place,
}

impl<'n> Fields<'n> {
    /// Opens a record and reports every field it does not have; nothing stands for no fields.
    pub(crate) fn open(
        shape: &'static RecordShape,
        node: &'n Node,
        pass: &mut Pass<'_>,
    ) -> Option<Self> {
        let entrance = pass.entrance(node);
        match &node.value {
            Value::Map(map) => {
                let unknown = |key: &&Key| shape.field(&key.text).is_none();
                let keys = map.entries().iter().map(|entry| &entry.key);
                keys.filter(unknown).for_each(|key| unknown_field(shape, key, pass));
                Some(Self { shape, map: Some(map), entrance })
            }
            Value::Null => Some(Self { shape, map: None, entrance }),
            Value::Scalar(_) | Value::List(_) => {
                wrong_kind(Shape::Record(shape), node, pass);
                None
            }
        }
    }

    /// Reads a field: what is written, else its default, else nothing if it is optional.
    pub(crate) fn get<T: Decode>(&self, key: &'static str, pass: &mut Pass<'_>) -> Option<T> {
        let field = self.shape.field(key)?;
        let entry = self.map.and_then(|map| map.entry(key));
        if let Some(entry) = entry.filter(|entry| !entry.node.is_null()) {
            return pass.within(key, entry.key.place, |pass| {
                let value = T::decode(&entry.node, pass);
                value.filter(|_| bounds::check(field, &entry.node, pass))
            });
        }
        let place = entry.map_or(self.entrance, |entry| entry.key.place);
        match field.default_node(place) {
            Some(default) => pass.within(key, place, |pass| T::decode(&default, pass)),
            None if field.is_required() => {
                if !self.is_misspelt(key) {
                    missing_field(field, entry.is_some(), place, pass);
                }
                None
            }
            None => pass.within(key, place, |pass| T::decode(&nothing(place), pass)),
        }
    }

    /// Whether an unknown field, which is a problem by itself, was meant to be this one.
    fn is_misspelt(&self, key: &str) -> bool {
        let entries = self.map.map_or(&[][..], |map| map.entries());
        let unknown = entries.iter().filter(|entry| self.shape.field(&entry.key.text).is_none());
        let mut meant = unknown.map(|entry| closest(&entry.key.text, self.shape.keys()));
        meant.any(|meant| meant == Some(key))
    }
}

const fn nothing(place: Place) -> Node {
    Node::written(Value::Null, place)
}

fn unknown_field(shape: &RecordShape, key: &Key, pass: &mut Pass<'_>) {
    let fields: Vec<_> = shape.keys().collect();
    let title = format!("unknown field {}", quoted(&key.text));
    let problem = Problem::error(code::UNKNOWN_FIELD, title)
        .at(key.place, format!("not a field of {}", pass.here()))
        .help(alternatives(&key.text, "fields here", &fields));
    let glued = key.text.split_once(':').filter(|(field, _)| fields.contains(field));
    let help = glued.map(|(field, value)| format!("a space is missing: {}", written(field, value)));
    pass.report(help.into_iter().fold(problem, Problem::help));
}

fn written(field: &str, value: &str) -> String {
    quoted(&format!("{field}: {value}"))
}

fn missing_field(field: &FieldShape, empty: bool, place: Place, pass: &mut Pass<'_>) {
    let title = format!("missing field `{}`", field.key);
    let label = if empty {
        "nothing is written here".to_owned()
    } else {
        format!("{} needs `{}`", pass.here(), field.key)
    };
    let example = format!("write for example: {}: {}", field.key, (field.shape)().example());
    pass.report(Problem::error(code::MISSING_FIELD, title).at(place, label).help(example));
}
