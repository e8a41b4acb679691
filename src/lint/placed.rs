//! Texts inside of documents whose every byte knows where it stands in the file.

use std::ops::Range;

use crate::document::{Node, Place, SourceId, Sources};

/// The text of a value, and where each byte of it stands.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// The text as the document means it: without quotes, indentation and escapes.
    pub(crate) text: String,
    /// All of the value as it is written, with its quotes or the head of its block.
    pub(crate) whole: Place,
    source: SourceId,
    /// The byte of the source for each byte of the text, and for the one behind the last.
    starts: Vec<usize>,
}

impl Placed {
    /// The text of a single value.
    pub(crate) fn of(node: &Node, sources: &Sources) -> Option<Self> {
        let text = node.as_text()?.to_owned();
        let source = sources.get(node.place.source);
        let written = source.text().get(node.place.start..node.place.end).unwrap_or_default();
        let starts = aligned(&text, written, node.place.start);
        Some(Self { text, whole: node.place, source: node.place.source, starts })
    }

    /// The place of a part of the text.
    pub(crate) fn at(&self, part: Range<usize>) -> Place {
        let last = self.starts.len() - 1;
        let start = self.starts[part.start.min(last)];
        // The end is that of the last byte, so that a line break behind it does not belong to it.
        let end = match part.end.min(last) {
            0 => start,
            end => self.starts[end - 1] + 1,
        };
        Place::new(self.source, start, end.max(start))
    }

    /// The place of all of it.
    pub(crate) fn all(&self) -> Place {
        self.at(0..self.text.trim_end().len())
    }
}

/// Where each byte of a text stands in what is written, which has the same visible characters in
/// the same order, and beside them quotes, escapes, indentation and the head of a block.
fn aligned(text: &str, written: &str, offset: usize) -> Vec<usize> {
    let head = match written.as_bytes().first() {
        Some(b'|' | b'>') => written.find('\n').map_or(0, |end| end + 1),
        Some(b'"' | b'\'') => 1,
        _ => 0,
    };
    let (bytes, mut at) = (written.as_bytes(), head);
    let mut starts = Vec::with_capacity(text.len() + 1);
    for &byte in text.as_bytes() {
        if byte.is_ascii_whitespace() {
            starts.push(offset + at);
            let is_escape = bytes.get(at) == Some(&b'\\');
            at += if is_escape { 2 } else { usize::from(bytes.get(at) == Some(&byte)) };
            continue;
        }
        let found = bytes.get(at..).and_then(|rest| rest.iter().position(|it| *it == byte));
        at += found.unwrap_or(0);
        starts.push(offset + at);
        at += usize::from(found.is_some());
    }
    starts.push(offset + at);
    starts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Problems, SourceKind, yaml};

    /// The text of a place of the value of `a`, found by a word in it.
    fn shown(yaml_text: &str, word: &str) -> String {
        let (mut sources, mut problems) = (Sources::new(), Problems::new());
        let bytes = yaml_text.as_bytes();
        let trees = yaml::parse(&mut sources, SourceKind::File, "a", bytes, &mut problems);
        let node = trees[0].get("a").expect("a value");
        let placed = Placed::of(node, &sources).expect("a text");
        let at = placed.text.find(word).expect("the word");
        let place = placed.at(at..at + word.len());
        sources.get(place.source).at(place).to_owned()
    }

    #[test]
    fn parts_of_every_kind_of_text_are_found_in_the_file() {
        for text in [
            "a: sum(x) / sum(total)\n",
            "a: \"sum(x) / sum(total)\"\n",
            "a: 'sum(x{b=''c''}) / sum(total)'\n",
            "a: |\n  sum(x)\n  / sum(total)\n",
            "a: >-\n  sum(x)\n  / sum(total)\n",
            "a: \"sum(x{b=\\\"c\\\"}) /\\n sum(total)\"\n",
            "a: sum(x)\n  / sum(total)\n",
        ] {
            assert_eq!(shown(text, "total"), "total", "{text}");
        }
        assert_eq!(shown("a: |  # a remark\n  rate(b\n  )\n", "rate(b"), "rate(b");
    }
}
