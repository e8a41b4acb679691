//! Changes of the text that carry a fix out, so that it can be tried whether they do.

use super::objects::first_key;
use crate::document::{Node, Place, Sources};

/// A change, before anybody has looked at how the text around it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// In place of what stands there.
    Text(Place, String),
    /// In place of a single value, in quotes if it needs them.
    Scalar(Place, String),
    /// In place of a part of a single value, which stands at the second place.
    Part(Place, Place, String),
    /// A field of a map, as it is written, before the key that stands there.
    Field(Place, String),
    /// The same of a key and its single value.
    Entry(Place, &'static str, String),
    /// Items of a list, behind the item that stands there.
    Items(Place, Vec<String>),
    /// Nothing in place of the field whose key and value stand there.
    Without(Place, Place),
}

/// A change of the text of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is taken out; nothing where it begins and ends at the same byte.
    pub place: Place,
    /// What is put there.
    pub text: String,
}

impl Edit {
    /// Whether only one of two different edits can be made: they overlap, or give a map the same
    /// field.
    fn excludes(&self, other: &Self) -> bool {
        let (a, b) = (self.place, other.place);
        let is_same_field = a.start == b.start && self.field().is_some_and(|it| other.adds(it));
        let overlaps = a.start < b.end && b.start < a.end;
        a.source == b.source && self != other && (overlaps || is_same_field)
    }

    /// The name of the field that it puts before another one.
    fn field(&self) -> Option<&str> {
        let name = self.text.split_once(':').map(|(name, _)| name);
        name.filter(|it| {
            self.place.start == self.place.end && it.chars().all(char::is_alphanumeric)
        })
    }

    fn adds(&self, field: &str) -> bool {
        self.field() == Some(field)
    }
}

/// The edits of several fixes that can be made together: of two that exclude each other the first
/// is taken, and no fix by halves.
pub fn together(fixes: impl IntoIterator<Item = Vec<Edit>>) -> Vec<Edit> {
    let mut taken: Vec<Edit> = Vec::new();
    for fix in fixes {
        let fits = |edit: &Edit| !taken.iter().any(|it| it.excludes(edit));
        if fix.iter().all(fits) {
            taken.extend(fix);
        }
    }
    taken
}

impl Change {
    /// A field of a map gets a value, whether it is there already or not.
    pub(crate) fn set(map: &Node, key: &'static str, value: &impl ToString) -> Self {
        let value = value.to_string();
        match map.get(key) {
            Some(node) => Self::Scalar(node.place, value),
            None => Self::Entry(seat(map), key, value),
        }
    }

    /// A field of a map as it is written.
    pub(crate) fn field(map: &Node, text: String) -> Self {
        Self::Field(seat(map), text)
    }

    /// An item of a list, behind the item that stands there.
    pub(crate) fn item(last: Place, text: String) -> Self {
        Self::Items(last, vec![text])
    }

