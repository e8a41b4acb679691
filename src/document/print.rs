//! A tree as YAML, every value with a comment that says where it comes from.

use super::{Entry, Map, Node, Origin, Scalar, SourceKind, Sources, Value, quote};

/// Comments begin at this column, unless the text before is longer.
const COMMENT_COLUMN: usize = 44;

/// Prints a complete tree so that it reads back as the same tree.
pub fn resolved(tree: &Node, sources: &Sources) -> String {
    let mut printer = Printer { sources, text: String::new() };
    match &tree.value {
        Value::Map(map) if !map.entries().is_empty() => printer.map(map, 0, true),
        Value::List(items) if !items.is_empty() => printer.list(items, 0, true),
        _ => printer.leaf(0, "", tree),
    }
    printer.text
}

struct Printer<'a> {
    sources: &'a Sources,
    text: String,
}

impl Printer<'_> {
    /// The entries of a map; the first may stand after the dash of a list.
    fn map(&mut self, map: &Map, indent: usize, mut new_line: bool) {
        for Entry { key, node } in map.entries() {
            let key = format!("{}:", key_text(&key.text));
            self.entry(&key, node, if new_line { indent } else { 0 }, indent + 2);
            new_line = true;
        }
    }

    fn list(&mut self, items: &[Node], indent: usize, mut new_line: bool) {
        for item in items {
            let before = if new_line { indent } else { 0 };
            match &item.value {
                Value::Map(map) if !map.entries().is_empty() => {
                    self.begin(before, "- ");
                    self.map(map, indent + 2, false);
                }
                Value::List(items) if !items.is_empty() => {
                    self.begin(before, "- ");
                    self.list(items, indent + 2, false);
                }
                _ => self.leaf(before, "-", item),
            }
            new_line = true;
        }
    }

    fn entry(&mut self, key: &str, node: &Node, indent: usize, inside: usize) {
        match &node.value {
            Value::Map(map) if !map.entries().is_empty() => {
                self.begin(indent, key);
                self.text.push('\n');
                self.map(map, inside, true);
            }
            Value::List(items) if !items.is_empty() => {
                self.begin(indent, key);
                self.text.push('\n');
                self.list(items, inside, true);
            }
            _ => self.leaf(indent, key, node),
        }
    }

    fn begin(&mut self, indent: usize, text: &str) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.text.push_str(text);
    }

    /// A single value with its comment, to the end of the line.
    fn leaf(&mut self, indent: usize, before: &str, node: &Node) {
        self.begin(indent, before);
        if !before.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(&match &node.value {
            Value::Null => "null".to_owned(),
            Value::Scalar(scalar) => scalar_text(scalar),
            Value::List(_) => "[]".to_owned(),
            Value::Map(_) => "{}".to_owned(),
        });
        let line = self.text.rfind('\n').map_or(0, |end| end + 1);
        let width = self.text[line..].chars().count();
        self.begin(COMMENT_COLUMN.saturating_sub(width).max(1), "# ");
        self.text.push_str(&origin(node, self.sources));
        self.text.push('\n');
    }
}

/// Where a value comes from, as a comment.
pub fn origin(node: &Node, sources: &Sources) -> String {
    let source = sources.get(node.place.source);
    let at = || format!("{}:{}", quote::clean(source.name()), source.line_of(node.place.start));
    match (node.origin, source.kind()) {
        (Origin::Default, _) => "default".to_owned(),
        (Origin::Assumed(it), _) => match it.range.filter(|range| range.is_short()) {
            Some(range) => format!("assumed, {} to {}: {}", range.low, range.high, it.why),
            None => format!("assumed: {}", it.why),
        },
        (Origin::Written, SourceKind::File) => at(),
        (Origin::Written, SourceKind::Flag) => source.name().to_owned(),
        (Origin::Written, SourceKind::Import) => format!("import {}", at()),
    }
}

fn key_text(key: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '%');
    let starts = |c: char| c.is_ascii_alphanumeric();
    let scalar = Scalar { text: key.to_owned(), quoted: false };
    if key.chars().all(plain) && key.starts_with(starts) && !scalar.is_null() {
        key.to_owned()
    } else {
        double_quoted(key)
    }
}

fn scalar_text(scalar: &Scalar) -> String {
    let plain = !scalar.quoted && scalar.text.chars().all(|c| c != '\n' && quote::is_harmless(c));
    if plain { scalar.text.clone() } else { double_quoted(&scalar.text) }
}

/// In the escapes that YAML and JSON share; what could mislead a terminal is escaped, too.
fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if quote::is_harmless(c) => quoted.push(c),
            c => {
                let mut units = [0; 2];
                let escaped = c.encode_utf16(&mut units).iter();
                quoted.extend(escaped.map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
