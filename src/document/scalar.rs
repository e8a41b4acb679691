//! Values that are written as one text: quantities, switches, texts and names.

use std::cmp::Ordering;
use std::fmt;

use crate::units::{Quantity, Reason, Rejection};

use super::decode::wrong_kind;
use super::{Decode, Map, Node, Pass, Problem, ScalarShape, Shape, Value, code, quoted, varying};

/// No name is longer than this.
const NAME_MAX: usize = 63;

/// A name: lowercase letters, digits and dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The name of that text, if it is one.
    pub fn new(text: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let named = (1..=NAME_MAX).contains(&text.len()) && text.bytes().all(plain);
        let dashes = text.starts_with('-') || text.ends_with('-');
        (named && !dashes).then(|| Self(text.to_owned()))
    }

    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<Q: Quantity> Decode for Q {
    fn shape() -> Shape {
        Shape::Scalar(ScalarShape {
            expected: Q::EXPECTED,
            example: Q::EXAMPLE,
            json: if Q::BARE { &["integer", "string"] } else { &["string"] },
            pattern: Some(Q::PATTERN),
            compare: |a, b| Q::parse(a).ok()?.partial_cmp(&Q::parse(b).ok()?),
        })
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        match &node.value {
            Value::Scalar(scalar) => match Q::parse(&scalar.text) {
                Ok(value) => Some(value),
                Err(rejection) => {
                    pass.report(rejected::<Q>(&scalar.text, node, rejection));
                    None
                }
            },
            Value::Map(map) if is_distribution(map) => {
                pass.report(not_random::<Q>(node));
                None
            }
            Value::Null | Value::Map(_) | Value::List(_) => {
                wrong_kind(Self::shape(), node, pass);
                None
            }
        }
    }
}

impl Decode for bool {
    fn shape() -> Shape {
        let (expected, example) = ("`true` or `false`", "true");
        Shape::Scalar(ScalarShape { expected, example, json: &["boolean"], pattern: None, compare })
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        match node.as_text() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(text) => {
                let title = format!("expected `true` or `false`, found {}", quoted(text));
                let problem = Problem::error(code::UNREADABLE, title);
                let problem = problem.at(node.place, "neither `true` nor `false`");
                let meant = meant_by(text);
                let help =
                    meant.map_or("write true or false".to_owned(), |it| format!("write: {it}"));
                pass.report(problem.help(help));
                None
            }
            None => {
                wrong_kind(Self::shape(), node, pass);
                None
            }
        }
    }
}

impl Decode for String {
    fn shape() -> Shape {
        let (expected, example) = ("a text", "text");
        Shape::Scalar(ScalarShape { expected, example, json: &["string"], pattern: None, compare })
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        let text = node.as_text();
        if text.is_none() {
            wrong_kind(Self::shape(), node, pass);
        }
        text.map(ToOwned::to_owned)
    }
}

impl Decode for Name {
    fn shape() -> Shape {
        Shape::Scalar(ScalarShape {
            expected: "a name",
            example: "checkout",
            json: &["string"],
            pattern: Some("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"),
            compare,
        })
    }

    fn decode(node: &Node, pass: &mut Pass<'_>) -> Option<Self> {
        let text = String::decode(node, pass)?;
        let name = Self::new(&text);
        if name.is_none() {
            pass.report(not_a_name(&text, node.place));
        }
        name
    }
}

/// Values without an order.
fn compare(_: &str, _: &str) -> Option<Ordering> {
    None
}

pub(super) fn not_a_name(text: &str, place: super::Place) -> Problem {
    let lowercase = text.to_lowercase().replace(['_', ' ', '.'], "-");
    let long = text.chars().count() > NAME_MAX;
    let label = if long {
        "names have at most 63 characters"
    } else {
        "names are made of a-z, 0-9 and dashes, with a letter or digit at each end"
    };
    let example = Name::new(&lowercase).map_or_else(|| "checkout".to_owned(), |name| name.0);
    Problem::error(code::NAME, format!("{} cannot be a name", quoted(text)))
        .at(place, label)
        .help(format!("write for example: {example}"))
}

fn meant_by(text: &str) -> Option<bool> {
    let word = text.to_lowercase();
    let means = |words: &[&str]| words.contains(&word.as_str());
    let yes = means(&["true", "yes", "on", "y", "1"]);
    (yes || means(&["false", "no", "off", "n", "0"])).then_some(yes)
}

fn is_distribution(map: &Map) -> bool {
    let [entry] = map.entries() else { return false };
    varying::DISTRIBUTIONS.contains(&entry.key.text.as_str())
}

fn not_random<Q: Quantity>(node: &Node) -> Problem {
    let title = format!("expected {}, found a distribution", Q::EXPECTED);
    Problem::error(code::NOT_RANDOM, title)
        .at(node.place, "policy is chosen, so it cannot be random")
        .help(format!("write for example: {}", Q::EXAMPLE))
}

fn rejected<Q: Quantity>(text: &str, node: &Node, rejection: Rejection) -> Problem {
    let noun = Q::EXPECTED.trim_start_matches("a ").trim_start_matches("an ");
    let problem = match rejection.reason {
        Reason::Bare => {
            let title = format!("expected {}, found a bare number", Q::EXPECTED);
            Problem::error(code::BARE_NUMBER, title)
                .at(node.place, format!("{noun} without a unit"))
        }
        Reason::Unreadable(why) => {
            let found = if text.is_empty() { "an empty text".to_owned() } else { quoted(text) };
            let title = format!("expected {}, found {found}", Q::EXPECTED);
            Problem::error(code::UNREADABLE, title).at(node.place, why)
        }
        Reason::OutOfRange(why) => {
            let title = format!("{} is not possible here", quoted(text));
            Problem::error(code::OUT_OF_RANGE, title).at(node.place, why)
        }
    };
    let instead: Vec<_> = rejection.instead.iter().map(|text| quoted(text)).collect();
    match problem.code {
        code::BARE_NUMBER => problem.help(format!("write the unit: {}", instead.join(" or "))),
        _ if instead.is_empty() => problem.help(format!("write for example: {}", Q::EXAMPLE)),
        _ => problem.help(format!("write: {}", instead.join(" or "))),
    }
}