    /// The change as the text around it wants it; nothing where that is too intricate.
    pub(crate) fn edit(&self, sources: &Sources) -> Option<Edit> {
        let text_of = |place: Place| sources.get(place.source).text();
        Some(match self {
            Self::Text(place, text) => Edit { place: *place, text: text.clone() },
            Self::Scalar(place, text) => {
                let written = text_of(*place).get(place.start..place.end)?;
                let end = &written[written.trim_end().len()..];
                Edit { place: *place, text: scalar(text, written) + end }
            }
            Self::Part(part, whole, text) => {
                let written = text_of(*whole).get(whole.start..whole.end)?;
                Edit { place: *part, text: inside(text, written) }
            }
            Self::Field(first, text) => {
                let before = text_of(*first).get(..first.start)?;
                let place = Place { end: first.start, ..*first };
                let end = if is_flow(before) { ", ".to_owned() } else { below(before) };
                Edit { place, text: format!("{text}{end}") }
            }
            Self::Entry(first, key, value) => {
                let is_flow = is_flow(text_of(*first).get(..first.start)?);
                let is_cut = is_flow && value.contains([',', '[', ']', '{', '}']);
                let value = scalar(value, if is_cut { "'" } else { "" });
                return Self::Field(*first, format!("{key}: {value}")).edit(sources);
            }
            Self::Items(last, items) => {
                let all = text_of(*last);
                let written = all.get(last.start..last.end)?.trim_end();
                let end = last.start + written.len();
                let before = all.get(..last.start)?;
                let between = if is_flow(before) {
                    ", ".to_owned()
                } else {
                    below(before.trim_end().strip_suffix('-')?) + "- "
                };
                let text = items.iter().map(|item| between.clone() + item).collect();
                Edit { place: Place { start: end, end, ..*last }, text }
            }
            Self::Without(key, value) => {
                let all = text_of(*key);
                let begin = all.get(..key.start)?.rfind('\n').map_or(0, |end| end + 1);
                let end =
                    all.get(value.end..)?.find('\n').map_or(all.len(), |end| value.end + end + 1);
                // What shares its line with something else is left to people.
                let is_alone = all[begin..key.start].trim().is_empty()
                    && (all[value.end..end].trim().is_empty() || all[..value.end].ends_with('\n'));
                let end = if all[..value.end].ends_with('\n') { value.end } else { end };
                Edit {
                    place: Place { start: begin, end, ..is_alone.then_some(*key)? },
                    text: String::new(),
                }
            }
        })
    }
}

/// Where a field is put into a map: before its second key, as the first is mostly its name.
fn seat(map: &Node) -> Place {
    let second = map.as_map().and_then(|map| map.entries().get(1));
    second.map_or_else(|| first_key(map), |entry| entry.key.place)
}

/// Whether what comes next is inside of brackets. A comment may end with anything.
fn is_flow(before: &str) -> bool {
    let mut lines = before.lines().rev().map(str::trim);
    let last = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    last.is_some_and(|line| line.ends_with(['{', '[', ',']))
}

/// A new line that begins in the column in which a text ends.
fn below(before: &str) -> String {
    let line = before.rsplit('\n').next().unwrap_or_default();
    format!("\n{}", " ".repeat(line.chars().count()))
}

/// A text as a single value of YAML, in place of one that is written in some way.
pub(crate) fn scalar(text: &str, written: &str) -> String {
    let first = text.chars().next().unwrap_or(' ');
    let is_quoted = written.starts_with(['"', '\'']);
    let is_plain = !first.is_whitespace()
        && !"-?:,[]{}#&*!|>'\"%@`".contains(first)
        && [" #", ": ", "\n"].iter().all(|part| !text.contains(part))
        && !text.ends_with([':', ' ']);
    let is_negative = text.starts_with('-') && text.parse::<f64>().is_ok();
    match written.chars().next() {
        _ if !is_quoted && (is_plain || is_negative) => text.to_owned(),
        Some('"') => format!("\"{}\"", inside(text, "\"")),
        _ => format!("'{}'", inside(text, "'")),
    }
}

/// A field with a single value, as it is to be written.
pub(crate) fn entry(key: &str, text: &str) -> String {
    format!("{key}: {}", scalar(text, ""))
}

/// A text as it stands inside of a value that is written in some way.
fn inside(text: &str, written: &str) -> String {
    match written.chars().next() {
        Some('"') => text.replace('\\', "\\\\").replace('"', "\\\""),
        Some('\'') => text.replace('\'', "''"),
        _ => text.to_owned(),
    }
}

