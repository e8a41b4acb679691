//! A document as it was written: scalars keep their text, everything keeps its place.

use super::{Place, SourceId};

/// A value with where it stands and how it got there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What is written.
    pub value: Value,
    /// Where it is written; for a default, where it could have been.
    pub place: Place,
    /// Who wrote it.
    pub origin: Origin,
}

/// What is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// A text that its reader gives a meaning: `no`, `010` and `14:00` are just that.
    Scalar(Scalar),
    /// Values in order.
    List(Vec<Node>),
    /// Values by key, in order.
    Map(Map),
}

/// The text of a single value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text, without quotes.
    pub text: String,
    /// Whether it was quoted or a block.
    pub quoted: bool,
}

/// Who wrote a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A person, in the source of the place: a file, a flag or an import.
    Written,
    /// Nobody: it is the default.
    Default,
    /// Nobody: it was assumed.
    Assumed(Assumed),
}

/// Why a value was assumed, and how far it may be from the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assumed {
    /// Why it is thought to be reasonable.
    pub why: &'static str,
    /// How far it may be from the truth, where somebody has said so.
    pub range: Option<&'static Range>,
}

/// From where to where the truth may be, as texts like the value itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The lower end.
    pub low: &'static str,
    /// The upper end.
    pub high: &'static str,
}

/// Values by key, in the order of the text; keys are unique.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map(Vec<Entry>);

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// Its value.
    pub node: Node,
}

/// The key of a map with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The text of the key.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

impl Origin {
    /// Nobody: it was assumed for this reason, and nobody has said how far the truth may be.
    pub const fn assumed(why: &'static str) -> Self {
        Self::Assumed(Assumed { why, range: None })
    }
}

impl Node {
    /// A value that a person wrote at a place.
    pub const fn written(value: Value, place: Place) -> Self {
        Self { value, place, origin: Origin::Written }
    }

    /// Whether there is nothing here.
    pub const fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The map, if it is one.
    pub const fn as_map(&self) -> Option<&Map> {
        if let Value::Map(map) = &self.value { Some(map) } else { None }
    }

    /// The text, if it is a single value.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Scalar(scalar) = &self.value { Some(&scalar.text) } else { None }
    }

    /// The value under a key of this map that is not null.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map().and_then(|map| map.get(key)).filter(|node| !node.is_null())
    }

    /// Follows keys, and positions of lists, down the tree.
    pub fn find<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Self> {
        path.into_iter().try_fold(self, |node, segment| match &node.value {
            Value::Map(map) => map.get(segment),
            Value::List(items) => items.get(segment.parse::<usize>().ok()?),
            Value::Null | Value::Scalar(_) => None,
        })
    }

    /// The node that keys, and positions of lists, lead to.
    pub(super) fn find_mut(&mut self, path: &[&str]) -> Option<&mut Self> {
        path.iter().try_fold(self, |node, segment| match &mut node.value {
            Value::Map(map) => map.get_mut(segment),
            Value::List(items) => items.get_mut(segment.parse::<usize>().ok()?),
            Value::Null | Value::Scalar(_) => None,
        })
    }

    /// Takes these keys out of a map: what is left, and a map of what was taken.
    pub fn split(mut self, keys: &[&str]) -> (Self, Self) {
        let mut taken = Self { value: Value::Map(Map::default()), ..self };
        if let (Value::Map(left), Value::Map(taken)) = (&mut self.value, &mut taken.value) {
            let wanted = |entry: &mut Entry| keys.contains(&entry.key.text.as_str());
            taken.0.extend(left.0.extract_if(.., wanted));
        }
        (self, taken)
    }

    /// The same tree, everything of it with this origin and place.
    pub(super) fn stamped(mut self, origin: Origin, place: Place) -> Self {
        self.stamp(origin, place);
        self
    }

    fn stamp(&mut self, origin: Origin, place: Place) {
        (self.origin, self.place) = (origin, place);
        match &mut self.value {
            Value::Null | Value::Scalar(_) => {}
            Value::List(items) => items.iter_mut().for_each(|item| item.stamp(origin, place)),
            Value::Map(map) => {
                for entry in &mut map.0 {
                    entry.key.place = place;
                    entry.node.stamp(origin, place);
                }
            }
        }
    }
}

impl Map {
    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The key with its place, and its value.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.iter().find(|entry| entry.key.text == key)
    }

    /// Every key and value in the order of the text.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// Sets the value of a key, in its old position if it was there.
    pub fn insert(&mut self, key: Key, node: Node) {
        match self.0.iter_mut().find(|entry| entry.key.text == key.text) {
            Some(entry) => *entry = Entry { key, node },
            None => self.0.push(Entry { key, node }),
        }
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) -> Option<Node> {
        let index = self.0.iter().position(|entry| entry.key.text == key)?;
        Some(self.0.remove(index).node)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.0.iter_mut().find(|entry| entry.key.text == key).map(|entry| &mut entry.node)
    }

    /// A map of entries whose keys are known to be unique.
    pub(super) const fn from_unique(entries: Vec<Entry>) -> Self {
        Self(entries)
    }

    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.0
    }
}

impl Key {
    /// A key at a place.
    pub fn new(text: impl Into<String>, place: Place) -> Self {
        Self { text: text.into(), place }
    }

    /// The source the key stands in.
    pub const fn source(&self) -> SourceId {
        self.place.source
    }
}

impl Scalar {
    /// Whether the text can only mean that nothing is there.
    pub(super) fn is_null(&self) -> bool {
        !self.quoted && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}
