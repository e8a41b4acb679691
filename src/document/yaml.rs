//! YAML, and so JSON, to trees: bounded in size, every problem located, never a guess at a type.

mod builder;
mod lenient;
mod syntax;
mod twice;

use saphyr_parser::Parser;

use super::{Node, Place, Problem, Problems, SourceId, SourceKind, Sources, code, quoted};
use builder::Builder;
use lenient::Indents;

/// No document is longer than this.
pub const BYTES_MAX: usize = 4 << 20;
/// No document has more values than this, those repeated by aliases included.
pub const NODES_MAX: usize = 50_000;
/// No value is inside more lists and maps than this.
pub const DEPTH_MAX: usize = 64;
/// No document repeats more values than this.
pub const ALIASES_MAX: usize = 200;

/// Reads every document of a text, which becomes one of the sources.
///
/// Documents before a syntax error are returned; check the problems before using them.
pub fn parse(
    sources: &mut Sources,
    kind: SourceKind,
    name: &str,
    bytes: &[u8],
    problems: &mut Problems,
) -> Vec<Node> {
    if bytes.len() > BYTES_MAX {
        let source = sources.add(kind, name, String::new());
        problems.push(too_long(source, bytes.len()));
        return Vec::new();
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes).into_owned();
    let source = sources.add(kind, name, text);
    if let Err(error) = std::str::from_utf8(bytes) {
        let at = error.valid_up_to();
        problems.push(not_utf8(Place::new(source, at, at + '\u{fffd}'.len_utf8()), bytes[at]));
        return Vec::new();
    }
    documents(sources.get(source).text(), source, 0, problems)
}

/// Reads the only document of a text; several, or none, are a problem.
pub fn parse_one(
    sources: &mut Sources,
    kind: SourceKind,
    name: &str,
    bytes: &[u8],
    problems: &mut Problems,
) -> Option<Node> {
    let before = problems.len();
    let mut documents = parse(sources, kind, name, bytes, problems);
    let source = sources.last()?;
    let is_broken = |it: &Problem| it.code == code::SYNTAX && is_in(it, source);
    if problems.iter().any(is_broken) {
        return None;
    }
    documents.retain(|document| !document.is_null());
    if let [_, second, ..] = documents.as_slice()
        && problems.len() == before
    {
        let problem = Problem::error(code::EMPTY, "expected one document, found several")
            .at(second.place, "a second document begins here")
            .help("put each document into a file of its own");
        problems.push(problem);
    }
    if documents.is_empty() && problems.len() == before {
        let place = Place::new(source, 0, 0);
        let problem =
            Problem::error(code::EMPTY, format!("there is no document in {}", quoted(name)));
        let problem = problem.at(place, "nothing is written in it but comments, if anything");
        problems.push(problem.help("write at least one line such as `key: value`"));
    }
    documents.into_iter().next()
}

/// Reads one value that is part of a source, beginning at a byte of it.
pub(super) fn value_at(
    text: &str,
    source: SourceId,
    offset: usize,
    problems: &mut Problems,
) -> Option<Node> {
    let before = problems.len();
    let place = Place::new(source, offset, offset + text.len());
    let nothing = || Node::written(super::Value::Null, place);
    let first = documents(text, source, offset, problems).into_iter().next();
    if problems.len() > before { None } else { Some(first.unwrap_or_else(nothing)) }
}

/// Reads one value that is known to be right.
pub(super) fn fragment(text: &str, source: SourceId) -> Option<Node> {
    value_at(text, source, 0, &mut Problems::new())
}

fn documents(text: &str, source: SourceId, offset: usize, problems: &mut Problems) -> Vec<Node> {
    let mut found = Problems::new();
    let mut builder = Builder::new(text, source, offset, &mut found);
    let mended = build(text, &mut builder).then(|| lenient::indented(text)).flatten();
    let mut documents = builder.finish();
    if let Some((indented, indents)) = mended {
        found = Problems::new();
        let mut builder = Builder::new(text, source, offset, &mut found).with_indents(indents);
        build(&indented, &mut builder);
        documents = builder.finish();
    }
    problems.extend(found);
    documents
}

/// Builds everything; whether it ended inside a bracket at a line that is indented too little.
fn build(text: &str, builder: &mut Builder<'_>) -> bool {
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                if !builder.add(event, span) {
                    return false;
                }
            }
            Err(error) => {
                builder.fail(&error);
                return syntax::is_indentation(&error);
            }
        }
    }
    false
}

fn is_in(problem: &Problem, source: SourceId) -> bool {
    problem.place().is_some_and(|place| place.source == source)
}

fn too_long(source: SourceId, bytes: usize) -> Problem {
    let title = format!("the text has {bytes} bytes, {BYTES_MAX} are the most");
    let problem = Problem::error(code::TOO_LARGE, title).at(Place::new(source, 0, 0), "not read");
    problem.help("this is more than anybody writes: is it the right file?")
}

fn not_utf8(place: Place, byte: u8) -> Problem {
    Problem::error(code::ENCODING, "the text is not UTF-8")
        .at(place, format!("the byte 0x{byte:02x} cannot stand here"))
        .help("save the file as UTF-8")
}

#[cfg(test)]
mod tests;