/// The text of a file with some changes made; of those that overlap only the first.
pub fn edited(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<_> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.place.start, edit.place.end));
    edits.dedup();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for edit in edits {
        let Some(before) = text.get(at..edit.place.start) else { continue };
        out.push_str(before);
        out.push_str(&edit.text);
        at = edit.place.end;
    }
    out + text.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Problems, SourceKind, yaml};

    /// A text with a change of it, which begins at the document.
    fn changed(text: &str, change: impl Fn(&Node) -> Change) -> String {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let bytes = text.as_bytes();
        let trees = yaml::parse(&mut sources, SourceKind::File, "a", bytes, &mut problems);
        let edit = change(&trees[0]).edit(&sources);
        edited(text, edit.as_slice())
    }

    #[test]
    fn a_field_is_written_as_the_fields_beside_it_are() {
        let set = |text: &str| {
            changed(text, |node| Change::set(node.get("a").unwrap_or(node), "limit", &3))
        };
        assert_eq!(set("a:\n  b: 1\n  c: 2\n"), "a:\n  b: 1\n  limit: 3\n  c: 2\n");
        assert_eq!(set("a:\n  b: 1\n"), "a:\n  limit: 3\n  b: 1\n");
        assert_eq!(set("a: {b: 1}\n"), "a: {limit: 3, b: 1}\n");
        assert_eq!(set("a:\n  b: 1\n  limit: 2 # two\n"), "a:\n  b: 1\n  limit: 3 # two\n");
        assert_eq!(set("a: {limit: \"2\"}\n"), "a: {limit: \"3\"}\n");
    }

    #[test]
    fn a_comment_above_is_no_bracket() {
        let text = "a:\n  # of b, c,\n  b: 1\n";
        let set = |node: &Node| Change::set(node.get("a").unwrap_or(node), "limit", &3);
        assert_eq!(changed(text, set), "a:\n  # of b, c,\n  limit: 3\n  b: 1\n");
    }

    #[test]
    fn of_fixes_that_exclude_each_other_the_first_is_made_and_none_by_halves() {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let text = "a:\n  b: 1\n  c: 2\n";
        let trees =
            yaml::parse(&mut sources, SourceKind::File, "a", text.as_bytes(), &mut problems);
        let map = trees[0].get("a").expect("a map");
        let set = |key, value: u32| Change::set(map, key, &value).edit(&sources).expect("an edit");
        let fixes = [
            vec![set("limit", 3), set("b", 5)],
            vec![set("limit", 4), set("c", 6)],
            vec![set("count", 7), set("b", 5)],
            vec![set("b", 8)],
        ];
        let made = edited(text, &together(fixes));
        assert_eq!(made, "a:\n  b: 5\n  limit: 3\n  count: 7\n  c: 2\n");
    }

    #[test]
    fn an_item_comes_behind_the_last_one() {
        let item = |text: &str| {
            changed(text, |node| {
                let Some(crate::document::Value::List(items)) = node.get("a").map(|it| &it.value)
                else {
                    panic!("a list")
                };
                Change::item(items.last().expect("an item").place, "{c: 2}".to_owned())
            })
        };
        assert_eq!(item("a:\n- b: 1\n"), "a:\n- b: 1\n- {c: 2}\n");
        assert_eq!(item("a:\n  - {b: 1}\n\nd: 1\n"), "a:\n  - {b: 1}\n  - {c: 2}\n\nd: 1\n");
        assert_eq!(item("a: [1, {b: 1}]\n"), "a: [1, {b: 1}, {c: 2}]\n");
    }

    #[test]
    fn a_condition_with_a_hash_is_quoted_because_yaml_would_cut_it() {
        let text = "all(result, # < 5)";
        assert_eq!(scalar(text, "result[0] < 5"), "'all(result, # < 5)'");
        assert_eq!(scalar(text, "\"result[0] < 5\""), "\"all(result, # < 5)\"");
        assert_eq!(scalar("!isNaN(result[0])", "x"), "'!isNaN(result[0])'");
        assert_eq!(scalar("a == 'b'", "'x'"), "'a == ''b'''");
        assert_eq!(scalar("result[0] < 5", "x"), "result[0] < 5");
        assert_eq!(scalar("-1", "2"), "-1");
    }

    #[test]
    fn a_field_that_shares_its_line_is_left_to_people() {
        let without = |text: &str| {
            changed(text, |node| {
                let entry = node.as_map().and_then(|map| map.entry("b")).expect("a field");
                Change::Without(entry.key.place, entry.node.place)
            })
        };
        assert_eq!(without("a: 1\nb: 2\nc: 3\n"), "a: 1\nc: 3\n");
        assert_eq!(without("a: 1\nb: |\n  x\nc: 3\n"), "a: 1\nc: 3\n");
        assert_eq!(without("{a: 1, b: 2}\n"), "{a: 1, b: 2}\n");
    }
}
