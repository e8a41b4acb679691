//! Fields of a type, as the API server reads them: what it rejects is a problem.

use super::draft::{Draft, rejected};
use super::go;
use crate::document::{Node, Place, quoted};

/// A number that a file says, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given {
    pub(super) value: u32,
    pub(super) place: Place,
}

/// The largest whole number of these fields.
const MOST: i64 = i32::MAX as i64;

/// A field that is given; what is null is not.
pub(super) fn field<'a>(outside: &'a Node, key: &str) -> Option<&'a Node> {
    outside.get(key).filter(|node| !node.is_null())
}

/// Whether a field says `true`.
pub(super) fn is_true(outside: &Node, key: &str) -> bool {
    outside.get(key).and_then(Node::as_text) == Some("true")
}

/// A whole number, zero or more; nothing if it is not given, or rejected.
pub(super) fn whole(outside: &Node, key: &str, draft: &mut Draft<'_>) -> Option<Given> {
    let node = field(outside, key)?;
    let number = go::whole(node);
    if let Some(value) = number.and_then(|number| u32::try_from(number).ok())
        && i64::from(value) <= MOST
    {
        return Some(Given { value, place: node.place });
    }
    let text = node.as_text().unwrap_or_default();
    let title = format!("`{key}` is a whole number, zero or more");
    let (label, help) = match (number, text.parse::<i64>()) {
        (Some(number), _) if number < 0 => ("below zero".to_owned(), example(key, text)),
        (Some(_), _) => (format!("at most {MOST} can be given"), example(key, "10")),
        (None, Ok(number)) if (0..=MOST).contains(&number) => {
            ("a text, because of its quotes".to_owned(), format!("write: {key}: {number}"))
        }
        _ => (format!("{} is none", found(node)), example(key, text)),
    };
    draft.problem(rejected(title, node.place, label).help(help));
    None
}

/// What to write instead: the number without its sign or unit, if that is all that is wrong.
fn example(key: &str, text: &str) -> String {
    let text = text.trim_start_matches('-');
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let is_near = (1..6).contains(&digits.len()) && ["", "s", "sec", "seconds"].contains(&unit);
    format!("write for example: {key}: {}", if is_near { digits } else { "10" })
}

/// What stands there, for a message.
pub(super) fn found(node: &Node) -> String {
    node.as_text().map_or_else(|| "this".to_owned(), quoted)
}
