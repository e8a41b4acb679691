//! What a document may look like, as data: the source of merging, defaults, help and JSON Schema.

use std::cmp::Ordering;

use super::{Assumed, Node, Origin, Place, yaml};

/// A shape on demand, so that shapes may contain themselves.
pub type ShapeOf = fn() -> Shape;

/// What may be written somewhere.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Anything at all.
    Any,
    /// One text.
    Scalar(ScalarShape),
    /// One of a few words.
    Word(&'static WordShape),
    /// It, or nothing.
    Optional(ShapeOf),
    /// A single text of the first, or a map of the second.
    Either(ShapeOf, ShapeOf),
    /// It, or the word `none`.
    Maybe(ShapeOf),
    /// Several of it, in order.
    List(ShapeOf),
    /// Several of it, by name.
    Named(ShapeOf),
    /// A map with these fields.
    Record(&'static RecordShape),
    /// A map with exactly one of these keys.
    Sum(&'static SumShape),
    /// A fixed value, or a distribution of it.
    Varying(ShapeOf, ShapeOf),
    /// Several of it as keys, each with its weight.
    Weights(ShapeOf),
    /// Some fields of it, to be laid over a whole one.
    Patch(ShapeOf),
}

/// A value that is written as one text.
#[derive(Clone, Copy, Debug)]
pub struct ScalarShape {
    /// What it is, with its article.
    pub expected: &'static str,
    /// A typical text.
    pub example: &'static str,
    /// The JSON types it may have; a pattern constrains the string.
    pub json: &'static [&'static str],
    /// What every accepted string matches, if anything can be said.
    pub pattern: Option<&'static str>,
    /// How two texts of it compare, if they can be read.
    pub compare: fn(&str, &str) -> Option<Ordering>,
}

/// A word out of a few.
#[derive(Debug)]
pub struct WordShape {
    /// The name of its type.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// Each word with its meaning.
    pub words: &'static [(&'static str, &'static str)],
}

/// A map with known fields.
#[derive(Debug)]
pub struct RecordShape {
    /// The name of its type.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What a generic record is of.
    pub of: Option<ShapeOf>,
    /// Its fields in the order of the print-out.
    pub fields: &'static [FieldShape],
}

/// A field of a record.
#[derive(Debug)]
pub struct FieldShape {
    /// Its key.
    pub key: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// What may be written there.
    pub shape: ShapeOf,
    /// The least value, as a text.
    pub low: Option<&'static str>,
    /// The greatest value, as a text.
    pub high: Option<&'static str>,
    /// What holds if nothing is written, as a text.
    pub default: Option<&'static str>,
    /// Why that is assumed and how far it may be from the truth, if the default is an assumption
    /// about the world.
    pub assumed: Option<Assumed>,
}

/// A map with exactly one of several keys.
#[derive(Debug)]
pub struct SumShape {
    /// The name of its type.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// What a generic sum is of.
    pub of: Option<ShapeOf>,
    /// Its alternatives.
    pub members: &'static [MemberShape],
}

/// An alternative of a sum.
#[derive(Debug)]
pub struct MemberShape {
    /// Its key.
    pub key: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// What stands under the key; without it the key is a word.
    pub payload: Option<ShapeOf>,
}

impl Shape {
    /// A small text of this shape in one line, to be copied.
    pub fn example(self) -> String {
        self.example_within(4)
    }

    fn example_within(self, depth: usize) -> String {
        let Some(depth) = depth.checked_sub(1) else { return "...".to_owned() };
        match self {
            Self::Any => "...".to_owned(),
            Self::Scalar(scalar) => scalar.example.to_owned(),
            Self::Word(word) => word.words.first().map_or("...", |(word, _)| word).to_owned(),
            Self::Optional(of) | Self::Maybe(of) | Self::Either(of, _) | Self::Varying(of, _) => {
                of().example_within(depth + 1)
            }
            Self::List(of) => format!("[{}]", of().example_within(depth)),
            Self::Named(of) => format!("{{ name: {} }}", of().example_within(depth)),
            Self::Record(record) => record.example(depth),
            Self::Sum(sum) => sum.members.first().map_or(String::new(), |one| one.example(depth)),
            Self::Weights(of) => format!("{{ {}: 1 }}", of().example_within(depth)),
            Self::Patch(_) => "{}".to_owned(),
        }
    }

    /// What is expected here, with its article.
    pub fn expected(self) -> String {
        match self {
            Self::Any => "anything".to_owned(),
            Self::Scalar(scalar) => scalar.expected.to_owned(),
            Self::Word(_) => "a word".to_owned(),
            Self::Optional(of) => of().expected(),
            Self::Either(one, other) => {
                format!("{} or {}", one().expected(), other().expected())
            }
            Self::Maybe(of) => format!("{} or `none`", of().expected()),
            Self::List(_) => "a list".to_owned(),
            Self::Named(_) => "a map by name".to_owned(),
            Self::Record(_) | Self::Patch(_) => "a map of fields".to_owned(),
            Self::Weights(_) => "a map of weights".to_owned(),
            Self::Sum(_) => "a map with one key".to_owned(),
            Self::Varying(of, _) => format!("{} or a distribution", of().expected()),
        }
    }
}

impl RecordShape {
    /// The field of that key.
    pub fn field(&self, key: &str) -> Option<&'static FieldShape> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// The keys of all fields.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        let fields: &'static [FieldShape] = self.fields;
        fields.iter().map(|field| field.key)
    }

    fn example(&self, depth: usize) -> String {
        let required = self.fields.iter().filter(|field| field.is_required());
        let text = |field: &FieldShape| {
            format!("{}: {}", field.key, (field.shape)().example_within(depth))
        };
        let fields: Vec<_> = required.map(text).collect();
        if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", fields.join(", ")) }
    }
}

impl FieldShape {
    /// Whether something must be written.
    pub fn is_required(&self) -> bool {
        self.default.is_none() && !matches!((self.shape)(), Shape::Optional(_))
    }

    /// The default as if it had been written at a place.
    pub fn default_node(&self, place: Place) -> Option<Node> {
        let origin = self.assumed.map_or(Origin::Default, Origin::Assumed);
        let node = yaml::fragment(self.default?, place.source);
        Some(node?.stamped(origin, place))
    }
}

impl SumShape {
    /// The alternative of that key.
    pub fn member(&self, key: &str) -> Option<&'static MemberShape> {
        self.members.iter().find(|member| member.key == key)
    }

    /// The keys of all alternatives.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        let members: &'static [MemberShape] = self.members;
        members.iter().map(|member| member.key)
    }
}

impl MemberShape {
    fn example(&self, depth: usize) -> String {
        match self.payload {
            Some(of) => format!("{{ {}: {} }}", self.key, of().example_within(depth)),
            None => self.key.to_owned(),
        }
    }
}
