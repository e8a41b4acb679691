//! An import in progress: the documents it may read, and what it has to say.

use super::fields::{Table, account};
use super::{Assumption, Imported, Loss, Options, code, kinds};
use crate::document::{Node, Place, Problem, Problems, quoted};

/// A document of the foreign files.
#[derive(Clone, Copy, Debug)]
pub(super) struct Foreign<'a> {
    /// Its `apiVersion`, or nothing.
    pub(super) api_version: &'a str,
    /// Its `kind`, or nothing.
    pub(super) kind: &'a str,
    /// Its `metadata.name`, or nothing.
    pub(super) name: &'a str,
    /// All of it.
    pub(super) node: &'a Node,
}

/// An import in progress.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    documents: &'a [Foreign<'a>],
    pub(super) options: Options<'a>,
    controller: &'static str,
    taken: Vec<usize>,
    accounted: Vec<Place>,
    losses: Vec<Loss>,
    assumptions: Vec<Assumption>,
    problems: &'a mut Problems,
}

/// Something that the controller of the file rejects.
pub(super) fn rejected(
    title: impl Into<String>,
    place: Place,
    label: impl Into<String>,
) -> Problem {
    Problem::error(code::REJECTED, title).at(place, label)
}

/// Foreign text for a message: short, on one line, and harmless to a terminal.
pub(super) fn plain(text: &str) -> String {
    let quoted = quoted(text);
    quoted[1..quoted.len() - 1].to_owned()
}

impl<'a> Foreign<'a> {
    pub(super) fn of(node: &'a Node) -> Self {
        let text = |node: Option<&'a Node>| node.and_then(Node::as_text).unwrap_or("");
        Self {
            api_version: text(node.get("apiVersion")),
            kind: text(node.get("kind")),
            name: text(node.get("metadata").and_then(|metadata| metadata.get("name"))),
            node,
        }
    }

    /// Its kind and name, as messages call it.
    pub(super) fn title(&self) -> String {
        match (self.kind, self.name) {
            ("", _) => "a document".to_owned(),
            (kind, "") => plain(kind),
            (kind, name) => format!("{} {}", plain(kind), plain(name)),
        }
    }

    /// Where its name stands, else its beginning.
    pub(super) fn name_place(&self) -> Place {
        let first = |node: &Node| Some(node.as_map()?.entries().first()?.key.place);
        let name = self.node.get("metadata").and_then(|metadata| metadata.get("name"));
        name.map(|name| name.place).or_else(|| first(self.node)).unwrap_or(self.node.place)
    }

