//! `--set path=value`: one value of a document, given on the command line.

use super::{Key, Map, Node, Place, Problem, Problems, SourceId, SourceKind, Sources, Value};
use super::{code, path, quoted, yaml};

/// A part of the path with where it stands in the flag.
struct Segment {
    text: String,
    place: Place,
}

/// Sets a value in a tree; the text of the flag becomes a source, so that problems point into it.
///
/// Maps that are missing on the way are created; a list must be there, with such a position. Null
/// removes what is set.
pub fn apply(tree: &mut Node, setting: &str, sources: &mut Sources, problems: &mut Problems) {
    let source = sources.add(SourceKind::Flag, "--set", setting.to_owned());
    let Some((segments, value)) = read(setting, source, problems) else { return };
    if let Err(problem) = put(tree, &segments, value, "the document") {
        problems.push(problem);
    }
}

/// The path and the value of a setting.
fn read(setting: &str, source: SourceId, problems: &mut Problems) -> Option<(Vec<Segment>, Node)> {
    let Some(equals) = equals(setting) else {
        problems.push(not_a_setting(Place::new(source, 0, setting.len()), "there is no `=`"));
        return None;
    };
    let value = yaml::value_at(&setting[equals + 1..], source, equals + 1, problems);
    match path::segments(&setting[..equals]) {
        Ok(segments) if segments.len() > yaml::DEPTH_MAX => {
            problems.push(not_a_setting(Place::new(source, 0, equals), "the path is too long"));
            None
        }
        Ok(segments) => {
            let located = |(at, text): path::Located| Segment {
                text,
                place: Place::new(source, at.start, at.end),
            };
            Some((segments.into_iter().map(located).collect(), value?))
        }
        Err((at, why)) => {
            problems.push(not_a_setting(Place::new(source, at, at + 1), why));
            None
        }
    }
}

/// Where the path ends: the first `=` outside of quotes.
fn equals(setting: &str) -> Option<usize> {
    let mut quoted = false;
    setting.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'=' && !quoted
    })
}

fn put(node: &mut Node, path: &[Segment], value: Node, here: &str) -> Result<(), Problem> {
    let Some((segment, rest)) = path.split_first() else {
        *node = value;
        return Ok(());
    };
    if node.is_null() {
        *node = Node::written(Value::Map(Map::default()), segment.place);
    }
    let inside = quoted(&segment.text);
    match &mut node.value {
        Value::Map(map) if rest.is_empty() && value.is_null() => {
            map.remove(&segment.text);
            Ok(())
        }
        Value::Map(map) => {
            if map.get(&segment.text).is_none() {
                let key = Key::new(segment.text.as_str(), segment.place);
                map.insert(key, Node::written(Value::Null, segment.place));
            }
            map.get_mut(&segment.text).map_or(Ok(()), |node| put(node, rest, value, &inside))
        }
        Value::List(items) => {
            let length = items.len();
            let position = segment.text.parse().ok();
            match position.and_then(|position: usize| items.get_mut(position)) {
                Some(item) => put(item, rest, value, &inside),
                None => Err(no_such_item(segment, here, length)),
            }
        }
        Value::Null | Value::Scalar(_) => Err(no_parts(segment, here, node.place)),
    }
}

fn not_a_setting(place: Place, why: &str) -> Problem {
    Problem::error(code::SET_SYNTAX, "a setting is written as path=value")
        .at(place, why)
        .help("write for example: --set fleet.replicas=20")
}

fn no_such_item(segment: &Segment, here: &str, length: usize) -> Problem {
    let title = format!("{here} has no item {}", quoted(&segment.text));
    let items = match length {
        0 => "the list is empty".to_owned(),
        1 => "the list has one item: 0".to_owned(),
        _ => format!("the items of the list are 0 to {}", length - 1),
    };
    Problem::error(code::SET_PATH, title).at(segment.place, items)
}

fn no_parts(segment: &Segment, here: &str, place: Place) -> Problem {
    let title = format!("{here} is a single value, so it has no {}", quoted(&segment.text));
    Problem::error(code::SET_PATH, title)
        .at(segment.place, "leads into a single value")
        .at(place, "the single value")
}

#[cfg(test)]
mod tests;
