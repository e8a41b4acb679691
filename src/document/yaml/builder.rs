//! Parser events to nodes.

use std::collections::BTreeMap;

use saphyr_parser::{Event, ScalarStyle, ScanError, Span, Tag};

use super::super::{
    Entry, Key, Map, Node, Place, Problem, Problems, Scalar, SourceId, Value, code, quoted,
};
use super::{ALIASES_MAX, DEPTH_MAX, Indents, NODES_MAX, syntax, twice};

/// Builds the documents of one text from its events, in bounded memory.
pub(super) struct Builder<'a> {
    text: &'a str,
    source: SourceId,
    offset: usize,
    bytes: Bytes,
    indents: Indents,
    problems: &'a mut Problems,
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchored>,
    /// The end of the last thing that was written, for values that are not.
    end: usize,
    nodes: usize,
    aliases: usize,
}

/// A list or map whose end has not come.
struct Open {
    anchor: usize,
    place: Place,
    inside: Inside,
    height: usize,
    first_node: usize,
}

enum Inside {
    List(Vec<Node>),
    Map(Vec<Written>, Option<WrittenKey>),
}

/// A key as it is written: a plain `<<` merges, a quoted one is a key like any other.
struct WrittenKey {
    key: Key,
    merges: bool,
}

/// An entry of a map as it is written.
struct Written {
    entry: Entry,
    merges: bool,
}

/// A complete value that an alias may repeat.
struct Anchored {
    node: Node,
    nodes: usize,
    height: usize,
}