    /// What it says at a path of keys.
    pub(super) fn at(&self, path: &str) -> Option<&'a Node> {
        self.node.find(path.split('.')).filter(|node| !node.is_null())
    }

    /// Whether it is in the namespace of another, as far as both say so.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        let namespace = |it: &Self| it.at("metadata.namespace").and_then(Node::as_text);
        namespace(self).zip(namespace(other)).is_none_or(|(one, another)| one == another)
    }

    fn lost(&self) -> Loss {
        let why = match kinds::meaning(self.api_version, self.kind) {
            Some(meaning) => meaning.to_owned(),
            None if self.kind.is_empty() => "not understood: it has no kind".to_owned(),
            None => format!("not understood: {} is not a known kind", quoted(self.kind)),
        };
        Loss { what: self.title(), place: self.name_place(), why }
    }
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        documents: &'a [Foreign<'a>],
        options: Options<'a>,
        controller: &'static str,
        problems: &'a mut Problems,
    ) -> Self {
        Self {
            documents,
            options,
            controller,
            taken: Vec::new(),
            accounted: Vec::new(),
            losses: Vec::new(),
            assumptions: Vec::new(),
            problems,
        }
    }

    /// Every document of the files.
    pub(super) const fn documents(&self) -> &'a [Foreign<'a>] {
        self.documents
    }

    /// The document of that kind and name; it is still listed as lost, unless taken.
    pub(super) fn document(&self, kind: &str, name: &str) -> Option<(usize, Foreign<'a>)> {
        let wanted = |document: &Foreign<'_>| document.kind == kind && document.name == name;
        let index = self.documents.iter().position(wanted)?;
        Some((index, self.documents[index]))
    }

    /// A document that the import accounts for itself.
    pub(super) fn take(&mut self, index: usize) {
        self.taken.push(index);
    }

    /// Whether the import accounts for a document itself.
    pub(super) fn is_taken(&self, document: &Foreign<'_>) -> bool {
        let is_it = |it: &usize| std::ptr::eq(self.documents[*it].node, document.node);
        self.taken.iter().any(is_it)
    }

    /// The same, of a document that was found elsewhere.
    pub(super) fn take_one(&mut self, document: &Foreign<'_>) {
        let is_it = |it: &Foreign<'_>| std::ptr::eq(it.node, document.node);
        self.taken.extend(self.documents.iter().position(is_it));
    }

    pub(super) fn problem(&mut self, problem: Problem) {
        self.problems.push(match problem.code {
            code::REJECTED => problem.help(format!("{} rejects this file", self.controller)),
            _ => problem,
        });
    }

    pub(super) fn lose(&mut self, what: impl Into<String>, place: Place, why: impl Into<String>) {
        self.losses.push(Loss { what: what.into(), place, why: why.into() });
    }

    /// Accounts for every field of a tree that messages call by this path.
    pub(super) fn account(&mut self, tree: &Node, path: &str, tables: &[Table]) {
        let (known, losses) = account(tree, path, tables);
        self.accounted.extend(known);
        self.losses.extend(losses);
    }

    /// Accounts for every field of another document than the one that is imported.
    pub(super) fn account_for(&mut self, document: &Foreign<'_>, tables: &[Table]) {
        let (known, losses) = account(document.node, "", tables);
        self.accounted.extend(known);
        for Loss { what, place, why } in losses {
            self.lose(format!("{} {what}", document.title()), place, why);
        }
    }

    /// The same, unless that was done before.
    pub(super) fn account_once(&mut self, document: &Foreign<'_>, tables: &[Table]) {
        let key = document.node.as_map().and_then(|map| map.entries().first());
        if !key.is_some_and(|entry| self.accounted.contains(&entry.key.place)) {
            self.account_for(document, tables);
        }
    }

    /// The documents of a kind, which the import accounts for from now on.
    pub(super) fn take_all(&mut self, group: &str, kind: &str) -> Vec<Foreign<'a>> {
        let mut found = Vec::new();
        for (index, document) in self.documents.iter().enumerate() {
            if document.kind == kind && kinds::group(document.api_version) == group {
                self.take(index);
                found.push(*document);
            }
        }
        found
    }

    /// A whole document that is left out for this reason.
    pub(super) fn lose_document(&mut self, document: &Foreign<'_>, why: impl Into<String>) {
        self.lose(document.title(), document.name_place(), why);
    }

    pub(super) fn assume(&mut self, text: impl Into<String>, place: Place, change: Option<String>) {
        self.assumptions.push(Assumption { text: text.into(), place, change });
    }

    /// What was assumed before anything was imported.
    pub(super) fn assumed(&mut self, all: impl IntoIterator<Item = Assumption>) {
        self.assumptions.extend(all);
    }

    /// The document with what was lost, other documents included, and what was assumed, in the
    /// order of the text.
    pub(super) fn finish(mut self, document: Node) -> Imported {
        let others = self.documents.iter().enumerate();
        let others = others.filter(|(index, _)| !self.taken.contains(index));
        self.losses.extend(others.map(|(_, document)| document.lost()));
        self.losses.sort_by_key(|loss| loss.place);
        self.assumptions.sort_by_key(|assumption| assumption.place);
        let Self { accounted, losses, assumptions, .. } = self;
        Imported { document, losses, assumptions, accounted }
    }
}
