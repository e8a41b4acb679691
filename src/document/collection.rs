//! Types around a type: optional, several, by name, with its place, or only a part of it.

use std::marker::PhantomData;

use super::decode::wrong_kind;
use super::scalar::not_a_name;
use super::{Decode, Name, Node, Origin, Pass, Place, Shape, Value};

/// Values by name, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T>(Vec<(Name, T)>);

/// A value with where it was written and by whom, for problems that are found later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it is written; for a default, where it could have been.
    pub place: Place,
    /// Who wrote it.
    pub origin: Origin,
}

/// Some fields of a document, kept as a tree to be laid over a whole one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch<T> {
    /// What is written.
    pub tree: Node,
    of: PhantomData<fn() -> T>,
}

impl<T> Named<T> {
    /// Names and values in the order of the text.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Name, &T)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// The value of that name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.iter().find(|(other, _)| other.as_str() == name).map(|(_, value)| value)
    }

    /// How many.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> IntoIterator for Named<T> {
    type Item = (Name, T);
    type IntoIter = std::vec::IntoIter<(Name, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: Decode> Decode for Option<T> {
    fn shape() -> Shape {
        Shape::Optional(T::shape)
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        if node.is_null() { Some(None) } else { T::decode(node, pass).map(Some) }
    }
}

/// Something that can be switched off: a value, or the word `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maybe<T>(pub Option<T>);

impl<T: Decode> Decode for Maybe<T> {
    fn shape() -> Shape {
        Shape::Maybe(T::shape)
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        if node.as_text() == Some("none") {
            return Some(Self(None));
        }
        T::decode(node, pass).map(|value| Self(Some(value)))
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn shape() -> Shape {
        Shape::List(T::shape)
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        let Value::List(items) = &node.value else {
            wrong_kind(Self::shape(), node, pass);
            return None;
        };
        let mut read = |(index, item): (usize, &Node)| {
            pass.within(&index.to_string(), item.place, |pass| T::decode(item, pass))
        };
        let values: Vec<_> = items.iter().enumerate().map(&mut read).collect();
        values.into_iter().collect()
    }
}

impl<T: Decode> Decode for Named<T> {
    fn shape() -> Shape {
        Shape::Named(T::shape)
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        let Value::Map(map) = &node.value else {
            wrong_kind(Self::shape(), node, pass);
            return None;
        };
        let mut values = Vec::new();
        for super::Entry { key, node } in map.entries() {
            let name = Name::new(&key.text);
            if name.is_none() {
                pass.report(not_a_name(&key.text, key.place));
            }
            let value = pass.within(&key.text, key.place, |pass| T::decode(node, pass));
            values.push(name.zip(value));
        }
        values.into_iter().collect::<Option<_>>().map(Self)
    }
}

impl<T: Decode> Decode for At<T> {
    fn shape() -> Shape {
        T::shape()
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        let (place, origin) = (node.place, node.origin);
        T::decode(node, pass).map(|value| Self { value, place, origin })
    }
}

impl<T: Decode> Decode for Patch<T> {
    fn shape() -> Shape {
        Shape::Patch(T::shape)
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        if !matches!(node.value, Value::Map(_)) {
            wrong_kind(Self::shape(), node, pass);
            return None;
        }
        Some(Self { tree: node.clone(), of: PhantomData })
    }
}

impl Decode for Node {
    fn shape() -> Shape {
        Shape::Any
    }

    fn decode(node: &Node, _pass: &mut Pass<'_>) -> Option<Self> {
        Some(node.clone())
    }
}