/// Bytes of characters: the parser counts the latter.
enum Bytes {
    Ascii,
    Wide(Vec<usize>),
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        text: &'a str,
        source: SourceId,
        offset: usize,
        problems: &'a mut Problems,
    ) -> Self {
        Self {
            text,
            source,
            offset,
            bytes: Bytes::of(text),
            indents: Indents::default(),
            problems,
            documents: Vec::new(),
            open: Vec::new(),
            anchors: BTreeMap::new(),
            end: offset,
            nodes: 0,
            aliases: 0,
        }
    }

    /// Reads a text that has more spaces than the one that places are in.
    pub(super) fn with_indents(self, indents: Indents) -> Self {
        Self { indents, ..self }
    }

    /// Takes an event; false once the text is beyond a limit.
    pub(super) fn add(&mut self, event: Event<'_>, span: Span) -> bool {
        let place = self.place(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let quoted = style != ScalarStyle::Plain || is_string(tag.as_deref());
                self.check_tag(tag.as_deref(), place);
                self.scalar(Scalar { text: text.into_owned(), quoted }, place, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.check_tag(tag.as_deref(), place);
                self.open(anchor, place, Inside::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.check_tag(tag.as_deref(), place);
                self.open(anchor, place, Inside::Map(Vec::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(place),
            Event::Alias(anchor) => self.alias(anchor, place),
            Event::DocumentStart(_) => {
                self.anchors.clear();
                true
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => true,
        }
    }

    /// Takes a syntax error; nothing can follow it.
    pub(super) fn fail(&mut self, error: &ScanError) {
        let start = self.byte(error.marker().index());
        let place = Place::new(self.source, start, start + 1);
        let open = self.open.iter().rev().map(|open| open.place);
        let bracket = |place: &Place| self.rest(*place).starts_with(['[', '{']);
        let open = open.filter(bracket).map(|it| Place { end: it.start + 1, ..it }).next();
        let problem = if error.info().contains("recursion limit") {
            too_deep(place)
        } else {
            let conflict = syntax::conflict(self.text, self.source, self.offset);
            let template = || syntax::template(self.text, self.source, self.offset);
            let end = place.start.saturating_sub(self.offset);
            let before = self.text.get(..end).unwrap_or(self.text);
            let left_out = || syntax::left_out(before, self.source, self.offset);
            let tab = || syntax::tab(self.text, place, self.offset).unwrap_or(place);
            let place = if error.info().contains("tab") { tab() } else { place };
            let otherwise = || syntax::problem(error, place, open);
            conflict.or_else(template).or_else(left_out).unwrap_or_else(otherwise)
        };
        self.problems.push(problem);
    }

    pub(super) fn finish(self) -> Vec<Node> {
        self.documents
    }

    fn place(&self, span: Span) -> Place {
        Place::new(self.source, self.byte(span.start.index()), self.byte(span.end.index()))
    }

    /// The byte of the source where a character of the parser's text starts.
    fn byte(&self, character: usize) -> usize {
        self.bytes.at(self.indents.original(character)) + self.offset
    }

    /// The text from a place on.
    fn rest(&self, place: Place) -> &str {
        self.text.get(place.start.saturating_sub(self.offset)..).unwrap_or_default()
    }

    fn not_a_key(&mut self, place: Place) -> bool {
        let is_template = place.start > self.offset
            && self.rest(Place { start: place.start - 1, ..place }).starts_with("{{");
        let help = if is_template {
            "`{{` begins a template of another tool: run that tool first, or use quotes"
        } else {
            "write the key as a plain text, in quotes if it begins with a bracket or a `*`"
        };
        let problem = Problem::error(code::KEY, "a key is a list, a map or an alias");
        self.refuse(problem.at(place, "keys are plain texts here").help(help))
    }

    fn scalar(&mut self, scalar: Scalar, mut place: Place, anchor: usize) -> bool {
        if scalar.text.is_empty() && !scalar.quoted {
            place = Place::new(self.source, self.end, self.end);
        }
        self.end = place.end;
        if self.expects_key() {
            return self.key(scalar, place);
        }
        let value = if scalar.is_null() { Value::Null } else { Value::Scalar(scalar) };
        self.count(1, place) && self.complete(Node::written(value, place), anchor, 1, 0)
    }

    fn key(&mut self, scalar: Scalar, place: Place) -> bool {
        if scalar.text.is_empty() {
            let problem = Problem::error(code::KEY, "a key is empty").at(place, "no key");
            self.problems.push(problem.help("write a key before the colon"));
        }
        if let Some(Open { inside: Inside::Map(_, key), .. }) = self.open.last_mut() {
            let merges = scalar.text == "<<" && !scalar.quoted;
            *key = Some(WrittenKey { key: Key::new(scalar.text, place), merges });
        }
        true
    }

    fn expects_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { inside: Inside::Map(_, None), .. }))
    }

    fn open(&mut self, anchor: usize, place: Place, inside: Inside) -> bool {
        self.end = self.end.max(place.end);
        if self.expects_key() {
            return self.not_a_key(place);
        }
        if self.open.len() >= DEPTH_MAX {
            return self.refuse(too_deep(place));
        }
        self.open.push(Open { anchor, place, inside, height: 0, first_node: self.nodes });
        self.count(1, place)
    }

    fn close(&mut self, end: Place) -> bool {
        let Some(open) = self.open.pop() else { return true };
        // Only brackets have an end of their own; a block ends with what it contains.
        self.end = if end.end > end.start { end.end } else { self.end };
        let place = Place { end: self.end.max(open.place.start), ..open.place };
        let value = match open.inside {
            Inside::List(items) => Value::List(items),
            Inside::Map(entries, _) if self.open.is_empty() => {
                return self.document(entries, place);
            }
            Inside::Map(entries, _) => Value::Map(self.map(entries)),
        };
        let nodes = self.nodes - open.first_node;
        self.complete(Node::written(value, place), open.anchor, nodes, open.height + 1)
    }

    /// Completes a document, or several with nothing between them.
    fn document(&mut self, entries: Vec<Written>, place: Place) -> bool {
        let keys = entries.iter().map(|written| &written.entry.key);
        let text = self.text.as_bytes();
        let is_first = |at: usize| at == 0 || matches!(text.get(at - 1), Some(b'\n' | b'\r'));
        let starts = twice::starts(keys, |at| is_first(at.saturating_sub(self.offset)));
        let (mut rest, mut first, mut from) = (entries.into_iter(), 0, place.start);
        for start in starts {
            let part = rest.by_ref().take(start.entry - first).collect();
            self.part(part, Place { start: from, end: start.place.start, ..place });
            self.problems.push(start.problem());
            (first, from) = (start.entry, start.place.start);
        }
        self.part(rest.collect(), Place { start: from, ..place });
        true
    }

    fn part(&mut self, entries: Vec<Written>, place: Place) {
        let map = Value::Map(self.map(entries));
        self.documents.push(Node::written(map, place));
    }

    fn alias(&mut self, anchor: usize, place: Place) -> bool {
        self.end = place.end;
        self.aliases += 1;
        if self.expects_key() {
            return self.not_a_key(place);
        }
        if self.aliases > ALIASES_MAX {
            let title = format!("there are more than {ALIASES_MAX} aliases");
            let problem = Problem::error(code::TOO_LARGE, title).at(place, "one too many");
            return self.refuse(problem.help("write the values out"));
        }
        let Some(Anchored { node, nodes, height }) = self.anchors.get(&anchor) else {
            let problem =
                Problem::error(code::ALIAS, "an alias stands inside the value it repeats");
            let problem = problem.at(place, "this would repeat for ever");
            return self.refuse(problem.help("write the value out"));
        };
        let (nodes, height) = (*nodes, *height);
        if self.open.len() + height > DEPTH_MAX {
            return self.refuse(too_deep(place));
        }
        let node = if self.nodes + nodes > NODES_MAX { None } else { Some(node.clone()) };
        self.count(nodes, place) && node.is_none_or(|node| self.complete(node, 0, nodes, height))
    }

    /// Puts a complete value where it belongs.
    fn complete(&mut self, node: Node, anchor: usize, nodes: usize, height: usize) -> bool {
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, height });
        }
        let Some(open) = self.open.last_mut() else {
            self.documents.push(node);
            return true;
        };
        open.height = open.height.max(height);
        match &mut open.inside {
            Inside::List(items) => items.push(node),
            Inside::Map(entries, key) => {
                let key = key.take();
                entries.extend(key.map(|WrittenKey { key, merges }| Written {
                    entry: Entry { key, node },
                    merges,
                }));
            }
        }
        true
    }

    /// Reports duplicate keys, keeping the first, and applies merge keys.
    fn map(&mut self, entries: Vec<Written>) -> Map {
        let mut seen: BTreeMap<String, Place> = BTreeMap::new();
        let mut unique = Vec::with_capacity(entries.len());
        let mut merged = Vec::new();
        for Written { entry, merges } in entries {
            if let Some(first) = seen.get(&entry.key.text) {
                self.problems.push(twice::problem(&entry.key, *first));
                continue;
            }
            seen.insert(entry.key.text.clone(), entry.key.place);
            if merges { merged.push(entry) } else { unique.push(entry) }
        }
        for entry in merged {
            for inherited in self.merged(entry) {
                if !seen.contains_key(&inherited.key.text) {
                    seen.insert(inherited.key.text.clone(), inherited.key.place);
                    unique.push(inherited);
                }
            }
        }
        Map::from_unique(unique)
    }

    /// The entries that a merge key adds, those that win first.
    fn merged(&mut self, Entry { key, node }: Entry) -> Vec<Entry> {
        let maps = match node.value {
            Value::Map(map) => return map.into_entries(),
            Value::List(items) if items.iter().all(|item| item.as_map().is_some()) => items,
            Value::Null | Value::Scalar(_) | Value::List(_) => {
                let problem = Problem::error(code::ALIAS, "`<<` merges maps, and this is none")
                    .at(node.place, "neither a map nor a list of maps")
                    .at(key.place, "the merge")
                    .help("write for example: <<: *defaults, and `&defaults` before a map above");
                self.problems.push(problem);
                return Vec::new();
            }
        };
        let entries = |node: Node| match node.value {
            Value::Map(map) => map.into_entries(),
            Value::Null | Value::Scalar(_) | Value::List(_) => Vec::new(),
        };
        maps.into_iter().flat_map(entries).collect()
    }

    fn check_tag(&mut self, tag: Option<&Tag>, place: Place) {
        let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema() && tag.suffix != "!") else {
            return;
        };
        let name = quoted(&format!("{}{}", tag.handle, tag.suffix));
        let problem = Problem::error(code::TAG, format!("the tag {name} has no meaning here"))
            .at(place, "a value with a type of its own")
            .help("remove the tag: what a value means is decided by where it stands");
        self.problems.push(problem);
    }

    fn count(&mut self, nodes: usize, place: Place) -> bool {
        self.nodes += nodes;
        if self.nodes <= NODES_MAX {
            return true;
        }
        let title = format!("the document has more than {NODES_MAX} values");
        let problem = Problem::error(code::TOO_LARGE, title).at(place, "one too many");
        self.refuse(problem.help("write fewer values, and do not repeat aliases of aliases"))
    }

    fn refuse(&mut self, problem: Problem) -> bool {
        self.problems.push(problem);
        false
    }
}

impl Bytes {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self::Ascii;
        }
        let starts = text.char_indices().map(|(at, _)| at);
        Self::Wide(starts.chain([text.len()]).collect())
    }

    /// The byte where a character starts.
    fn at(&self, character: usize) -> usize {
        match self {
            Self::Ascii => character,
            Self::Wide(starts) => starts[character.min(starts.len() - 1)],
        }
    }
}

fn is_string(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str")
}

fn too_deep(place: Place) -> Problem {
    let title = format!("more than {DEPTH_MAX} lists and maps are inside each other");
    let problem = Problem::error(code::TOO_LARGE, title).at(place, "one too deep");
    problem.help("look for a bracket that is not closed")
}
