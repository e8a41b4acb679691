//! Alternatives: a map with exactly one key, and words.

use super::decode::{alternatives, wrong_kind};
use super::quoted;
use super::{
    Decode, Key, Map, Node, Pass, Place, Problem, Shape, SumShape, Value, WordShape, code,
};

/// The alternative of a sum that was chosen.
#[derive(Debug)]
pub(crate) struct Chosen<'n> {
    /// Its key.
    pub(crate) key: &'static str,
    place: Place,
    payload: Option<&'n Node>,
}

impl<'n> Chosen<'n> {
    /// Finds out which alternative is written, or reports why that cannot be said.
    pub(crate) fn open(
        shape: &'static SumShape,
        node: &'n Node,
        pass: &mut Pass<'_>,
    ) -> Option<Self> {
        match &node.value {
            Value::Map(map) => Self::from_map(shape, map, node, pass),
            Value::Scalar(scalar) => {
                let key = Key::new(scalar.text.as_str(), node.place);
                Self::from_key(shape, &key, None, pass)
            }
            Value::Null | Value::List(_) => {
                wrong_kind(Shape::Sum(shape), node, pass);
                None
            }
        }
    }

    /// Reads what stands under the key; a bare word stands for nothing.
    pub(crate) fn payload<T: Decode>(&self, pass: &mut Pass<'_>) -> Option<T> {
        let nothing = Node::written(Value::Null, self.place);
        let node = self.payload.unwrap_or(&nothing);
        pass.within(self.key, self.place, |pass| T::decode(node, pass))
    }

    /// Reports anything that stands under the key of an alternative that is only a word.
    pub(crate) fn nothing(&self, pass: &mut Pass<'_>) -> Option<()> {
        let Some(node) = self.payload.filter(|node| !is_empty(node)) else { return Some(()) };
        let title = format!("`{}` takes nothing", self.key);
        let problem = Problem::error(code::WRONG_KIND, title)
            .at(node.place, "nothing can stand here")
            .help(format!("write only the word: {}", self.key));
        pass.report(problem);
        None
    }

    fn from_map(
        shape: &'static SumShape,
        map: &'n Map,
        node: &'n Node,
        pass: &mut Pass<'_>,
    ) -> Option<Self> {
        let choose = |entry: &'n super::Entry, pass: &mut Pass<'_>| {
            Self::from_key(shape, &entry.key, Some(&entry.node), pass)
        };
        match map.entries() {
            [entry] => choose(entry, pass),
            [] => {
                let keys: Vec<_> = shape.keys().collect();
                let problem = Problem::error(code::ONE_OF, "no alternative is given")
                    .at(pass.entrance(node), format!("{} is empty", pass.here()))
                    .help(format!("write one of: {}", keys.join(", ")))
                    .help(format!("for example: {}", Shape::Sum(shape).example()));
                pass.report(problem);
                None
            }
            [first, others @ ..] => {
                choose(first, pass);
                for other in others {
                    if choose(other, pass).is_some() {
                        pass.report(second(&first.key, &other.key, pass));
                    }
                }
                None
            }
        }
    }

    fn from_key(
        shape: &'static SumShape,
        key: &Key,
        payload: Option<&'n Node>,
        pass: &mut Pass<'_>,
    ) -> Option<Self> {
        let member = shape.member(&key.text);
        if member.is_none() {
            let keys: Vec<_> = shape.keys().collect();
            unknown_word(&key.text, key.place, &keys, pass);
        }
        member.map(|member| Self { key: member.key, place: key.place, payload })
    }
}

/// Reads one of a few words; the result is its position in the list.
pub(crate) fn word(shape: &'static WordShape, node: &Node, pass: &mut Pass<'_>) -> Option<usize> {
    let Some(text) = node.as_text() else {
        wrong_kind(Shape::Word(shape), node, pass);
        return None;
    };
    let position = shape.words.iter().position(|(word, _)| *word == text);
    if position.is_none() {
        let words: Vec<_> = shape.words.iter().map(|(word, _)| *word).collect();
        unknown_word(text, node.place, &words, pass);
    }
    position
}

fn unknown_word(text: &str, place: Place, words: &[&'static str], pass: &mut Pass<'_>) {
    let problem = Problem::error(code::UNKNOWN_WORD, format!("unknown word {}", quoted(text)))
        .at(place, format!("{} cannot be this", pass.here()))
        .help(alternatives(text, "can be", words));
    pass.report(problem);
}

fn second(first: &Key, second: &Key, pass: &Pass<'_>) -> Problem {
    let here = pass.here();
    let in_list = pass.path().segments().last().is_some_and(|it| it.parse::<usize>().is_ok());
    let help = if in_list {
        format!("{here} is one of them: write each as an item of the list, with its own `-`")
    } else {
        format!("{here} is one of them: remove the other")
    };
    let title = format!("`{}` and `{}` exclude each other", first.text, second.text);
    Problem::error(code::ONE_OF, title)
        .at(second.place, "a second alternative")
        .at(first.place, "the first one")
        .help(help)
}

fn is_empty(node: &Node) -> bool {
    node.is_null() || node.as_map().is_some_and(|map| map.entries().is_empty())
}
