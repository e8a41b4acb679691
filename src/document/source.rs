//! The texts that documents are read from.

use super::Place;

/// Names one of the [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(usize);

/// What kind of text a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A file or the standard input.
    File,
    /// A flag of the command line.
    Flag,
    /// A foreign file that was translated.
    Import,
}

/// A named text.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    kind: SourceKind,
    lines: Vec<usize>,
}

/// Every text of a run, for naming and quoting places.
#[derive(Clone, Debug, Default)]
pub struct Sources(Vec<Source>);

impl Sources {
    /// No texts yet.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a text under the name that messages will use.
    pub fn add(&mut self, kind: SourceKind, name: &str, text: String) -> SourceId {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let lines = std::iter::once(0).chain(breaks).collect();
        self.0.push(Source { name: name.to_owned(), text, kind, lines });
        SourceId(self.0.len() - 1)
    }

    /// The text of that name.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.0[id.0]
    }

    /// Every text, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.0.iter()
    }

    /// The text that was added last.
    pub(super) fn last(&self) -> Option<SourceId> {
        self.0.len().checked_sub(1).map(SourceId)
    }

    /// `file:line:column` of the start of a place, counted from one in characters.
    pub fn position(&self, place: Place) -> String {
        let source = self.get(place.source);
        let (line, column) = source.line_column(place.start);
        format!("{}:{line}:{column}", source.name)
    }
}

impl Source {
    /// The name that messages use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What kind of text it is.
    pub const fn kind(&self) -> SourceKind {
        self.kind
    }

    /// Line and column of a byte, both counted from one, columns in characters.
    pub fn line_column(&self, at: usize) -> (usize, usize) {
        let line = self.line_of(at);
        let end = self.text.floor_char_boundary(at);
        (line, self.text[self.lines[line - 1]..end].chars().count() + 1)
    }

    /// The text of a place, as far as there is one.
    pub fn at(&self, place: Place) -> &str {
        let end = self.text.ceil_char_boundary(place.end);
        let start = self.text.floor_char_boundary(place.start.min(end));
        &self.text[start..end]
    }

    /// The number of the line a byte stands in, counted from one.
    pub(super) fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at.min(self.text.len()))
    }

    /// The bytes of the lines from `first` to `last`, without the last line break.
    pub(super) fn lines(&self, first: usize, last: usize) -> std::ops::Range<usize> {
        let end = self.lines.get(last).map_or(self.text.len(), |next| next - 1);
        self.lines[first - 1]..end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let mut sources = Sources::new();
        let id = sources.add(SourceKind::File, "a.yaml", "é: 1\nb: 2\n".to_owned());
        let position = |at| sources.position(Place::new(id, at, at));
        assert_eq!(position(0), "a.yaml:1:1");
        assert_eq!(position(2), "a.yaml:1:2");
        assert_eq!(position(6), "a.yaml:2:1");
        assert_eq!(position(11), "a.yaml:3:1");
        assert_eq!(position(99), "a.yaml:3:1");
        assert_eq!(sources.get(id).lines(1, 1), 0..5);
        assert_eq!(sources.get(id).lines(2, 3), 6..11);
    }
}
